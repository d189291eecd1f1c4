"""Footnote beside its peers: one table, bench/results/peers.json and docs/peers.md.

    make bench                                   all of it
    .venv-bench/bin/python -m bench.peers --quick            a look: fewer rounds, 15 questions, printed and not kept
    .venv-bench/bin/python -m bench.peers --quick txtai_     only these and Footnote
    .venv-bench/bin/python -m bench.peers --questions 100    half the time, kept

Every peer is a process of its own, started one after the other; then all wait and are asked in turn, one at a time,
each round beginning with another. The rest of the questions are for quality alone: two peers answer at once, and no
time is taken from them.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from importlib.metadata import distributions, version
from pathlib import Path
from typing import Any

from bench.peers import weights
from bench.peers.judge import counts, verdict
from bench.peers.questions import Question, articles, questions
from bench.peers.run import PEERS
from bench.peers.table import Measured, rate, record, table

ROOT = Path(__file__).resolve().parent.parent.parent
RESULTS = ROOT / "bench" / "results" / "peers.json"
PAGE = ROOT / "docs" / "peers.md"
KEPT = ROOT / "index" / "built" / "bench" / "peers"  # answers, to be read; they quote the sets and are not committed
TITLES = {
    "footnote": "Footnote",
    "transformers_": "transformers",
    "llamacpp": "llama.cpp",
    "langchain_": "LangChain",
    "llamaindex": "LlamaIndex",
    "haystack_": "Haystack",
    "txtai_": "txtai",
}
PACKAGES = (
    "torch", "transformers", "sentence-transformers", "faiss-cpu", "xllamacpp", "langchain", "langchain-huggingface",
    "llama-index-core", "llama-index-llms-huggingface", "haystack-ai", "transformers-haystack", "faiss-haystack",
    "txtai",
)  # fmt: skip
ROUNDS = 40  # questions whose times count, three covered for two that are not
QUICK_ROUNDS, QUICK_QUESTIONS = 5, 15
AT_ONCE = 2  # peers that answer at once when no time is taken
PATIENCE = 600  # seconds for one line, a start included; then the peer is ended
# Nothing may look for a hub or report to anyone; waiting threads sleep for all, as in Footnote (index/embedder.py).
QUIET = {"HF_HUB_OFFLINE": "1", "HAYSTACK_TELEMETRY_ENABLED": "False", "OMP_WAIT_POLICY": "PASSIVE"}


class Peer:
    """A peer's process and what was measured of it."""

    def __init__(self, name: str, articles: Path, folder: Path) -> None:
        self.measured = Measured(name)
        self.answers: dict[int, dict[str, Any]] = {}  # by the question's place
        self._log = folder / f"{name}.log"
        with self._log.open("w", encoding="utf-8") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bench.peers.run", name, str(articles)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, cwd=ROOT,
                env=os.environ | QUIET | {"TMPDIR": str(articles.parent)},  # what it leaves goes with the run
            )  # fmt: skip
        ready = self._line()
        self.measured.ready = ready.get("ready_seconds", 0.0)
        self.measured.index = ready.get("index_seconds", 0.0)
        self.measured.refused = ready.get("failed", "")

    def ask(self, question: str) -> dict[str, Any]:
        """Its answer, or {"failed": why}."""
        assert self._process.stdin is not None
        try:
            print(json.dumps(question), file=self._process.stdin, flush=True)
        except BrokenPipeError:
            return {"failed": "the process has ended"}
        answer = self._line()
        self.measured.peak_mib = max(self.measured.peak_mib, answer.get("peak_mib", 0.0))
        return answer

    def end(self) -> None:
        """Let it go."""
        self._process.kill()
        self._process.wait()

    def _line(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        timer = threading.Timer(PATIENCE, self._process.kill)
        timer.start()
        line = self._process.stdout.readline()
        timer.cancel()
        if line:
            return dict(json.loads(line))
        lines = self._log.read_text(encoding="utf-8").strip().splitlines()
        return {"failed": (lines or ["it ended without a word"])[-1][:200]}


def main() -> int:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", choices=[[], *PEERS], metavar="NAME", help=", ".join(PEERS))
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--questions", type=int, metavar="N", help="only the first N of the 200, mixed as all are")
    wanted = parser.parse_args()
    names = [name for name in PEERS if name == PEERS[0] or name in (wanted.names or PEERS)]
    asked = questions()[: wanted.questions or (QUICK_QUESTIONS if wanted.quick else None)]
    rounds = QUICK_ROUNDS if wanted.quick else ROUNDS
    weights.generator()
    KEPT.mkdir(parents=True, exist_ok=True)
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="footnote-peers-") as folder:
        place = Path(folder) / "articles.json"
        place.write_text(json.dumps([asdict(one) for one in articles()]), encoding="utf-8")
        peers = []
        for name in names:
            peers.append(Peer(name, place, KEPT))
            _tell(began, f"{TITLES[name]} is ready in {peers[-1].measured.ready:.0f} s{peers[-1].measured.refused}")
        try:
            _measure(peers, asked, rounds, began)
        finally:
            for peer in peers:
                peer.end()
    for peer in peers:
        _judge(peer, asked)
    measured = [peer.measured for peer in peers]
    shown = table(measured, TITLES)
    print(shown)
    _tell(began, "done")
    if not wanted.quick and not wanted.names:
        _keep(measured, shown, min(rounds, len(asked)))
    return 0


