"""The guard offers the ways to say each piece of evidence, nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.guard import Guard
from bot.quote import MOST_QUOTES
from bot.types import Evidence
from bot.verifier import SUPPORTED, CutVerifier
from bot.words import words
from index.types import Chunk


def evidence(*texts: str) -> list[Evidence]:
    return [
        Evidence(number, Chunk(str(number), "a", "Articles", (), "", text, 0, len(text)), 0, len(text), text, 1.0)
        for number, text in enumerate(texts, 1)
    ]


def options(*texts: str) -> tuple[str, ...]:
    return Guard(evidence(*texts), []).options(())


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        (
            "However, Whisper works on audio, which is sound.",
            {
                "However, Whisper works on audio, which is sound.",
                "However, Whisper works on audio.",
                "Whisper works on audio, which is sound.",
                "Whisper works on audio.",
            },
        ),
        (
            "The term was coined by Stanford (Bommasani et al., 2021).",
            {"The term was coined by Stanford (Bommasani et al., 2021).", "The term was coined by Stanford."},
        ),
        (
            "A large language model (LLM) reads text.",
            {"A large language model (LLM) reads text.", "A large language model reads text."},
        ),
        ("GPT-4, a language model, writes.", {"GPT-4, a language model, writes.", "GPT-4 writes."}),
        # the case of a name is not touched
        ("iPhone users need no code.", {"iPhone users need no code."}),
        ("However, iPhone users need no code.", {"However, iPhone users need no code."}),
        ("However, npm installs packages.", {"However, npm installs packages."}),
        ("However, the app works.", {"However, the app works.", "The app works."}),
        # what limits, turns or conditions stays
        (
            "Anyone may download it, unless the licence forbids it.",
            {"Anyone may download it, unless the licence forbids it."},
        ),
        ("The model is free; its use needs a licence.", {"The model is free; its use needs a licence."}),
        ("Items are read as items[0] and items[1].", {"Items are read as items[0] and items[1]."}),
        ("Not quite. It hears speech.", {"Not quite. It hears speech."}),
        # what looks like a work cited, an acronym or an explanation, and says of what, when or for whom
        *(
            (text, {text})
            for text in (
                "Macros are blocked by default (Word and Excel 2019).",
                "The free plan ends for new customers (June, 2026).",
                "The first such meeting was a success (Vienna, 2019).",
                "Shipping is free for units shipped (US).",
                "RAM, a keyboard, mouse and screen are included in the price.",
                "VAT, a deposit, insurance, fuel and cleaning are not included.",
            )
        ),
        # no sentence: a question, a row, an item, code, something unfinished, or nothing said
        ("Is Whisper an LLM?", set()),
        ("| Whisper | audio | open |", set()),
        ("- Whisper works on audio.", set()),
        ("```\nrun the model.\n```", set()),
        ("Tools that work on audio:", set()),
        ("It is.", set()),
    ],
)
def test_what_is_offered(text: str, offered: set[str]) -> None:
    assert set(options(text)) == offered


HEARS, READS, SEES = "Whisper hears spoken language.", "Llama reads written text.", "CLIP sees many pictures."


def test_what_answers_is_said_in_order_and_nothing_comes_twice() -> None:
    pieces = evidence(HEARS, READS, SEES)
    both = Guard(pieces[:2], pieces)
    assert both.options([]) == (HEARS,)
    assert not both.enough([HEARS])
    assert both.options([HEARS]) == (READS,)
    assert both.enough([HEARS, READS])
    assert both.options([HEARS, READS]) == (SEES,)
    assert both.options([HEARS, READS, SEES]) == ()


def test_what_repeats_a_piece_that_answers_is_not_offered_again() -> None:
    must, may = evidence("Whisper hears many hours of audio.", "Whisper hears many hours of audio data.")
    assert Guard([must], [must, may]).options([must.text]) == ()


def test_a_piece_that_can_only_be_quoted_leaves_nothing_to_say() -> None:
    assert Guard(evidence(HEARS, READS), []).complete
    assert not Guard(evidence(HEARS, "| Llama | text |"), []).complete
    assert not Guard([], []).complete


def test_enough_is_enough() -> None:
    animals = "lion tiger zebra heron otter badger".split()[: MOST_QUOTES + 2]
    pieces = evidence(*(f"The {animal} eats {animal}fruit." for animal in animals))
    said = [piece.text for piece in pieces]
    assert Guard(pieces[:1], pieces).options(said[: MOST_QUOTES - 1])
    assert not Guard(pieces[:1], pieces).options(said[:MOST_QUOTES])


@given(st.lists(st.sampled_from("However, GPT-4, (LLM) not which a model such as unless , . is the in mice".split())))
def test_an_option_is_supported_adds_no_word_and_drops_no_negation(said: list[str]) -> None:
    (piece,) = evidence(" ".join(said) + ".")
    for one in Guard([piece], []).options([]):
        assert CutVerifier().support(one, piece) >= SUPPORTED
        assert set(words(one)) <= set(words(piece.text))
        assert words(one).count("not") == words(piece.text).count("not")
        assert words(one).count("unless") == words(piece.text).count("unless")


def test_of_two_further_pieces_one_of_which_holds_the_other_one_is_offered() -> None:
    must, inner, outer = evidence("Cats purr.", "Llamas hum softly.", "Llamas hum softly. They hum all day long.")
    assert Guard([must], [must, inner, outer]).options(["Cats purr."]) == ("Llamas hum softly.",)
