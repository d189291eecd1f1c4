"""The files of a report that are read by other programs: answers as JSON lines and CSV, test results as JUnit XML."""

import csv
import io
import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from xml.etree.ElementTree import Element, SubElement, tostring

from bot.evaluate.rows import FORMULA
from bot.evaluate.scores import outcome, scores
from bot.evaluate.types import Cited, Record
from bot.reading import trail
from corpus.clean import clean

MOST_NAME = 200  # characters of a question in the name of a test case
SCORED = ("right", "answer_hit", "token_f1", "rouge_l", "cited", "ndcg10", "mrr10")
HEADER = (
    "row", "line", "id", "question", "lane", "answer", "confidence", "citations", "addresses", "hits", "uncovered",
    "declined_because", *SCORED, "answerable", "expected_answers", "expected_sources", "tags", "history",
)  # fmt: skip


def csv_rows(records: Iterable[Record]) -> Iterator[str]:
    """answers.csv line by line, header first; nothing in it is run by a spreadsheet."""
    yield csv_line(HEADER)
    for record in records:
        yield csv_line(_cells(record))


def _cells(record: Record) -> tuple[object, ...]:
    values = scores(record)
    scored = ("" if math.isnan(values[name]) else f"{values[name]:.6g}" for name in SCORED)
    return (
        record.row,
        record.line,
        record.id,
        record.question,
        record.lane,
        record.answer,
        record.confidence,
        "\n".join(f"[{cited.number}] {_place(cited)}: “{cited.quote}”" for cited in record.citations),
        "\n".join(f"[{cited.number}] {cited.url}" for cited in record.citations if cited.url),
        "\n".join(f"{place.article_id}{'#' + place.anchor if place.anchor else ''}" for place in record.ranking),
        "\n".join(record.uncovered),
        record.declined_because,
        *scored,
        "" if record.answerable is None else "yes" if record.answerable else "no",
        "\n".join(record.expected_answers),
        "\n".join(record.expected_sources),
        ", ".join(record.tags),
        "\n".join(record.history),
    )


def _place(cited: Cited) -> str:
    return " > ".join(trail(cited.title, cited.heading_path))


def csv_line(cells: Iterable[object]) -> str:
    """One line of CSV whose cells no spreadsheet runs as formulas."""
    line = io.StringIO()
    csv.writer(line, quoting=csv.QUOTE_NONNUMERIC).writerow([_harmless(cell) for cell in cells])
    return line.getvalue().removesuffix("\r\n") + "\n"


def _harmless(cell: object) -> object:
    if isinstance(cell, str):
        text = cell.replace("\x00", "")
        return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text
    return cell


def junit_lines(records: Callable[[], Iterable[Record]]) -> Iterator[str]:
    """junit.xml: one test case a question, failed when its answer is not right, skipped when the file does not tell.

    `records` is called twice: a suite begins with its counts.
    """
    counts = Counter(_outcome(record) for record in records())
    told = {"failures": counts["failure"], "errors": counts["error"], "skipped": counts["skipped"]}
    suite = {"name": "footnote evaluate", "tests": str(counts.total()), **{key: str(n) for key, n in told.items()}}
    yield '<?xml version="1.0" encoding="utf-8"?>\n'
    yield (
        tostring(Element("testsuite", suite), "unicode", short_empty_elements=False).removesuffix("</testsuite>") + "\n"
    )
    for record in records():
        yield tostring(_case(record), "unicode") + "\n"
    yield "</testsuite>\n"


def _outcome(record: Record) -> str:
    named = {"failed": "error", "open": "skipped", "right": "passed"}
    return named.get(outcome(record, scores(record)["right"]), "failure")


def _case(record: Record) -> Element:
    tag = record.tags[0] if record.tags else "question"
    case = Element("testcase", {"classname": _legal(tag), "name": _legal(f"{record.id}: {record.question}")})
    match _outcome(record):
        case "failure":
            expected = " | ".join((*record.expected_answers, *record.expected_sources)) or "to be declined"
            said = f"expected: {expected}\nsaid: {record.answer or record.declined_because}"
            SubElement(case, "failure", {"message": "not right"}).text = _legal(said, 10 * MOST_NAME)
        case "error":
            SubElement(case, "error", {"message": _legal(record.declined_because)})
        case "skipped":
            SubElement(case, "skipped", {"message": "nothing is expected of it"})
    return case


def _legal(text: str, most: int = MOST_NAME) -> str:
    """Without what XML has no place for, and no longer than `most` characters."""
    kept = "".join(char for char in clean(text[: 2 * most]) if char not in "\ufffe\uffff")
    return kept if len(kept) <= most else f"{kept[: most - 1]}…"
