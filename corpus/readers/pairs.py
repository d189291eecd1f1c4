"""Questions with their answers in CSV, TSV or JSON lines; JSON lines may hold whole articles as well."""

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Mapping

from corpus.blocks import Complaint, Draft, Reading
from corpus.clean import clean, one_line
from corpus.decode import decode
from corpus.errors import CorpusError
from corpus.metadata import about
from corpus.readers.markdown import markdown_blocks

QUESTION = ("question", "questions", "q", "prompt", "query", "frage", "pregunta")
ANSWER = ("answer", "answers", "a", "response", "reply", "antwort", "respuesta")
TEXT = ("text", "body", "content", "markdown", "article")
TITLE = ("title", "name", "heading")
ID = "id"  # what an article is called after the "#" of its id; without it, a hash of its title
MAX_ID = 80  # characters; longer ones are no names
MAX_CELL = 1_000_000  # characters in one cell; the csv module refuses more than 131,072 unless told
MAX_SHOWN = 3  # rows with the same fault that are named
_NAMES = {"question": QUESTION, "answer": ANSWER, "text": TEXT, "title": TITLE}

Row = tuple[int, Mapping[str, object]]  # line in the file, fields by name in lower case


def read_table(data: bytes, name: str) -> Reading:
    """One draft per row of a CSV or TSV file whose first row names the columns.

    Raises:
        CorpusError: there is no column for questions or for answers.
    """
    text, remark = decode(data)
    first = text.lstrip("\ufeff").split("\n", 1)[0]
    mark = separator(name, first)
    csv.field_size_limit(MAX_CELL)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=mark)
    faults: list[str] = []
    try:
        header = [field_name(cell) for cell in next(rows, [])]
        wanted = _columns(header)
        drafts = _drafts(
            ((rows.line_num, dict(zip(header, row, strict=False))) for row in rows if any(row)), wanted, faults
        )
        return _reading(tuple(drafts), faults, remark)
    except csv.Error as error:
        raise CorpusError(
            f"cannot be read as a table (line {rows.line_num}: {error}); export it again as CSV"
        ) from error


def read_lines(data: bytes, name: str) -> Reading:
    """One draft per line of a JSON lines file: a question with its answer, or an article with title and text."""
    text, remark = decode(data)
    faults: list[str] = []
    drafts: list[Draft] = []
    taken: set[str] = set()
    for number, fields in _objects(text, faults):
        row = {field_name(name): value for name, value in fields.items()}
        try:
            wanted = _columns(list(row))
        except CorpusError as error:
            faults.append(f"line {number} {error}")
            continue
        drafts += _drafts(iter([(number, row)]), wanted, faults, taken)
    return _reading(tuple(drafts), faults, remark)


def _objects(text: str, faults: list[str]) -> Iterator[Row]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            fields = json.loads(line)
        except (ValueError, RecursionError) as error:
            faults.append(f"line {number} is no JSON ({getattr(error, 'msg', 'nested too deeply')})")
            continue
        if isinstance(fields, dict):
            yield number, fields
        else:
            faults.append(f"line {number} is no JSON object")


def separator(name: str, header: str) -> str:
    """What parts the cells of a table: a tab in a file of that name, else the likely mark its header has most of."""
    return "\t" if name.lower().endswith(".tsv") else max(",;\t", key=header.count)


def field_name(name: object) -> str:
    """A column's name as it is compared: one line in lower case, "_" for spaces."""
    return one_line(str(name)).lower().replace(" ", "_")


def _columns(names: list[str]) -> dict[str, str]:
    """Which columns hold the question and the answer, or the title and the text."""
    found = {part: next((name for name in choice if name in names), "") for part, choice in _NAMES.items()}
    if found["question"] and (found["answer"] or found["text"]):
        return {"question": found["question"], "answer": found["answer"] or found["text"]}
    if found["title"] and found["answer"]:
        return {"question": found["title"], "answer": found["answer"]}
    if found["text"]:
        return {"title": found["title"], "text": found["text"]}
    has = ", ".join(filter(None, names))[:200] or "none"
    raise CorpusError(f'has no columns "question" and "answer" (it has: {has}); name them so in its first row')


def _drafts(
    rows: Iterator[Row], wanted: Mapping[str, str], faults: list[str], taken: set[str] | None = None
) -> Iterator[Draft]:
    taken = set() if taken is None else taken
    asks = "question" in wanted
    for number, row in rows:
        title, body = (_text(row.get(wanted[part])) for part in (("question", "answer") if asks else ("title", "text")))
        title = one_line(title)
        if not body.strip() or (asks and not title):
            faults.append(f"line {number} has no {'answer' if title else 'question'}")
            continue
        key = _free(one_line(_text(row.get(ID))), title or one_line(body), body, taken)
        known = about({name: value for name, value in row.items() if name not in wanted.values()})
        yield Draft(
            markdown_blocks(clean(body)), title or known.title, known.url, known.updated, known.tags, key, is_faq=asks
        )


def _text(value: object) -> str:
    if isinstance(value, list):
        return "\n\n".join(filter(None, map(_text, value)))
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _free(own: str, title: str, body: str, taken: set[str]) -> str:
    """A name that does not depend on the row's place: its own or one made of its title; equals take in more."""
    key = own if 0 < len(own) <= MAX_ID else _hash(title)
    if key in taken:
        key = _hash(f"{title}\n{body}")
    taken.add(key)
    return key


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]


def _reading(drafts: tuple[Draft, ...], faults: list[str], remark: str) -> Reading:
    complaints = [Complaint(remark, is_error=False)] if remark else []
    if faults:
        more = f" and {len(faults) - MAX_SHOWN} more" if len(faults) > MAX_SHOWN else ""
        complaints.append(Complaint(f"{'; '.join(faults[:MAX_SHOWN])}{more}; mend these, the other rows are used"))
    elif not drafts:
        complaints.append(Complaint("holds no rows below its header; fill it or remove it"))
    return Reading(drafts, tuple(complaints))
