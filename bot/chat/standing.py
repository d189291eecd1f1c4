"""Where an evaluation stands, as HTML: pure functions, every string escaped."""

import math
from collections.abc import Sequence

from bot.chat import texts
from bot.evaluate.catalogue import BY_NAME
from bot.evaluate.exports import csv_line
from bot.evaluate.figures import Figure
from bot.evaluate.run import ANSWERS, JUNIT, PAGE, REPORT, SPREADSHEET, TIMES
from bot.evaluate.shelf import ZIP, Standing
from bot.evaluate.summary import number
from bot.evaluate.upload import MOST_BYTES
from bot.markup.escape import shown
from bot.settings import Settings
from bot.types import Suggestion

FILES_PREFIX = "/evaluation/"  # addresses below this are answered by downloads.py
EXAMPLE = FILES_PREFIX + "example.csv"
HEADLINES = ("right", "wrong_answers", "answered", "citation_precision", "ndcg10")
# Name of each file, with what is in it.
DOWNLOADS = (
    (ZIP, "everything in one archive"),
    (SPREADSHEET, "one row a question, for a spreadsheet"),
    (ANSWERS, "the same with every detail, a line of JSON each"),
    (REPORT, "all figures, to compare another run with"),
    (JUNIT, "as test results, for a build server"),
    (TIMES, "seconds a question"),
    (PAGE, "the report to keep or send"),
)
SPOKEN = 10  # a progress that is read aloud at each tenth leaves a listener in peace


def header(settings: Settings) -> str:
    """The way back to the chat."""
    back = shown(texts.BACK.format(title=settings.title))
    return f'<a class="back" href="/" aria-label="{back}" title="{back}" dir="auto">{shown(settings.title)}</a>'


