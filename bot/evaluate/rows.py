"""Rows of a file of questions, one at a time, whatever its format."""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from corpus.clean import one_line
from corpus.decode import TextLines
from corpus.errors import EvaluationError
from corpus.readers.pairs import field_name, separator

# A cell that begins so is run as a formula by spreadsheets; an apostrophe before it makes it text (OWASP, CSV
# injection).
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
MAX_CELL = 64 * 1024 * 1024  # characters; the csv module refuses more than 131,072 unless told
# These formats cannot be read piece by piece; a larger file belongs into CSV or JSON lines.
MAX_WHOLE = 64 * 1024 * 1024  # bytes
# A workbook is an archive: 20 MB of it can hold gigabytes, of which the words of all cells are read at once.
MAX_UNPACKED = 200 * 1024 * 1024  # bytes
DEEPEST = 20  # levels of YAML; a conversation's turns are on the fifth
_GAP = re.compile(r"[\s,]*")  # between the entries of a JSON list


@dataclass(frozen=True, slots=True)
class Row:
    """One row: fields by name in lower case with "_" for spaces."""

    line: int  # where it begins in the file, 1..
    fields: Mapping[str, object]


class Rows:
    """The rows of one file; they can be gone through more than once and are never all held."""

    def __init__(self, path: Path) -> None:
        if path.suffix.lower() not in _READERS:
            formats = " ".join(_READERS)
            raise EvaluationError(f"{path}: is no file of questions; save it as one of {formats}")
        self._path = path
        self._lines = TextLines(path) if path.suffix.lower() in _BY_LINE else None

    @property
    def is_table(self) -> bool:
        """Whether all rows have the columns of one header."""
        return self._path.suffix.lower() in (".csv", ".tsv", ".xlsx")

    @property
    def remark(self) -> str:
        """On a guessed encoding, "" when nothing was guessed."""
        return self._lines.remark if self._lines else ""

    def __iter__(self) -> Iterator[Row]:
        """EvaluationError names the line that cannot be read."""
        return _READERS[self._path.suffix.lower()](self._path, self._lines)


def column(name: object) -> str:
    """A column's name as it is compared: "Expected answer" is "expected_answer"."""
    return field_name(name).replace("-", "_")


def _table(path: Path, lines: Any) -> Iterator[Row]:  # noqa: ANN401 - TextLines, None for what is no text
    header: list[str] = []
    first = next((line for line in lines if line.strip()), "")
    mark = separator(path.name, first)
    csv.field_size_limit(MAX_CELL)
    rows = csv.reader(iter(lines), delimiter=mark, strict=True)  # strict: a quote left open is a mistake
    begins = 1
    try:
        for cells in rows:
            if not header:
                header = _header(path, begins, cells)
            else:
                yield _cells(path, begins, header, cells)
            begins = rows.line_num + 1
    except csv.Error as error:
        raise EvaluationError(f"{path}: line {begins} is no row of a table ({error}); export the file again") from None


def _header(path: Path, line: int, cells: Sequence[object]) -> list[str]:
    names = ["" if cell is None else column(cell) for cell in cells]
    twice = {name for name in names if name and names.count(name) > 1}
    if twice:
        raise EvaluationError(f"{path}: line {line} names {', '.join(sorted(twice))} twice; name each column once")
    return names


def _cells(path: Path, line: int, header: Sequence[str], cells: Sequence[object]) -> Row:
    if any(cell not in (None, "") for cell in cells[len(header) :]):
        told = f"has {len(cells)} cells, the header has {len(header)}; put cells that hold a separator in quotes"
        raise EvaluationError(f"{path}: line {line} {told}")
    return Row(line, dict(zip(header, map(_as_meant, cells), strict=False)))


def _as_meant(cell: object) -> object:
    """A cell without the apostrophe that keeps a spreadsheet from running it (exports.py)."""
    is_kept = isinstance(cell, str) and cell[:1] == "'" and cell[1:].lstrip(" ").startswith(FORMULA)
    return str(cell)[1:] if is_kept else cell


def _json_lines(path: Path, lines: Any) -> Iterator[Row]:  # noqa: ANN401
    for number, line in enumerate(lines, 1):
        if not line.strip():
            yield Row(number, {})
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            reason = getattr(error, "msg", "nested too deeply")
            raise EvaluationError(f"{path}: line {number} is no JSON ({reason}); write one object a line") from None
        yield _row(path, number, value)


def _text(path: Path, lines: Any) -> Iterator[Row]:  # noqa: ANN401
    for number, line in enumerate(lines, 1):
        yield Row(number, {"question": line.strip()})


def _json(path: Path, lines: Any) -> Iterator[Row]:  # noqa: ANN401
    _check_size(path)
    text = "".join(lines)
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        at = getattr(error, "lineno", 1)
        raise EvaluationError(f"{path}: line {at} is no JSON ({getattr(error, 'msg', 'nested too deeply')})") from None
    yield from _entries(path, values, _lines_of(text, text.find('"questions"') if isinstance(values, dict) else 0))


