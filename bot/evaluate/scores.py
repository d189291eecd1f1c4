"""What one record is worth: a number for each thing that can be counted, nan where the file gives nothing to compare.

The columns of the table that every figure is computed from; two tables of one file can be compared row by row.
"""

import hashlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.evaluate.metrics import ranking, text
from bot.evaluate.metrics.selection import Numbers
from bot.evaluate.types import FAILED, RANKED, REFUSED, Case, Record

# An expected answer of more words is a text to be near to, not words to be found in the answer. Of the short answers of
# squad2 and nq_open 99 in 100 have at most 18 and 5 words; half of clapnq's long ones have more than 43.
SHORT = 20
# Spellings of the tags that tell why a question has no answer in the articles.
KINDS: Mapping[str, frozenset[str]] = {
    "off_topic": frozenset(("off-topic", "offtopic", "ood", "ood-oos", "out-of-domain")),
    "near_domain": frozenset(("near-domain", "near", "neardomain", "id-oos", "held-out")),
    "adversarial": frozenset(("adversarial", "false-premise", "unanswerable-adversarial")),
}
NONE = math.nan
DIGITS = 6  # scores and figures are kept so far: beyond it the order of a sum shows

SCORES = (
    "answered", "answerable", "right", "confidence", "ndcg10", "mrr10", "recall1", "recall5", "recall10", "hit1",
    "answer_hit", "token_f1", "rouge_l", "words", "cited", "citation_recall", "citation_precision", "citations",
    "quotes_verbatim",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Table:
    """Scores of all records; row i of every column is ids[i]."""

    ids: tuple[str, ...]
    questions: tuple[str, ...]  # a short hash of each question with its history: what must agree to be compared
    columns: Mapping[str, Numbers]  # by a name of SCORES; nan: undefined
    lanes: tuple[str, ...]
    kinds: Mapping[str, NDArray[np.bool_]]  # by a name of KINDS: rows with a tag that means it
    tags: Mapping[str, NDArray[np.intp]]  # numbers of the rows with a tag, by tag

    def __getitem__(self, name: str) -> Numbers:
        return self.columns[name]

    def __len__(self) -> int:
        return len(self.ids)

    def taken(self, rows: Sequence[int] | NDArray[np.intp]) -> "Table":
        """The table of these rows, in this order, without their tags."""
        numbers = np.asarray(rows, np.intp)
        return Table(
            tuple(self.ids[i] for i in numbers),
            tuple(self.questions[i] for i in numbers),
            {name: column[numbers] for name, column in self.columns.items()},
            tuple(self.lanes[i] for i in numbers),
            {kind: mask[numbers] for kind, mask in self.kinds.items()},
            {},
        )


def kind_of(tag: str) -> str:
    """The name in KINDS of a tag that means one of them, else ""."""
    spelled = tag.lower().replace("_", "-").replace(" ", "-")
    return next((kind for kind, spellings in KINDS.items() if spelled in spellings), "")


def kinds_of(tags: Mapping[str, NDArray[np.intp]], count: int) -> dict[str, NDArray[np.bool_]]:
    """Rows of each of KINDS."""
    found = {kind: np.zeros(count, np.bool_) for kind in KINDS}
    for tag, rows in tags.items():
        if kind := kind_of(tag):
            found[kind][rows] = True
    return found


def asked_hash(record: Record | Case) -> str:
    """A short hash of a question with its history."""
    earlier = record.history if isinstance(record, Record) else [turn.question for turn in record.history]
    return hashlib.sha256("\n".join((*earlier, record.question)).encode()).hexdigest()[:12]


def is_answerable(record: Record) -> bool | None:
    """Whether the articles answer it: as the file says, or as an expected answer, a source or a tag of KINDS tells."""
    if record.answerable is not None:
        return record.answerable
    if record.expected_answers or record.expected_sources:
        return True
    return False if any(map(kind_of, record.tags)) else None


def scores(record: Record) -> dict[str, float]:
    """All SCORES of one record."""
    answerable = is_answerable(record)
    values = dict.fromkeys(SCORES, NONE)
    values["answered"] = float(record.answered)
    values["confidence"] = record.confidence
    if answerable is not None:
        values["answerable"] = float(answerable)
    values |= _retrieval(record)
    if record.answered:
        values["words"] = float(len(record.answer.split()))
        values["citations"] = float(len(record.citations))
        values["quotes_verbatim"] = float(sum(cited.is_verbatim for cited in record.citations))
    if answerable:
        values |= _answer(record) | _citations(record)
    values["right"] = _right(record, answerable, values)
    return values


def _retrieval(record: Record) -> dict[str, float]:
    if not record.relevant or not record.expected_sources:
        return {}
    gains = [int(place.is_expected) for place in record.ranking]
    return {
        "ndcg10": ranking.ndcg(gains, record.relevant, RANKED),
        "mrr10": ranking.reciprocal_rank(gains, RANKED),
        "recall1": ranking.recall(gains, record.relevant, 1),
        "recall5": ranking.recall(gains, record.relevant, 5),
        "recall10": ranking.recall(gains, record.relevant, RANKED),
        "hit1": ranking.hit(gains, 1),
    }


def _answer(record: Record) -> dict[str, float]:
    """A declined question that has an answer scores 0, not nothing: declining must not raise the mean."""
    if not record.expected_answers:
        return {}
    return {
        "answer_hit": text.answer_hit(record.answer, record.expected_answers),
        "token_f1": text.token_f1(record.answer, record.expected_answers) if record.answered else 0.0,
        "rouge_l": text.rouge_l(record.answer, record.expected_answers),
    }


def _citations(record: Record) -> dict[str, float]:
    if not record.expected_sources or not record.answered:
        return {}
    right = {cited.number for cited in record.citations if cited.is_expected}
    resting = sum(bool(right & set(sentence.citations)) for sentence in record.sentences)
    return {
        "cited": float(bool(right)),
        "citation_recall": resting / len(record.sentences),
        "citation_precision": len(right) / len(record.citations) if record.citations else 0.0,
    }


def _right(record: Record, answerable: bool | None, values: Mapping[str, float]) -> float:
    """1 for what one would want, 0 for what one would not (the program broke), nan when the file does not tell.

    Without an answer in the articles only declining is right. With one, the answer must say an expected short answer
    and cite an expected source, whichever of the two the file names.
    """
    if answerable is None:
        return NONE
    if record.lane == FAILED:
        return 0.0
    if not answerable or not record.answered:
        return float(record.answered == answerable)
    asked = []
    if short := short_answers(record.expected_answers):
        asked.append(text.answer_hit(record.answer, short))
    if record.expected_sources:
        asked.append(values["cited"])
    return float(all(asked)) if asked else NONE


def short_answers(expected: Sequence[str]) -> tuple[str, ...]:
    """The expected answers that can be looked for word by word."""
    return tuple(one for one in expected if len(one.split()) <= SHORT)


def outcome(record: Record, right: float | None) -> str:
    """The kind of result a reader looks for, one for each question: wrong, false_decline, failed, open or right."""
    if record.lane == FAILED or (record.lane == REFUSED and right != 1):
        return "failed"
    if right is None or math.isnan(right):
        return "open"
    if right == 1:
        return "right"
    return "wrong" if record.answered else "false_decline"


def table(records: Iterable[Record], count: int) -> Table:
    """The table of `count` records, read one by one."""
    columns = {name: np.full(count, NONE) for name in SCORES}
    ids: list[str] = []
    questions: list[str] = []
    lanes: list[str] = []
    tagged: dict[str, list[int]] = {}
    for row, record in enumerate(records):
        for name, value in scores(record).items():
            columns[name][row] = round(
                value, DIGITS
            )  # as a report keeps it: a run compared with itself has not changed
        ids.append(record.id)
        questions.append(asked_hash(record))
        lanes.append(record.lane)
        for tag in dict.fromkeys(record.tags):
            tagged.setdefault(tag, []).append(row)
    tags = {tag: np.array(rows, np.intp) for tag, rows in sorted(tagged.items())}
    return Table(tuple(ids), tuple(questions), columns, tuple(lanes), kinds_of(tags, count), tags)
