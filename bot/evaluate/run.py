"""One evaluation from a file of questions to a folder with its report."""

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from bot.evaluate.compare import Comparison, check_shared, compare
from bot.evaluate.crew import Crew
from bot.evaluate.exports import csv_rows, junit_lines
from bot.evaluate.journal import JOURNAL, Journal, open_journal
from bot.evaluate.page import page
from bot.evaluate.questions import QuestionFile
from bot.evaluate.report import Baseline, Limit, Pace, Report, Timing, as_json, build_report, missed, timing
from bot.evaluate.scores import table
from bot.evaluate.sources import Sources
from bot.evaluate.types import FAILED, Record
from bot.settings import ROOT, Settings
from corpus.errors import EvaluationError
from corpus.types import Article
from index.digest import sha256_of
from index.manifest import Manifest

REPORT, PAGE, ANSWERS, SPREADSHEET, TIMES, TIMING, JUNIT, COMPARISON = (
    "report.json", "report.html", "answers.jsonl", "answers.csv", "times.jsonl", "timing.json", "junit.xml",
    "comparison.json",
)  # fmt: skip
LOCK = ".lock"
MOST_TOLD = 5  # expected sources that are nowhere, named one by one
# Settings that change answers; the others do not make another run of it.
ANSWERING = ("top_k", "min_confidence", "max_question_chars", "most_wrong")

