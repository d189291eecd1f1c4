"""`python app.py gaps`: how much was answered, what was not covered, and a draft of FAQ entries."""

import argparse

from bot.assemble import update_index
from bot.records.drafts import as_lines, write_stub
from bot.records.gaps import Gaps
from bot.records.kept import Records
from bot.settings import Settings
from bot.terminal import say
from corpus.errors import RecordsError

NOT_KEPT = "nothing is kept, because the setting keep is false; set it to true, and wait for questions"


def report_gaps(arguments: argparse.Namespace, settings: Settings) -> str:
    """The report as text, the draft written where it is wanted; RecordsError when there is nothing to report on."""
    if not settings.keep:
        raise RecordsError(NOT_KEPT)
    records = Records(settings.data, settings.kept_days)
    if not records.tidy():
        raise RecordsError(f"{settings.data}: cannot be read; mend or remove it, or set FOOTNOTE_DATA to another file")
    days = arguments.days or settings.kept_days
    uncovered = records.uncovered(days)
    # Without a question there is no need to load a model.
    gaps = Gaps(update_index(settings, strict=arguments.strict).index).find(uncovered) if uncovered else ()
    if arguments.out is not None:
        say(write_stub(gaps, arguments.out))
    return as_lines(records.by_day(days), gaps, days)
