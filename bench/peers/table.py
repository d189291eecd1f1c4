"""What was measured as one table: a line a measure, a column a peer, each cell a value and its ratio to Footnote's."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from statistics import median
from typing import Any

Counts = Mapping[str, Mapping[str, int]]
ENOUGH_TOKENS = 16  # of an answer, to tell a rate of decoding from it


@dataclass(slots=True)
class Measured:
    """One peer in one run; times in seconds, of the rounds alone."""

    name: str
    refused: str = ""  # why it has no figures
    ready: float = 0.0  # process started to ready to answer, index built on the way
    index: float = 0.0
    peak_mib: float = 0.0
    first: list[float] = field(default_factory=list)  # covered questions
    done: list[float] = field(default_factory=list)
    generated: list[float] = field(default_factory=list)  # first words of the questions Footnote's generator answers
    uncovered: list[float] = field(default_factory=list)
    decoding: list[float] = field(default_factory=list)  # tokens a second after the first
    counts: Counts = field(default_factory=dict)


def rate(tokens: int, first: float, done: float) -> float | None:
    """Tokens a second once the first has come; None where there are too few to tell."""
    return (tokens - 1) / (done - first) if tokens >= ENOUGH_TOKENS and done > first else None


def _median(values: Sequence[float]) -> float | None:
    return median(values) if values else None


def _count(kinds: Sequence[str], verdict: str) -> Callable[[Measured], float | None]:
    return lambda one: sum(one.counts[kind][verdict] for kind in kinds) if one.counts else None


def _asked(measured: Sequence[Measured], kinds: Sequence[str]) -> int:
    return max((sum(sum(one.counts[kind].values()) for kind in kinds) for one in measured if one.counts), default=0)


# name, value, unit; "{}" is how many questions of that kind were asked.
COVERED, ALL = ("squad2", "stackfaq"), ("squad2", "stackfaq", "uncovered")
SPEED: tuple[tuple[str, Callable[[Measured], float | None], str], ...] = (
    ("first words shown, s", lambda one: _median(one.first), "{:.2f}"),
    ("whole answer, s", lambda one: _median(one.done), "{:.2f}"),
    ("question that is not covered, s", lambda one: _median(one.uncovered), "{:.2f}"),
    ("decoding, tokens a second", lambda one: _median(one.decoding), "{:.0f}"),
    ("index of the articles, s", lambda one: one.index or None, "{:.1f}"),
    ("started and index built, s", lambda one: one.ready or None, "{:.1f}"),
    ("most memory, MiB", lambda one: one.peak_mib or None, "{:.0f}"),
)
QUALITY: tuple[tuple[str, Sequence[str], str], ...] = (
    ("answer hit, squad2", ("squad2",), "hit"),
    ("right thread first, stackfaq", ("stackfaq",), "hit"),
    ("declined though covered", COVERED, "declined"),
    ("answered though not covered", ("uncovered",), "wrong"),
    ("wrong answers", ALL, "wrong"),
    ("failed", ALL, "failed"),
)


def table(measured: Sequence[Measured], titles: Mapping[str, str]) -> str:
    """Markdown; the first of `measured` is what ratios are taken to, and a dash stands where there is no figure."""
    lines = ["| | " + " | ".join(titles[one.name] for one in measured) + " |", "|---" * (len(measured) + 1) + "|"]
    for name, value, form in SPEED:
        lines.append(_line(name, [value(one) for one in measured], form))
    own, *peers = (one.generated for one in measured)
    ratios = [_median([other / ours for ours, other in zip(own, times, strict=False)]) for times in peers]
    generated = f"first words where Footnote generates, {len(own)} questions"
    lines.append(_line(f"{generated}, s", [_median(times) for times in (own, *peers)], "{:.2f}"))
    lines.append(_line(f"{generated}, median of the ratios", [None, *ratios], "×{:.1f}"))
    for name, kinds, verdict in QUALITY:
        of = f"{name}, of {_asked(measured, kinds)}"
        lines.append(_line(of, [_count(kinds, verdict)(one) for one in measured], "{:.0f}"))
    lines += [f"\n{titles[one.name]} has no figures: {one.refused}" for one in measured if one.refused]
    return "\n".join(lines)


def _ratio(value: float) -> str:
    return f" (×{value:.0f})" if value >= 10 else f" (×{value:.2g})"


def _line(name: str, values: Sequence[float | None], form: str) -> str:
    own = values[0]
    cells = []
    for at, value in enumerate(values):
        if value is None:
            cells.append("-")
        else:
            cells.append(form.format(value) + (_ratio(value / own) if at and own and value else ""))
    return f"| {name} | {' | '.join(cells)} |"


def record(measured: Sequence[Measured]) -> list[dict[str, Any]]:
    """Everything, as JSON."""
    return [asdict(one) for one in measured]
