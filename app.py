"""Footnote's command line and composition root: settings become parts, parts become serve, index or ask."""

import argparse
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from bot.terminal import Exit, as_json, as_summary, as_text, mistakes_told, prepare, read_question

if TYPE_CHECKING:
    from bot.settings import Settings

EPILOG = """\
start here:
  python app.py                              chat about the shipped articles in the browser
  python app.py --corpus my-articles         chat about your own (Markdown, HTML, text, PDF, DOCX, FAQ pairs)
  python app.py index --corpus my-articles   only build the index, and report every file that could not be read
  python app.py ask "Is CLIP an LLM?"        one answer in the terminal, with numbered sources

exit codes: 0 done or answered, 1 error, 2 wrong usage, 3 not covered by the articles,
            4 index built but some files could not be read, 130 stopped by Ctrl-C
Every setting can also be given in footnote.toml or as FOOTNOTE_NAME; README.md lists them.
"""


def main(argv: list[str]) -> int:
    """Run one command; returns the exit code."""
    arguments = _parser().parse_args(argv, argparse.Namespace(strict=False))
    prepare()
    return mistakes_told(lambda: arguments.run(arguments, _settings(arguments)))


def _parser() -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)  # works before and after
    shared.add_argument("--corpus", metavar="FOLDER", help="folder with the articles (default: the shipped ones)")
    shared.add_argument("--index", metavar="FOLDER", help="folder the index is kept in")
    shared.add_argument("--strict", action="store_true", help="stop when any file cannot be read")
    page = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    page.add_argument("--host", metavar="ADDRESS", help="address to listen on (default: 127.0.0.1)")
    page.add_argument("--port", type=int, metavar="N", help="port to listen on (default: 7860)")
    about = "Footnote answers questions about your articles; every sentence carries a footnote."
    parser = argparse.ArgumentParser(
        "app.py", None, about, EPILOG, [shared, page], argparse.RawDescriptionHelpFormatter
    )
    parser.set_defaults(run=serve)
    commands = parser.add_subparsers(title="commands", metavar="")

    def add(run: Callable[..., int], told: str, *options: argparse.ArgumentParser) -> argparse.ArgumentParser:
        command = commands.add_parser(run.__name__, parents=[shared, *options], help=told, description=f"{told}.")
        command.set_defaults(run=run)
        return command

    add(serve, "chat in the browser (the default)", page)
    command = add(index, "read the articles and build or update the index")
    command.add_argument("--rebuild", action="store_true", help="embed everything again, not only what changed")
    command = add(ask, "answer one question in the terminal")
    command.add_argument("question", help='the question, or "-" to read it from standard input')
    command.add_argument("--json", action="store_true", help="print the whole answer as JSON")
    return parser


def serve(arguments: argparse.Namespace, settings: "Settings") -> Exit:
    """Update the index if the articles changed, then serve the chat until Ctrl-C."""
    from bot.assemble import assemble
    from bot.chat.server import serve as serve_chat

    serve_chat(lambda: assemble(settings, strict=arguments.strict), settings)
    return Exit.DONE


def index(arguments: argparse.Namespace, settings: "Settings") -> Exit:
    """Build or update the index; the report goes to standard error, the summary to standard output."""
    from bot.assemble import update_index

    updated = update_index(settings, strict=arguments.strict, rebuild=arguments.rebuild)
    print(as_summary(updated.index, updated.report, settings.index))
    return Exit.FILES_UNREAD if updated.corpus.has_errors else Exit.DONE


def ask(arguments: argparse.Namespace, settings: "Settings") -> Exit:
    """Print one answer; the exit code tells an answer from a question that is not covered."""
    question = read_question(arguments.question, settings.max_question_chars)
    from bot.assemble import assemble

    answer = assemble(settings, strict=arguments.strict).answer(question)
    print(as_json(answer) if arguments.json else as_text(answer))
    return Exit.DONE if answer.claims else Exit.NOT_COVERED


def _settings(arguments: argparse.Namespace) -> "Settings":
    from bot.settings import read_settings

    return read_settings(**{name: getattr(arguments, name, None) for name in ("corpus", "index", "host", "port")})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
