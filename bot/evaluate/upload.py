"""A file of questions from a visitor: bounded before it is looked through, and named without the server's folders."""

import shutil
from pathlib import Path

from bot.evaluate.columns import is_empty
from bot.evaluate.questions import QuestionFile, open_questions
from bot.evaluate.rows import Rows
from corpus.errors import CorpusError, EvaluationError

MOST_BYTES = 20 * 2**20  # of a file; a thousand questions with long answers and sources are about 1 MB
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
        _number_fits(path, limit)
        return open_questions(path)
    except CorpusError as error:
        raise EvaluationError(f"{path.name}: {error}") from None
    except EvaluationError as error:
        raise EvaluationError(without_folder(str(error), path)) from None


def without_folder(line: str, path: Path) -> str:
    """The line with the file's name for its path: where this server keeps things is no visitor's business."""
    return line.replace(str(path), path.name)


def _number_fits(path: Path, limit: int) -> None:
    """Count before anything else: looking through takes longer and more memory than counting."""
    count = 0
    for number, row in enumerate(Rows(path), 1):
        if number > MOST_COUNTED:
            raise EvaluationError(f"{path}: holds more than {MOST_COUNTED:,} rows, at most {limit:,} fit; {ELSEWHERE}")
        count += not is_empty(row)
    if count > limit:
        raise EvaluationError(f"{path}: holds {count:,} questions, at most {limit:,} fit; {ELSEWHERE}")
