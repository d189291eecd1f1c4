"""The generator let run, and held to its choices: what it says, what of that is supported, how long it takes.

    python -m bench.guard [--questions 100] [SET ...]

Both get the same prompt, made of the evidence the product would show. Said: whether an expected answer stands in the
reply (short answers) or how much of it (ROUGE-L, long ones); the share of its sentences the verifier supports, and of
replies all of whose sentences it does; seconds, the median.
"""

import argparse
import re
import statistics
import sys
import time
from collections.abc import Sequence

from bench.evaluate_sets import WORK
from bench.evaluation_sets import opened, sets_named
from bot.choosing import ChoosingGenerator
from bot.evaluate.metrics.text import answer_hit, rouge_l
from bot.evaluate.scores import short_answers
from bot.evaluate.types import Case
from bot.gate import Gate
from bot.generator import load_generator
from bot.guard import Guard
from bot.lookup import Lookup
from bot.prompt import build_prompt
from bot.quote import worth_quoting, worth_showing
from bot.reader import load_reader
from bot.settings import Settings
from bot.types import Choices, Evidence, Message
from bot.verifier import SUPPORTED, CutVerifier
from corpus.sentences import sentences
from index.embedder import load_embedder

CHOSEN = ("squad2", "clapnq", "nq_open")
MOST_TOKENS = 120  # of a reply that is let run
_MARKS = re.compile(r"\s*\[\d+\]|^\s*(?:-|\d+\.)\s+")  # footnotes and list marks copied from the prompt


def let_run(generator: ChoosingGenerator, messages: Sequence[Message]) -> list[str]:
    """The sentences of a greedy reply without any choice given, footnotes and list marks gone."""
    import torch

    prompt = torch.tensor([generator._encode(messages)])
    with torch.no_grad():
        reply = generator._model.network.generate(prompt, max_new_tokens=MOST_TOKENS, do_sample=False)
    text = generator._chat.tokenizer.decode(reply[0, prompt.shape[1] :], skip_special_tokens=True)
    return [_MARKS.sub("", text[start:end]).strip() for start, end in sentences(text)]


def worth(told: Sequence[str], case: Case, evidence: Sequence[Evidence]) -> tuple[float, list[bool]]:
    """How well the sentences of a reply answer, and which of them are supported."""
    reply = " ".join(told)
    short = short_answers(case.answers)
    good = float(answer_hit(reply, short)) if short else rouge_l(reply, case.answers)
    verifier = CutVerifier()
    return good, [any(verifier.support(one, piece) >= SUPPORTED for piece in evidence) for one in told]


def chose(choices: Choices, said: Sequence[str]) -> bool:
    """Whether the model was run for a reply: several sentences might have come next, or one or the end."""
    left = [(choices.options(said[:at]), choices.enough(said[:at])) for at in range(len(said) + 1)]
    return any(len(options) > 1 or (options and enough) for options, enough in left)


def main() -> int:
    """Print two rows a set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=100)
    parser.add_argument("--generator", default="")
    parser.add_argument("names", nargs="*", default=CHOSEN)
    given = parser.parse_args()
    settings, embedder, reader = Settings(), load_embedder(), load_reader()
    generator = load_generator(given.generator, settings.models, "torch")
    print("| set | | n | answer | sentences supported | replies supported | s |\n|---|---|---|---|---|---|---|")
    for one in sets_named(given.names):
        index, cases = opened(one, WORK, embedder)
        lookup = Lookup(index, reader, Gate(), settings)
        cases = [case for case in cases if case.answers]
        rows: dict[str, list[tuple[float, list[bool], float]]] = {"let run": [], "choosing": []}
        for case in cases[:: max(1, len(cases) // given.questions)]:
            evidence = lookup.search(case.question, own_question=False).evidence
            shown = worth_showing(evidence)
            guard, prompt = Guard(worth_quoting(evidence), shown), build_prompt(case.question, shown)
            if guard.complete:
                for name, ask in (
                    ("let run", lambda prompt=prompt: let_run(generator, prompt)),
                    ("choosing", lambda prompt=prompt, guard=guard: list(generator.choose(prompt, guard))),
                ):
                    began = time.perf_counter()
                    told, seconds = ask(), time.perf_counter() - began
                    rows[name].append((*worth(told, case, shown), seconds))
        for name, found in rows.items():
            every = [told for _, sentence, _ in found for told in sentence]
            whole = sum(bool(told) and all(told) for _, told, _ in found) / len(found)
            good, seconds = statistics.fmean(row[0] for row in found), statistics.median(row[2] for row in found)
            told = f"{good:.3f} | {statistics.fmean(every):.3f} | {whole:.3f} | {seconds:.2f}"
            print(f"| {one.name} | {name} | {len(found)} | {told} |", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
