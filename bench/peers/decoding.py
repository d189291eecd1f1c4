"""How fast grounded answers are spoken: Footnote's generator, llama.cpp and openvino-genai, the same prompts.

    .venv-bench/bin/python -m bench.peers.decoding --questions 120

Of the questions of bench/peers those that leave Footnote's generator a choice; where one sentence alone can be said,
no model is run, and no time is counted. The others are given the same messages and say as many tokens at most. All
answer in turn, in one process; prints a line of JSON.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from bench.guard import chose
from bench.peers import genai, llamacpp
from bench.peers.footnote import indexed
from bench.peers.questions import articles, questions
from bot.assemble import assemble_stored
from bot.choosing import ChoosingGenerator
from bot.types import Choices, Message


@dataclass(frozen=True, slots=True)
class Spoken:
    """One reply; seconds from asking the generator, what is done with a sentence before the next among them."""

    messages: tuple[Message, ...]
    text: str
    first: float
    done: float
    tokens: int = 0


class Listening:
    """A generator whose replies are timed and kept, of those where it had something to choose."""

    def __init__(self, generator: ChoosingGenerator) -> None:
        self._generator = generator
        self.heard: list[Spoken] = []

    def choose(self, messages: Sequence[Message], choices: Choices) -> Generator[str, None, None]:
        """What the generator says."""
        began, times, said = time.perf_counter(), [], []
        for sentence in self._generator.choose(messages, choices):
            times.append(time.perf_counter() - began)
            said.append(sentence)
            yield sentence
        done = time.perf_counter() - began
        if chose(choices, said):
            self.heard.append(Spoken(tuple(messages), " ".join(said), times[0], done))


def main() -> int:
    """Ask, time, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=120, metavar="N", help="of the 200, the first N")
    given = parser.parse_args()
    server, pipeline = llamacpp.start(), genai.start()
    own: list[Spoken] = []
    peers: dict[str, list[Spoken]] = {"llama.cpp": [], "openvino-genai": []}
    with tempfile.TemporaryDirectory(prefix="footnote-decoding-") as folder:
        settings, _ = indexed(articles(), Path(folder))
        bot = assemble_stored(settings)
        generator = bot._generator
        assert isinstance(generator, ChoosingGenerator)
        tokens = generator._chat.tokens
        listening = bot._generator = Listening(generator)
        asked = questions()[: given.questions]
        for question in asked:
            for _ in bot.stream(question.text):
                pass
            if not listening.heard:
                continue
            mine = listening.heard.pop()
            own.append(replace(mine, tokens=len(tokens(mine.text))))
            messages = [{"role": one.role, "content": one.content} for one in mine.messages]
            most = own[-1].tokens
            replies = {
                "llama.cpp": llamacpp.reply(server, messages, most, time.perf_counter()),
                "openvino-genai": genai.reply(pipeline, generator._encode(mine.messages), most),
            }
            for name, (text, first, done) in replies.items():
                peers[name].append(Spoken(mine.messages, text, first, done, len(tokens(text))))
    if not own:
        sys.exit("none of these questions leaves a choice; ask more")
    prompts = [len(tokens(" ".join(one.content for one in spoken.messages))) for spoken in own]
    found = {
        "asked": len(asked), "chosen": len(own), "prompt_tokens": median(prompts),
        "footnote": _rates(own), **{name: _rates(spoken) for name, spoken in peers.items()},
    }  # fmt: skip
    print(json.dumps(found))
    return 0


def _rates(spoken: Sequence[Spoken]) -> dict[str, float]:
    """Medians; tokens a second of the whole reply, prompt and all."""
    return {
        "tokens": median(one.tokens for one in spoken),
        "first_seconds": round(median(one.first for one in spoken), 3),
        "done_seconds": round(median(one.done for one in spoken), 3),
        "tokens_per_second": round(median(one.tokens / one.done for one in spoken), 1),
    }


if __name__ == "__main__":
    sys.exit(main())
