"""Footnote's command line and composition root: settings become parts, parts become serve, index or ask."""

import argparse
import os
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from bot.pipeline import Bot
    from bot.settings import Settings

ANSWERED, ERROR, NOT_COVERED, SOME_FILES_UNREAD, INTERRUPTED = 0, 1, 3, 4, 130

EPILOG = """\
start here:
  python app.py                              chat about the shipped articles in the browser
  python app.py --corpus my-articles         chat about your own (Markdown, HTML, text, PDF, DOCX, FAQ pairs)
  python app.py index --corpus my-articles   only build the index, and report every file that could not be read
  python app.py ask "Is CLIP an LLM?"        one answer in the terminal, with numbered sources

exit codes: 0 done or answered, 1 error, 2 wrong usage, 3 not covered by the articles,
            4 index built but some files could not be read
Every setting can also be given in footnote.toml or as FOOTNOTE_NAME; README.md lists them.
"""


def main(argv: list[str]) -> int:
    """Run one command; returns the exit code, prints one line for a mistake, never a traceback for the user's."""
    arguments = _parser().parse_args(argv)
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")  # the tokenizer's threads only fight ours over two cores
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    from corpus.errors import FootnoteError

    try:
        return int(arguments.run(arguments))
    except FootnoteError as error:
        print(f"footnote: {error}", file=sys.stderr)
        return ERROR
    except KeyboardInterrupt:
        print("\nfootnote: stopped", file=sys.stderr)
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    shared = argparse.ArgumentParser(
        add_help=False, argument_default=argparse.SUPPRESS
    )  # works before and after a command
    shared.add_argument("--corpus", metavar="FOLDER", help="folder with the articles (default: the shipped ones)")
    shared.add_argument("--index", metavar="FOLDER", help="folder the index is kept in")
    shared.add_argument("--strict", action="store_true", help="stop when any file cannot be read")
    page = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    page.add_argument("--host", metavar="ADDRESS", help="address to listen on (default: 127.0.0.1)")
    page.add_argument("--port", type=int, metavar="N", help="port to listen on (default: 7860)")
    parser = argparse.ArgumentParser(
        prog="app.py",
        description="Footnote answers questions about your articles; every sentence carries a footnote.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        parents=[shared, page],
    )
    parser.set_defaults(run=serve, strict=False)
    commands = parser.add_subparsers(title="commands", metavar="")
    command = commands.add_parser("serve", parents=[shared, page], help="chat in the browser (the default)")
    command.set_defaults(run=serve)
    command = commands.add_parser("index", parents=[shared], help="read the articles and build or update the index")
    command.add_argument("--rebuild", action="store_true", help="embed everything again, not only what changed")
    command.set_defaults(run=index)
    command = commands.add_parser("ask", parents=[shared], help="answer one question in the terminal")
    command.add_argument("question", help='the question, or "-" to read it from standard input')
    command.add_argument("--json", action="store_true", help="print the whole answer as JSON")
    command.set_defaults(run=ask)
    return parser


def serve(arguments: argparse.Namespace) -> int:
    """Update the index if the articles changed, then serve the chat until Ctrl-C."""
    from bot.chat.server import serve as serve_chat

    settings = _settings(arguments)
    serve_chat(_bot(settings, arguments), settings)
    return ANSWERED


def index(arguments: argparse.Namespace) -> int:
    """Build or update the index; the report goes to standard error, the summary to standard output."""
    from bot.assemble import update_index

    report, corpus = update_index(_settings(arguments), strict=arguments.strict, rebuild=arguments.rebuild)
    print(report)
    return SOME_FILES_UNREAD if corpus.has_errors else ANSWERED


def ask(arguments: argparse.Namespace) -> int:
    """Print one answer; exit codes tell an answer from a question that is not covered."""
    from bot.terminal import as_json, as_text

    question = sys.stdin.read() if arguments.question == "-" else arguments.question
    answer = _bot(_settings(arguments), arguments).answer(question)
    print(as_json(answer) if arguments.json else as_text(answer))
    return ANSWERED if answer.claims else NOT_COVERED


def _settings(arguments: argparse.Namespace) -> "Settings":
    from bot.settings import read_settings

    given: dict[str, Any] = {name: getattr(arguments, name, None) for name in ("corpus", "index", "host", "port")}
    return read_settings(**given)


def _bot(settings: "Settings", arguments: argparse.Namespace) -> "Bot":
    from bot.assemble import assemble

    return assemble(settings, strict=arguments.strict)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
