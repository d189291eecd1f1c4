"""openvino-genai on the GGUF as it ships, with prompt lookup: the generator let run, as fast as that library runs it.

No pipeline and not in the table of peers: bench/peers/decoding.py sets it beside Footnote's own generator, which is
OpenVINO's too. Greedy; its cache of prefixes is on, as it comes.
"""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench.peers import weights
from index.engine import load_openvino

GUESSED, NGRAM = 5, 3  # tokens guessed at a time, and the longest run of tokens looked for in the prompt


def start(model: Path | None = None) -> Any:  # noqa: ANN401 - openvino_genai.LLMPipeline
    """The pipeline of a GGUF, the shipped one where none is named; the library's own settings but for prompt lookup."""
    load_openvino()
    import openvino_genai

    return openvino_genai.LLMPipeline(str(model or weights.gguf()), "CPU", prompt_lookup=True)


def reply(pipeline: Any, tokens: Sequence[int], most: int) -> tuple[str, float, float]:  # noqa: ANN401
    """A reply of at most so many tokens to a prompt's tokens, and the seconds to its first token and to its end."""
    openvino = load_openvino()
    import openvino_genai

    config = openvino_genai.GenerationConfig()
    config.max_new_tokens, config.do_sample = most, False
    config.num_assistant_tokens, config.max_ngram_size = GUESSED, NGRAM
    began = time.perf_counter()
    ids = np.array([tokens], np.int64)
    prompt = openvino_genai.TokenizedInputs(openvino.Tensor(ids), openvino.Tensor(np.ones_like(ids)))
    result = pipeline.generate(prompt, config)
    text = pipeline.get_tokenizer().decode(result.tokens[0])
    done = time.perf_counter() - began
    return text, result.perf_metrics.get_ttft().mean / 1000, done
