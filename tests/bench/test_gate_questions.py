"""What the gate is fitted on takes nobody's word, and is what it says it is."""

import os
import random
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
EVAL = Path(os.environ.get("EVAL_DATA", ROOT.parent / "shared" / "eval"))
TRAIN = EVAL.parent / "train"
if not ((EVAL / "load.py").is_file() and (TRAIN / "dstc_faq").is_dir()):
    pytest.skip(f"NOT RUN: no data at {EVAL} and {TRAIN}; set EVAL_DATA", allow_module_level=True)

from bench.gate_questions import Collection, training_collections  # noqa: E402 - opens the data when it is imported
from bench.gate_rows import KINDS  # noqa: E402


@pytest.fixture(scope="module")
def collections() -> list[Collection]:
    return list(training_collections(TRAIN, 40, random.Random(1)))


def test_every_collection_has_all_kinds_and_hides_its_headings(collections: list[Collection]) -> None:
    for one in collections:
        assert {question.kind for question in one.questions} == {"covered", *KINDS}
        assert not any(section.heading for each in one.articles for section in each.sections)
        assert not {question.text for question in one.questions} & {each.title for each in one.articles}


def test_what_is_held_out_is_there_and_asked_of_as_it_is_too(collections: list[Collection]) -> None:
    for one in collections:
        there = {each.id for each in one.articles}
        covered = {question.text for question in one.questions if question.kind == "covered"}
        held = [question for question in one.questions if question.held]
        assert len(held) == 20
        assert all(question.kind == "held" and question.held <= there for question in held)
        assert {question.text for question in held} <= covered


def test_what_is_not_covered_is_asked_nowhere_as_covered(collections: list[Collection]) -> None:
    for one in collections:
        covered = {question.text for question in one.questions if question.kind == "covered"}
        assert not covered & {question.text for question in one.questions if question.kind in ("near", "off")}
