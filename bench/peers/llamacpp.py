"""llama.cpp by xllamacpp: its server in this process on the GGUF as it ships, behind plain.py's retrieval.

After the quick start of xllamacpp's README (CommonParams, Server, handle_chat_completions), streaming. The wheel is the
one of the package index, which its authors say is not built for this processor. Sampling is llama.cpp's own.
"""

import time
from collections.abc import Sequence
from typing import Any

from bench.peers import weights
from bench.peers.plain import Messages, retrieval
from bench.peers.types import Answer, Article, Built

CONTEXT = 4096  # tokens a prompt and its answer may have; three of these passages need 1,500


def build(articles: Sequence[Article]) -> Built:
    """Server and retrieval."""
    server = start()
    messages, index_seconds = retrieval(articles)

    def ask(question: str) -> Answer:
        started = time.perf_counter()
        asked, sources = messages(question)
        text, first, done = reply(server, asked, weights.NEW_TOKENS, started)
        return Answer(text, sources, first, done)

    return Built(ask, index_seconds)


def start() -> Any:  # noqa: ANN401 - xllamacpp.Server
    """A server in this process, its settings llama.cpp's own but for the context."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = weights.gguf()
    params.n_ctx = CONTEXT
    params.n_parallel = 1  # one asks at a time: the whole context is his
    return xllamacpp.Server(params)


def reply(server: Any, messages: Messages, most: int, started: float) -> tuple[str, float, float]:  # noqa: ANN401
    """A reply of at most so many tokens, and the seconds from `started` to its first words and to its end."""
    firsts: list[float] = []
    parts: list[str] = []

    def heard(chunk: Any) -> None:  # noqa: ANN401 - JSON
        for event in chunk if isinstance(chunk, list) else [chunk]:
            if "choices" not in event:
                raise RuntimeError(str(event))
            said = "".join(choice["delta"].get("content") or "" for choice in event["choices"])
            if said.strip() and not firsts:
                firsts.append(time.perf_counter() - started)
            parts.append(said)

    wanted = {"messages": messages, "max_tokens": most, "seed": weights.SEED, "stream": True}
    server.handle_chat_completions(wanted, heard)
    done = time.perf_counter() - started
    return "".join(parts), firsts[0] if firsts else done, done
