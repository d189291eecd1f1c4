"""One evaluation from a file of questions to a folder with its report."""

import hashlib
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bot.evaluate.compare import Comparison, compare
from bot.evaluate.crew import Crew
from bot.evaluate.journal import JOURNAL, Journal, open_journal, record_line, times_line
from bot.evaluate.page import page
from bot.evaluate.questions import QuestionFile
from bot.evaluate.report import Limit, Report, Timing, as_json, build_report, missed, timing
from bot.evaluate.scores import Table, table
from bot.evaluate.sources import Sources
from bot.evaluate.types import FAILED, Record
from bot.evaluate.written import csv_rows, junit_lines
from bot.settings import ROOT, Settings
from corpus.errors import EvaluationError
from corpus.types import Article
from index.digest import sha256_of
from index.manifest import Manifest

REPORT, PAGE, ANSWERS, TABLE, TIMES, JUNIT = (
    "report.json", "report.html", "answers.jsonl", "answers.csv", "times.jsonl", "junit.xml",
)  # fmt: skip
LOCK = ".lock"
MOST_TOLD = 5  # expected sources that are nowhere, named one by one
# Settings that change answers; the others do not make another run of it.
ANSWERING = ("top_k", "min_confidence", "max_question_chars", "max_new_tokens")

# Passes records on as they come; told how many there will be in all, and how many there were before.
Progress = Callable[[Iterable[Record], int, int], Iterable[Record]]


@dataclass(frozen=True, slots=True)
class Baseline:
    """An earlier run to compare with."""

    name: str
    table: Table


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


def about(file: QuestionFile, manifest: Manifest, settings: Settings) -> dict[str, Any]:
    """What a run is of: two runs that agree in this give the same bytes on one machine."""
    return {
        "questions": {"file": file.path.name, "sha256": file.sha256, "count": file.count},
        "articles": {"sha256": manifest.corpus, "articles": manifest.articles, "chunks": manifest.chunks},
        "embedder": f"{manifest.embedder} {manifest.dtype}",
        "generator": _generator(settings.generator),
        "settings": {name: getattr(settings, name) for name in ANSWERING},
        "code": _code(),
    }


def _generator(name: str) -> str:
    from bot.generator import SHIPPED_FILE, SHIPPED_SHA256

    if not name:
        return f"{SHIPPED_FILE}:{SHIPPED_SHA256[:16]}"
    path = Path(name)
    weights = path if path.is_file() else path / "model.safetensors"
    return f"{path.name}:{sha256_of(weights)[:16]}" if weights.is_file() else name


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
        EvaluationError: the baseline has no question of this file, the folder holds another run's answers or is being
            written to, or with `strict` an expected source is nowhere in the articles.
    """
    remarks = (*file.remarks, *_astray(file, Sources(articles), strict=wish.strict))
    with _locked(folder):
        journal = open_journal(folder, dict(run), resume=wish.resume)
        try:
            asked, wall = _ask(file, journal, crew, progress)
            answers = table((record for record, _ in journal), file.count)
            report = build_report(answers, run, (*remarks, *_broken(journal)))
            before = wish.baseline
            comparison = compare(before.table, answers, before.name) if before else None
            times = timing((each for _, each in journal), workers, wall, asked)
            _write(folder, journal, report, times, comparison)
        finally:
            journal.close()
        (folder / JOURNAL).unlink()
    return Outcome(report, times, comparison, folder, tuple(_complaints(report, comparison, wish)))


def _ask(file: QuestionFile, journal: Journal, crew: Crew, progress: Progress) -> tuple[int, float]:
    """How many cases were asked, and the seconds it took."""
    done = journal.answered
    left = (case for case in file.cases() if case.row not in done)
    began = time.perf_counter()

    def kept() -> Iterator[Record]:
        for record, times in crew.answers(left):
            journal.add(record, times)
            yield record

    asked = sum(1 for _ in progress(kept(), file.count, len(done)))
    return asked, time.perf_counter() - began


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


def _broken(journal: Journal) -> list[str]:
    failed = [record for record, _ in journal if record.lane == FAILED]
    if not failed:
        return []
    first = failed[0]
    return [f"the program broke on {len(failed):,} questions, first on line {first.line}: {first.declined_because}"]


def _complaints(report: Report, comparison: Comparison | None, wish: Wish) -> list[str]:
    lines = missed(report, wish.limits)
    if comparison and wish.fail_on_regression:
        lines += comparison.regressions
    return lines + [remark for remark in report.remarks if remark.startswith("the program broke")]


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    from filelock import FileLock, Timeout

    folder.mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(folder / LOCK, timeout=0):
            yield
    except Timeout:
        raise EvaluationError(f"{folder}: another evaluation writes there; name another folder with --out") from None
    (folder / LOCK).unlink(missing_ok=True)


def _write(folder: Path, journal: Journal, report: Report, times: Timing, comparison: Comparison | None) -> None:
    """Every file beside its place, then all into place: a report is never half old and half new for long."""

    def records() -> Iterator[Record]:
        return (record for record, _ in journal)

    with _put(folder, ANSWERS) as write:
        for record in records():
            write(record_line(record).decode())
    with _put(folder, TIMES) as write:
        for _, each in journal:
            write(times_line(each).decode())
    with _put(folder, TABLE) as write:
        write("\ufeff")  # or a spreadsheet takes it for another encoding
        for line in csv_rows(records()):
            write(line)
    with _put(folder, JUNIT) as write:
        for line in junit_lines(records):
            write(line)
    with _put(folder, PAGE) as write:
        for piece in page(report, times, comparison, journal):
            write(piece)
    with _put(folder, REPORT) as write:
        write(as_json(report) + "\n")


@contextmanager
def _put(folder: Path, name: str) -> Iterator[Callable[[str], object]]:
    partial = folder / f"{name}.partial"
    with partial.open("w", encoding="utf-8", newline="\n") as file:
        yield file.write
    os.replace(partial, folder / name)
