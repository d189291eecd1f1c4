"""How peers are judged and set side by side; the peers themselves are run by `make bench`."""

import pytest

from bench.peers.judge import counts, declines, verdict
from bench.peers.questions import Question
from bench.peers.table import Measured, rate, table

CORE = Question("What lies below the mantle?", "squad2", answers=("the outer core",))
MAIL = Question("How do I send mail later?", "stackfaq", sources=("sf1-a0", "sf1-a1"))
PIZZA = Question("Where is my pizza?", "uncovered")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  \n",
        "I don't know.",
        "I don’t know the answer to that.",
        "I do not have enough information to say.",
        "I'm sorry, but I can't tell.",
        "The context does not contain relevant information.",
        "The provided documents do not specify the year.",
        "Based on the context, there is no information about pizza.",
        "The answer is not mentioned in the passage.",
        "It is not possible to say.",
        "It's not clear from the context.",
        "Sorry, I cannot assist.",
        "I'm afraid I can't help with that.",
        "None of the documents mention it.",
    ],
)
def test_a_decline_is_recognised(text: str) -> None:
    assert declines(text)


@pytest.mark.parametrize(
    "text",
    [
        "The outer core lies below the mantle.",
        "Waves do not pass through the liquid outer core.",
        "You can not only save a draft but also send it later.",
        "It was built in 1998. It has 12 rooms. I don't know who built it.",
        "The Senate did not answer to the king.",
        "It is not clear water but mud.",
    ],
)
def test_an_answer_with_a_not_in_it_is_no_decline(text: str) -> None:
    assert not declines(text)


def test_a_gold_answer_is_a_hit_even_beside_an_apology() -> None:
    assert verdict(CORE, "I'm sorry. Below it lies an outer core!", ()) == "hit"
    assert verdict(CORE, "I'm sorry.", ("a",)) == "declined"
    assert verdict(CORE, "The crust.", ()) == "wrong"


def test_a_peer_that_says_itself_whether_it_declined_is_believed() -> None:
    assert verdict(MAIL, "The date is not known.", ("sf1-a1",), declined=False) == "hit"
    assert verdict(PIZZA, "The nearest articles are these.", (), declined=True) == "declined"


def test_a_thread_is_hit_by_the_first_source_of_an_answer() -> None:
    assert verdict(MAIL, "With a script.", ("sf1-a1", "sf2-a0")) == "hit"
    assert verdict(MAIL, "With a script.", ("sf2-a0", "sf1-a1")) == "wrong"
    assert verdict(MAIL, "With a script.", ()) == "wrong"
    assert verdict(MAIL, "I don't know.", ("sf1-a1",)) == "declined"


def test_what_is_not_covered_can_only_be_declined() -> None:
    assert verdict(PIZZA, "In the oven.", ("sf1-a0",)) == "wrong"
    assert verdict(PIZZA, "", ()) == "declined"


def test_the_table_sets_values_and_ratios_side_by_side() -> None:
    own = Measured(
        "own",
        index=2.0,
        done=[0.5, 0.25, 4.0],
        generated=[0.1, 0.2, 0.4],
        counts=counts([(CORE, "hit"), (PIZZA, "declined")]),
    )
    peer = Measured(
        "peer", index=3.0, done=[5.0], generated=[0.8, 0.8, 0.8], counts=counts([(CORE, "wrong"), (PIZZA, "wrong")])
    )
    absent = Measured("absent", refused="it does not install")
    lines = table([own, peer, absent], {"own": "Own", "peer": "Peer", "absent": "Absent"}).splitlines()
    assert lines[0] == "| | Own | Peer | Absent |"
    assert "| whole answer, s | 0.50 | 5.00 (×10) | - |" in lines
    assert "| index of the articles, s | 2.0 | 3.0 (×1.5) | - |" in lines
    assert "| first words shown, s | - | - | - |" in lines
    assert "| first words where Footnote generates, 3 questions, s | 0.20 | 0.80 (×4) | - |" in lines
    assert "| first words where Footnote generates, 3 questions, median of the ratios | - | ×4.0 | - |" in lines
    assert "| answer hit, squad2, of 1 | 1 | 0 | - |" in lines
    assert "| wrong answers, of 2 | 0 | 2 | - |" in lines
    assert lines[-1] == "Absent has no figures: it does not install"


def test_a_rate_needs_tokens_to_tell_it_from() -> None:
    assert rate(33, 1.0, 3.0) == 16.0
    assert rate(3, 1.0, 3.0) is None
    assert rate(33, 3.0, 3.0) is None
