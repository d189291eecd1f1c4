"""Haystack after "Get Started" (docs.haystack.deepset.ai) with the components of its pages on FAISS and transformers.

The page's prompt, documents written as they are (it has no splitter), the retriever's default of ten, a Pipeline of
embedder, retriever, prompt builder and generator, which streams by its callback. FAISSDocumentStore's package asks for
numpy below 2; it is installed without its dependencies and runs on the project's numpy.
"""

import time
from collections.abc import Sequence
from typing import Any

from bench.peers import weights
from bench.peers.types import Answer, Article, Built

DOCUMENTS = """
Given these documents, answer the question.
Documents:
{% for doc in documents %}
    {{ doc.content }}
{% endfor %}
"""


def build(articles: Sequence[Article]) -> Built:
    """Document store and pipeline."""
    from haystack import Document, Pipeline
    from haystack.components.builders import ChatPromptBuilder
    from haystack.dataclasses import ChatMessage
    from haystack_integrations.components.embedders.sentence_transformers import (
        SentenceTransformersDocumentEmbedder,
        SentenceTransformersTextEmbedder,
    )
    from haystack_integrations.components.generators.transformers import TransformersChatGenerator
    from haystack_integrations.components.retrievers.faiss import FAISSEmbeddingRetriever
    from haystack_integrations.document_stores.faiss import FAISSDocumentStore

    weights.draw_alike()

    times: list[float] = []

    def heard(chunk: Any) -> None:  # noqa: ANN401 - a StreamingChunk
        if chunk.content.strip():
            times.append(time.perf_counter())

    documents_embedder = SentenceTransformersDocumentEmbedder(model=weights.embedder(), progress_bar=False)
    documents_embedder.warm_up()
    text_embedder = SentenceTransformersTextEmbedder(model=weights.embedder(), progress_bar=False)
    llm = TransformersChatGenerator(
        model=weights.generator(),
        task="text-generation",
        generation_kwargs={"max_new_tokens": weights.NEW_TOKENS},
        streaming_callback=heard,
    )
    llm.warm_up()
    text_embedder.warm_up()
    started = time.perf_counter()
    store = FAISSDocumentStore(embedding_dim=384)
    documents = [Document(id=one.id, content=one.whole) for one in articles]
    store.write_documents(documents_embedder.run(documents=documents)["documents"])
    index_seconds = time.perf_counter() - started
    pipeline = Pipeline()
    pipeline.add_component("text_embedder", text_embedder)
    pipeline.add_component("retriever", FAISSEmbeddingRetriever(document_store=store))
    template = [ChatMessage.from_system(DOCUMENTS), ChatMessage.from_user("{{question}}")]
    pipeline.add_component("prompt_builder", ChatPromptBuilder(template=template, required_variables="*"))
    pipeline.add_component("llm", llm)
    pipeline.connect("text_embedder.embedding", "retriever.query_embedding")
    pipeline.connect("retriever", "prompt_builder.documents")
    pipeline.connect("prompt_builder", "llm.messages")

    def ask(question: str) -> Answer:
        times.clear()
        started = time.perf_counter()
        asked = {"text_embedder": {"text": question}, "prompt_builder": {"question": question}}
        result = pipeline.run(asked, include_outputs_from={"retriever"})
        done = time.perf_counter() - started
        sources = tuple(one.id for one in result["retriever"]["documents"])
        text = result["llm"]["replies"][0].text or ""
        return Answer(text, sources, times[0] - started if times else done, done)

    return Built(ask, index_seconds)