def introduction(settings: Settings) -> str:
    """What the page does and which file it wants."""
    bounds = texts.EVALUATE_BOUNDS.format(questions=settings.questions_to_evaluate, megabytes=MOST_BYTES // 2**20)
    example = f'<a href="{EXAMPLE}" download>{texts.EXAMPLE}</a>'
    return f"<h1>{texts.EVALUATE}</h1><p>{texts.EVALUATE_ABOUT}</p><p>{bounds} {example}</p>"


def example_csv(starters: Sequence[Suggestion]) -> str:
    """A file of questions to begin with: two of the articles' own with their sources, one that is not covered."""
    rows = [(one.question, "", one.article_id, "yes") for one in starters[:2]]
    rows.append((texts.EXAMPLE_OFF_TOPIC, "", "", "no"))
    header = ("question", "expected_answer", "expected_source", "answerable")
    return "\ufeff" + "".join(map(csv_line, (header, *rows)))  # or a spreadsheet takes it for another encoding


def trouble(line: str) -> str:
    """One line on what went wrong."""
    return f'<p class="note trouble" dir="auto">{shown(line)}</p>'


def note(line: str) -> str:
    """One quiet line."""
    return f'<p class="note">{shown(line)}</p>'


def line(text: str) -> str:
    """One line to be read aloud."""
    return f"<p>{shown(text)}</p>" if text else ""


def pulse(line: str) -> str:
    """One line on what is going on."""
    return f'<p class="progress"><span class="pulse" aria-hidden="true"></span>{shown(line)}</p>'


def standing_html(standing: Standing, run_id: str) -> str:
    """The whole state of an evaluation."""
    if standing.stage == "failed":
        return trouble(standing.trouble or texts.EVALUATION_TROUBLE)
    if standing.stage == "stopped":
        return note(texts.EVALUATION_STOPPED.format(done=standing.done, total=standing.total))
    name = f'<h2 dir="auto">{shown(standing.file)}</h2>'
    if standing.stage == "done":
        return f'<section class="evaluated">{name}{_report(standing, run_id)}</section>'
    body = pulse(_waits(standing)) if standing.stage == "waiting" else _bar(standing)
    return f'<section class="evaluating">{name}{body}<p class="aside">{texts.KEEPS_ON}</p></section>'


def spoken(standing: Standing) -> str:
    """What a screen reader says of it; the same text until there is news."""
    if standing.stage == "failed":
        return standing.trouble or texts.EVALUATION_TROUBLE
    if standing.stage == "stopped":
        return texts.EVALUATION_STOPPED.format(done=standing.done, total=standing.total)
    if standing.stage == "done":
        return _evaluated(standing)
    if standing.stage == "waiting":
        return texts.WAITS_SPOKEN
    step = max(1, standing.total // SPOKEN)
    return texts.PROGRESS.format(done=standing.done // step * step, total=standing.total)


def duration(seconds: float) -> str:
    """A time as one says it.

    >>> duration(20), duration(100), duration(4000)
    ('less than a minute', '2 minutes', '1 hour 7 minutes')
    """
    minutes = math.ceil(seconds / 60)
    if minutes <= 1:
        return "less than a minute" if seconds < 60 else "1 minute"
    hours, rest = divmod(minutes, 60)
    said = [f"{count} {unit}{'s' * (count > 1)}" for count, unit in ((hours, "hour"), (rest, "minute")) if count]
    return " ".join(said)


def _waits(standing: Standing) -> str:
    told = texts.WAITS_LONGER if standing.ahead else texts.WAITS
    return told.format(done=standing.other[0], total=standing.other[1], ahead=standing.ahead)


def _bar(standing: Standing) -> str:
    part = standing.done / standing.total
    return (
        f'<div class="bar" role="progressbar" aria-label="{texts.EVALUATE}" aria-valuemin="0" '
        f'aria-valuemax="{standing.total}" aria-valuenow="{standing.done}"><span style="width:{part:.1%}"></span></div>'
        f'<p class="counted">{shown(_counted(standing))}</p>'
    )


def _counted(standing: Standing) -> str:
    told = [texts.PROGRESS.format(done=standing.done, total=standing.total)]
    if standing.done >= standing.total:
        return f"{told[0]}. {texts.REPORTING}"
    if standing.stopping:
        return f"{told[0]}. {texts.STOPPING}"
    if standing.left is not None:
        rate = f"{standing.rate:.1f}" if standing.rate >= 0.1 else f"{standing.rate:.2f}"
        told += [texts.RATE.format(rate=rate), texts.LEFT.format(time=duration(standing.left))]
    return ", ".join(told)


def _evaluated(standing: Standing) -> str:
    return texts.EVALUATED_ONE if standing.total == 1 else texts.EVALUATED.format(total=standing.total)


def _report(standing: Standing, run_id: str) -> str:
    figures = {figure.name: figure for figure in standing.figures if figure.value is not None}
    cards = "".join(_card(figures[name]) for name in HEADLINES if name in figures)
    remarks = [*standing.remarks, *([] if "right" in figures else [texts.UNJUDGED])]
    told = "".join(f'<li dir="auto">{shown(remark)}</li>' for remark in remarks)
    notes = f'<ul class="remarks">{told}</ul>' if told else ""
    return f'<p class="aside">{_evaluated(standing)}</p><dl class="figures">{cards}</dl>{notes}{_links(run_id)}'


def _card(figure: Figure) -> str:
    metric = BY_NAME[figure.name]
    rests = texts.RESTS_ON_ONE if figure.count == 1 else texts.RESTS_ON.format(count=figure.count)
    sure = [rests]
    if figure.low is not None and figure.high is not None:
        low, high = number(figure.name, figure.low), number(figure.name, figure.high)
        sure.insert(0, texts.INTERVAL.format(low=low, high=high))
    lower = f"<small>{texts.LOWER_IS_BETTER}</small>" if metric.better < 0 else ""
    return (
        f"<div><dt>{shown(metric.title)} {lower}</dt><dd>{number(figure.name, figure.value)}"
        f'<span class="sure">{"<br>".join(sure)}</span></dd></div>'
    )


def _links(run_id: str) -> str:
    address = shown(f"{FILES_PREFIX}{run_id}/")
    opened = (
        f'<p><a class="primary" href="{address}{PAGE}" target="_blank" rel="noopener noreferrer">'
        f"{texts.OPEN_REPORT}</a></p>"
    )
    items = "".join(
        f'<li><a href="{address}{name}" download>{name}</a> <span>{told}</span></li>' for name, told in DOWNLOADS
    )
    return f'{opened}<h3>{texts.DOWNLOADS}</h3><ul class="downloads">{items}</ul>'
