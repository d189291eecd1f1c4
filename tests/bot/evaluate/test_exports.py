"""What other programs read: no cell is run, no text breaks the XML, and the counts agree."""

import csv
import io
from collections import Counter
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evaluate.exports import HEADER, csv_line, csv_rows, junit_lines
from bot.evaluate.scores import outcome, scores
from bot.evaluate.types import FAILED, REFUSED, Record, Sentence
from tests.bot.evaluate.material import cited, numbered, ranked, record, runs, silent

FORMULAS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "   +1", "\x00=1", " \x00=1", "＝1", "＋1", "－1",
    "＠x", '=HYPERLINK("http://evil.example","click")', "=cmd|' /C calc'!A0",
]  # fmt: skip
HOSTILE = [
    "", " ", "\x00", "\x01\x02\x1f\x7f\x80\x9f", "]]>", "<![CDATA[x]]>", "<!--", "--", "&amp; &lt; &#0;", "<a b='\"'>",
    "'\"", "\u2028\u2029\x85", "line\nline\r\nline\rline\ttab", "\ufffe\uffff", "\U0001fffe", "\ufeff", "😀",
    "👩\u200d💻", "٣ عربي", "עברית", "\u202eevil", "\ufffd", "&" * 5000, "é" * 5000, "<" * 300, "%s {question} ${x}",
    *FORMULAS,
]  # fmt: skip


def csv_back(*records: Record) -> list[dict[str, str]]:
    """As any program reads the file."""
    return list(csv.DictReader(io.StringIO("".join(csv_rows(records)), newline="")))


def xml_of(records: list[Record]) -> ElementTree.Element:
    return ElementTree.fromstring("".join(junit_lines(lambda: records)).encode())


@pytest.mark.parametrize("text", FORMULAS)
def test_a_cell_that_a_spreadsheet_would_run_is_made_text(text: str) -> None:
    ((first, second),) = csv.reader(io.StringIO(csv_line((text, 7)), newline=""))
    assert first == f"'{text}".replace("\x00", "")
    assert second == "7"


@pytest.mark.parametrize("text", ["a=1", "1-1", "", " a", "'=1", "a\n=1", 'a,"b"', "é", "Why?"])
def test_other_cells_stay_as_they_are(text: str) -> None:
    assert next(csv.reader(io.StringIO(csv_line((text, 1)), newline=""))) == [text, "1"]


cells = st.lists(
    st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from('\n\r\t,";=+-@ '), max_size=8),
    min_size=2,
    max_size=5,
)


@given(cells)
def test_every_row_is_read_back_as_one_row_with_its_texts(texts: list[str]) -> None:
    (back,) = csv.reader(io.StringIO(csv_line(texts), newline=""))
    assert [cell.removeprefix("'") for cell in back] == [text.replace("\x00", "").removeprefix("'") for text in texts]
    assert not [cell for cell in back if cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "\n"))]


def test_numbers_are_no_text() -> None:
    assert csv_line((3, 0.5, -1)) == "3,0.5,-1\n"


def test_the_table_says_what_the_record_says() -> None:
    one = record(
        answerable=True, expected_answers=("fish", "=meat"), expected_sources=("cats.md",), relevant=1,
        tags=("a", "b"), history=("Who?", "What?"), ranking=ranked("01"), uncovered=("and this?",),
        citations=(cited(1), cited(2, title="Food", url="", quote="x")),
        sentences=(Sentence("A cat eats fish.", (1, 2), 1.0),),
    )  # fmt: skip
    (row,) = csv_back(one)
    assert list(row) == list(HEADER)
    assert row == row | {
        "row": "1", "line": "2", "id": "q1", "question": "What does a cat eat?", "lane": "quoted",
        "answer": "A cat eats fish.", "confidence": "0.9",
        "citations": "[1] Cats > Food: “A cat eats fish.”\n[2] Food: “x”",
        "addresses": "[1] https://pets.example/cats#food", "hits": "a0.md\na1.md", "uncovered": "and this?",
        "declined_because": "", "right": "1", "answer_hit": "1", "token_f1": "0.5", "rouge_l": "0.4", "cited": "1",
        "ndcg10": "0.63093", "mrr10": "0.5", "answerable": "yes", "expected_answers": "fish\n=meat",
        "expected_sources": "cats.md", "tags": "a, b", "history": "Who?\nWhat?",
    }  # fmt: skip


