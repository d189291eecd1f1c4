"""The generator by OpenVINO, without torch and transformers: a plain Llama whose folder is on this machine."""

import json
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bot.choosing import CONTEXT_TOKENS, ChoosingGenerator
from bot.llama import HEAD, WORDS, Shape, compile_llama
from corpus.errors import ModelError
from index.bert_encoder import TOKENIZER, load_tokenizer, read_json
from index.engine import Unfit, native_precision
from index.interrupts import ends_at_once
from index.tensors import WEIGHTS, Stored, read_stored

TEMPLATE = "chat_template.jinja"
# What transformers reads with tokenizer.json alone; others change what is in it.
PLAIN_TOKENIZERS = ("TokenizersBackend", "PreTrainedTokenizerFast")
NAMED_TOKENS = ("bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token")
# What a plain Llama's configuration says, and what it means where it says nothing.
PLAIN = {
    "model_type": ("llama", None),
    "hidden_act": ("silu", "silu"),
    "attention_bias": (False, False),
    "mlp_bias": (False, False),
    "quantization_config": (None, None),
}
# What reading files raises that are missing, damaged or another model's.
UNTOLD = (OSError, ValueError, KeyError, TypeError, AttributeError)


class TokenizersChat:
    """A folder's tokenizer.json and its chat template, filled by Jinja as transformers does it."""

    def __init__(self, tokenizer: Any, template: Any, names: Mapping[str, str], stops: frozenset[int]) -> None:  # noqa: ANN401
        self._tokenizer = tokenizer
        self._template = template
        self._names = names
        self.stops = stops
        added = (token.content for token in tokenizer.get_added_tokens_decoder().values())
        self.marks: Sequence[str] = sorted(added, key=len, reverse=True)

    def prompt(self, turns: Sequence[Mapping[str, str]]) -> list[int]:
        """Tokens of the turns up to where the reply begins."""
        turned = [dict(turn) for turn in turns]
        return self.tokens(
            self._template.render(
                messages=turned, add_generation_prompt=True, tools=None, documents=None, **self._names
            )
        )

    def tokens(self, text: str) -> list[int]:
        """Tokens of a text alone."""
        return list(self._tokenizer.encode(text, add_special_tokens=False).ids)


@ends_at_once()
def load_openvino_generator(folder: Path, threads: int | None = None) -> ChoosingGenerator:
    """The model in a folder; Unfit when it is none that OpenVINO runs here, ModelError when it cannot be loaded."""
    shape, weights = _understood(folder)
    with ThreadPoolExecutor(1) as beside:  # a fifth of a second, while the engine compiles
        chat = beside.submit(_chat, folder)
        try:
            llama = compile_llama(weights, shape, native_precision(), CONTEXT_TOKENS, threads)
        except (OSError, ValueError, KeyError, TypeError) as error:
            reason = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise ModelError(f"the generator {folder} cannot be loaded: {reason}; check FOOTNOTE_GENERATOR") from None
    return ChoosingGenerator(chat.result(), llama)


def weights_of(folder: Path) -> dict[str, Stored]:
    """The weights as they lie there; without the last matrix where it is the word vectors."""
    weights = read_stored(folder / WEIGHTS)
    if read_json(folder / "config.json").get("tie_word_embeddings"):
        weights.pop(HEAD, None)
    return weights


def shape_of(folder: Path) -> Shape:
    """From config.json, as older and newer versions of transformers write it."""
    config = read_json(folder / "config.json")
    heads, width = config["num_attention_heads"], config["hidden_size"]
    return Shape(
        width=width,
        inner=config["intermediate_size"],
        vocabulary=config["vocab_size"],
        layers=config["num_hidden_layers"],
        heads=heads,
        groups=config.get("num_key_value_heads") or heads,
        head=config.get("head_dim") or width // heads,
        epsilon=config["rms_norm_eps"],
        theta=float(_rotary(config)["rope_theta"]),
        room=config["max_position_embeddings"],
    )


