"""The generator by transformers: any chat model that it reads."""

import functools
import struct
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bot.choosing import CONTEXT_TOKENS, ChoosingGenerator
from corpus.errors import ModelError
from index.interrupts import ends_at_once
from index.torch_encoder import native_dtype, quietly
from index.types import Vectors

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

_PATCHING = threading.Lock()  # what two threads replace at once, neither puts back
TOKENIZERS = ("tokenizer.json", "tokenizer.model", "vocab.json")


class TransformersChat:
    """The library's tokenizer and the template it applies."""

    def __init__(self, tokenizer: "PreTrainedTokenizerBase", stops: frozenset[int]) -> None:
        self.tokenizer = tokenizer
        self.stops = stops
        self.marks: Sequence[str] = sorted(tokenizer.get_added_vocab(), key=len, reverse=True)

    def prompt(self, turns: Sequence[Mapping[str, str]]) -> list[int]:
        """Tokens of the turns up to where the reply begins."""
        turned = [dict(turn) for turn in turns]
        return list(
            self.tokenizer.apply_chat_template(turned, add_generation_prompt=True, return_dict=True)["input_ids"]
        )

    def tokens(self, text: str) -> list[int]:
        """Tokens of a text alone."""
        return list(self.tokenizer(text, add_special_tokens=False)["input_ids"])


class TransformersModel:
    """The weights; one step of one reply at a time: several visitors take turns."""

    def __init__(self, network: "PreTrainedModel") -> None:
        self.network = network
        self.room = min(CONTEXT_TOKENS, getattr(network.config, "max_position_embeddings", None) or CONTEXT_TOKENS)
        self._busy = threading.Lock()

    def begin(self) -> "_Reply":
        """A reply with nothing run yet."""
        return _Reply(self.network, self._busy)


class _Reply:
    def __init__(self, network: "PreTrainedModel", busy: threading.Lock) -> None:
        self._network = network
        self._busy = busy
        self._past: Any = None
        self._last: Any = None  # logits of what comes next

    def logits(self, tokens: Sequence[int], among: Sequence[int]) -> Vectors:
        """Of each of these to come next, in the precision of the weights."""
        import torch

        if tokens:
            step = torch.tensor([list(tokens)])
            # Nothing is held over a yield: the next sentence may be asked for by another thread, or never.
            with self._busy, torch.no_grad():
                output = self._network(input_ids=step, past_key_values=self._past, use_cache=True, logits_to_keep=1)
            self._past, self._last = output.past_key_values, output.logits[0, -1]
        return np.asarray(self._last[list(among)].float().numpy(), np.float32)


def generator_of(network: "PreTrainedModel", tokenizer: "PreTrainedTokenizerBase") -> ChoosingGenerator:
    """The two joined; a reply ends where either of them says."""
    ends = network.generation_config.eos_token_id
    known = [*(ends if isinstance(ends, list) else [ends]), tokenizer.eos_token_id]
    stops = frozenset(token for token in known if token is not None)
    return ChoosingGenerator(TransformersChat(tokenizer, stops), TransformersModel(network))


def natively(network: "PreTrainedModel") -> None:
    """Make it compute in what the CPU multiplies natively."""
    import torch

    network.to(getattr(torch, native_dtype()))


@ends_at_once()
def load_transformers(where: str, **options: str) -> tuple["PreTrainedModel", "PreTrainedTokenizerBase"]:
    """Weights and tokenizer of a folder, a hub name or, as `gguf_file`, a file in a folder; ModelError.

    The weights of a GGUF come in bfloat16, to be kept; others in what the CPU multiplies natively.
    """
    import torch
    import transformers
    from safetensors import SafetensorError

    local = Path(where).exists()  # only a hub name, set by the operator, may reach the network
    extra: dict[str, Any] = {**options, "dtype": getattr(torch, native_dtype())}
    if options:
        from transformers.utils.quantization_config import GgufConfig

        # Packed weights are multiplied in float32 and cannot be saved; unpacked bfloat16 is twice as fast here.
        extra |= {"quantization_config": GgufConfig(dequantize=True), "dtype": torch.bfloat16}
    try:
        with quietly(), _reading_once() if options else nullcontext():
            tokenizer = transformers.AutoTokenizer.from_pretrained(where, local_files_only=local, **options)
            model = transformers.AutoModelForCausalLM.from_pretrained(where, local_files_only=local, **extra)
    except (OSError, ValueError, KeyError, ImportError, RuntimeError, struct.error, SafetensorError) as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0][:200].rstrip(":. ")
        name = Path(where, options["gguf_file"]) if options else Path(where)
        if options:
            reason = f"the file is cut short, damaged or of a kind that transformers does not read ({reason})"
        elif local and not any((name / one).exists() for one in TOKENIZERS):
            reason = f"no tokenizer lies in it ({' or '.join(TOKENIZERS)})"
        raise ModelError(f"the generator {name} cannot be loaded: {reason}; check FOOTNOTE_GENERATOR") from None
    return model.eval(), tokenizer


@contextmanager
def _reading_once() -> Iterator[None]:
    """While it lasts gguf's reader of a file is made once, and the map of its tensors' names too.

    transformers makes the reader twice for the configuration and once for the weights, and the map for each module of
    the network: ten of sixteen seconds (transformers 5.23, gguf 0.19; tests/models/test_generator.py counts both).
    """
    import gguf

    with _PATCHING:
        originals = {name: getattr(gguf, name) for name in ("GGUFReader", "get_tensor_name_map")}
        for name, original in originals.items():
            setattr(gguf, name, functools.cache(original))
        try:
            yield
        finally:
            for name, original in originals.items():
                setattr(gguf, name, original)
