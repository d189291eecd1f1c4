"""A new process: seconds from `python app.py ask` to its answer and to its end, medians.

    python -m bench.start [--times 5] [QUESTION ...]

The shipped articles and default settings; the first time, which does not count, builds their index where there is none,
brings all files into the system's memory and says in which lane a question is answered. The questions take turns.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from pathlib import Path

from bot.terminal import Exit

ROOT = Path(__file__).resolve().parent.parent
QUESTIONS = (
    "Who won the football match last night?",
    "What is a foundation model?",
    "Who coined the term foundation model?",
    "Why do language models hallucinate and how is it reduced?",
)


def lane_of(question: str) -> str:
    """The lane of its answer; ends this script when there is none."""
    command = [sys.executable, "app.py", "ask", "--json", question]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode not in (Exit.DONE, Exit.NOT_COVERED):
        sys.exit(f"no answer to {question!r}: {done.stderr.strip()}")
    return str(json.loads(done.stdout)["lane"])


def asked(question: str) -> tuple[float, float]:
    """Seconds until the answer is shown, and to the end of the process."""
    began = time.perf_counter()
    command = [sys.executable, "app.py", "ask", question]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        shown = time.perf_counter() - began
        process.stdout.read()
    return shown, time.perf_counter() - began


def main() -> int:
    """Print a row a question."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("questions", nargs="*", default=QUESTIONS)
    given = parser.parse_args()
    lanes = {question: lane_of(question) for question in given.questions}
    found = [{question: asked(question) for question in given.questions} for _ in range(given.times)]
    print("| question | lane | answer shown, s | process ended, s |\n|---|---|---:|---:|")
    for question, lane in lanes.items():
        shown, end = (statistics.median(one[question][at] for one in found) for at in (0, 1))
        print(f"| {question} | {lane} | {shown:.2f} | {end:.2f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
