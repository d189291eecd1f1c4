"""What an evaluation says on the terminal: plain lines, the figures that are defined, grouped."""

from itertools import groupby

from bot.evaluate.catalogue import BY_NAME, GROUP_OF
from bot.evaluate.compare import Comparison
from bot.evaluate.figures import Figure
from bot.evaluate.report import Report, Timing

MOST_CHANGED = 10  # ids of questions that changed sides; the report has all


def number(name: str, value: float | None) -> str:
    """A figure as it is shown: shares with three decimals, lengths with one; a dash when undefined."""
    if value is None:
        return "–"
    return f"{value:.3f}" if BY_NAME[name].is_share else f"{value:.1f}"


def as_summary(report: Report, timing: Timing, comparison: Comparison | None) -> str:
    """The figures with their 95 % intervals and the number of questions each rests on."""
    lines = []
    defined = [figure for figure in report.figures if figure.value is not None]
    for group, figures in groupby(defined, key=lambda figure: GROUP_OF[figure.name]):
        lines += [group, *(_line(figure) for figure in figures), ""]
    lines += [_times(timing)]
    if comparison:
        lines += ["", *_compared(comparison)]
    return "\n".join(lines)


def _line(figure: Figure) -> str:
    between = ""
    if figure.low is not None and figure.high is not None:
        between = f"{number(figure.name, figure.low)} – {number(figure.name, figure.high)}"
    title = BY_NAME[figure.name].title
    return f"  {title:28} {figure.name:22} {number(figure.name, figure.value):>6}  {between:15} {figure.count:7,}"


def _times(timing: Timing) -> str:
    said = ["1 question" if timing.questions == 1 else f"{timing.questions:,} questions"]
    if timing.per_second and timing.wall:
        by = "1 process" if timing.workers == 1 else f"{timing.workers} processes"
        said.append(f"{timing.per_second:g} a second by {by}")
    if timing.first_sentence_p50 is not None:
        said.append(f"first sentence p50 {timing.first_sentence_p50:.2f} s, p95 {timing.first_sentence_p95:.2f} s")
    if timing.finished_p50 is not None:
        said.append(f"whole answer p50 {timing.finished_p50:.2f} s, p95 {timing.finished_p95:.2f} s")
    return "; ".join(said)


def _compared(comparison: Comparison) -> list[str]:
    lines = [f"Beside {comparison.baseline}, over {comparison.shared:,} questions of both"]
    if comparison.differs:
        lines.append(f"  also changed since: {', '.join(comparison.differs)}")
    for one in comparison.differences:
        if one.low is not None and one.high is not None and (one.low or one.high or one.change):
            change = f"{one.change:+.3f}  {one.low:+.3f} – {one.high:+.3f}"
            values = f"{number(one.name, one.before):>6} -> {number(one.name, one.after):>6}"
            lines.append(f"  {BY_NAME[one.name].title:28} {values}  {change}  {one.verdict}".rstrip())
    changed = f"{len(comparison.gained):,} became right, {len(comparison.lost):,} became wrong"
    lines.append(f"  {changed} (McNemar's exact test: p = {comparison.p:.3g})")
    for told, ids in (("right now", comparison.gained), ("wrong now", comparison.lost)):
        if ids:
            more = f" and {len(ids) - MOST_CHANGED:,} more" if len(ids) > MOST_CHANGED else ""
            lines.append(f"  {told}: {', '.join(ids[:MOST_CHANGED])}{more}")
    return lines