def _lines_of(text: str, begin: int) -> list[int]:
    """Where each entry of the first JSON list behind `begin` stands; nothing when there is none."""
    decoder, at, line, found = json.JSONDecoder(), text.find("[", max(0, begin)) + 1, 1, list[int]()
    if not at or begin < 0:
        return found
    counted = 0
    while (begin := _GAP.match(text, at).end()) < len(text) and text[begin] != "]":  # type: ignore[union-attr]
        line, counted = line + text.count("\n", counted, begin), begin
        found.append(line)
        _, at = decoder.raw_decode(text, begin)
    return found


def _yaml(path: Path, _: object) -> Iterator[Row]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        text = _whole(path).decode("utf-8-sig")
        _check_yaml(path, yaml.parse(text, Loader=loader))
        root = yaml.compose(text, Loader=loader)
        values = yaml.load(text, Loader=loader)
    except yaml.MarkedYAMLError as error:
        at = error.problem_mark.line + 1 if error.problem_mark else 1
        raise EvaluationError(f"{path}: line {at} is no YAML ({error.problem}); mend it") from None
    except (yaml.YAMLError, ValueError, RecursionError):
        raise EvaluationError(f"{path}: is no YAML in UTF-8; save it again") from None
    if isinstance(root, yaml.MappingNode):
        root = next((node for key, node in root.value if key.value == "questions"), None)
    marks = [node.start_mark.line + 1 for node in root.value] if isinstance(root, yaml.SequenceNode) else []
    yield from _entries(path, values, marks)


def _check_yaml(path: Path, events: Iterable[Any]) -> None:
    """A few lines that refer to each other stand for gigabytes; deep levels take hours, or the program with them."""
    from yaml import AliasEvent, CollectionEndEvent, CollectionStartEvent

    depth = 0
    for event in events:
        depth += isinstance(event, CollectionStartEvent) - isinstance(event, CollectionEndEvent)
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, AliasEvent):
            raise EvaluationError(f"{path}: line {line} refers to another part (*{event.anchor}); write it out")
        if depth > DEEPEST:
            raise EvaluationError(f"{path}: line {line} is nested more than {DEEPEST} deep; write a plain list")


def _entries(path: Path, values: object, lines: list[int] | None = None) -> Iterator[Row]:
    if isinstance(values, dict) and isinstance(values.get("questions"), list):
        values = values["questions"]
    if not isinstance(values, list):
        raise EvaluationError(f"{path}: is no list of questions; write a list, each entry a question or its fields")
    for number, value in enumerate(values):
        yield _row(path, lines[number] if lines else number + 1, value)


def _row(path: Path, line: int, value: object) -> Row:
    if isinstance(value, str):
        return Row(line, {"question": value})
    if isinstance(value, dict):
        return Row(line, {column(name): field for name, field in value.items()})
    raise EvaluationError(f"{path}: line {line} is neither a question nor its fields; write an object or a text")


def _sheet(path: Path, _: object) -> Iterator[Row]:
    """The first sheet; cells with a formula have the value the spreadsheet last computed."""
    import io
    import zipfile

    import openpyxl

    content = io.BytesIO(_whole(path))
    try:
        with zipfile.ZipFile(content) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())  # nothing reads more than an entry claims
        if unpacked > MAX_UNPACKED:
            told = f"is too large unpacked ({unpacked / 2**20:,.0f} MB, at most {MAX_UNPACKED // 2**20})"
            raise EvaluationError(f"{path}: {told}; save it as CSV or JSON lines")
        book = openpyxl.load_workbook(content, read_only=True, data_only=True)
        header: list[str] = []
        for number, cells in enumerate(book.worksheets[0].iter_rows(values_only=True), 1):
            if header:
                yield _cells(path, number, header, cells)
            elif any(cell is not None for cell in cells):
                last = max(place for place, cell in enumerate(cells) if cell is not None)
                header = _header(path, number, cells[: last + 1])
        book.close()
    except EvaluationError:
        raise
    except Exception as error:  # a damaged file makes its parsers raise anything
        raise EvaluationError(f"{path}: is no Excel file ({one_line(str(error))}); save it again as .xlsx") from None


def _whole(path: Path) -> bytes:
    _check_size(path)
    return path.read_bytes()


def _check_size(path: Path) -> None:
    size = path.stat().st_size
    if size > MAX_WHOLE:
        told = f"is too large ({size / 2**20:.0f} MB, at most {MAX_WHOLE // 2**20}); save it as CSV or JSON lines"
        raise EvaluationError(f"{path}: {told}")


_READERS = MappingProxyType(
    {
        **dict.fromkeys((".csv", ".tsv"), _table),
        **dict.fromkeys((".jsonl", ".ndjson"), _json_lines),
        ".json": _json,
        **dict.fromkeys((".yaml", ".yml"), _yaml),
        ".xlsx": _sheet,
        ".txt": _text,
    }
)
_BY_LINE = frozenset({".csv", ".tsv", ".jsonl", ".ndjson", ".json", ".txt"})
