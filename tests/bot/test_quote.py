"""Which of the evidence is quoted: the best, what is nearly as good and new, and what says the opposite."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.quote import MOST_QUOTES, QUOTE_MARGIN, SHOWN_MARGIN, worth_quoting, worth_showing
from bot.types import Evidence
from index.types import Chunk

BEST = 10.0


def evidence(*told: tuple[str, str, float]) -> list[Evidence]:
    """Pieces by article, text and log-odds below the best."""
    found = []
    for number, (name, text, below) in enumerate(told, 1):
        chunk = Chunk(f"{name}{number}", name, name, (), "", text, 0, len(text))
        found.append(Evidence(number, chunk, 0, len(text), text, BEST - below))
    return found


def quoted(*told: tuple[str, str, float]) -> list[str]:
    return [piece.text for piece in worth_quoting(evidence(*told))]


def test_the_best_and_what_is_nearly_as_good_and_new_is_quoted() -> None:
    best, near, far = "Refunds take five days.", "Ask support for a refund.", "Returns are free."
    assert quoted(("a", best, 0), ("b", near, QUOTE_MARGIN), ("c", far, QUOTE_MARGIN + 0.1)) == [best, near]
    many = [("a", f"Word{number} is new here and there{number}.", 0.0) for number in range(MOST_QUOTES + 2)]
    assert len(quoted(*many)) == MOST_QUOTES


def test_the_best_pieces_section_comes_first_and_each_in_reading_order() -> None:
    text = "Parcels are sent on Mondays. Letters cost nine euros."
    early = Chunk("early", "a", "a", ("Town",), "", "The shop is the heart of the town.", 0, 34)
    late = Chunk("late", "a", "a", ("Post",), "", text, 40, 40 + len(text))
    best, before = text[29:], text[:28]
    ranked = [
        Evidence(1, late, 69, 40 + len(text), best, BEST),
        Evidence(2, early, 0, 34, early.text, BEST - 0.1),
        Evidence(3, late, 40, 68, before, BEST - 0.2),
    ]
    assert [piece.text for piece in worth_quoting(ranked)] == [before, best, early.text]


def test_a_piece_that_holds_the_best_one_keeps_its_place() -> None:
    text = "Whisper hears. It writes down what it hears."
    first = Chunk("first", "a", "a", ("Whisper",), "", text, 100, 100 + len(text))
    other = Chunk("other", "a", "a", ("Llama",), "", "Llama reads and writes texts.", 0, 29)
    ranked = [
        Evidence(1, first, 100, 114, text[:14], BEST),
        Evidence(2, other, 0, 29, other.text, BEST - 0.1),
        Evidence(3, first, 100, 100 + len(text), text, BEST - 0.2),
    ]
    assert [piece.text for piece in worth_quoting(ranked)] == [text, other.text]


def test_what_repeats_is_quoted_once_but_not_where_it_adds_a_number() -> None:
    long = "Refunds of unused tickets take five working days."
    assert quoted(("a", long, 0), ("b", "Refunds of unused tickets take five days.", 0.2)) == [long]
    this_year, last_year = "In 2024 the fee for late refunds was 30.", "In 2023 the fee for late refunds was 20."
    assert quoted(("a", this_year, 0), ("a", last_year, 0.2)) == [this_year, last_year]
    longer = "Refunds of unused tickets take five working days, and are never paid in cash."
    assert quoted(("a", longer, 0), ("a", long, 0.2)) == [longer]
    charging, full = "The battery is full and charging.", "The battery is full and not charging."
    assert quoted(("a", charging, 0), ("a", full, 0.2)) == [charging, full]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Refunds are accepted within 30 days.", "Refunds are accepted within 14 days."),
        ("The free plan includes backups.", "The free plan does not include backups."),
        ("Guests may cancel without a fee.", "Guests may cancel with a fee."),
        ("Refunds take five working days.", "Refunds take ten working days."),
        ("We are open from Monday to Friday.", "We are open from Monday to Sunday."),
        ("You can always cancel for nothing.", "You can never cancel for nothing."),
        ("The fee does n't apply.", "The fee does apply."),
        ("The trial lasts 14 days.", "The trial lasts 14 weeks."),
        ("The plan costs $20 a month.", "The plan costs €20 a month."),
        ("Keep the samples below 5 °C.", "Keep the samples below -5 °C."),
        ("Keep the samples below 5 °C.", "Keep the samples below –5 °C."),
    ],
)
def test_articles_that_disagree_are_both_shown(one: str, other: str) -> None:
    assert quoted(("policy", one, 0), ("blog", other, SHOWN_MARGIN)) == [one, other]
    assert quoted(("policy", one, 0), ("blog", other, SHOWN_MARGIN + 0.1)) == [one]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The Pro plan costs 30 euros.", "The Basic plan costs 10 euros."),
        ("Refunds are accepted within 30 days.", "Exchanges are accepted within 14 days."),
        ("The free plan includes backups.", "The free plan includes daily backups."),
        ("The shirt in size M costs 10 euros.", "The shirt in size L costs 10 euros."),
    ],
)
def test_what_speaks_of_another_thing_does_not_disagree(one: str, other: str) -> None:
    assert quoted(("policy", one, 0), ("blog", other, QUOTE_MARGIN + 0.1)) == [one]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("The founder of the company is Alice.", "The founder of the company is Bob."),
        (
            "The server waits 5 seconds before it closes an idle one.",
            "The server waits 5 minutes before it closes an idle one.",
        ),
        ("Parcels weigh up to 20 lb.", "Parcels weigh up to 20 kg."),
        ("The plan costs 20 CHF a month.", "The plan costs 20 euros a month."),
        ("The offer ends on 3 May.", "The offer ends on 3 June."),
        ("The plan includes one free domain.", "The plan includes three free domains."),
        ("The default of strict is true.", "The default of strict is false."),
        ("It needs Python >= 3.9 or a container.", "It needs Python < 3.9 or a container."),
        ("The tool is written in C++.", "The tool is written in C#."),
        ("Plan A includes two domains.", "Plan B includes two domains."),
        ("Notifications are on by default.", "Notifications are off by default."),
        ("The desk opens at 9 a.m. on weekdays.", "The desk opens at 9 p.m. on weekdays."),
        ("The money is sent to your account.", "The money is sent from your account."),
        ("Basic costs 10 euros and Pro costs 20 euros.", "Basic costs 20 euros and Pro costs 10 euros."),
        ("| Export of reports | yes | no |", "| Export of reports | no | yes |"),
        ("The plan costs ₹20 a month.", "The plan costs $20 a month."),
        ("It takes 10² requests.", "It takes 10³ requests."),
        ("The domains are in plan A alone.", "The domains are in plan D alone."),
        ("The shirt in size M costs 10 euros.", "The shirt in size L costs 10 euros."),
        ("| Basic | 10 euros | yes | yes | no |", "| Pro | 10 euros | yes | yes | no |"),
    ],
)
@pytest.mark.parametrize("name", ["policy", "blog"])
def test_what_has_another_word_in_the_place_of_one_is_no_repetition(name: str, one: str, other: str) -> None:
    assert quoted(("policy", one, 0), (name, other, QUOTE_MARGIN)) == [one, other]
    assert quoted((name, other, 0), ("policy", one, QUOTE_MARGIN)) == [other, one]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Returns within 14–16 days are free.", "Returns within 14-16 days are free."),
        ("The plan costs 20 € a month.", "The plan costs 20€ a month."),
        ("The plan costs €20 a month.", "The plan costs 20 € a month."),
        ("The plan costs €20 a month.", "The plan costs 20 euros a month."),
        ("The plan costs US$20 a month.", "The plan costs $20 a month."),
        ("The plan costs 20 euros per month.", "The plan costs 20 euros monthly."),
        ("The discount is 20% on all tickets.", "The discount is 20 percent on all tickets."),
        ("The discount is 5%–10% on all tickets.", "The discount is 5–10% on all tickets."),
        ("It needs Python >=3.9.", "It needs Python ≥3.9."),
        ("Keep the samples below −5 °C.", "Keep the samples below -5°C."),
        ("It takes ~5 days, at most.", "It takes 5 days at most."),
        ("The desk opens at 9 a.m. on weekdays.", "The desk opens at 9 am on weekdays."),
        ("Refunds of the yearly plan are paid in days.", "Refunds of the yearly plans are paid in days."),
    ],
)
def test_the_same_written_otherwise_is_quoted_once(one: str, other: str) -> None:
    assert quoted(("policy", one, 0), ("blog", other, 0.1)) == [one]
    assert quoted(("policy", other, 0), ("blog", one, 0.1)) == [other]


def test_an_article_does_not_disagree_with_itself() -> None:
    one, other = "Refunds are accepted within 30 days.", "Refunds are accepted within 14 days."
    assert quoted(("policy", one, 0), ("policy", other, QUOTE_MARGIN + 0.1)) == [one]


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from(["in 5 days", "in 6 days", "never"]), st.floats(0, 9)))
)
def test_what_is_quoted_is_shown_to_the_generator(told: list[tuple[str, str, float]]) -> None:
    ranked = evidence(*((name, f"Refunds are made {when}.", below) for name, when, below in sorted(told, key=last)))
    assert set(worth_quoting(ranked)) <= set(worth_showing(ranked))


def last(told: tuple[str, str, float]) -> float:
    return told[-1]