def test_what_is_undefined_is_an_empty_cell() -> None:
    rows = csv_back(silent(answerable=False), silent(), silent(FAILED, declined_because="=ValueError"))
    assert [row["answerable"] for row in rows] == ["no", "", ""]
    assert [row["right"] for row in rows] == ["1", "", ""]
    assert {rows[1][name] for name in ("answer", "answer_hit", "ndcg10", "cited", "citations", "hits")} <= {
        "",
        "cats.md",
    }
    assert rows[2]["declined_because"] == "'=ValueError"


@given(runs)
def test_the_table_has_a_row_for_each_record(run: list[Record]) -> None:
    rows = csv_back(*run)
    assert [(row["row"], row["id"], row["lane"]) for row in rows] == [(str(one.row), one.id, one.lane) for one in run]


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_is_readable_xml(text: str) -> None:
    everywhere = {"id": text, "question": text, "tags": (text,)}
    expected = {"expected_answers": (f"{text} never said",), "expected_sources": (text or "x",)}
    records = [
        record(**everywhere, **expected, answer=text),
        silent(FAILED, **everywhere, declined_because=text),
        record(**everywhere),
        record(**everywhere, expected_answers=("fish",)),
    ]
    suite = xml_of(records)
    assert [[child.tag for child in one] for one in suite] == [["failure"], ["error"], ["skipped"], []]
    visible = [char for char in text if char.isalnum()]
    assert [char for char in suite[0].attrib["name"] if char.isalnum()][:100] == (visible * 2)[:100]


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_at_all_is_readable_xml(text: str) -> None:
    assert len(xml_of([record(id=text, question=text, tags=(text,), expected_answers=(f"{text} x",))])) == 1


@given(runs)
def test_the_counts_of_a_suite_are_those_of_its_cases(run: list[Record]) -> None:
    suite = xml_of(run)
    found = Counter(child.tag for one in suite for child in one)
    told = {name: int(suite.attrib[name]) for name in ("tests", "failures", "errors", "skipped")}
    assert told == {
        "tests": len(run), "failures": found["failure"], "errors": found["error"], "skipped": found["skipped"],
    }  # fmt: skip
    assert len(suite) == len(run)
    assert found["error"] == sum(outcome(one, scores(one)["right"]) == "failed" for one in run)
    assert [one.attrib["name"].split(":")[0] for one in suite] == [one.id for one in run]


def test_a_suite_tells_what_was_expected_and_what_was_said() -> None:
    run = numbered(
        [
            record(expected_answers=("meat", "bones"), expected_sources=("cats.md",), tags=("food", "x")),
            record(answerable=False),
            silent(expected_answers=("fish",)),
            silent(REFUSED, declined_because="the question is empty"),
            silent(answerable=False),
        ]
    )
    suite = xml_of(run)
    assert [one.attrib["classname"] for one in suite] == ["food", *["question"] * 4]
    assert [(one[0].text if len(one) else None) for one in suite] == [
        "expected: meat | bones | cats.md\nsaid: A cat eats fish.",
        "expected: to be declined\nsaid: A cat eats fish.",
        "expected: fish\nsaid: Not covered.",
        None,
        None,
    ]
    assert suite[3][0].attrib["message"] == "the question is empty"


def test_of_nothing_there_is_an_empty_suite_and_a_header() -> None:
    suite = xml_of([])
    assert (suite.attrib["tests"], len(suite)) == ("0", 0)
    assert csv_back() == []
