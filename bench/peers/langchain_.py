"""LangChain after "Build a RAG agent with LangChain", section "RAG chains".

The page is docs.langchain.com/oss/python/langchain/rag: RecursiveCharacterTextSplitter(1000, 200), similarity_search
with its default of four, the page's instruction in a dynamic prompt of create_agent, one call of the model an answer.
It leaves store and models open: FAISS, HuggingFaceEmbeddings and ChatHuggingFace over HuggingFacePipeline, as the
integrations' own pages build them; tokens are streamed.
"""

import time
from collections.abc import Sequence
from typing import Any

from bench.peers import weights
from bench.peers.plain import INSTRUCTION
from bench.peers.types import Answer, Article, Built


def build(articles: Sequence[Article]) -> Built:
    """Splitter, store and agent."""
    from langchain.agents import create_agent
    from langchain.agents.middleware import ModelRequest, dynamic_prompt
    from langchain_community.vectorstores import FAISS
    from langchain_core.documents import Document
    from langchain_core.messages import AIMessageChunk
    from langchain_huggingface import ChatHuggingFace, HuggingFaceEmbeddings, HuggingFacePipeline
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    weights.draw_alike()

    embeddings = HuggingFaceEmbeddings(model_name=weights.embedder())
    tokens = {"max_new_tokens": weights.NEW_TOKENS}
    pipeline = HuggingFacePipeline.from_model_id(weights.generator(), "text-generation", pipeline_kwargs=tokens)
    started = time.perf_counter()
    documents = [Document(page_content=one.whole, metadata={"source": one.id}) for one in articles]
    splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200, add_start_index=True)
    store = FAISS.from_documents(splitter.split_documents(documents), embeddings)
    index_seconds = time.perf_counter() - started
    found: list[str] = []

    @dynamic_prompt
    def prompt_with_context(request: ModelRequest) -> str:
        passages = store.similarity_search(request.state["messages"][-1].text)
        found[:] = [passage.metadata["source"] for passage in passages]
        return "\n\n".join([INSTRUCTION, *(passage.page_content for passage in passages)])

    agent: Any = create_agent(ChatHuggingFace(llm=pipeline), tools=[], middleware=[prompt_with_context])

    def ask(question: str) -> Answer:
        started = time.perf_counter()
        first, parts = 0.0, []
        asked = {"messages": [{"role": "user", "content": question}]}
        for message, _ in agent.stream(asked, stream_mode="messages"):
            if isinstance(message, AIMessageChunk) and message.text:
                parts.append(message.text)
                if message.text.strip():
                    first = first or time.perf_counter() - started
        done = time.perf_counter() - started
        return Answer("".join(parts), tuple(dict.fromkeys(found)), first or done, done)

    return Built(ask, index_seconds)
