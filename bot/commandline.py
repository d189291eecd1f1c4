"""The command line's words: its commands, their options, what the help teaches, and the settings they name."""

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from index.interrupts import ends_at_once

if TYPE_CHECKING:
    from bot.settings import Settings

ABOUT = "Footnote answers questions about your articles; every sentence carries a footnote."
EPILOG = """\
start here:
  python app.py                              chat about the shipped articles in the browser
  python app.py --corpus my-articles         chat about your own (Markdown, HTML, text, PDF, DOCX, FAQ pairs)
  python app.py index --corpus my-articles   only build the index, and report every file that could not be read
  python app.py ask "Is CLIP an LLM?"        one answer in the terminal, with numbered sources
  python app.py calibrate                    how sure to be for how few wrong answers, on your articles
  python app.py questions --from-corpus      a file of questions to begin an evaluation with
  python app.py evaluate questions.csv       ask them all: answers, figures and a report in report/
  python app.py gaps --out faq.md            what was asked and not covered, and a draft of FAQ entries

exit codes: 0 done or answered, 1 error or a limit missed, 2 wrong usage, 3 not covered by the articles,
            4 index built but some files could not be read, 130 stopped by Ctrl-C
Every setting can also be given in footnote.toml or as FOOTNOTE_NAME; README.md lists them.
"""

Commands = Mapping[str, Callable[..., int]]


def parser(commands: Commands) -> argparse.ArgumentParser:
    """A parser whose result's `run` is one of `commands`, serve when none is named; their docstrings are the help."""
    shared, page = _shared(), _page()
    formatter = argparse.RawDescriptionHelpFormatter
    root = argparse.ArgumentParser("app.py", None, ABOUT, EPILOG, [shared, page], formatter)
    root.set_defaults(run=commands["serve"])
    found = root.add_subparsers(title="commands", metavar="")
    for name, run in commands.items():
        told = (run.__doc__ or "").split("\n")[0].rstrip(".")
        parents = [shared, page] if name == "serve" else [shared]
        command = found.add_parser(name, parents=parents, help=told, description=f"{told}.")
        command.set_defaults(run=run)
        if name in _OPTIONS:
            _OPTIONS[name](command)
    return root


def _shared() -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)  # works before and after
    shared.add_argument("--corpus", metavar="FOLDER", help="folder with the articles (default: the shipped ones)")
    shared.add_argument("--index", metavar="FOLDER", help="folder the index is kept in")
    shared.add_argument(
        "--strict", action="store_true", help="stop when any file cannot be read, or (evaluate) a source is nowhere"
    )
    return shared


def _page() -> argparse.ArgumentParser:
    page = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    page.add_argument("--host", metavar="ADDRESS", help="address to listen on (default: 127.0.0.1)")
    page.add_argument("--port", type=int, metavar="N", help="port to listen on (default: 7860)")
    return page


def _index(command: argparse.ArgumentParser) -> None:
    command.add_argument("--rebuild", action="store_true", help="embed everything again, not only what changed")


def _ask(command: argparse.ArgumentParser) -> None:
    command.add_argument("question", help='the question, or "-" to read it from standard input')
    command.add_argument("--json", action="store_true", help="print the whole answer as JSON")


def _questions(command: argparse.ArgumentParser) -> None:
    command.add_argument("--from-corpus", action="store_true", required=True, help="make them from the articles")
    command.add_argument("--out", type=Path, metavar="FILE", help="CSV file to write (default: standard output)")


def _evaluate(command: argparse.ArgumentParser) -> None:
    add = command.add_argument
    add("questions", type=Path, help="CSV, XLSX, JSON lines, JSON, YAML, or text with one question a line")
    add("--out", type=Path, default=Path("report"), metavar="FOLDER", help="where the report goes (default: report)")
    add("--resume", action="store_true", help="go on with a run that was stopped")
    add("--baseline", type=Path, metavar="REPORT", help="report.json of an earlier run to compare with")
    limit = "exit with 1 when a figure is below (or, where lower is better, above) a value; may be repeated"
    add("--fail-under", action="append", default=[], metavar="FIGURE=VALUE", help=limit)
    regression = "exit with 1 when the baseline was better by more than chance"
    add("--fail-on-regression", action="store_true", help=regression)
    add(
        "--workers",
        type=_positive,
        metavar="N",
        help="processes that answer, 1 GB of memory each (default: one a core)",
    )
    command.epilog = "docs/evaluation.md explains the file of questions, every figure, and how to run this in CI."


def _gaps(command: argparse.ArgumentParser) -> None:
    command.add_argument("--days", type=_positive, metavar="N", help="of the last N days (default: all that is kept)")
    command.add_argument("--out", type=Path, metavar="FILE", help="Markdown file to write, questions without answers")
    command.epilog = "docs/operator.md explains what is kept, for how long, and how to use the draft."


def _positive(given: str) -> int:
    if not given.isdecimal() or int(given) < 1:
        raise argparse.ArgumentTypeError(f"{given!r} is no number of at least 1")
    return int(given)


_OPTIONS: Mapping[str, Callable[[argparse.ArgumentParser], None]] = {
    "index": _index,
    "ask": _ask,
    "questions": _questions,
    "evaluate": _evaluate,
    "gaps": _gaps,
}


def settings_of(arguments: argparse.Namespace) -> "Settings":
    """The settings, those named on the command line in their place; SettingsError as `read_settings` says."""
    with ends_at_once():  # pydantic's core is a library that Ctrl-C would abort
        from bot.settings import read_settings

    return read_settings(**{name: getattr(arguments, name, None) for name in ("corpus", "index", "host", "port")})
