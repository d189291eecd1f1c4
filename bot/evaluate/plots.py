"""Plots of a report as SVG inside its page: in its font, in its colours light and dark, the same bytes always."""

import io
import logging
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from bot.evaluate.binding import is_judged
from bot.evaluate.metrics import selection
from bot.evaluate.metrics.selection import Numbers
from bot.evaluate.report import Report, Timing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure as Canvas

WIDTH, HEIGHT = 600, 350  # pixels of the page
SMALL = 13  # pixels of the text on it
PER_INCH = 72  # of matplotlib's SVG: a point is a pixel then
# Drawn in these colours, which stand for properties of report.css and are replaced by them.
INK, MUTED, LINE, ACCENT, RIGHT, WRONG, DECLINED, OPEN = (f"#0a0b0{digit}" for digit in range(1, 9))
PROPERTIES = {INK: "ink", MUTED: "muted", LINE: "line", ACCENT: "accent", RIGHT: "plot-right", WRONG: "plot-wrong",
              DECLINED: "plot-declined", OPEN: "plot-open"}  # fmt: skip
LEVELS = (0.02, 0.05)  # shares of wrong answers marked on the curve, as in the figures coverage_at_2 and _5
# Answers from which the height of the curve is taken: before, one wrong answer alone moves it by more than 5 %.
STEADY = 20
BINS = 20  # of confidence, 0..1
SLOWEST = 99  # percentile at which the histogram of times ends; what is slower stands in its last bar


@dataclass(frozen=True, slots=True)
class Plot:
    """A picture and what is to be seen on it; no picture when there is nothing to draw."""

    drawn: str  # what stands inside an <svg> of WIDTH by HEIGHT
    said: str


def risk_coverage(report: Report) -> Plot:
    """How many answers are wrong when only the most confident ones are given."""
    judged = is_judged(report.table)
    confidence, right, answered = (report.table[name][judged] for name in ("confidence", "right", "answered"))
    curve = selection.risk_coverage(confidence, right == 0, answered == 1, np.ones(len(right)))
    if not report.curve or not len(curve.risk):
        return Plot("", "No answer of this file can be told right from wrong, so there is no curve to draw.")
    canvas, axes = _axes("answered, of all judged questions", "wrong, of the answers given")
    coverage, risk, _ = (np.array(column) for column in zip(*report.curve, strict=True))
    axes.plot(coverage, risk, color=ACCENT, linewidth=2)
    steady = curve.risk[curve.coverage * len(right) >= STEADY]
    top = max(float((steady if len(steady) else curve.risk).max()) * 1.15, LEVELS[-1] * 1.6)
    axes.set(xlim=(0, 1), ylim=(0, min(top, 1.04)))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda value, _: _percent(value, 0))
    given, wrong = _percent(curve.coverage[-1]), _percent(curve.risk[-1])
    at_all = f"When all answers are given ({given} of the judged questions), {wrong} of them are wrong."
    said = [at_all, *(_marked(axes, curve, level) for level in LEVELS)]
    return Plot(_svg(canvas, "risk"), " ".join(said))


def _marked(axes: "Axes", curve: selection.Curve, level: float) -> str:
    """Mark the largest coverage that keeps a level, and say it."""
    axes.axhline(level, color=MUTED, linewidth=0.8, dashes=(3, 3))
    within = np.flatnonzero(curve.risk <= level + 1e-12)
    if not len(within):
        return f"At most {_percent(level, 0)} wrong is not reached at any threshold."
    at = within[-1]
    x, y, threshold = (float(column[at]) for column in (curve.coverage, curve.risk, curve.threshold))
    axes.plot([x], [y], "o", color=ACCENT, markersize=7, clip_on=False)
    side = "right" if x > 0.25 else "left"
    away = -19 if level == LEVELS[0] else 10  # the lower one below: the two labels never meet
    label = f"{_percent(x)} at {_percent(level, 0)}"
    axes.annotate(label, (x, y), (0, away), textcoords="offset points", color=INK, ha=side, fontsize=SMALL)
    return f"At most {_percent(level, 0)} wrong: {_percent(x)} can be answered, from confidence {threshold:.3f} on."


def _percent(share: float, digits: int = 1) -> str:
    return f"{share:.{digits}%}".replace("%", " %")


