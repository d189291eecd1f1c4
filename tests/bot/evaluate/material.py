"""Records, cases and articles made by hand, and random ones for properties."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from bot.evaluate.metrics import resample
from bot.evaluate.scores import Table, table
from bot.evaluate.types import FAILED, RANKED, REFUSED, Case, Cited, Ranked, Record, Sentence
from corpus.types import Article, Section

SILENT = ("declined", REFUSED, FAILED)  # lanes in which nothing is said
_SILENCE: dict[str, Any] = {
    "answer": "", "sentences": (), "citations": (), "confidence": 0.1, "declined_because": "Not covered.",
}  # fmt: skip

_CITED = Cited(
    number=1, article_id="cats.md", title="Cats", url="https://pets.example/cats#food", heading_path=("Food",),
    before="", quote="A cat eats fish.", after="", start=0, end=16, is_verbatim=True, is_expected=True,
)  # fmt: skip
_RECORD = Record(
    row=1, line=2, id="q1", question="What does a cat eat?", history=(), tags=(), answerable=None,
    expected_answers=(), expected_sources=(), unknown_sources=(), relevant=0, lane="quoted",
    answer="A cat eats fish.", sentences=(Sentence("A cat eats fish.", (1,), 1.0),), citations=(_CITED,),
    confidence=0.9, declined_because="", uncovered=(), ranking=(Ranked("cats.md", "", 0.9, False),),
)  # fmt: skip


def cited(number: int = 1, **changes: Any) -> Cited:  # noqa: ANN401 - of any field
    """A verbatim footnote in an expected source, unless told otherwise."""
    return replace(_CITED, number=number, **changes)


def record(**changes: Any) -> Record:  # noqa: ANN401 - of any field
    """A question answered by one sentence with one footnote, of which nothing is expected unless told otherwise."""
    return replace(_RECORD, **changes)


def silent(lane: str = "declined", **changes: Any) -> Record:  # noqa: ANN401 - of any field
    """A question on which nothing is said."""
    return replace(_RECORD, lane=lane, **_SILENCE | changes)


def ranked(gains: str) -> tuple[Ranked, ...]:
    """A ranking, "010" for three places of which the second is expected."""
    return tuple(Ranked(f"a{at}.md", "", 1 - at / 100, gain == "1") for at, gain in enumerate(gains))


def case(**changes: Any) -> Case:  # noqa: ANN401 - of any field
    """A case without expectations, unless told otherwise."""
    return replace(Case(row=1, line=2, id="q1", question="What does a cat eat?"), **changes)


def table_of(*records: Record) -> Table:
    """Their table."""
    return table(records, len(records))


def numbered(records: list[Record]) -> list[Record]:
    """Records that could stand in one file: rows from 1, ids of their own."""
    return [
        replace(one, row=at, line=at + 1, id=f"q{at}", question=f"question {at}") for at, one in enumerate(records, 1)
    ]


def nested_article(name: str, *parts: tuple[tuple[str, ...], str], title: str = "", url: str = "") -> Article:
    """One section for each (heading path, body); its anchor is the last heading in lower case."""
    text, sections = "", []
    for number, (path, body) in enumerate(parts):
        start = len(text)
        text += f"{path[-1]}\n\n" if path else ""
        begin = len(text)
        text += body + ("\n\n" if number + 1 < len(parts) else "")
        anchor = path[-1].lower().replace(" ", "-") if path else ""
        sections.append(Section(path, anchor, start, begin, len(text)))
    return Article(name, title or name, url, text, tuple(sections))


@contextlib.contextmanager
def few_resamples(count: int = 15) -> Iterator[None]:
    """Figures with intervals from few resamples, so that a property can be tried on many tables."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(resample, "SAMPLES", count)
        patch.setattr(resample, "resamples", partial(resample.resamples, samples=count))
        yield


def write(folder: Path, name: str, content: str | bytes) -> Path:
    """A file with these bytes, or this text in UTF-8."""
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass"))
    return path


WORDS = ("cat", "dog", "fish", "milk", "the", "A", "not.", "17", "naïve", "don't")
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)
tags = st.lists(st.sampled_from(("off-topic", "near domain", "Adversarial", "faq", "billing")), max_size=2, unique=True)


@st.composite
def records(draw: st.DrawFn) -> Record:
    """Any record a run could leave behind."""
    sources = tuple(draw(st.lists(st.sampled_from(("cats.md", "dogs.md#food", "gone.md")), max_size=2, unique=True)))
    relevant = draw(st.integers(1, 3)) if sources else 0
    expected = draw(
        st.permutations([True] * min(relevant, draw(st.integers(0, 3))) + [False] * draw(st.integers(0, 9)))
    )
    lane = draw(st.sampled_from(("faq", "generated", "quoted", *SILENT)))
    notes = tuple(
        cited(number, is_expected=bool(sources) and draw(st.booleans()), is_verbatim=draw(st.integers(0, 9)) > 0)
        for number in range(1, draw(st.integers(1, 3)) + 1)
    )
    said = tuple(
        Sentence(
            draw(texts), tuple(sorted(draw(st.sets(st.sampled_from([one.number for one in notes]), min_size=1)))), 0.9
        )
        for _ in range(draw(st.integers(1, 3)))
    )
    about: dict[str, Any] = {
        "answerable": draw(st.sampled_from((True, False, None))),
        "expected_answers": tuple(draw(st.lists(texts, max_size=2))),
        "expected_sources": sources,
        "relevant": relevant,
        "ranking": ranked("".join("01"[one] for one in expected)[:RANKED]),
        "confidence": draw(st.sampled_from((0.0, 0.25, 0.5, 0.75, 1.0))),
        "tags": tuple(draw(tags)),
    }  # fmt: skip
    if lane in SILENT:
        return silent(lane, **about)
    answer = " ".join(sentence.text for sentence in said)
    return record(lane=lane, answer=answer, sentences=said, citations=notes, **about)


runs = st.lists(records(), min_size=1, max_size=8).map(numbered)
