"""The whole product on the evaluation sets: one table, figures in bench/results, a page in docs/.

    make evaluate-sets                                   all sets
    python -m bench.evaluate_sets stackfaq squad2        only these, printed and not kept
    python -m bench.evaluate_sets --write FOLDER         only write each set's articles and file of questions

Each set becomes what a user would have: a folder of articles and a file of questions, for `python app.py evaluate`.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.evaluation_sets import OTHERS, SETS, Set, write
from bot.evaluate.command import evaluate_file
from bot.evaluate.run import Outcome, Wish
from bot.settings import Settings

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "index" / "built" / "bench" / "evaluate"
RESULTS = ROOT / "bench" / "results"
PAGE = ROOT / "docs" / "evaluation-sets.md"
# Columns of the table: what issue after issue is judged by.
SHOWN = (
    "right", "answer_hit", "rouge_l", "answer_words", "citation_recall", "citation_precision", "quotes_verbatim",
    "ndcg10", "hit1", "covered_auroc", "false_declines", "answered_unanswerable", "aurc", "coverage_at_2",
    "coverage_at_5",
)  # fmt: skip


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
            "seconds": asdict(outcome.timing),
            "code": outcome.report.run["code"],
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

Reader and gate learnt their weights from none of what is asked here. With these sets in sight were chosen: which
signals the gate has, its ridge, how steep and how high its log-odds are (bench/gate.py), the threshold, and the bounds
of bot/faq.py.

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
    made = [make() for make in (*SETS, *(OTHERS if wanted.names or wanted.write else ()))]
    unknown = set(wanted.names) - {one.name for one in made}
    if unknown:
        parser.error(f"no set {', '.join(sorted(unknown))}; there are: {', '.join(one.name for one in made)}")
    chosen = [one for one in made if not wanted.names or one.name in wanted.names]
    if wanted.write:
        for one in chosen:
            print(*write(one, wanted.write))
        return 0
    asked = ["git", "status", "--porcelain", "--untracked-files=no"]
    changed = subprocess.run(asked, capture_output=True, text=True, cwd=ROOT, check=True).stdout.strip()
    found = [(one, measure(one, wanted.workers)) for one in chosen]
    print(table(found))
    if not wanted.names:
        asked = ["git", "rev-parse", "--short", "HEAD"]
        commit = subprocess.run(asked, capture_output=True, text=True, cwd=ROOT, check=True).stdout.strip()
        if changed:
            commit += "-changed"
        RESULTS.mkdir(exist_ok=True)
        (RESULTS / f"{commit}.json").write_text(json.dumps(record(found, commit), indent=1) + "\n", encoding="utf-8")
        PAGE.write_text(page(found, commit), encoding="utf-8")
    failed = [one.name for one, outcome in found if _failures(outcome)]
    if failed:
        print(f"questions failed in: {', '.join(failed)}; see answers.csv of their reports", file=sys.stderr)
    return 1 if failed else 0


def _failures(outcome: Outcome) -> bool:
    return any(each.name == "lane_failed" and each.value for each in outcome.report.figures)


if __name__ == "__main__":
    sys.exit(main())
