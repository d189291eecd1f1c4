"""Calibration on fakes: what is asked, what counts as right, and what an operator gets from it."""

import dataclasses
import json
import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.calibrate import (
    FILE,
    Calibration,
    Point,
    as_table,
    asked_of,
    calibrate,
    read_calibration,
    without_headings,
    write_calibration,
)
from bot.gate import Gate, Signals
from bot.lookup import Lookup
from bot.settings import Settings
from corpus.errors import FootnoteError, SettingsError
from corpus.load import load_articles
from index.build import build_index, open_index
from index.chunk import chunk_article
from index.search import Index
from tests.fakes import WordHashEmbedder, WordReader

ANIMALS = "lion tiger zebra heron otter badger falcon gecko walrus bison".split()
GATE = Gate(passage=0, nearest=0, answered=1, lead=0, bias=-2)

TOP_K = Settings().top_k


def zoo(folder: Path, animals: list[str]) -> Index:
    corpus, embedder = folder / "corpus", WordHashEmbedder()
    corpus.mkdir()
    for animal in animals:
        text = f"# The {animal}\n\nAbout it.\n\n## What does the {animal} eat?\n\nThe {animal} eats {animal}fruit.\n"
        (corpus / f"{animal}.md").write_text(text, encoding="utf-8")
    build_index(load_articles(corpus), folder / "index", embedder)
    return open_index(folder / "index", embedder)


def calibrated(folder: Path) -> Calibration:
    index = zoo(folder, ANIMALS)
    return calibrate(index, [Lookup(index, WordReader(), GATE, Settings())], TOP_K)


def test_the_articles_own_questions_are_told_from_those_held_out_and_off_topic(tmp_path: Path) -> None:
    found = calibrated(tmp_path)
    assert found.questions["own"] == found.questions["near"] == len(ANIMALS)
    assert found.questions["off"] >= 50
    assert found.off_auroc == 1.0
    assert found.near_auroc > 0.9


def test_a_curve_falls_in_threshold_and_rises_in_what_is_answered(tmp_path: Path) -> None:
    curve = calibrated(tmp_path).curve
    assert [point.threshold for point in curve] == sorted((point.threshold for point in curve), reverse=True)
    assert [point.answered for point in curve] == sorted(point.answered for point in curve)
    assert curve[-1].answered == 1.0
    assert curve[-1].off_declined == 0.0


def test_an_operator_gets_the_threshold_of_the_wrong_answers_he_accepts(tmp_path: Path) -> None:
    found = calibrated(tmp_path)
    point = found.point(0.02)
    assert point is not None
    assert point.wrong <= 0.02
    threshold, gate = asked_of(0.02, found)
    assert threshold == point.threshold
    assert gate == Gate().rescaled(found.slope, found.shift)
    assert "most_wrong" in as_table(found)
    with pytest.raises(SettingsError, match="run: python"):
        asked_of(0.02, None)


def test_one_wrong_answer_among_the_surest_does_not_hide_the_rest() -> None:
    curve = tuple(Point(0.9 - place / 10, 0.5, wrong, 1, 1) for place, wrong in enumerate((0.3, 0.05, 0.01, 0.2)))
    found = Calibration("c", 1, 0, {"own": 1, "near": 1, "off": 1}, 1, 1, curve)
    assert found.point(0.02) == curve[2]
    hopeless = dataclasses.replace(found, curve=(Point(0.9, 0.1, 0.3, 1, 1),))
    with pytest.raises(SettingsError, match="no confidence"):
        asked_of(0.02, hopeless)
    assert "cannot be reached" in as_table(hopeless)


def test_one_article_alone_can_be_calibrated_too(tmp_path: Path) -> None:
    (tmp_path / "corpus").mkdir()
    entries = "".join(f"## What does the {animal} eat?\n\nIt eats {animal}fruit.\n\n" for animal in ANIMALS)
    (tmp_path / "corpus" / "zoo.md").write_text(f"# Zoo\n\n{entries}", encoding="utf-8")
    build_index(load_articles(tmp_path / "corpus"), tmp_path / "index", WordHashEmbedder())
    index = open_index(tmp_path / "index", WordHashEmbedder())
    found = calibrate(index, [Lookup(index, WordReader(), GATE, Settings())], TOP_K)
    assert found.near_auroc is None
    assert found.questions["near"] == 0
    assert "NaN" not in json.dumps(dataclasses.asdict(found))


def test_too_few_questions_are_said(tmp_path: Path) -> None:
    index = zoo(tmp_path, ANIMALS[:1])
    with pytest.raises(FootnoteError, match="too few to calibrate"):
        calibrate(index, [Lookup(index, WordReader(), GATE, Settings())], TOP_K)


def test_it_is_kept_beside_the_index_and_only_for_its_own_articles_and_settings(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = calibrated(tmp_path)
    index, folder = open_index(tmp_path / "index", WordHashEmbedder()), tmp_path / "index"
    write_calibration(found, folder)
    assert read_calibration(folder, index, TOP_K) == found
    assert read_calibration(tmp_path, index, TOP_K) is None
    assert capsys.readouterr().err == ""
    assert read_calibration(folder, index, TOP_K + 1) is None
    assert "app.py calibrate" in capsys.readouterr().err
    path = folder / FILE
    whole = json.loads(path.read_text(encoding="utf-8"))
    for damaged in ("", "[]", "{}", json.dumps(whole | {"format": 99}), json.dumps(whole | {"made_of": "others"})):
        path.write_text(damaged, encoding="utf-8")
        assert read_calibration(folder, index, TOP_K) is None
        assert "app.py calibrate" in capsys.readouterr().err


@given(st.floats(0.1, 5), st.floats(-3, 3), st.floats(-1, 1), st.floats(-12, 12))
def test_rescaling_a_gate_rescales_its_log_odds(slope: float, shift: float, cosine: float, answered: float) -> None:
    signals = Signals(cosine, cosine, answered, 0.5)
    gate = Gate(passage=1, nearest=0.5, answered=0.2, lead=0.3, bias=-1)
    before, after = gate.confidence(signals), gate.rescaled(slope, shift).confidence(signals)
    assert math.log(after / (1 - after)) == pytest.approx(slope * math.log(before / (1 - before)) + shift, abs=1e-6)


def test_without_headings_the_texts_are_the_same_and_no_passage_has_one(tmp_path: Path) -> None:
    zoo(tmp_path, ANIMALS[:2])
    corpus = load_articles(tmp_path / "corpus")
    bare = without_headings(corpus)
    assert [one.text for one in bare.articles] == [one.text for one in corpus.articles]
    chunks = [chunk for article in bare.articles for chunk in chunk_article(article)]
    assert chunks
    assert not any(chunk.heading or chunk.is_faq for chunk in chunks)
    assert not any("What does the lion eat?" in chunk.text for chunk in chunks)
