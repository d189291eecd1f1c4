"""The evaluation sets' own loader, from the folder EVAL_DATA names (default: ../shared/eval beside the project)."""

import importlib.util
import os
import sys
from pathlib import Path
from types import ModuleType

FOLDER = Path(os.environ.get("EVAL_DATA", Path(__file__).resolve().parent.parent.parent / "shared" / "eval"))


def _load() -> ModuleType:
    path = FOLDER / "load.py"
    if not path.is_file():
        sys.exit(f"no evaluation data at {FOLDER}; set EVAL_DATA to the folder that holds load.py")
    spec = importlib.util.spec_from_file_location("footnote_eval_load", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


load = _load()
