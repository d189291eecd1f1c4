"""One peer in a process of its own: `python -m bench.peers.run NAME ARTICLES`; a JSON line a question, one an answer.

The first line out says how it started; then each line in is a question and each line out its answer. A peer that raises
answers with the error's name, which the table counts.
"""

import contextlib
import importlib
import json
import os
import sys
import time
from dataclasses import asdict
from pathlib import Path

from bench.peers.types import Article, Built

# Each names a module of this package.
PEERS = ("footnote", "transformers_", "llamacpp", "langchain_", "llamaindex", "haystack_", "txtai_")


def peak_mib() -> float:
    """Most memory this process has had resident, MiB; ru_maxrss would begin with the parent's."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def _started(name: str, articles: Path) -> Built:
    rows = json.loads(articles.read_text(encoding="utf-8"))
    return importlib.import_module(f"bench.peers.{name}").build([Article(**row) for row in rows])  # type: ignore[no-any-return]


def main() -> int:
    """Serve until the input ends."""
    began = time.perf_counter()
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")  # libraries that print must not stand between the lines
    os.dup2(2, 1)
    name, articles = sys.argv[1], Path(sys.argv[2])
    with contextlib.redirect_stdout(sys.stderr):
        built = _started(name, articles)
        ready = {"ready_seconds": time.perf_counter() - began, "index_seconds": built.index_seconds}
        print(json.dumps(ready), file=out, flush=True)
        from tokenizers import Tokenizer

        from bench.peers import weights

        tokenizer = Tokenizer.from_file(str(Path(weights.generator()) / "tokenizer.json"))
        for line in sys.stdin:
            try:
                answer = asdict(built.ask(json.loads(line)))
                answer["tokens"] = len(tokenizer.encode(answer["text"], add_special_tokens=False).ids)
            except Exception as error:  # a peer's failure is a result
                answer = {"failed": f"{type(error).__name__}: {error}"[:200]}
            print(json.dumps({**answer, "peak_mib": peak_mib()}), file=out, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
