"""What the ways to say it are taught, and what of a reply is counted."""

import pytest

from bot.types import Evidence
from index.types import Chunk
from training.split import judges
from training.wording import TARGETS, Told, figures

TEXTS = ("Breakfast is served from seven.", "It costs nine pounds.", "Dogs are not allowed.", "The bar opens at noon.")


def told(reply: str, question: str = "When is breakfast?") -> Told:
    pieces = []
    for number, text in enumerate(TEXTS, 1):
        chunk = Chunk(f"c{number}", "a", "The Inn", (), "", text, 0, len(text))
        pieces.append(Evidence(number, chunk, 0, len(text), text, 1.0))
    return Told(question, tuple(pieces), reply, "dstc:inn")


def test_what_is_quoted_comes_nearest_to_what_the_person_said() -> None:
    one = told("Yes: breakfast is served from seven, and it costs nine pounds.")
    assert TARGETS["quoting"](one) == f"{TEXTS[0]} {TEXTS[1]}"
    assert TARGETS["by number"](one) == "[1] [2]"
    assert TARGETS["rewording"](one) == one.reply
    assert TARGETS["by number"](told("No, dogs are not allowed here.")) == "[3]"


@pytest.mark.parametrize(
    ("reply", "supported", "whole", "word", "number"),
    [
        (TEXTS[0], 1.0, 1.0, 0.0, 0.0),
        (f"{TEXTS[0]} Dogs are allowed.", 0.5, 0.0, 0.0, 0.0),
        ("Breakfast is served on the terrace.", 0.0, 0.0, 1.0, 0.0),
        ("Breakfast costs 12 pounds.", 0.0, 0.0, 1.0, 1.0),
    ],
)
def test_what_no_evidence_says_is_counted(
    reply: str, supported: float, whole: float, word: float, number: float
) -> None:
    found = figures([reply], [told(TEXTS[0])])
    counted = [found[name] for name in ("sentences_supported", "replies_supported", "says_a_word_no_evidence_has")]
    assert [*counted, found["a_number"]] == [supported, whole, word, number]


def test_a_group_judges_or_teaches_and_a_third_judge() -> None:
    drawn = [judges(f"clapnq:{number}") for number in range(300)]
    assert drawn == [judges(f"clapnq:{number}") for number in range(300)]
    assert 70 < sum(drawn) < 130
