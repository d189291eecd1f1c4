"""Another chat model by path, folder or GGUF: the same guard, verifier and gate; one that is of no use is one line."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.assemble import assemble
from bot.generator import SHIPPED_FILE, _shipped_gguf, load_generator
from bot.generator_openvino import load_openvino_generator
from bot.pipeline import Bot
from bot.settings import Settings
from bot.types import Message
from bot.verifier import SUPPORTED
from corpus.errors import ModelError
from index.embedder import shipped_folder
from index.engine import Unfit
from tests.models.ggufs import with_layers
from tests.models.test_generator import ENGINES, QUESTION, SKY

pytestmark = pytest.mark.models
QUESTIONS = ("Who came up with the term foundation model?", "What does an LLM work on?")
OFF_TOPIC = "How long do I boil an egg?"


@pytest.fixture(scope="module")
def shipped() -> Path:
    """The shipped model's converted folder."""
    load_generator("", Settings().models)
    (folder,) = Settings().models.glob("generator-*")
    return folder


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built by the first bot, opened by the second."""
    return tmp_path_factory.mktemp("index")


def holds_to_the_articles(bot: Bot) -> None:
    """Every sentence is a whole one of its evidence or that with a harmless cut; what is not covered is declined."""
    lanes = set()
    for question in QUESTIONS:
        answer = bot.answer(question)
        lanes.add(answer.lane)
        assert answer.claims
        for claim in answer.claims:
            assert claim.support >= SUPPORTED
            for citation in claim.citations:
                assert bot.articles[citation.article_id].text[citation.start : citation.end] == citation.quote
                if answer.lane == "generated":
                    assert set(claim.text.split()) <= set(citation.quote.split())
    assert "generated" in lanes
    assert bot.answer(OFF_TOPIC).lane == "declined"


def test_a_larger_model_by_its_folder_says_only_what_the_articles_say(
    shipped: Path, index: Path, tmp_path: Path
) -> None:
    """It knows nothing at all: its weights are random."""
    import torch
    from transformers import AutoTokenizer, LlamaConfig, LlamaForCausalLM

    torch.manual_seed(1)
    shape = LlamaConfig(vocab_size=49152, hidden_size=768, intermediate_size=2048, num_hidden_layers=12)
    LlamaForCausalLM(shape).save_pretrained(tmp_path / "large")
    AutoTokenizer.from_pretrained(shipped).save_pretrained(tmp_path / "large")
    holds_to_the_articles(assemble(Settings(generator=str(tmp_path / "large"), index=index)))


def test_a_larger_model_by_its_gguf_says_only_what_the_articles_say(index: Path, tmp_path: Path) -> None:
    """SmolLM2 with six of its thirty layers once more."""
    with_layers(tmp_path / "deeper.gguf", 36)
    settings = Settings(generator=str(tmp_path / "deeper.gguf"), models=tmp_path / "models", index=index)
    bot = assemble(settings)
    holds_to_the_articles(bot)
    (converted,) = (tmp_path / "models").glob("generator-*")
    assert json.loads((converted / "config.json").read_text(encoding="utf-8"))["num_hidden_layers"] == 36
    prompt = (Message("user", "What is blue?"),)
    engines = [load_generator(str(tmp_path / "deeper.gguf"), tmp_path / "models", one) for one in ENGINES]
    first, second = (list(one.choose(prompt, Two())) for one in engines)
    assert first == second
    assert (converted / "converted.json").is_file()


def test_the_shipped_gguf_under_another_name_is_the_shipped_model(shipped: Path, tmp_path: Path) -> None:
    other = tmp_path / "Other.GGUF"
    shutil.copy(_shipped_gguf(), other)
    before = sorted(Settings().models.glob("generator-*"))
    assert list(load_generator(str(other), Settings().models).choose(QUESTION, SKY))
    assert sorted(Settings().models.glob("generator-*")) == before  # told by its contents: nothing is converted


class Two:
    """Two sentences, one of which must be said."""

    def options(self, said: object) -> tuple[str, ...]:
        return () if said else ("The sky is blue.", "Grass is green.")

    def enough(self, said: object) -> bool:
        return bool(said)


def changed(shipped: Path, folder: Path, change: Callable[[Path], None]) -> str:
    shutil.copytree(shipped, folder)
    change(folder)
    return str(folder)


def with_template(text: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        (folder / "chat_template.jinja").write_text(text, encoding="utf-8")

    return change


WITHOUT_SYSTEM = """{% for one in messages %}
{%- if one.role == 'system' %}{{ raise_exception('no system role') }}{% endif -%}
<|im_start|>{{ one.role }}
{{ one.content }}<|im_end|>
{% endfor %}<|im_start|>assistant
"""


def test_a_model_that_knows_no_system_role_is_told_all_the_same(shipped: Path, tmp_path: Path) -> None:
    name = changed(shipped, tmp_path / "plain", with_template(WITHOUT_SYSTEM))
    for engine in ENGINES:
        generator = load_generator(name, tmp_path, engine)
        prompt = generator._encode((Message("system", "Copy sentences."), Message("user", "What is blue?")))
        said = generator._tokens("user\nCopy sentences.\n\nWhat is blue?")
        assert any(prompt[at : at + len(said)] == said for at in range(len(prompt)))
        assert len(list(generator.choose((Message("user", "What is blue?"),), Two()))) == 1


def test_a_short_context_is_the_models_own(shipped: Path, tmp_path: Path) -> None:
    def change(folder: Path) -> None:
        config = folder / "config.json"
        told = config.read_text(encoding="utf-8")
        assert '"max_position_embeddings": 8192' in told
        config.write_text(told.replace('embeddings": 8192', 'embeddings": 100'), encoding="utf-8")

    name = changed(shipped, tmp_path / "short", change)
    for engine in ENGINES:
        generator = load_generator(name, tmp_path, engine)
        assert list(generator.choose((Message("user", "What is blue?"),), Two()))
        with pytest.raises(ModelError, match="tokens"):
            next(generator.choose((Message("user", "word " * 80),), Two()))


def said_of(name: str, cache: Path) -> str:
    """The one line that is said of a model of no use."""
    with pytest.raises(ModelError) as caught:
        load_generator(name, cache)
    said = str(caught.value)
    assert "\n" not in said
    assert "FOOTNOTE_GENERATOR" in said
    assert not list(cache.glob("generator-*"))  # what is of no use is not kept
    return said


@pytest.mark.parametrize("kept", [0, 0.001, 0.05, 0.5, 0.99])
def test_a_gguf_that_was_cut_short_is_one_clear_line(kept: float, tmp_path: Path) -> None:
    whole = _shipped_gguf().read_bytes()
    path = tmp_path / SHIPPED_FILE
    path.write_bytes(whole[: int(kept * len(whole))])
    said = said_of(str(path), tmp_path / "models")
    assert f"{path} cannot be loaded: the file is cut short" in said


def test_a_broken_gguf_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "broken.gguf").write_bytes(b"GGUF" + b"\x00" * 100)
    assert "broken.gguf" in said_of(str(tmp_path / "broken.gguf"), tmp_path / "models")


def without(name: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        (folder / name).unlink()

    return change


def cut(folder: Path) -> None:
    path = folder / "model.safetensors"
    path.write_bytes(path.read_bytes()[:1_000_000])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (without("tokenizer.json"), "no tokenizer"),
        (without("config.json"), "config.json"),
        (without("model.safetensors"), "model.safetensors"),
        (cut, "metadata"),
        (without("chat_template.jinja"), "no chat template"),
        (with_template("{% if %}"), "no chat template that works"),
    ],
)
def test_a_folder_of_no_use_is_one_clear_line(
    change: Callable[[Path], None], reason: str, shipped: Path, tmp_path: Path
) -> None:
    name = changed(shipped, tmp_path / "model", change)
    said = said_of(name, tmp_path / "cache")
    assert name in said
    assert reason in said


def test_a_model_that_does_not_chat_is_one_clear_line(tmp_path: Path) -> None:
    assert "no chat template" in said_of(str(shipped_folder()), tmp_path / "cache")


def configured(**told: object) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / "config.json"
        path.write_text(json.dumps(json.loads(path.read_text(encoding="utf-8")) | told), encoding="utf-8")

    return change


def told_of_tokenizer(folder: Path) -> None:
    path = folder / "tokenizer_config.json"
    path.write_text(path.read_text(encoding="utf-8").replace("TokenizersBackend", "LlamaTokenizer"), encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (configured(model_type="mistral"), "model_type"),
        (configured(hidden_act="gelu"), "hidden_act"),
        (configured(attention_bias=True), "attention_bias"),
        (configured(rope_parameters={"rope_type": "linear", "factor": 2.0, "rope_theta": 1e5}), "rotary embedding"),
        (configured(num_hidden_layers=29), "other weights"),
        (configured(num_key_value_heads=9), "other weights"),
        (configured(tie_word_embeddings=False), "lm_head"),
        (without("tokenizer.json"), "tokenizer.json"),
        (without("chat_template.jinja"), "chat_template"),
        (with_template("{% if %}"), "cannot be told"),
        (told_of_tokenizer, "its tokenizer"),
        (cut, "cut short"),
    ],
)
def test_openvino_says_why_it_does_not_run_a_model(
    change: Callable[[Path], None], reason: str, shipped: Path, tmp_path: Path
) -> None:
    name = changed(shipped, tmp_path / "model", change)
    with pytest.raises(Unfit, match=re.escape(reason)):
        load_openvino_generator(Path(name))
    with pytest.raises(ModelError, match="FOOTNOTE_ENGINE=auto"):
        load_generator(name, tmp_path / "cache", "openvino")


def test_a_model_that_openvino_does_not_know_is_run_by_transformers_and_that_is_said(
    shipped: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    from bot.generator_torch import TransformersModel
    from bot.llama import Llama

    name = changed(shipped, tmp_path / "model", told_of_tokenizer)
    assert isinstance(load_generator(str(shipped), tmp_path)._model, Llama)
    assert not caplog.messages
    assert isinstance(load_generator(name, tmp_path)._model, TransformersModel)
    assert "runs on torch, which takes longer: its tokenizer" in caplog.messages[-1]
    assert isinstance(load_generator(str(shipped), tmp_path, "torch")._model, TransformersModel)