def _rotary(config: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = dict(config.get("rope_parameters") or config.get("rope_scaling") or {})
    if "rope_theta" in config:
        found.setdefault("rope_theta", config["rope_theta"])
    return found


def _understood(folder: Path) -> tuple[Shape, dict[str, Stored]]:
    """What a plain Llama is made of; Unfit for another model."""
    if not folder.is_dir():
        raise Unfit("OpenVINO runs models here that lie in a folder of this machine")
    try:
        config = read_json(folder / "config.json")
        other = [name for name, (plain, unsaid) in PLAIN.items() if config.get(name, unsaid) != plain]
        rotary = {name: value for name, value in _rotary(config).items() if name != "rope_theta"}
        if other or rotary not in ({}, {"rope_type": "default"}):
            named = ", ".join(other) or "rotary embedding"
            raise Unfit(f"OpenVINO runs plain Llamas here, and this model's {named} is not")
        shape, weights = shape_of(folder), weights_of(folder)
        if {name: stored.values.shape for name, stored in weights.items() if name != HEAD} != shape.tensors:
            raise Unfit("OpenVINO runs plain Llamas here, and this model has other weights")
        tied = config.get("tie_word_embeddings", False)
        if not tied and (HEAD not in weights or weights[HEAD].values.shape != shape.tensors[WORDS]):
            raise Unfit(f"its weights {HEAD} are missing")
        if read_json(folder / "tokenizer_config.json").get("tokenizer_class") not in PLAIN_TOKENIZERS:
            raise Unfit("its tokenizer is not one that tokenizer.json says all about")
        return shape, weights
    except UNTOLD as error:
        raise Unfit(f"it cannot be told what model it is ({error})") from None


def _chat(folder: Path) -> TokenizersChat:
    """Unfit when the folder's files do not say how to chat."""
    from jinja2 import TemplateError

    try:
        return _told_chat(folder)
    except (*UNTOLD, TemplateError, ModelError) as error:
        raise Unfit(f"it cannot be told how it chats ({error})") from None


def _told_chat(folder: Path) -> TokenizersChat:
    tokenizer, told = load_tokenizer(folder), read_json(folder / "tokenizer_config.json")
    names = {name: _content(told[name]) for name in NAMED_TOKENS if told.get(name)}
    known = {token.content for token in tokenizer.get_added_tokens_decoder().values()}
    if unknown := {one["content"] for one in (told.get("added_tokens_decoder") or {}).values()} - known:
        raise ValueError(f"tokens that {TOKENIZER} does not know: {sorted(unknown)[:3]}")
    file = folder / TEMPLATE
    text = file.read_text(encoding="utf-8") if file.is_file() else told["chat_template"]
    ends = folder / "generation_config.json"
    end = read_json(ends if ends.is_file() else folder / "config.json").get("eos_token_id")
    stops = [*(end if isinstance(end, list) else [end]), tokenizer.token_to_id(names.get("eos_token", ""))]
    return TokenizersChat(tokenizer, _template(text), names, frozenset(one for one in stops if one is not None))


def _template(text: str) -> Any:  # noqa: ANN401 - jinja2.Template
    """A chat template, compiled as transformers does; it comes with a model and is no code of ours: a sandbox."""
    from jinja2.exceptions import TemplateError
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    def refuse(reason: str) -> None:
        raise TemplateError(reason)

    def today(form: str) -> str:
        from datetime import datetime

        return datetime.now().strftime(form)

    world = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols"])
    world.filters["tojson"] = lambda value, **form: json.dumps(value, **{"ensure_ascii": False, **form})
    world.globals["raise_exception"] = refuse
    world.globals["strftime_now"] = today
    return world.from_string(text)


def _content(token: Any) -> str:  # noqa: ANN401 - JSON: the token, or all that is known about it
    return str(token["content"] if isinstance(token, dict) else token)
