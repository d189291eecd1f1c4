"""Footnote's composition root: settings become parts, parts become one of seven commands."""

import argparse
import signal
import sys
from typing import TYPE_CHECKING

from index.interrupts import ends_at_once

with ends_at_once():  # from the first line on
    from bot.commandline import parser, settings_of
    from bot.terminal import Exit, as_json, as_summary, as_text, mistakes_told, prepare, read_question, say

if TYPE_CHECKING:
    from bot.settings import Settings


def main(argv: list[str]) -> int:
    """Run one command; returns the exit code."""
    commands = {command.__name__: command for command in (serve, index, ask, calibrate, questions, evaluate, gaps)}
    arguments = parser(commands).parse_args(argv, argparse.Namespace(strict=False))
    prepare()
    return mistakes_told(lambda: arguments.run(arguments, settings_of(arguments)))


def serve(arguments: argparse.Namespace, settings: "Settings") -> Exit:
    """Chat in the browser (the default), until Ctrl-C."""
    from bot.assemble import assemble
    from bot.chat.server import serve as serve_chat

    serve_chat(lambda: assemble(settings, strict=arguments.strict), settings)
    return Exit.DONE


def index(arguments: argparse.Namespace, settings: "Settings") -> Exit:
    """Read the articles and build or update the index."""
    from bot.assemble import update_index

    updated = update_index(settings, strict=arguments.strict, rebuild=arguments.rebuild)
    print(as_summary(updated.index, updated.report, settings.index))
    return Exit.FILES_UNREAD if updated.corpus.has_errors else Exit.DONE


def ask(arguments: argparse.Namespace, settings: "Settings") -> Exit:
    """Answer one question in the terminal."""
    question = read_question(arguments.question, settings.max_question_chars)
    from bot.assemble import assemble

    answer = assemble(settings, strict=arguments.strict, late=True).answer(question)
    print(as_json(answer) if arguments.json else as_text(answer))
    return Exit.DONE if answer.claims else Exit.NOT_COVERED


def calibrate(arguments: argparse.Namespace, settings: "Settings") -> Exit:
    """Fit the gate to the articles and show what share of answers each confidence gets wrong."""
    from bot.assemble import calibrate_index, update_index
    from bot.calibrate import as_table

    print(as_table(calibrate_index(settings, update_index(settings, strict=arguments.strict))))
    return Exit.DONE


def questions(arguments: argparse.Namespace, settings: "Settings") -> Exit:
    """Write a file of questions to begin an evaluation with."""
    from bot.evaluate.starter import write_starter
    from corpus.load import load_articles

    corpus = load_articles(settings.corpus, strict=arguments.strict)
    say(*map(str, corpus.problems))
    say(write_starter(corpus, arguments.out))
    return Exit.DONE


def evaluate(arguments: argparse.Namespace, settings: "Settings") -> Exit:
    """Ask a file of questions and report what was answered, and how good that is."""
    from bot.evaluate.command import evaluate_file, read_wish
    from bot.evaluate.summary import as_summary as as_figures

    outcome = evaluate_file(arguments.questions, arguments.out, settings, read_wish(arguments), arguments.workers)
    print(as_figures(outcome.report, outcome.timing, outcome.comparison))
    say(*outcome.complaints)
    return Exit.ERROR if outcome.complaints else Exit.DONE


def gaps(arguments: argparse.Namespace, settings: "Settings") -> Exit:
    """Show what visitors asked and the articles do not cover, and draft FAQ entries for it."""
    from bot.records.command import report_gaps

    print(report_gaps(arguments, settings))
    return Exit.DONE


if __name__ == "__main__":
    code = main(sys.argv[1:])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # all is said: Ctrl-C while Python takes itself down changes nothing
    sys.exit(code)
