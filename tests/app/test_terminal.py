"""Rows as they are read out, and an answer whose every field carries what a terminal must not see."""

import json

import pytest

from bot.reading import readable
from bot.terminal import as_json, as_text
from bot.types import Answer, Citation, Claim, Suggestion

BAD = "\x1b[2J\x9b31m\x07\u202e\r"


@pytest.mark.parametrize(
    ("row", "header", "said"),
    [
        ("| Price | 9 | 4 |", "| Tool | Scribe | Quill |", "Price – Scribe: 9; Quill: 4."),
        ("|  | The battery is full. |", "|  | The battery is charging. |", "The battery is full."),
        ("| Esc | Leaves. |", "| F2 | Opens a window. |", "Esc – Leaves."),
        ("|  | 9 |", "| Tool | Price |", "Price: 9."),
    ],
)
def test_a_row_reads_as_a_sentence(row: str, header: str, said: str) -> None:
    assert readable(row, header) == said


def _answer(*claims: Claim) -> Answer:
    told = "" if claims else f"No{BAD}."
    return Answer(BAD, claims, (), 0.9, "quoted", told, (Suggestion(f"Why{BAD}?", "a"),), (f"parts{BAD}",))


def test_nothing_in_an_answer_steers_the_terminal() -> None:
    place = Citation(1, "a", f"Title{BAD}", f"https://a.example/{BAD}", (f"Heading{BAD}",), f"Words{BAD}.", 0, 5)
    for answer in (_answer(), _answer(Claim(f"Said{BAD}.", (place,), 1.0))):
        assert not set(as_text(answer)) & set(BAD) - set("[2J31m")
        assert as_json(answer).isascii()
        assert json.loads(as_json(answer))["question"] == BAD
