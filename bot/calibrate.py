"""Fit the gate to an operator's own articles, without labels, and say what share of answers each confidence gets wrong.

The questions are the articles' own, FAQ questions and headings: asked of the articles as they are, by somebody who uses
their words, and of the articles without their headings, as by somebody who uses others. With the article there an
answer is right when it cites it; with the article held out any answer is wrong, and so is any to a question of
bot/off_topic.txt. The shipped gate's log-odds are rescaled to these outcomes (Platt, 1999), as far as there are enough.

It is an estimate: another article may answer a question whose own is held out, and visitors ask otherwise than headings
do. bench/promise.py measures both ways off; a file of real questions with `python app.py evaluate` tells more.
"""

import hashlib
import json
import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from bot.evaluate.metrics.selection import auroc
from bot.evaluate.starter import as_question
from bot.gate import Gate
from bot.lookup import Lookup
from bot.quote import worth_quoting
from bot.reader import ADAPTER
from bot.terminal import say
from corpus.errors import FootnoteError, SettingsError
from corpus.types import Corpus
from index.digest import sha256_of
from index.search import Index

FILE = "calibration.json"
FORMAT = 2
OFF_TOPIC = Path(__file__).resolve().parent / "off_topic.txt"
MOST_SECTIONS = 300  # whose headings are asked, spread over the articles evenly
FEWEST_QUESTIONS = 10
# How far the rescaling may go on few questions: it counts as much as so many that say "leave it".
PRIOR_QUESTIONS = 20.0
# What half of the questions are assumed to be; the other half is near-domain and off-topic in equal parts.
WEIGHT_OF = {"own": 0.5, "near": 0.25, "off": 0.25}
DIGITS = 1e6  # of a stored threshold

Kind = Literal["own", "near", "off"]
Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Asked:
    """One question and what became of it."""

    kind: Kind
    confidence: float  # the shipped gate's
    right: bool


