"""txtai after its RAG Quick Start (examples/rag_quickstart.py of its repository).

Embeddings(content=True), whose default index is FAISS, and RAG with the quick start's prompts and the default context
of three. Its Textractor reads files; these articles are texts already and are indexed as they are. Answers are
streamed. What RAG returns names no source, so the same search is asked again for them, outside the time.
"""

import time
from collections.abc import Sequence

from bench.peers import weights
from bench.peers.types import Answer, Article, Built

CONTEXT = 3  # RAG's own default, for the search that names the sources
SYSTEM = "You are a friendly assistant"
TEMPLATE = """
  Answer the following question using the provided context.

  Question:
  {question}

  Context:
  {context}
"""


def build(articles: Sequence[Article]) -> Built:
    """Embeddings database and RAG pipeline."""
    from txtai import RAG, Embeddings

    weights.draw_alike()

    embeddings = Embeddings(content=True, path=weights.embedder())
    started = time.perf_counter()
    embeddings.index([(one.id, one.whole, None) for one in articles])
    index_seconds = time.perf_counter() - started
    rag = RAG(embeddings, weights.generator(), system=SYSTEM, template=TEMPLATE, output="flatten")

    def ask(question: str) -> Answer:
        started = time.perf_counter()
        first, parts = 0.0, []
        for part in rag(question, stream=True, max_new_tokens=weights.NEW_TOKENS):
            parts.append(part)
            if part.strip():
                first = first or time.perf_counter() - started
        done = time.perf_counter() - started
        sources = tuple(one["id"] for one in embeddings.search(question, CONTEXT))
        return Answer("".join(parts), sources, first or done, done)

    return Built(ask, index_seconds)
