"""Sixty questions on the shipped articles, on the real models: at least nine in ten right, nothing without support."""

import json
from collections import Counter
from pathlib import Path

import pytest

from bot.assemble import assemble
from bot.pipeline import Bot
from bot.settings import Settings
from bot.types import Answer, Claim
from bot.verifier import SUPPORTED
from bot.words import words

pytestmark = pytest.mark.models
GOLDEN = Path(__file__).resolve().parent.parent / "golden" / "questions.jsonl"
RIGHT = 0.9


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Bot:
    return assemble(Settings(index=tmp_path_factory.mktemp("golden") / "index"))


def is_right(row: dict[str, object], answer: Answer) -> bool:
    """Off-topic questions are declined; others cite an expected article and say one of the expected words."""
    if row["kind"] == "off_topic":
        return not answer.claims
    wanted = row["article"] if isinstance(row["article"], list) else [row["article"]]
    cited = {Path(citation.article_id).stem for citation in answer.citations}
    said = answer.text.casefold()
    words = row["contains"]
    assert isinstance(words, list)
    return bool(cited & set(wanted)) and (not words or any(word.casefold() in said for word in words))


def foreign_words(claim: Claim, bot: Bot) -> set[str]:
    """Words of a claim in neither its quotes, their headings nor, for rows and list items, the lines above them."""
    known = {"a", "an", "the", "that", "also"}
    for citation in claim.citations:
        text = bot.articles[citation.article_id].text
        is_part = citation.quote.startswith(("| ", "- ")) or citation.quote[:1].isdigit()
        above = text[max(0, citation.start - 2000) : citation.start] if is_part else ""
        known.update(words(" ".join((citation.quote, citation.title, *citation.heading_path, above))))
    return set(words(claim.text)) - known


def test_golden_questions(bot: Bot, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [json.loads(line) for line in GOLDEN.read_text(encoding="utf-8").splitlines()]
    answers = [bot.answer(row["question"]) for row in rows]
    right = [is_right(row, answer) for row, answer in zip(rows, answers, strict=True)]
    lanes = Counter(answer.lane for answer in answers)
    with capsys.disabled():
        print(f"\ngolden: {sum(right)} of {len(rows)} right, lanes {dict(lanes)}")  # noqa: T201 - the figure to quote
        for row, answer, good in zip(rows, answers, right, strict=True):
            if not good:
                print(f"  {row['id']} {row['question']} -> {answer.lane} {answer.text[:100]!r}")  # noqa: T201
    for answer in answers:
        for claim in answer.claims:
            assert claim.support >= SUPPORTED
            assert claim.citations
            assert not foreign_words(claim, bot), claim
            for citation in claim.citations:
                assert bot.articles[citation.article_id].text[citation.start : citation.end] == citation.quote
    assert sum(right) / len(rows) >= RIGHT


def test_a_conversation_keeps_its_subject(bot: Bot) -> None:
    from bot.types import Turn

    first = bot.answer("What are well-known language models?")
    chunks = tuple(hit.chunk.id for hit in first.hits[:2])
    answer = bot.answer("and which of them are open?", [Turn(first.question, first.text, chunks)])
    assert answer.claims
    assert "open" in answer.text.casefold()


def test_the_same_question_gives_the_same_bytes(bot: Bot) -> None:
    first, second = (bot.answer("Which models can I download the weights of?") for _ in range(2))
    assert (first.claims, first.hits, first.confidence) == (second.claims, second.hits, second.confidence)
