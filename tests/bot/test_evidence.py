"""What of a chunk can be quoted: exact spans, lists with their lead-in, rows under their header."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evidence import WHOLE_LIST, candidates, with_antecedent
from bot.ranking import is_pointer
from bot.types import Evidence
from corpus.load import load_articles
from index.chunk import chunk_article
from index.types import Chunk

BLOCKS = (
    "Whisper hears all speech. It writes it down.",
    "No. It does not draw.",
    "These are open:",
    "- Llama\n- Mistral",
    "1. Open the lid and look at the small lamp on the left. Wait until it is green.\n2. Close it.",
    "| Tool | Price |\n| Scribe | nine |\n| Quill | four |",
    "|  |  |\n| Scribe | nine |",
    "```\nmake chat\n\n- not a list. Not a sentence.\n```",
)


def chunk(text: str, context: str = "") -> Chunk:
    return Chunk("c", "a", "Title", (), "", text, 100, 100 + len(text), context)


def texts(one: Chunk) -> list[str]:
    return [span.of(one) for span in candidates(one)]


@given(
    st.lists(st.sampled_from(BLOCKS), min_size=1, max_size=6), st.sampled_from(["", "| Tool | Price |", "Open are:"])
)
def test_candidates_are_spans_in_order_inside_the_chunk(blocks: list[str], context: str) -> None:
    one = chunk("\n\n".join(blocks), context)
    spans = candidates(one)
    assert all(one.start <= span.start < span.end <= one.end for span in spans)
    assert all(before.end <= after.start for before, after in pairwise(spans))
    assert all(span.of(one).strip() == span.of(one) for span in spans)


def test_a_list_is_quoted_with_its_lead_in_and_the_lead_in_never_alone() -> None:
    assert texts(chunk("These are open:\n\n- Llama\n- Mistral")) == ["These are open:\n\n- Llama\n- Mistral"]


def test_a_list_is_quoted_with_the_line_that_names_it() -> None:
    named = "If you wish to export\n\n- Open the lid\n- Press the key"
    other = "If you wish to import\n\n- Press the other key"
    assert texts(chunk(f"{named}\n\n{other}")) == [named, other]


@pytest.mark.parametrize("before", ["It is easy.", "Is it easy?", "This line goes on and on " * 4 + "without a stop"])
def test_a_sentence_before_a_list_stands_alone(before: str) -> None:
    assert texts(chunk(f"{before}\n\n- Open the lid\n- Press the key")) == [before, "- Open the lid\n- Press the key"]


def test_a_statement_without_a_stop_before_long_items_stands_alone() -> None:
    items = [f"- Open {'the heavy lid ' * 12}{number}" for number in range(3)]
    one = chunk("Refunds are paid within 14 days\n\n" + "\n".join(items))
    told = ["Refunds are paid within 14 days", *items]
    assert [(span.of(one), span.lead) for span in candidates(one)] == [(each, "") for each in told]


def test_a_line_names_no_list_further_down() -> None:
    one = chunk("Not available on Windows\n\n```\nrun it\n```\n\n- Open the lid\n- Press the key")
    assert [(span.of(one), span.lead) for span in candidates(one)] == [
        ("Not available on Windows", ""), ("```\nrun it\n```", ""), ("- Open the lid\n- Press the key", ""),
    ]  # fmt: skip


def test_code_is_quoted_with_the_line_that_says_what_it_does() -> None:
    code = "```\napt install tor\n```"
    assert texts(chunk(f"It is packaged by Debian. Then run:\n\n{code}")) == [
        "It is packaged by Debian.",
        f"Then run:\n\n{code}",
    ]
    assert texts(chunk(f"It is packaged by Debian.\n\n{code}")) == ["It is packaged by Debian.", code]
    long = code.replace("apt", "apt " * WHOLE_LIST)
    assert texts(chunk(f"Then run:\n\n{long}")) == ["Then run:", long]


def test_a_list_cut_from_its_lead_in_keeps_it_as_its_lead() -> None:
    (span,) = candidates(chunk("- Llama\n- Mistral", "These are open:"))
    assert span.lead == "These are open:"


def test_rows_stand_under_their_header_which_is_none_itself() -> None:
    one = chunk("The prices:\n\n| Tool | Price |\n| Scribe | nine |")
    assert [(span.of(one), span.lead) for span in candidates(one)] == [("| Scribe | nine |", "| Tool | Price |")]


def test_only_the_first_table_goes_on_from_the_chunk_before() -> None:
    one = chunk("| Quill | four |\n\nOther:\n\n| Size | Colour |\n| big | red |", "| Tool | Price |")
    leads = [span.lead for span in candidates(one)]
    assert leads == ["| Tool | Price |", "| Size | Colour |"]


def test_code_with_empty_lines_is_one_piece() -> None:
    code = "```\na = 1\n\nb = 2. Then c\n```"
    assert texts(chunk(f"Run this.\n\n{code}\n\nIt works.")) == ["Run this.", code, "It works."]


def test_a_short_no_is_joined_to_what_explains_it() -> None:
    assert texts(chunk("No. It does not draw. It hears.")) == ["No. It does not draw.", "It hears."]


def test_sentences_that_only_point_elsewhere_are_known() -> None:
    assert is_pointer("Learn more about the design of Tor Browser.")
    assert is_pointer("This article compares the two.")
    assert is_pointer("To get started, please visit our first page.")
    assert is_pointer("You can read about these here.")
    assert not is_pointer("Tor Browser hides who you are.")
    assert not is_pointer("The following are open:\n\n- Llama")


def test_spans_are_the_articles_words_on_the_shipped_articles() -> None:
    corpus = load_articles(Path(__file__).resolve().parents[2] / "corpus" / "articles")
    for article in corpus.articles:
        for one in chunk_article(article):
            assert candidates(one)
            assert all(article.text[span.start : span.end] == span.of(one) for span in candidates(one))


def last_in_full(text: str) -> str:
    one = chunk(text)
    span = candidates(one)[-1]
    full = with_antecedent(Evidence(1, one, span.start, span.end, span.of(one), 1.0))
    assert one.text[full.start - one.start : full.end - one.start] == full.text
    assert full.end == span.end
    return full.text


@pytest.mark.parametrize(
    ("text", "full"),
    [
        (
            "Whisper hears all speech. It writes every word down.",
            "Whisper hears all speech. It writes every word down.",
        ),
        (
            "So it surely is. Llama reads plain text. But it hears no speech.",
            "Llama reads plain text. But it hears no speech.",
        ),
        (
            "No. Llama reads plain text. For that reason Whisper is needed.",
            "No. Llama reads plain text. For that reason Whisper is needed.",
        ),
        ("Whisper hears all speech. Llama reads plain text.", "Llama reads plain text."),
        (
            "Llama reads plain text. The model is therefore deaf.",
            "Llama reads plain text. The model is therefore deaf.",
        ),
        (
            "Llama reads plain text. The model Whisper hears all human speech well and is therefore not.",
            "The model Whisper hears all human speech well and is therefore not.",
        ),
        ("Whisper hears all speech. However, Llama reads text.", "However, Llama reads text."),
        ("Whisper hears all speech.\n\nIt writes every word down.", "It writes every word down."),  # another paragraph
        ("It writes every word down.", "It writes every word down."),
        (f"{'Whisper hears speech and ' * 20}more. It writes it down.", "It writes it down."),  # too long to help
        (
            "Llama reads plain text. Run a bridge of your own. In that case one is enough.",
            "Run a bridge of your own. In that case one is enough.",
        ),
        ("Order all of them. You can then spread them.", "Order all of them. You can then spread them."),
        ("If it fails you can wait. Selecting it helps.", "If it fails you can wait. Selecting it helps."),
        ("Whisper hears all speech. In all cases Llama reads.", "In all cases Llama reads."),
        ("Whisper hears all speech. Reading that book is what Llama does.", "Reading that book is what Llama does."),
        (  # the sentence before points back as well
            "Llama has files. These are its weights. They are large. They can be loaded.",
            "Llama has files. These are its weights. They are large. They can be loaded.",
        ),
        (
            f"Llama has {'large and heavy ' * 20}files. They are its weights. It reads them.",
            "They are its weights. It reads them.",
        ),
        ("| Tool | Price |\n| It | nine |", "| It | nine |"),
        ("Both are open:\n\n- Llama\n- It too", "Both are open:\n\n- Llama\n- It too"),
    ],
)
def test_a_sentence_that_points_back_brings_the_one_it_points_to(text: str, full: str) -> None:
    assert last_in_full(text) == full
