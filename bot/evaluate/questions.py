"""A file of questions: looked through once for mistakes before anything is asked, then read case by case."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from bot.evaluate.rows import Row, Rows
from bot.evaluate.types import Case, Named
from bot.types import Turn
from corpus.clean import one_line
from corpus.errors import CorpusError, EvaluationError
from index.digest import sha256_of

# Spellings of each column, the first is ours.
COLUMNS: MappingProxyType[str, tuple[str, ...]] = MappingProxyType(
    {
        "question": ("question", "questions", "query", "prompt", "q", "user_input", "input", "frage", "pregunta"),
        "answers": (
            "expected_answer", "expected_answers", "answer", "answers", "expected", "reference", "references",
            "ground_truth", "gold_answer", "gold_answers", "contains", "antwort", "respuesta",
        ),
        "sources": (
            "expected_source", "expected_sources", "source", "sources", "article", "articles", "gold", "url",
            "document", "citation", "quelle", "fuente",
        ),
        "answerable": ("answerable", "covered", "is_answerable", "in_scope", "beantwortbar"),
        "tags": ("tags", "tag", "kind", "category", "type"),
        "history": ("history", "conversation", "chat_history", "turns"),
        "id": ("id", "question_id", "qid", "key", "nr"),
        "without": ("without", "held_out"),
    }
)  # fmt: skip
_YES = frozenset("yes y true t 1 1.0 ja si sí oui answerable covered".split())
_NO = frozenset("no n false f 0 0.0 nein non unanswerable uncovered".split())
_ASKS = frozenset(("user", "human", "question", "customer", "visitor", "u"))
_REPLIES = frozenset(("assistant", "agent", "bot", "system", "answer", "support", "model", "ai", "s"))
SEPARATOR = "|"  # between several answers, sources or tags in one cell
MOST_TOLD = 5  # mistakes named before "and 12 more"


@dataclass(frozen=True, slots=True)
class QuestionFile:
    """A file of questions without mistakes."""

    path: Path
    count: int  # cases
    sha256: str
    remarks: tuple[str, ...]  # lines for the person who wrote it: nothing is wrong, but look

    def cases(self) -> Iterator[Case]:
        """The cases in the order of the file, read anew each time."""
        ids = _Ids()
        number = 0
        for row in Rows(self.path):
            if not is_empty(row):
                number += 1
                yield _case(row, number, _columns(row), ids)


@dataclass(slots=True)
class _Ids:
    """Ids given so far: one that comes again gets a number behind it."""

    given: dict[str, int] = field(default_factory=dict)

    def unique(self, wanted: str) -> str:
        while wanted in self.given:
            self.given[wanted] += 1
            wanted = f"{wanted}-{self.given[wanted]}"
        self.given[wanted] = 1
        return wanted


@dataclass(slots=True)
class _Lookout:
    """What is noticed while a file is looked through."""

    mistakes: list[str] = field(default_factory=list)
    empty: list[int] = field(default_factory=list)
    repeated: list[tuple[int, int]] = field(default_factory=list)  # line, and the line that asked it first
    same_id: list[int] = field(default_factory=list)
    unused: set[str] = field(default_factory=set)
    asked: dict[bytes, int] = field(default_factory=dict)

    def remarks(self) -> tuple[str, ...]:
        told = []
        if self.empty:
            told.append(f"{_lines(self.empty)} empty and left out")
        if self.repeated:
            pairs = ", ".join(f"{line} (as {first})" for line, first in self.repeated[:MOST_TOLD])
            more = f" and {len(self.repeated) - MOST_TOLD:,} more" if len(self.repeated) > MOST_TOLD else ""
            told.append(f"questions asked before, kept: line {pairs}{more}")
        if self.same_id:
            told.append(f"{_lines(self.same_id)} given an id of an earlier line; a number was put behind it")
        if self.unused:
            told.append(f"columns that are not used: {', '.join(sorted(self.unused))}")
        return tuple(told)


def _lines(numbers: Sequence[int]) -> str:
    shown = ", ".join(map(str, numbers[:MOST_TOLD]))
    more = f" and {len(numbers) - MOST_TOLD:,} more" if len(numbers) > MOST_TOLD else ""
    return f"line {shown} is" if len(numbers) == 1 else f"lines {shown}{more} are"


def open_questions(path: Path) -> QuestionFile:
    """Look a file through; EvaluationError names the lines with mistakes."""
    try:
        return _looked_through(path)
    except CorpusError as error:
        raise EvaluationError(f"{path}: {error}") from None
    except OSError as error:
        raise EvaluationError(f"{path}: cannot be read ({error.strerror or error}); name a file that can") from None


def _looked_through(path: Path) -> QuestionFile:
    rows = Rows(path)
    seen, ids, count = _Lookout(), _Ids(), 0
    for row in rows:
        try:
            if is_empty(row):
                seen.empty.append(row.line)
                continue
            count += 1
            columns = _columns(row)
            case = _case(row, count, columns, ids)
        except _RowError as error:
            seen.mistakes.append(f"line {row.line} {error}")
            if rows.is_table and not columns_of(row)["question"]:
                break  # and so would every other row
            continue
        seen.unused |= row.fields.keys() - set(columns.values()) - {""}
        wanted = one_line(_text(row.fields[columns["id"]])) if "id" in columns else ""
        if wanted and wanted != case.id:
            seen.same_id.append(row.line)
        key = hashlib.sha256(_asked(case).encode()).digest()[:12]
        if key in seen.asked:
            seen.repeated.append((row.line, seen.asked[key]))
        else:
            seen.asked[key] = row.line
    if seen.mistakes:
        more = f"; and {len(seen.mistakes) - MOST_TOLD:,} more" if len(seen.mistakes) > MOST_TOLD else ""
        raise EvaluationError(f"{path}: {'; '.join(seen.mistakes[:MOST_TOLD])}{more}")
    if not count:
        raise EvaluationError(f"{path}: holds no question; write one a line, below a header in a table")
    remarks = (*([rows.remark] if rows.remark else []), *seen.remarks())
    return QuestionFile(path, count, sha256_of(path), remarks)


class _RowError(Exception):
    """What is wrong with one row, to be said after its line."""


def is_empty(row: Row) -> bool:
    """Whether a row has nothing in any cell."""
    return not any(value if isinstance(value, list | dict) else _text(value).strip() for value in row.fields.values())


def columns_of(row: Row) -> dict[str, str]:
    """The name under which the row has each of COLUMNS, "" where it has none."""
    return {part: next((name for name in names if name in row.fields), "") for part, names in COLUMNS.items()}


def _columns(row: Row) -> Mapping[str, str]:
    """Those it has; _RowError when none holds the question."""
    found = columns_of(row)
    if not found["question"]:
        has = ", ".join(filter(None, row.fields))[:200] or "none"
        raise _RowError(f'has no column "question" (it has: {has}); name the columns in the first row')
    return {part: name for part, name in found.items() if name}


def _case(row: Row, number: int, columns: Mapping[str, str], ids: _Ids) -> Case:
    def value(part: str) -> object:
        return row.fields.get(columns[part]) if part in columns else None

    question = _whole(_text(value("question")))
    if not question.strip():
        raise _RowError("has no question; write one or remove the line")
    history = _history(value("history"))
    case = Case(
        row=number,
        line=row.line,
        id="",
        question=question,
        answers=tuple(_several(value("answers"))),
        sources=_sources(value("sources")),
        answerable=_answerable(value("answerable")),
        tags=tuple(one_line(tag) for tag in _several(value("tags"), "\n,;")),
        history=history,
        without=tuple(_several(value("without"), "\n")),
    )
    own = one_line(_text(value("id")))
    made = f"q-{hashlib.sha256(_asked(case).encode()).hexdigest()[:8]}"
    return Case(**{name: getattr(case, name) for name in Case.__slots__} | {"id": ids.unique(own or made)})


def _asked(case: Case) -> str:
    return json.dumps([case.question, [[turn.question, turn.answer] for turn in case.history], case.without])


def _text(value: object) -> str:
    """A cell as text; whole numbers that a spreadsheet stores as fractions lose their ".0"."""
    if value is None:
        return ""
    if isinstance(value, dict | list):
        raise _RowError("holds a list or fields where a text belongs; write the text")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    try:
        return "yes" if value is True else "no" if value is False else str(value)
    except ValueError:  # Python writes no number of more than 4,300 digits
        raise _RowError("holds a number too long to be one; put it in quotes") from None


def _whole(text: str) -> str:
    """Text that has an encoding: halves of characters replaced."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _several(value: object, separators: str = "") -> list[str]:
    """The values in one cell: a list, a JSON list, or texts with "|" or another of the separators between them."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        value = _json_list(value)
    if isinstance(value, list | tuple):
        return [text for item in value if (text := _whole(_text(item)).strip())]
    text = _whole(_text(value))
    for mark in separators:
        text = text.replace(mark, SEPARATOR)
    return [part.strip() for part in text.split(SEPARATOR) if part.strip()]


def _json_list(value: str) -> object:
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        return value  # "[sic] ..." is text
    return found if isinstance(found, list) else value


def _sources(value: object) -> tuple[Named, ...]:
    if isinstance(value, str) and value.lstrip().startswith("["):
        value = _json_list(value)
    if isinstance(value, dict):
        value = [value]
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        return tuple(_named(item) for item in value if item)
    return tuple(Named(name) for name in _several(value, "\n"))


def _named(item: object) -> Named:
    if not isinstance(item, dict):
        return Named(_whole(_text(item)).strip())
    name, quote = (_whole(_text(item.get(part, ""))).strip() for part in ("article", "quote"))
    if not name and not quote:
        raise _RowError('expects a source without "article" and "quote"; name one of them')
    return Named(name, quote) if name else Named(quote)


def _answerable(value: object) -> bool | None:
    said = _text(value).strip().lower()
    if not said:
        return None
    if said not in _YES | _NO:
        raise _RowError(f'says answerable "{said[:40]}"; write yes or no')
    return said in _YES


def _history(value: object) -> tuple[Turn, ...]:
    """Earlier turns: questions, [role, text], [question, answer], {role, content} or {question, answer}."""
    if value is None or value == "":
        return ()
    if isinstance(value, str):
        found = _json_list(value) if value.lstrip().startswith("[") else None
        value = found if isinstance(found, list) else value.split("\n")
    if not isinstance(value, list):
        raise _RowError("has a history that is no list; write a list of questions, or of {question, answer}")
    turns: list[tuple[str, str]] = []
    for item in value:
        role, said, reply = _said(item)
        if role in _ASKS:
            turns.append((said, reply))
        elif turns:
            turns[-1] = (turns[-1][0], f"{turns[-1][1]} {said}".strip())
    return tuple(Turn(question, answer) for question, answer in turns if question.strip())


def _said(item: Any) -> tuple[str, str, str]:  # noqa: ANN401 - whatever the file holds
    """Role, text, and the answer when the item holds both."""
    if isinstance(item, str):
        return "user", _whole(item), ""
    if isinstance(item, list) and len(item) == 2:
        role, said = _text(item[0]), _whole(_text(item[1]))
        if role.lower() in _ASKS | _REPLIES:
            return role.lower(), said, ""
        return "user", _whole(role), said  # a question with its answer
    if isinstance(item, dict) and "question" in item:
        return "user", _whole(_text(item["question"])), _whole(_text(item.get("answer")))
    if isinstance(item, dict) and "content" in item:
        return _text(item.get("role", "user")).lower(), _whole(_text(item["content"])), ""
    raise _RowError("has a history that cannot be read; write a list of questions, or of {question, answer}")