@dataclass(frozen=True, slots=True)
class Point:
    """The gate at one threshold."""

    threshold: float
    answered: float  # share of the articles' own questions that are answered, 0..1
    wrong: float  # share of all answers that are wrong, when questions come as WEIGHT_OF assumes, 0..1
    near_declined: float
    off_declined: float


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was fitted, on what, and what it gives."""

    made_of: str  # hash over articles, embedder, reader, shipped gate and top_k
    slope: float  # log-odds = slope * the shipped gate's log-odds + shift
    shift: float
    questions: dict[str, int]
    near_auroc: float | None  # None: there is one article, so that none can be held out
    off_auroc: float | None
    curve: tuple[Point, ...]  # by falling threshold

    def point(self, most_wrong: float) -> Point | None:
        """The lowest threshold with no more than `most_wrong` of its answers wrong."""
        return next((point for point in reversed(self.curve) if point.wrong <= most_wrong), None)


def made_of(index: Index, top_k: int) -> str:
    """What a calibration depends on; another model, gate, article or number of passages makes another of it.

    Not what the models are computed in, nor how the index is searched: that changes answers little (bench/LOG.md), and
    a server must not stop because it moved to another processor.
    """
    models = (index.manifest.embedder, sha256_of(ADAPTER), repr(Gate()))
    parts = (index.manifest.corpus, *models, str(top_k))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def without_headings(corpus: Corpus) -> Corpus:
    """The same articles, titles and texts, with no heading above any passage."""
    bare = (
        replace(one, sections=tuple(replace(part, heading_path=(), is_faq=False) for part in one.sections))
        for one in corpus.articles
    )
    return replace(corpus, articles=tuple(bare))


def calibrate(index: Index, lookups: Sequence[Lookup], top_k: int) -> Calibration:
    """Ask, fit, measure; the lookups, with and without headings, have the shipped gate and look at `top_k` passages.

    Raises FootnoteError when the articles ask too few questions.
    """
    asked = [one for lookup in lookups for one in _asked(index, lookup)]
    count = {kind: sum(one.kind == kind for one in asked) for kind in WEIGHT_OF}
    if count["own"] < FEWEST_QUESTIONS:
        raise FootnoteError(
            f"the articles have {count['own']} questions and headings, too few to calibrate with; "
            f"add some, at least {FEWEST_QUESTIONS}"
        )
    logits, right = np.array([_logit(one.confidence) for one in asked]), np.array([one.right for one in asked])
    kinds = np.array([one.kind for one in asked])
    weights = np.array([WEIGHT_OF[one.kind] / max(1, count[one.kind]) for one in asked])
    slope, shift = _fit(logits, right, weights, count["own"])
    confidence = 1 / (1 + np.exp(-(slope * logits + shift)))
    own = kinds == "own"

    def area(kind: str) -> float | None:
        chosen = own | (kinds == kind)
        told = float(auroc(confidence[chosen], own[chosen], np.ones(chosen.sum())))
        return None if math.isnan(told) else round(told, 4)

    return Calibration(
        made_of(index, top_k), round(slope, 4), round(shift, 4), count, area("near"), area("off"),
        tuple(_curve(confidence, right, kinds, weights)),
    )  # fmt: skip


def _asked(index: Index, lookup: Lookup) -> Iterator[Asked]:
    sections = [
        (article, section)
        for article in index.articles.values()
        for section in article.sections
        if section.heading and article.text[section.body : section.end].strip()
    ]
    # A heading that several articles have ("Getting started") asks for none of them.
    often = Counter(section.heading.casefold() for _, section in sections)
    sections = [one for one in sections if often[one[1].heading.casefold()] == 1]
    for article, section in sections[:: max(1, -(-len(sections) // MOST_SECTIONS))]:
        question = section.heading if section.is_faq else as_question(section.heading, article.title)
        look = lookup.search(question, own_question=False)
        cited = {piece.chunk.article_id for piece in worth_quoting(look.evidence)}
        yield Asked("own", look.confidence, article.id in cited)
        if len(index.articles) > 1:
            held = lookup.search(question, without=(article.id,), own_question=False)
            yield Asked("near", held.confidence, right=False)
    for question in OFF_TOPIC.read_text(encoding="utf-8").splitlines():
        yield Asked("off", lookup.search(question, own_question=False).confidence, right=False)


def _logit(chance: float) -> float:
    chance = min(max(chance, 1e-6), 1 - 1e-6)
    return float(np.log(chance / (1 - chance)))


def _fit(logits: Numbers, right: NDArray[np.bool_], weights: Numbers, count: int) -> tuple[float, float]:
    """Slope and shift of a logistic model of the log-odds, drawn towards 1 and 0."""
    from scipy.optimize import minimize

    sign = np.where(right, 1.0, -1.0)
    hold = PRIOR_QUESTIONS / (PRIOR_QUESTIONS + count)

    def loss(theta: Numbers) -> float:
        missed = np.logaddexp(0, -sign * (theta[0] * logits + theta[1]))
        return float((weights * missed).sum() + hold * ((theta[0] - 1) ** 2 + (theta[1] / 2) ** 2))

    # A gate that fell as its signals rise would answer what it knows least about.
    found = minimize(loss, np.array([1.0, 0.0]), method="L-BFGS-B", bounds=[(0.1, 10.0), (-10.0, 10.0)])
    return float(found.x[0]), float(found.x[1])


def _curve(confidence: Numbers, right: NDArray[np.bool_], kinds: NDArray[np.str_], weights: Numbers) -> Iterator[Point]:
    """A point for each distinct confidence, rounded down so that the question that made it still passes."""
    for threshold in sorted(set((np.floor(confidence * DIGITS) / DIGITS).tolist()), reverse=True):
        passed = confidence >= threshold
        wrong = float(weights[passed & ~right].sum() / weights[passed].sum())
        shares = {kind: float(passed[kinds == kind].mean()) if (kinds == kind).any() else 0.0 for kind in WEIGHT_OF}
        declined = (1 - shares["near"], 1 - shares["off"])
        yield Point(threshold, *(round(share, 4) for share in (shares["own"], wrong, *declined)))


def write_calibration(found: Calibration, folder: Path) -> None:
    """Beside the index in `folder`, in one step."""
    part = folder / f"{FILE}.new"
    part.write_text(json.dumps({"format": FORMAT, **asdict(found)}) + "\n", encoding="utf-8")
    part.replace(folder / FILE)


def read_calibration(folder: Path, index: Index, top_k: int) -> Calibration | None:
    """The calibration of this very index; None when there is none, and, which is told, when it does not fit it."""
    try:
        record = json.loads((folder / FILE).read_text(encoding="utf-8"))
        if record.pop("format") == FORMAT and record["made_of"] == made_of(index, top_k):
            record["curve"] = tuple(Point(**point) for point in record["curve"])
            return Calibration(**record)
        say("the calibration is of other articles, models, gate or top_k and is not used; run: python app.py calibrate")
    except FileNotFoundError:
        pass
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        say(f"{folder / FILE} cannot be read and is not used; run: python app.py calibrate")
    return None


def asked_of(most_wrong: float, found: Calibration | None) -> tuple[float, Gate]:
    """The confidence to ask for, and of which gate.

    SettingsError when the articles were never calibrated, or cannot do so well.
    """
    if found is None:
        raise SettingsError("most_wrong needs a calibration of these articles; run: python app.py calibrate")
    point = found.point(most_wrong)
    if point is None:
        raise SettingsError(
            f"most_wrong: no confidence keeps wrong answers within {most_wrong:g} on these articles; "
            "raise it (python app.py calibrate shows what can be reached)"
        )
    return point.threshold, Gate().rescaled(found.slope, found.shift)


def as_table(found: Calibration, rows: Sequence[float] = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2)) -> str:
    """The curve for reading, a row for each share of wrong answers an operator may choose."""
    lines = [
        f"fitted on {found.questions['own']} questions of the articles, {found.questions['near']} of them with their "
        f"article held out, and {found.questions['off']} off topic",
        f"told apart from the articles' own (AUROC): held out {found.near_auroc}, off topic {found.off_auroc}",
        "",
        "most_wrong  min_confidence  answered  wrong   held out declined  off topic declined",
    ]
    for most in rows:
        point = found.point(most)
        if point is None:
            lines.append(f"{most:<11g} cannot be reached: the most confident answers are wrong more often")
            continue
        lines.append(
            f"{most:<11g} {point.threshold:<15.6f} {point.answered:<9.1%} {point.wrong:<7.1%} "
            f"{point.near_declined:<18.1%} {point.off_declined:.1%}"
        )
    return "\n".join(lines)
