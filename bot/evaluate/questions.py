"""A file of questions: looked through once for mistakes before anything is asked, then read case by case."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from bot.evaluate.cells import CellError, answerable_of, history_of, several, sources_of, text_of, whole
from bot.evaluate.columns import columns_of, columns_there, is_empty
from bot.evaluate.rows import Row, Rows
from bot.evaluate.types import Case
from corpus.clean import one_line
from corpus.errors import CorpusError, EvaluationError
from index.digest import sha256_of

MOST_TOLD = 5  # mistakes named before "and 12 more"


@dataclass(frozen=True, slots=True)
class QuestionFile:
    """A file of questions without mistakes."""

    path: Path
    count: int  # cases
    sha256: str
    remarks: tuple[str, ...]  # lines for the person who wrote it: nothing is wrong, but look

    def cases(self) -> Iterator[Case]:
        """The cases in the order of the file, read anew each time; EvaluationError when it is no longer the same."""
        ids = _Ids()
        number = 0
        try:
            for row in Rows(self.path):
                if not is_empty(row):
                    number += 1
                    yield _case(row, number, columns_there(row), ids)
        except (CellError, EvaluationError, CorpusError, OSError) as error:
            raise EvaluationError(f"{self.path}: {self._changed}") from error
        if sha256_of(self.path) != self.sha256:
            raise EvaluationError(f"{self.path}: {self._changed}")

    @property
    def _changed(self) -> str:
        return "was changed while it was asked; put it back as it was and go on with --resume, or begin again"


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
    digest, rows = sha256_of(path), Rows(path)
    seen, ids, count = _Lookout(), _Ids(), 0
    for row in rows:
        try:
            if is_empty(row):
                seen.empty.append(row.line)
                continue
            count += 1
            columns = columns_there(row)
            case = _case(row, count, columns, ids)
        except CellError as error:
            seen.mistakes.append(f"line {row.line} {error}")
            if rows.is_table and not columns_of(row)["question"]:
                break  # and so would every other row
            continue
        seen.unused |= row.fields.keys() - set(columns.values()) - {""}
        wanted = one_line(text_of(row.fields[columns["id"]])) if "id" in columns else ""
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
    return QuestionFile(path, count, digest, remarks)


def _case(row: Row, number: int, columns: Mapping[str, str], ids: _Ids) -> Case:
    def value(part: str) -> object:
        return row.fields.get(columns[part]) if part in columns else None

    question = whole(text_of(value("question")))
    if not question.strip():
        raise CellError("has no question; write one or remove the line")
    history = history_of(value("history"))
    case = Case(
        row=number,
        line=row.line,
        id="",
        question=question,
        answers=tuple(several(value("answers"))),
        sources=sources_of(value("sources")),
        answerable=answerable_of(value("answerable")),
        tags=tuple(one_line(tag) for tag in several(value("tags"), "\n,;")),
        history=history,
        without=tuple(several(value("without"), "\n")),
    )
    own = one_line(text_of(value("id")))
    made = f"q-{hashlib.sha256(_asked(case).encode()).hexdigest()[:8]}"
    return replace(case, id=ids.unique(own or made))


def _asked(case: Case) -> str:
    return json.dumps([case.question, [[turn.question, turn.answer] for turn in case.history], case.without])
