"""What the terminal shows: an answer as text or JSON, the summary of a build, one line for a mistake.

Articles, questions and file names are other people's words: nothing in them may steer the terminal.
"""

import dataclasses
import io
import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING

from bot.reading import trail
from corpus.clean import clean, one_line
from corpus.errors import FootnoteError

if TYPE_CHECKING:
    from bot.types import Answer, Citation, Claim
    from index.build import BuildReport
    from index.search import Index

# More than any question; keeps an endless standard input from filling the memory.
MOST_READ = 10_000_000  # characters


class Exit(IntEnum):
    """Exit codes; argparse leaves with 2 after wrong usage."""

    DONE = 0
    ERROR = 1
    NOT_COVERED = 3
    FILES_UNREAD = 4
    INTERRUPTED = 130


def mistakes_told(command: Callable[[], Exit]) -> Exit:
    """Run a command; what its user can mend, and Ctrl-C, becomes one line and an exit code instead of a traceback."""
    try:
        code = command()
        sys.stdout.flush()
        return code
    except FootnoteError as error:
        say(str(error))
    except KeyboardInterrupt:
        say("stopped")
        return Exit.INTERRUPTED
    except OSError as error:
        with suppress(OSError):  # what is left to print has nowhere to go
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):  # the reader, `head` say, has seen enough
            return Exit.DONE
        say(f"{error.filename or 'standard output'}: {error.strerror or error}; mend that and start again")
    return Exit.ERROR


def prepare() -> None:
    """Characters the terminal's encoding lacks become "?", undecodable bytes of the input the replacement mark."""
    # On two cores the tokenizer's threads fight ours, and threads that spin while they wait slow each other down.
    calm = {"TOKENIZERS_PARALLELISM": "false", "OMP_WAIT_POLICY": "PASSIVE", "HF_HUB_DISABLE_TELEMETRY": "1"}
    os.environ.update(calm | os.environ)
    for stream in (sys.stdin, sys.stdout):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def say(*messages: str) -> None:
    """One line each to the person at the terminal, on standard error."""
    for message in messages:
        print(f"footnote: {one_line(message)}", file=sys.stderr, flush=True)  # noqa: T201 - that is its purpose


def read_question(given: str, longest: int) -> str:
    """The question, from standard input when it is "-"; QuestionError before any model is loaded."""
    from bot.question import clean_question

    return clean_question(sys.stdin.read(MOST_READ) if given == "-" else given, longest)


def as_text(answer: "Answer") -> str:
    """The answer for reading; a declined one says so and names the nearest questions."""
    if not answer.claims:
        lines = [answer.declined_because]
        if answer.suggestions:
            lines += ["", "The articles do answer:", *(f"  - {nearest.question}" for nearest in answer.suggestions)]
        return clean("\n".join(lines))
    said = "\n".join(_claim(claim) for claim in answer.claims)
    notes = [f"The articles do not cover: {part}" for part in answer.uncovered]
    return clean("\n".join([said, *notes, "", "Sources", *(_source(citation) for citation in answer.citations)]))


def as_json(answer: "Answer") -> str:
    """The whole Answer, one object; in ASCII, so that it reads back the same from any terminal, pipe or file."""
    return json.dumps(dataclasses.asdict(answer), indent=2)


def as_summary(index: "Index", report: "BuildReport | None", folder: Path) -> str:
    """One line on what an update of the index did; `report` is None when there was nothing to do."""
    held = f"{_count(len(index.articles), 'article')}, {_count(len(index.chunks), 'chunk')}"
    place = folder.relative_to(Path.cwd()) if folder.is_relative_to(Path.cwd()) else folder
    if report is None:
        return f"the index is up to date: {held} -> {place}"
    done = f"{report.embedded} embedded, {report.reused} reused, {report.removed} removed"
    return f"{held}: {done}, {report.seconds:.1f} s -> {place}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _claim(claim: "Claim") -> str:
    return f"{claim.text} {''.join(f'[{citation.number}]' for citation in claim.citations)}"


def _source(citation: "Citation") -> str:
    place = " > ".join(trail(citation.title, citation.heading_path))
    address = f"\n      {citation.url}" if citation.url else ""
    quote = " ".join(citation.quote.split())
    return f"  [{citation.number}] {place}{address}\n      “{quote}”"