# Passes records on as they come; told how many there will be in all, and how many there were before.
Progress = Callable[[Iterable[Record], int, int], Iterable[Record]]


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted of a run beside its answers."""

    resume: bool = False
    strict: bool = False  # stop when an expected source is nowhere in the articles
    baseline: Baseline | None = None
    limits: tuple[Limit, ...] = ()
    fail_on_regression: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """A finished run."""

    report: Report
    timing: Timing
    comparison: Comparison | None
    folder: Path
    complaints: tuple[str, ...] = field(default=())  # a line for each limit missed and each regression


def identity(file: QuestionFile, manifest: Manifest, settings: Settings) -> dict[str, Any]:
    """What a run is of: two runs that agree in this give the same bytes on one machine."""
    return {
        "questions": {"file": file.path.name, "sha256": file.sha256, "count": file.count},
        "articles": {"sha256": manifest.corpus, "articles": manifest.articles, "chunks": manifest.chunks},
        "embedder": f"{manifest.embedder} {manifest.dtype}",
        "generator": _generator(settings.generator),
        "settings": {name: getattr(settings, name) for name in ANSWERING},
        "calibration": _calibration(settings.index),
        "code": _code(),
    }


def _generator(name: str) -> str:
    from bot.generator import SHIPPED_FILE, SHIPPED_SHA256

    if not name:
        return f"{SHIPPED_FILE}:{SHIPPED_SHA256[:16]}"
    path = Path(name)
    weights = path if path.is_file() else path / "model.safetensors"
    return f"{path.name}:{sha256_of(weights)[:16]}" if weights.is_file() else name


def _calibration(index: Path) -> str | None:
    from bot.calibrate import FILE

    return sha256_of(index / FILE)[:16] if (index / FILE).is_file() else None


def _code() -> str:
    """A hash of the program, so that no run is finished by another program than began it."""
    total = hashlib.sha256()
    for folder in ("corpus", "index", "bot"):
        for path in sorted((ROOT / folder).rglob("*")):
            if (
                path.suffix in (".py", ".txt", ".safetensors")
                and "articles" not in path.parts
                and "built" not in path.parts
            ):
                total.update(f"{path.relative_to(ROOT).as_posix()}:{sha256_of(path)}\n".encode())
    return total.hexdigest()[:16]


def evaluate(
    file: QuestionFile, articles: Mapping[str, Article], run: Mapping[str, Any], folder: Path, wish: Wish,
    crew: Crew, progress: Progress, workers: int = 1,
) -> Outcome:  # fmt: skip
    """Ask everything that is not answered yet, then write the report into `folder`.

    Raises:
        EvaluationError: the baseline has no question of this file, the folder holds another run's answers, cannot be
            written to or is being written to, the file was changed meanwhile, or with `strict` an expected source is
            nowhere in the articles.
    """
    before = wish.baseline
    if before:
        check_shared(before, file.cases())
    remarks = (*file.remarks, *_astray(file, Sources(articles), strict=wish.strict))
    with _written(folder), _locked(folder):
        journal = open_journal(folder, dict(run), resume=wish.resume)
        try:
            pace = _ask(file, journal, crew, progress)
            answers = table(journal.records(), file.count)
            report = build_report(answers, run, (*remarks, *_broken(journal, answers.lanes)))
            comparison = compare(before, answers, run) if before else None
            times = timing(journal.times(), workers, pace)
            _write(folder, journal, report, times, comparison)
        finally:
            journal.close()
        (folder / JOURNAL).unlink()
    return Outcome(report, times, comparison, folder, tuple(_complaints(report, comparison, wish)))


def _ask(file: QuestionFile, journal: Journal, crew: Crew, progress: Progress) -> Pace:
    done = journal.answered
    left = (case for case in file.cases() if case.row not in done)
    began = first = time.perf_counter()
    asked = 0

    def kept() -> Iterator[Record]:
        nonlocal asked, first
        for record, times in crew.answers(left):
            journal.add(record, times)
            asked += 1
            first = time.perf_counter() if asked == 1 else first
            yield record

    for _ in progress(kept(), file.count, len(done)):
        pass
    return Pace(asked, time.perf_counter() - began, first - began)


def _astray(file: QuestionFile, sources: Sources, *, strict: bool) -> list[str]:
    """A line on names that lead nowhere, each with its line in the file."""
    names = []
    for case in file.cases():
        unknown = (*sources.find(case.sources).unknown, *sources.article_ids(case.without)[1])
        names += [f"line {case.line}: {name[:80]}" for name in unknown]
    if not names:
        return []
    more = f"; and {len(names) - MOST_TOLD:,} more" if len(names) > MOST_TOLD else ""
    told = f"sources that are nowhere in the articles ({'; '.join(names[:MOST_TOLD])}{more})"
    if strict:
        raise EvaluationError(f"{file.path}: names {told}; name an article, article#anchor or words of one")
    return [f"{told}; they count as not found"]


def _broken(journal: Journal, lanes: Sequence[str]) -> list[str]:
    """A line when the program broke on some questions."""
    if FAILED not in lanes:
        return []
    first = next(record for record in journal.records() if record.lane == FAILED)
    count = lanes.count(FAILED)
    return [f"the program broke on {count:,} questions, first on line {first.line}: {first.declined_because}"]


def _complaints(report: Report, comparison: Comparison | None, wish: Wish) -> list[str]:
    lines = missed(report, wish.limits)
    if comparison and wish.fail_on_regression:
        lines += comparison.regressions
    broken = report.table.lanes.count(FAILED)
    return [*lines, f"the program broke on {broken:,} questions; search the report for them"] if broken else lines


@contextmanager
def _written(folder: Path) -> Iterator[None]:
    """What the disk refuses is said with what to do: the answers so far are safe."""
    try:
        yield
    except OSError as error:
        told = f"{error.filename or folder}: cannot be written ({error.strerror or error})"
        raise EvaluationError(f"{told}; mend that and go on with --resume") from error


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    from filelock import FileLock, Timeout

    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / LOCK, timeout=0):
            yield
    except Timeout:
        raise EvaluationError(f"{folder}: another evaluation writes there; name another folder with --out") from None


def _write(folder: Path, journal: Journal, report: Report, times: Timing, comparison: Comparison | None) -> None:
    """Every file beside its place and on the disk, then all into place, report.json last."""
    files: dict[str, Iterable[str]] = {
        ANSWERS: (f"{record.decode()}\n" for record, _ in journal.lines()),
        TIMES: (f"{each.decode()}\n" for _, each in journal.lines()),
        TIMING: [json.dumps(asdict(times), indent=1) + "\n"],
        SPREADSHEET: chain(["\ufeff"], csv_rows(journal.records())),  # the mark tells spreadsheets the encoding
        JUNIT: junit_lines(journal.records),
        PAGE: page(report, times, comparison, journal.records(), journal.times),
    }
    if comparison:
        files[COMPARISON] = [json.dumps(asdict(comparison), indent=1, ensure_ascii=False) + "\n"]
    files[REPORT] = [as_json(report) + "\n"]
    for name, pieces in files.items():
        with (folder / f"{name}.partial").open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(pieces)
            file.flush()
            os.fsync(file.fileno())
    if not comparison:
        (folder / COMPARISON).unlink(missing_ok=True)  # of an earlier run
    for name in files:
        os.replace(folder / f"{name}.partial", folder / name)
