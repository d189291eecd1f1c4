"""Every figure of a report: its name, what it means, its formula, and where that comes from.

A figure is undefined, neither 0 nor NaN, where the file gives nothing to compute it from.
"""

from bot.evaluate.binding import Metric, auroc, equals, lane, mean, of_kind, pooled, selective
from bot.evaluate.metrics import selection

_SQUAD = "SQuAD's evaluation script (Rajpurkar et al. 2016)"
_ALCE = "After ALCE (Gao et al. 2023), support judged by the expected sources instead of a model"
_RANKS = (
    "over articles, or over sections when the file expects a section or a quote; each at the rank of its best passage"
)

_JUDGED = (
    Metric(
        "right",
        "Right",
        "Share of judged questions: an expected short answer (20 words at most) is said and an expected source is "
        "cited, whichever the file names; without an answer in the articles, it is declined.",
        mean("right"),
    ),
    Metric(
        "wrong_answers",
        "Wrong answers",
        "Share of the judged answers that are not right; declined questions do not count.",
        mean("right", equals("answered", 1), inverted=True),
        better=-1,
    ),
    Metric(
        "aurc",
        "Area under risk-coverage",
        "Mean over k of the share of wrong ones among the k most confident answers; Geifman, Uziel & El-Yaniv 2019; "
        "equal confidences in expectation over their orders.",
        selective(selection.area_under_risk_coverage),
        better=-1,
    ),
    Metric(
        "coverage_at_2",
        "Coverage at 2 % wrong",
        "Largest share of all judged questions that some threshold of confidence answers with at most 2 % wrong.",
        selective(selection.coverage_at, 0.02),
    ),
    Metric("coverage_at_5", "Coverage at 5 % wrong", "The same at 5 %.", selective(selection.coverage_at, 0.05)),
)

_ANSWERS = (
    Metric(
        "answer_hit",
        "Answer hit",
        "Share of answerable questions with expected answers where the words of one stand in the answer without a gap, "
        f"normalised as in {_SQUAD}; a declined one counts 0.",
        mean("answer_hit"),
    ),
    Metric(
        "answer_hit_answered",
        "Answer hit, if answered",
        "The same over answered questions only.",
        mean("answer_hit", equals("answered", 1)),
    ),
    Metric(
        "token_f1",
        "Token F1",
        f"Best F1 of normalised words over the expected answers; {_SQUAD}; a declined one counts 0.",
        mean("token_f1"),
    ),
    Metric(
        "rouge_l",
        "ROUGE-L",
        "Best F1 by longest common subsequence of words over the expected answers, without stemming; Lin 2004; a "
        "declined one counts 0.",
        mean("rouge_l"),
    ),
    Metric(
        "answer_words",
        "Answer length",
        "Mean words of an answer; citation figures are to be read beside it.",
        mean("words"),
        better=0,
        is_share=False,
    ),
)

_CITATIONS = (
    Metric(
        "citation_recall",
        "Citation recall",
        f"Of an answer's sentences, the share that cite an expected source, mean over answers. {_ALCE}.",
        mean("citation_recall"),
    ),
    Metric(
        "citation_precision",
        "Citation precision",
        f"Of an answer's citations, the share that lie in an expected source, mean over answers. {_ALCE}.",
        mean("citation_precision"),
    ),
    Metric(
        "cited",
        "Expected source cited",
        "Share of answered questions with expected sources that cite one.",
        mean("cited"),
    ),
    Metric(
        "quotes_verbatim",
        "Quotes verbatim",
        "Share of all citations whose quote stands at its offsets in its article letter by letter; anything but 1 is a "
        "defect.",
        pooled("quotes_verbatim", "citations"),
    ),
)

_RETRIEVAL = (
    Metric("ndcg10", "nDCG@10", f"Järvelin & Kekäläinen 2002, linear gains as in trec_eval, {_RANKS}.", mean("ndcg10")),
    Metric("mrr10", "MRR@10", "Mean of 1 / rank of the first expected one, 0 beyond 10; Voorhees 1999.", mean("mrr10")),
    Metric("recall1", "Recall@1", "Share of the expected ones at rank 1.", mean("recall1")),
    Metric("recall5", "Recall@5", "Share of the expected ones up to rank 5.", mean("recall5")),
    Metric("recall10", "Recall@10", "Share of the expected ones up to rank 10.", mean("recall10")),
    Metric("hit1", "Hit@1", "Share of questions whose first place is an expected one.", mean("hit1")),
)

_COVERED = (
    Metric("answered", "Answered", "Share of all questions that are answered.", mean("answered"), better=0),
    Metric(
        "covered_precision",
        "Precision",
        "Of the answered questions, the share that the articles answer.",
        mean("answerable", equals("answered", 1)),
    ),
    Metric(
        "covered_recall",
        "Recall",
        "Of the questions that the articles answer, the share answered.",
        mean("answered", equals("answerable", 1)),
    ),
    Metric(
        "false_declines",
        "False declines",
        "Of the questions that the articles answer, the share declined.",
        mean("answered", equals("answerable", 1), inverted=True),
        better=-1,
    ),
    Metric(
        "answered_unanswerable",
        "Answered though not covered",
        "Of the questions that the articles do not answer, the share answered.",
        mean("answered", equals("answerable", 0)),
        better=-1,
    ),
    Metric(
        "covered_auroc",
        "AUROC",
        "Chance that an answerable question has more confidence than one that is not, ties counting half; Hanley & "
        "McNeil 1982.",
        auroc(equals("answerable", 0)),
    ),
)

_KINDS = (("off_topic", "off topic"), ("near_domain", "near domain"), ("adversarial", "adversarial"))


def _of_kinds() -> tuple[Metric, ...]:
    """The same figures for each kind of question without an answer, where tags tell which it is."""
    found: list[Metric] = []
    for kind, said in _KINDS:
        tagged = f"those tagged {said.replace(' ', '-')}"
        found += [
            Metric(
                f"answered_{kind}",
                f"Answered, {said}",
                f"Answered though not covered, of {tagged}.",
                mean("answered", of_kind(kind)),
                better=-1,
            ),
            Metric(f"auroc_{kind}", f"AUROC, {said}", f"AUROC against {tagged} only.", auroc(of_kind(kind))),
        ]
    return tuple(found)


def _lane(name: str, told: str, better: int = 0, title: str = "") -> Metric:
    told = f"Share of all questions: {told}."
    return Metric(f"lane_{name}", title or name.capitalize(), told, lane(name), better=better)


_LANES = (
    _lane("faq", "the author's answer as written", title="FAQ"),
    _lane("generated", "sentences of the evidence the model chose, verified"),
    _lane("quoted", "sentences of the articles"),
    _lane("declined", "not covered"),
    _lane("refused", "too long to be asked"),
    _lane("failed", "the program broke; the record says how", -1),
)

GROUPS: tuple[tuple[str, tuple[Metric, ...]], ...] = (
    ("Right or wrong", _JUDGED),
    ("Answers", _ANSWERS),
    ("Citations", _CITATIONS),
    ("Retrieval", _RETRIEVAL),
    ("Covered or not", _COVERED + _of_kinds()),
    ("Lanes", _LANES),
)
METRICS = tuple(metric for _, metrics in GROUPS for metric in metrics)
BY_NAME = {metric.name: metric for metric in METRICS}
GROUP_OF = {metric.name: group for group, metrics in GROUPS for metric in metrics}
# Figures shown for each tag: what one looks at to see which kind of question fails.
BY_TAG = ("right", "wrong_answers", "answer_hit", "token_f1", "cited", "ndcg10", "answered", "answered_unanswerable")
