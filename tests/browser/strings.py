"""The strings meant to break things, from the shared evaluation data."""

import json
import os
from pathlib import Path

import pytest

REPO = Path(__file__).resolve().parents[2]
STRINGS = Path(os.environ.get("EVAL_DATA", REPO.parent / "shared" / "eval")) / "strings" / "strings.jsonl"


def hostile_strings() -> list[str]:
    """Each string once; without the data the test says loudly that it did not run."""
    if not STRINGS.exists():
        pytest.skip("NOT RUN: no hostile strings found; set EVAL_DATA to the folder of the evaluation data")
    with STRINGS.open(encoding="utf-8") as lines:
        return list(dict.fromkeys(json.loads(line)["text"] for line in lines))
