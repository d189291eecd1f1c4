"""LlamaIndex after its "Starter Tutorial (Using Local LLMs)" and the page of FaissVectorStore.

VectorStoreIndex.from_documents and as_query_engine with their defaults (chunks of 1,024 tokens, two passages, response
mode "compact", the library's question prompt), streaming. The tutorial's agent around the query engine is left out:
this model calls no tools. The tutorial's model runs in Ollama, which knows the chat template; here it is HuggingFaceLLM
with is_chat_model, which applies the same template. IndexFlatL2 as on the store's page.
"""

import time
from collections.abc import Sequence

from bench.peers import weights
from bench.peers.types import Answer, Article, Built


def build(articles: Sequence[Article]) -> Built:
    """Index and query engine."""
    import faiss
    from llama_index.core import Document, Settings, StorageContext, VectorStoreIndex
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding
    from llama_index.llms.huggingface import HuggingFaceLLM
    from llama_index.vector_stores.faiss import FaissVectorStore

    weights.draw_alike()

    Settings.embed_model = HuggingFaceEmbedding(model_name=weights.embedder())
    folder = weights.generator()
    Settings.llm = HuggingFaceLLM(
        model_name=folder, tokenizer_name=folder, max_new_tokens=weights.NEW_TOKENS, is_chat_model=True
    )
    started = time.perf_counter()
    documents = [Document(text=one.whole, metadata={}, id_=one.id) for one in articles]
    store = FaissVectorStore(faiss_index=faiss.IndexFlatL2(384))
    context = StorageContext.from_defaults(vector_store=store)
    index = VectorStoreIndex.from_documents(documents, storage_context=context)
    index_seconds = time.perf_counter() - started
    engine = index.as_query_engine(streaming=True)

    def ask(question: str) -> Answer:
        started = time.perf_counter()
        response = engine.query(question)
        first, parts = 0.0, []
        for part in response.response_gen:
            parts.append(part)
            if part.strip():
                first = first or time.perf_counter() - started
        done = time.perf_counter() - started
        sources = dict.fromkeys(node.node.ref_doc_id for node in response.source_nodes)
        return Answer("".join(parts), tuple(sources), first or done, done)

    return Built(ask, index_seconds)