def confidences(report: Report) -> Plot:
    """How confident right, wrong and no answers are."""
    table = report.table
    if not len(table):
        return Plot("", "No question was asked, so there is nothing to draw.")
    answered, right = table["answered"] == 1, table["right"]
    kinds: tuple[tuple[str, str, NDArray[np.bool_]], ...] = (
        ("right", RIGHT, answered & (right == 1)),
        ("wrong", WRONG, answered & (right == 0)),
        ("not judged", OPEN, answered & np.isnan(right)),
        ("declined", DECLINED, ~answered),
    )
    kinds = tuple(kind for kind in kinds if kind[2].any())
    canvas, axes = _axes("confidence", "questions")
    # Rounding may lift a confidence a hair above 1, where it would be counted nowhere.
    values = [np.clip(table["confidence"][rows], 0, 1) for _, _, rows in kinds]
    counts = [np.histogram(each, BINS, (0, 1))[0] for each in values]
    _stacked(axes, np.linspace(0, 1, BINS + 1), counts, [colour for _, colour, _ in kinds])
    axes.set_xlim(0, 1)
    axes.legend(
        [name for name, _, _ in kinds],
        loc="lower left",
        bbox_to_anchor=(-0.01, 1),
        ncols=len(kinds),
        frameon=False,
        labelcolor=INK,
        fontsize=SMALL,
        handlelength=1,
        handleheight=1,
    )
    medians = (
        f"{name}: {len(each):,}, median {np.median(each):.2f}" for (name, _, _), each in zip(kinds, values, strict=True)
    )
    return Plot(_svg(canvas, "confidence"), f"Confidence by outcome ({'; '.join(medians)}).")


def latencies(seconds: Numbers, timing: Timing) -> Plot:
    """How long whole answers took."""
    if not len(seconds) or timing.finished_p50 is None or timing.finished_p95 is None:
        return Plot("", "No question was timed, so there is nothing to draw.")
    end = max(float(np.percentile(seconds, SLOWEST)), 1e-3)
    canvas, axes = _axes("seconds to the whole answer", "questions")
    counts, edges = np.histogram(np.minimum(seconds, end), 30, (0, end))
    _stacked(axes, edges, [counts], [OPEN])
    axes.set_xlim(0, end)
    # To either side of their lines, so that they stay apart where the lines do not.
    for name, value, side in (("p50 ", timing.finished_p50, "right"), (" p95", timing.finished_p95, "left")):
        axes.axvline(value, color=INK, linewidth=1, dashes=(4, 2))
        axes.annotate(name, (value, 1.02), xycoords=("data", "axes fraction"), color=INK, ha=side, fontsize=SMALL)
    slower = int((seconds > end).sum())
    tail = f" The last bar also holds what took longer than {end:.2f} s ({slower:,})." if slower else ""
    half = f"Half of {len(seconds):,} questions took at most {timing.finished_p50:.2f} s"
    said = f"{half}, 95 % at most {timing.finished_p95:.2f} s, the slowest {seconds.max():.2f} s.{tail}"
    return Plot(_svg(canvas, "latency"), said)


def _axes(x: str, y: str) -> tuple["Canvas", "Axes"]:
    """An empty plot, nothing in it but a grid to read values from."""
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # or it tells of its cache of fonts
    from matplotlib.figure import Figure as Canvas

    canvas = Canvas(figsize=(WIDTH / PER_INCH, HEIGHT / PER_INCH))
    axes = canvas.add_axes((0.125, 0.17, 0.83, 0.72))
    axes.set_xlabel(x, color=MUTED, fontsize=SMALL + 1)
    axes.set_ylabel(y, color=MUTED, fontsize=SMALL + 1)
    axes.patch.set_visible(False)
    canvas.patch.set_visible(False)
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.spines["bottom"].set_color(MUTED)
    axes.tick_params(colors=MUTED, labelsize=SMALL, length=0, pad=6)
    axes.grid(axis="y", color=LINE, linewidth=1)
    axes.set_axisbelow(True)
    return canvas, axes


def _stacked(axes: "Axes", edges: Numbers, counts: Sequence[NDArray[np.int_]], colours: Sequence[str]) -> None:
    from matplotlib.ticker import MaxNLocator, StrMethodFormatter

    below = np.zeros(len(edges) - 1)
    for each, colour in zip(counts, colours, strict=True):
        axes.bar(edges[:-1], each, np.diff(edges) * 0.92, below, align="edge", color=colour)
        below += each
    axes.set_ylim(0, max(float(below.max()) * 1.05, 1))
    axes.yaxis.set_major_locator(MaxNLocator(5, integer=True))
    axes.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))


def _svg(canvas: "Canvas", name: str) -> str:
    """What the <svg> holds: no ids but those it refers to itself, nothing that would reach the rest of the page."""
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    written = io.StringIO()
    with mpl.rc_context({"svg.fonttype": "none", "svg.hashsalt": name}):
        FigureCanvasSVG(canvas).print_svg(written, metadata={"Date": None})
    text = written.getvalue()
    text = re.sub(r"<metadata>.*?</metadata>|<style .*?</style>|<!--.*?-->", "", text, flags=re.DOTALL)
    referred = set(re.findall(r"#(\w+)", text))
    text = re.sub(r' id="([^"]*)"', lambda found: found[0] if found[1] in referred else "", text)
    text = re.sub(r"(font: [\d.]+px) [^;\"]*", r"\1 var(--sans)", text)
    text = re.sub(r"\s*\n\s*", "\n", text)
    for colour, meaning in PROPERTIES.items():
        text = text.replace(colour, f"var(--fn-{meaning})")
    inside = text[text.index(">", text.index("<svg")) + 1 :].strip()
    return inside.removesuffix("</svg>").rstrip()
