"""`python app.py evaluate`: the file, the index, the processes that answer, and a bar that shows how far it is."""

import argparse
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import cast

from bot.evaluate.crew import Processes, workers
from bot.evaluate.questions import open_questions
from bot.evaluate.report import read_baseline, read_limit
from bot.evaluate.run import PAGE, Outcome, Wish, evaluate, identity
from bot.evaluate.types import Record
from bot.settings import Settings
from bot.terminal import as_summary, say
from corpus.errors import EvaluationError


def read_wish(arguments: argparse.Namespace) -> Wish:
    """What is wanted of a run; EvaluationError before any model is loaded when it cannot be had."""
    if arguments.fail_on_regression and not arguments.baseline:
        raise EvaluationError("--fail-on-regression needs --baseline with the report.json of an earlier run")
    baseline = read_baseline(arguments.baseline) if arguments.baseline else None
    limits = tuple(map(read_limit, arguments.fail_under))
    return Wish(arguments.resume, arguments.strict, baseline, limits, arguments.fail_on_regression)


def evaluate_file(questions: Path, out: Path, settings: Settings, wish: Wish, processes: int | None = None) -> Outcome:
    """Ask a file of questions with as many processes as there are cores, or as are wanted."""
    file = open_questions(questions)
    for remark in file.remarks:
        say(f"{questions}: {remark}")
    from bot.assemble import update_index

    updated = update_index(settings, strict=wish.strict)
    missing = sum(problem.is_error for problem in updated.corpus.problems)
    if missing:
        told = f"{missing:,} files of the articles could not be read: what they answer counts as not covered"
        file = replace(file, remarks=(*file.remarks, told))
    if updated.report:
        say(as_summary(updated.index, updated.report, settings.index))
    run = identity(file, updated.index.manifest, settings)
    articles = updated.index.articles
    del updated  # the processes have the index and its embedder again, each for itself
    count = workers(processes)
    outcome = evaluate(
        file, articles, run, out, wish, Processes(settings, count, run["articles"]["sha256"]), _bar, count
    )
    for remark in outcome.report.remarks[len(file.remarks) :]:
        say(f"{questions}: {remark}")
    say(f"the report is {outcome.folder / PAGE}")
    return outcome


def _bar(records: Iterable[Record], total: int, done: int) -> Iterable[Record]:
    """The records again, with rate and time left on standard error."""
    from tqdm import tqdm

    bar = tqdm(records, total=total, initial=done, desc="answering", unit="question", leave=False, disable=None)
    return cast(Iterable[Record], bar)
