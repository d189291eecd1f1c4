"""A cold start: seconds from `python app.py ask` to its first line and to its end, medians of processes of their own.

    python -m bench.start [--times 5] [QUESTION ...]

The shipped articles, whose index is built first where it is not; files are in the system's memory after the first time,
which does not count. The questions take turns.
"""

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Declined unread, the author's answer, sentences that need no choice, and sentences the generator chooses.
QUESTIONS = (
    "Who won the football match last night?",
    "What is a foundation model?",
    "Who coined the term foundation model?",
    "Why do language models hallucinate and how is it reduced?",
)


def asked(question: str) -> tuple[float, float]:
    """Seconds to the first line and to the end of one process."""
    began = time.perf_counter()
    command = [sys.executable, "app.py", "ask", question]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        first = time.perf_counter() - began
        process.stdout.read()
    if not line:
        sys.exit(f"no answer to {question!r}; run `python app.py ask` to see why")
    return first, time.perf_counter() - began


def main() -> int:
    """Print a row a question."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("questions", nargs="*", default=QUESTIONS)
    given = parser.parse_args()
    found = [{question: asked(question) for question in given.questions} for _ in range(given.times + 1)][1:]
    print("| question | first line, s | end, s |\n|---|---:|---:|")
    for question in given.questions:
        first, end = (statistics.median(one[question][at] for one in found) for at in (0, 1))
        print(f"| {question} | {first:.2f} | {end:.2f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
