"""A larger model let run beside Footnote: how often each is right, wrong and silent on the same questions.

    .venv-bench/bin/python -m bench.peers.larger MODEL.gguf [--questions 100]

The model, any GGUF that openvino-genai reads, answers greedily from the three passages and the instruction of
plain.py. Questions, articles and verdicts are those of bench/peers; times are medians, of one after the other. Prints
a table; what was said goes beside the peers' answers as lines of JSON.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from bench.peers import footnote, genai, plain, weights
from bench.peers.__main__ import KEPT
from bench.peers.judge import counts, verdict
from bench.peers.questions import articles, questions
from bench.peers.table import Measured, table
from bench.peers.types import Answer


def let_run(gguf: Path) -> Callable[[str], Answer]:
    """The model behind plain.py's retrieval."""
    import openvino_genai

    pipeline = genai.start(gguf)
    config = openvino_genai.GenerationConfig()
    config.max_new_tokens, config.do_sample, config.apply_chat_template = weights.NEW_TOKENS, False, False
    config.num_assistant_tokens, config.max_ngram_size = genai.GUESSED, genai.NGRAM
    tokenizer = pipeline.get_tokenizer()
    messages, _ = plain.retrieval(articles())

    def ask(question: str) -> Answer:
        began = time.perf_counter()
        asked, sources = messages(question)
        prompt = tokenizer.apply_chat_template(asked, add_generation_prompt=True)
        before = time.perf_counter() - began
        result = pipeline.generate([prompt], config)
        first = before + result.perf_metrics.get_ttft().mean / 1000
        return Answer(result.texts[0], sources, first, time.perf_counter() - began)

    return ask


def main() -> int:
    """Ask both, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", type=Path)
    parser.add_argument("--questions", type=int, default=100, metavar="N", help="of the 200, the first N")
    given = parser.parse_args()
    asked = questions()[: given.questions]
    KEPT.mkdir(parents=True, exist_ok=True)
    measured = []
    for name, ask in (("Footnote", footnote.build(articles()).ask), (given.model.stem, let_run(given.model))):
        one, judged = Measured(name), []
        with (KEPT / f"larger-{name}.jsonl").open("w", encoding="utf-8") as out:
            for number, question in enumerate(asked, 1):
                answer = ask(question.text)
                found = verdict(question, answer.text, answer.sources, answer.declined)
                judged.append((question, found))
                if question.kind == "uncovered":
                    one.uncovered.append(answer.done_at)
                else:
                    one.first.append(answer.first_at)
                    one.done.append(answer.done_at)
                print(json.dumps({**asdict(question), "verdict": found, "answer": asdict(answer)}), file=out)
                print(f"{name} {number}/{len(asked)}", end="\r", file=sys.stderr, flush=True)
        one.counts = counts(judged)
        measured.append(one)
    print(table(measured, {one.name: one.name for one in measured}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
