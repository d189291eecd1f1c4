"""Quoted pieces read on their own."""

import pytest

from bot.reading import cells, readable


def test_cells_of_a_row_are_named_by_their_header() -> None:
    header = "| Aspect | Foundation model | LLM |"
    assert readable("| Scope | broad | narrow |", header) == "Scope – Foundation model: broad; LLM: narrow."


def test_rows_without_a_header_or_with_other_lengths_lose_no_cell() -> None:
    assert readable("| Scope | broad |") == "Scope – broad."
    assert readable("| Scope | broad | narrow | new |", "| A | B |") == "Scope – B: broad; narrow; new."
    assert readable("| Scope |") == "Scope"


@pytest.mark.parametrize(
    ("row", "first", "said"),
    [
        (
            "| 3 | How long? | It takes two days. |",
            "| 1 | Who? | It is for everyone. |",
            "3 – How long?; It takes two days.",
        ),
        ("| Is it free? | No. |", "| Can I cancel? | Yes. |", "Is it free? – No."),
        ("| Is it free? | Not yet |", "| Can I cancel? | Soon |", "Is it free? – Not yet."),
        ("| Cats | Allowed. |", "| Dogs | Not allowed. |", "Cats – Allowed."),
        ("| Import | Done. |", "| Export | Coming soon. |", "Import – Done."),
        ("| Tokens | Pieces of words |", "| Model | It predicts the next word. |", "Tokens – Pieces of words."),
        ("| 2 | Can I cancel? | Of course. |", "| 1 | Is it free? | Never. |", "2 – Can I cancel?; Of course."),
    ],
)
def test_the_first_row_of_a_table_without_a_header_names_nothing(row: str, first: str, said: str) -> None:
    assert readable(row, first) == said


def test_a_header_may_ask_or_be_abbreviated() -> None:
    assert readable("| Export | no | yes |", "| Feature | Free? | Pro |") == "Export – Free? no; Pro: yes."
    assert readable("| Bolt | 5 | 7 |", "| Part | Art. No. | Qty. |") == "Bolt – Art. No.: 5; Qty.: 7."
    assert readable("| Bolt | 5 | 7 |", "| Part | No. | Price per mo. |") == "Bolt – No.: 5; Price per mo.: 7."
    assert readable("| Bolt | A-12 |  |", "| Part | No. | Price |") == "Bolt – No.: A-12."
    assert readable("| Bolt | 5 pcs. |", "| Part | Min. qty. |") == "Bolt – Min. qty.: 5 pcs."


def test_cells_below_an_empty_header_have_no_names() -> None:
    assert readable("| Super+Tab | Switch windows |", "|  |  |") == "Super+Tab – Switch windows."


def test_one_item_loses_its_mark_and_a_list_keeps_its_lines() -> None:
    assert readable("- Llama") == "Llama"
    assert readable("12. Llama") == "Llama"
    assert readable("- Llama\n- Mistral") == "- Llama\n- Mistral"


def test_an_escaped_bar_is_part_of_its_cell() -> None:
    assert cells(r"| a \| b | c |") == ("a | b", "c")


def test_a_first_cell_that_says_something_is_named_by_a_short_header() -> None:
    row = "| It thinks like a person | It predicts words |"
    assert readable(row, "| Myth | Fact |") == "Myth: It thinks like a person – Fact: It predicts words."
    assert readable(row, "|  | Fact |") == "It thinks like a person – Fact: It predicts words."
    assert readable(row, "| What many people think | Fact |") == "It thinks like a person – Fact: It predicts words."
    assert readable(row, "| Think? | Fact |") == "It thinks like a person – Fact: It predicts words."
    assert readable("| Sign in with two keys |  |", "| Feature | Pro |") == "Sign in with two keys"