def _measure(peers: Sequence[Peer], asked: Sequence[Question], rounds: int, began: float) -> None:
    able = [peer for peer in peers if not peer.measured.refused]
    for peer in able:
        peer.ask(asked[-1].text)  # what a process does only once is not of the answer
    for at, question in enumerate(asked[:rounds]):
        for turn in range(len(able)):
            peer = able[(at + turn) % len(able)]
            answer = peer.answers[at] = peer.ask(question.text)
            if "failed" not in answer:
                _time(peer.measured, question, answer)
        answers = [peer.answers[at] for peer in able]
        generated = any(answer.get("lane") == "generated" for answer in answers)  # Footnote's
        if generated and question.kind != "uncovered" and not any("failed" in answer for answer in answers):
            for peer, answer in zip(able, answers, strict=True):
                peer.measured.generated.append(answer["first_at"])
    _tell(began, f"{rounds} rounds")

    def rest(peer: Peer) -> None:
        for at, question in enumerate(asked[rounds:], rounds):
            peer.answers[at] = peer.ask(question.text)
        _tell(began, f"{TITLES[peer.measured.name]} has answered")

    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(rest, able))


def _time(measured: Measured, question: Question, answer: dict[str, Any]) -> None:
    if question.kind == "uncovered":
        measured.uncovered.append(answer["done_at"])
        return
    measured.first.append(answer["first_at"])
    measured.done.append(answer["done_at"])
    # Footnote's words are chosen, not decoded one by one: a rate would say nothing.
    found = rate(answer["tokens"], answer["first_at"], answer["done_at"])
    if found is not None and measured.name != "footnote":
        measured.decoding.append(found)


def _judge(peer: Peer, asked: Sequence[Question]) -> None:
    lines, judged = [], []
    for at, answer in sorted(peer.answers.items()):
        failed = "failed" in answer
        found = "failed" if failed else verdict(asked[at], answer["text"], answer["sources"], answer["declined"])
        judged.append((asked[at], found))
        lines.append(json.dumps({**asdict(asked[at]), "verdict": found, "answer": answer}, ensure_ascii=False))
    (KEPT / f"{peer.measured.name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    if judged:
        peer.measured.counts = counts(judged)


def _keep(measured: Sequence[Measured], shown: str, rounds: int) -> None:
    asked = ["git", "describe", "--always", "--dirty=-changed"]
    commit = subprocess.run(asked, capture_output=True, text=True, cwd=ROOT, check=True).stdout.strip()
    installed = {dist.name for dist in distributions()}
    versions = {name: version(name) for name in PACKAGES if name in installed}
    found = {"commit": commit, "new_tokens": weights.NEW_TOKENS, "rounds": rounds, "versions": versions}
    RESULTS.write_text(json.dumps({**found, "peers": record(measured)}, indent=1) + "\n", encoding="utf-8")
    listed = ", ".join(f"{name} {number}" for name, number in versions.items())
    PAGE.write_text(
        f"""# Footnote beside its peers

Measured by `make bench` on commit {commit}, {os.cpu_count()} cores; made by bench/peers, not by hand. (×n) is the ratio
to Footnote in the same run. Every peer has the same articles, the same all-MiniLM-L6-v2 and the same
SmolLM2-135M-Instruct, is built as its own quick start says (each module of bench/peers/ names the page), and may say at
most {weights.NEW_TOKENS} tokens.

{shown}

Times are medians over {rounds} questions that all were asked in turn; of covered ones, unless the line says otherwise.
"Not covered" are questions whose answer the articles do not hold, half of them on other subjects altogether. Those
Footnote declines unread, in hundredths of a second, so its median depends on which kind came more often. transformers
and llama.cpp are no pipelines: the nearest three passages and LangChain's instruction are put before them
(bench/peers/plain.py). llama.cpp computes on the GGUF as it ships, the others on the same weights in bfloat16; its
wheel, the one of the package index, is not built for this processor's instructions. Footnote's most memory is that of
building the index, in the process that answers then. How declines, hits and wrong answers are counted:
bench/peers/judge.py. Articles and questions: bench/peers/questions.py.

Versions: {listed}.
""",
        encoding="utf-8",
    )


def _tell(began: float, what: str) -> None:
    print(f"{time.perf_counter() - began:6.0f} s  {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
