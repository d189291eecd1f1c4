"""A file of questions from a visitor: bounded before it is looked through, and named without the server's folders."""

import contextlib
import shutil
import zipfile
from pathlib import Path

from bot.evaluate.questions import QuestionFile, is_empty, open_questions
from bot.evaluate.rows import Rows
from corpus.errors import CorpusError, EvaluationError

MOST_BYTES = 20 * 2**20  # of a file; a thousand questions with long answers and sources are about 1 MB
# A workbook is an archive: 20 MB of it can hold gigabytes, of which the words of all cells are read at once.
MOST_UNPACKED = 10 * MOST_BYTES  # bytes
DEEPEST = 20  # levels of YAML; a conversation's turns are on the fifth
MOST_COUNTED = 100_000  # rows that are counted to say how many there are
ELSEWHERE = "evaluate it with `python app.py evaluate`, or a part of it here"


def take(given: Path, folder: Path, limit: int) -> QuestionFile:
    """Copy a file into `folder` and look it through; EvaluationError in one line that names the file and no folder."""
    path = folder / given.name
    try:
        size = given.stat().st_size
        if size > MOST_BYTES:
            raise EvaluationError(f"{path}: is too large ({size / 2**20:.0f} MB, at most {MOST_BYTES // 2**20})")
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(given, path)
        _unpacked_size_fits(path)
        _nothing_explodes(path)
        _number_fits(path, limit)
        return open_questions(path)
    except CorpusError as error:
        raise EvaluationError(f"{path.name}: {error}") from None
    except EvaluationError as error:
        raise EvaluationError(without_folder(str(error), path)) from None


def without_folder(line: str, path: Path) -> str:
    """The line with the file's name for its path: where this server keeps things is no visitor's business."""
    return line.replace(str(path), path.name)


def _unpacked_size_fits(path: Path) -> None:
    if not zipfile.is_zipfile(path):
        return
    with zipfile.ZipFile(path) as archive:
        size = sum(entry.file_size for entry in archive.infolist())  # nothing reads more of an entry than it claims
    if size > MOST_UNPACKED:
        told = f"is too large unpacked ({size / 2**20:,.0f} MB, at most {MOST_UNPACKED // 2**20}); save it as .csv"
        raise EvaluationError(f"{path}: {told}")


def _nothing_explodes(path: Path) -> None:
    """A few lines of YAML that refer to each other stand for gigabytes, and deep nesting takes hours to read."""
    if path.suffix.lower() not in (".yaml", ".yml"):
        return
    import yaml

    depth = 0
    with path.open("rb") as file, contextlib.suppress(yaml.YAMLError, ValueError, RecursionError):  # told later, better
        for event in yaml.parse(file, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)):
            line = event.start_mark.line + 1 if event.start_mark else 1
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if isinstance(event, yaml.AliasEvent):
                raise EvaluationError(f"{path}: line {line} refers to another part (*{event.anchor}); write it out")
            if depth > DEEPEST:
                raise EvaluationError(f"{path}: line {line} is nested more than {DEEPEST} deep; write a plain list")


def _number_fits(path: Path, limit: int) -> None:
    """Count before anything else: looking through takes longer and more memory than counting."""
    count = 0
    for number, row in enumerate(Rows(path), 1):
        if number > MOST_COUNTED:
            raise EvaluationError(f"{path}: holds more than {MOST_COUNTED:,} rows, at most {limit:,} fit; {ELSEWHERE}")
        count += not is_empty(row)
    if count > limit:
        raise EvaluationError(f"{path}: holds {count:,} questions, at most {limit:,} fit; {ELSEWHERE}")
