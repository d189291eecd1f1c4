"""The whole product on the evaluation sets: one table, figures in bench/results, a page in docs/.

    make evaluate-sets                                   all sets
    python -m bench.evaluate_sets stackfaq squad2        only these, printed and not kept
    python -m bench.evaluate_sets --write FOLDER         only write each set's articles and file of questions

Each set becomes what a user would have: a folder of articles and a file of questions, for `python app.py evaluate`.
"""

import argparse
import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.data import load
from bot.evaluate.command import evaluate_file
from bot.evaluate.run import Outcome, Wish
from bot.settings import Settings
from training.split import SQUAD2_HELD_OUT

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "index" / "built" / "bench" / "evaluate"
RESULTS = ROOT / "bench" / "results"
PAGE = ROOT / "docs" / "evaluation-sets.md"
SEED = 1
Rows = list[dict[str, Any]]
# Columns of the table: what issue after issue is judged by.
SHOWN = (
    "right", "answer_hit", "rouge_l", "answer_words", "citation_recall", "citation_precision", "quotes_verbatim",
    "ndcg10", "hit1", "covered_auroc", "false_declines", "answered_unanswerable", "aurc", "coverage_at_2",
    "coverage_at_5",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Set:
    """One set as articles and questions."""

    name: str
    articles: Rows  # rows of an articles.jsonl: {id, title, text} or {id, question, answer}
    questions: Rows  # rows of a questions.jsonl
    about: str


def articles(passages: Rows, *, faq: bool = False, titled: bool = True) -> Rows:
    """Passages as a file of articles, their titles questions, titles, or hidden."""
    names = ("question", "answer") if faq else ("title", "text")
    return [{"id": row["id"], names[0]: row["title"] if titled else "", names[1]: row["text"]} for row in passages]


def question(row: dict[str, Any], *tags: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of JSON
    """A question as a row of a questions.jsonl; one without an answer in the articles expects no source."""
    answerable = bool(row["answerable"])
    expected = {"expected_answer": row.get("answers") or [], "expected_source": row["gold"]} if answerable else {}
    return {
        "id": row["id"],
        "question": row["question"],
        "answerable": answerable,
        "tags": list(tags),
        **expected,
        **more,
    }


def halves(rows: Rows, count: int) -> Rows:
    """A fixed sample, half of it answerable when the set has both."""
    chance = random.Random(SEED)
    yes, no = ([row for row in rows if bool(row["answerable"]) is kind] for kind in (True, False))
    half = min(count // 2, len(no))
    return chance.sample(yes, min(count - half, len(yes))) + chance.sample(no, half)


def stackfaq(*, titled: bool) -> Set:
    """FAQ threads: rephrasings of their questions, and of threads that are left out."""
    passages, rows = load.qa("stackfaq")
    asked = [question(row, "rephrased" if row["answerable"] else "near-domain") for row in rows]
    name = "stackfaq" if titled else "stackfaq, titles hidden"
    return Set(name, articles(passages, faq=titled, titled=titled), asked, "50 threads, 500 rephrasings, 120 left out")


def off_topic() -> Set:
    """Questions that have nothing to do with the articles of stackfaq."""
    rows = load.rows("clinc150", "oos_questions.jsonl") + load.rows("selfaware", "offtopic_questions.jsonl")
    rows += load.rows("banking77_oos", "ood-oos_valid.jsonl")
    unique = list({row["question"]: row for row in rows}.values())  # clinc150 and banking77 share some
    sample = random.Random(SEED).sample(unique, 300)
    asked = [
        {"id": row["id"], "question": row["question"], "answerable": False, "tags": ["off-topic"]} for row in sample
    ]
    return Set(
        "off topic", articles(load.qa("stackfaq")[0], faq=True), asked, "clinc150, selfaware, banking77 on stackfaq"
    )


def squad2() -> Set:
    """Paragraphs of 17 articles; half of the questions written to deceive."""
    passages, rows = load.qa("squad2")
    rows = [row for row in rows if row["article"] in SQUAD2_HELD_OUT]
    asked = [question(row, "answerable" if row["answerable"] else "adversarial") for row in halves(rows, 600)]
    return Set(
        "squad2",
        articles(passages),
        asked,
        "600 of 2,155 on six articles never trained on, all 17 in the index; half adversarially unanswerable",
    )


def clapnq() -> Set:
    """Search questions with long answers and gold sentences."""
    passages, rows = load.qa("clapnq")
    asked = []
    for row in rows:
        gold = row["gold"][0]
        quotes = [{"article": gold, "quote": said} for each in row["gold_sentences"] for said in each]
        sources = {"expected_source": quotes} if row["answerable"] and quotes else {}
        asked.append(question(row, "long" if row["answerable"] else "near-domain", **sources))
    return Set("clapnq", articles(passages), asked, "all 316; sources are the gold sentences")


def nq_open() -> Set:
    """Search questions with short answers, all answerable."""
    passages, rows = load.qa("nq_open")
    return Set("nq_open", articles(passages), [question(row) for row in halves(rows, 300)], "300 of 1,311")


def datatalks() -> Set:
    """A course's FAQ, all answerable, by source only."""
    passages, rows = load.qa("datatalks_faq")
    asked = [question(row, row["course"]) for row in halves(rows, 300)]
    return Set("datatalks_faq", articles(passages, faq=True), asked, "300 of 2,123")


def mtrag() -> Set:
    """Last turns of conversations with what was said before."""
    passages, rows = load.qa("mtrag")
    asked = []
    for row in rows:
        kind = row["answerability"]
        answerable = {"ANSWERABLE": True, "PARTIAL": True, "UNANSWERABLE": False}.get(kind)
        tags = [kind.lower(), "near-domain"] if answerable is False else [kind.lower()]
        made = question({**row, "answerable": answerable}, *tags, history=row["history"])
        asked.append({**made, "answerable": "" if answerable is None else made["answerable"]})
    return Set("mtrag", articles(passages), asked, "all 217, history given; underspecified ones are not judged")


SETS: tuple[Callable[[], Set], ...] = (
    lambda: stackfaq(titled=True), lambda: stackfaq(titled=False), off_topic, squad2, clapnq, nq_open, datatalks, mtrag,
)  # fmt: skip


def write(one: Set, folder: Path) -> tuple[Path, Path]:
    """The set's folder of articles and its file of questions."""
    place = folder / one.name.replace(", ", "-").replace(" ", "-")
    (place / "articles").mkdir(parents=True, exist_ok=True)
    _lines(place / "articles" / "articles.jsonl", one.articles)
    _lines(place / "questions.jsonl", one.questions)
    return place / "articles", place / "questions.jsonl"


def _lines(path: Path, rows: Rows) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")


def measure(one: Set, workers: int | None) -> Outcome:
    """The set through the whole product."""
    folder, questions = write(one, WORK)
    settings = Settings(corpus=folder, index=folder.parent / "index")
    (folder.parent / "report" / "journal.jsonl").unlink(missing_ok=True)
    return evaluate_file(questions, folder.parent / "report", settings, Wish(), workers)


def table(found: Iterable[tuple[Set, Outcome]]) -> str:
    """Markdown; a dash where a set gives nothing to compute a figure from."""
    lines = [f"| set | questions | {' | '.join(SHOWN)} | p50 s | p95 s | a second |", "|---" * (len(SHOWN) + 5) + "|"]
    for one, outcome in found:
        figures = (outcome.report[name] for name in SHOWN)
        cells = [
            "-" if each.value is None else f"{each.value:.3f}" if each.value <= 1 else f"{each.value:.1f}"
            for each in figures
        ]
        seconds = outcome.timing
        times = f"{seconds.finished_p50:.2f} | {seconds.finished_p95:.2f} | {seconds.per_second}"
        lines.append(f"| {one.name} | {len(one.questions)} | {' | '.join(cells)} | {times} |")
    return "\n".join(lines)


def record(found: Sequence[tuple[Set, Outcome]], commit: str) -> dict[str, Any]:
    """Every figure of every set with its interval, and the lanes."""
    sets = {
        one.name: {
            "about": one.about,
            "questions": len(one.questions),
            "figures": {
                each.name: {"value": each.value, "low": each.low, "high": each.high, "count": each.count}
                for each in outcome.report.figures
            },
            "seconds": {"p50": outcome.timing.finished_p50, "p95": outcome.timing.finished_p95},
        }
        for one, outcome in found
    }
    return {"commit": commit, "settings": dict(found[0][1].report.run["settings"]), "sets": sets}


def page(found: Sequence[tuple[Set, Outcome]], commit: str) -> str:
    """The page in docs/."""
    return f"""# The product on the evaluation sets

Measured by `make evaluate-sets` on commit {commit}, default settings, 2 cores; made by bench/evaluate_sets.py, not by
hand. Every figure with its interval: bench/results/{commit}.json. What they mean: [evaluation.md](evaluation.md).

{table(found)}

{chr(10).join(_about(found))}

Seconds are of one process on one core while the other core answers too, on a shared machine: read them as an order of
magnitude.
"""


def _about(found: Sequence[tuple[Set, Outcome]]) -> Iterator[str]:
    for one, outcome in found:
        lanes = ", ".join(
            f"{each.name.removeprefix('lane_')} {each.value:.2f}"
            for each in outcome.report.figures
            if each.name.startswith("lane_") and each.value
        )
        yield f"- **{one.name}**: {one.about}. Lanes: {lanes}."


def main() -> int:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*")
    parser.add_argument("--write", type=Path, metavar="FOLDER")
    parser.add_argument("--workers", type=int)
    wanted = parser.parse_args()
    chosen = [one for one in (make() for make in SETS) if not wanted.names or one.name in wanted.names]
    if wanted.write:
        for one in chosen:
            print(*write(one, wanted.write))
        return 0
    found = [(one, measure(one, wanted.workers)) for one in chosen]
    print(table(found))
    if not wanted.names:
        asked = ["git", "rev-parse", "--short", "HEAD"]
        commit = subprocess.run(asked, capture_output=True, text=True, cwd=ROOT, check=True).stdout.strip()
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / f"{commit}.json").write_text(json.dumps(record(found, commit), indent=1) + "\n", encoding="utf-8")
        PAGE.write_text(page(found, commit), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
