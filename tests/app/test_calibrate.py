"""`python app.py calibrate` and what comes of it."""

from pathlib import Path

import pytest

from tests.app.conftest import Run

ANIMALS = "lion tiger zebra heron otter badger falcon gecko walrus bison".split()


@pytest.fixture
def zoo(corpus: Path) -> Path:
    for animal in ANIMALS:
        text = f"# The {animal}\n\nAbout it.\n\n## What does the {animal} eat?\n\nThe {animal} eats {animal}fruit.\n"
        (corpus / f"{animal}.md").write_text(text, encoding="utf-8")
    return corpus


def test_it_shows_the_curve_and_the_setting_works(run: Run, zoo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = run("calibrate")
    assert shown.code == 0, shown
    assert "off topic" in shown.out
    monkeypatch.setenv("FOOTNOTE_MOST_WRONG", "0.4")
    assert run("ask", "What does the lion eat?").code == 0
    monkeypatch.setenv("FOOTNOTE_TOP_K", "3")
    other = run("ask", "What does the lion eat?")
    assert other.code == 1
    assert "or top_k and is not used; run: python app.py calibrate" in other.err
    monkeypatch.delenv("FOOTNOTE_TOP_K")
    (zoo / "lion.md").write_text("# The lion\n\nIt eats antelopes.\n", encoding="utf-8")
    stale = run("ask", "What does the tiger eat?")
    assert stale.code == 1
    assert "of other articles" in stale.err
    assert "run: python app.py calibrate" in stale.err


def test_the_setting_without_a_calibration_says_what_to_do(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTNOTE_MOST_WRONG", "0.02")
    asked = run("ask", "Who made Llama?")
    assert asked.code == 1
    assert asked.err.strip().endswith("most_wrong needs a calibration of these articles; run: python app.py calibrate")


def test_too_few_articles_are_said(run: Run) -> None:
    told = run("calibrate")
    assert told.code == 1
    assert "too few to calibrate" in told.err
