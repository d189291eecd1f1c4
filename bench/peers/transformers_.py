"""Plain transformers: AutoModelForCausalLM.generate with a streamer, behind plain.py's retrieval.

After transformers' "Text generation" and "Chat templates" pages: apply_chat_template, generate, TextIteratorStreamer in
a thread. Greedy, since the model's own configuration says nothing else.
"""

import time
from collections.abc import Sequence
from threading import Thread

from bench.peers import weights
from bench.peers.plain import retrieval
from bench.peers.types import Answer, Article, Built


def build(articles: Sequence[Article]) -> Built:
    """The model in the type it was saved in, bfloat16."""
    from transformers import AutoModelForCausalLM, AutoTokenizer, TextIteratorStreamer

    weights.draw_alike()

    folder = weights.generator()
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModelForCausalLM.from_pretrained(folder)
    messages, index_seconds = retrieval(articles)

    def ask(question: str) -> Answer:
        started = time.perf_counter()
        asked, sources = messages(question)
        inputs = tokenizer.apply_chat_template(asked, add_generation_prompt=True, return_dict=True, return_tensors="pt")
        streamer = TextIteratorStreamer(tokenizer, skip_prompt=True, skip_special_tokens=True)
        wanted = {**inputs, "max_new_tokens": weights.NEW_TOKENS, "streamer": streamer}
        thread = Thread(target=model.generate, kwargs=wanted)
        thread.start()
        first, parts = 0.0, []
        for part in streamer:
            parts.append(part)
            if part.strip():
                first = first or time.perf_counter() - started
        thread.join()
        done = time.perf_counter() - started
        return Answer("".join(parts), sources, first or done, done)

    return Built(ask, index_seconds)
