"""The shipped reader: the same whatever stands beside a passage, and worth its weight."""

from pathlib import Path

import pytest

import index.int8
from bot.reader import ADAPTER, DIGEST, CrossReader, load_reader
from bot.types import Passage
from corpus.errors import ModelError
from index.digest import sha256_of
from index.engine import Engine

pytestmark = pytest.mark.models
MOST = 25_000_000  # bytes


ENGINES: tuple[Engine, ...] = ("torch", "openvino")
# Logits of bfloat16 sums in two orders; those of right and wrong answers lie whole units apart.
NEAR = 0.1


@pytest.fixture(scope="module", params=ENGINES)
def reader(request: pytest.FixtureRequest) -> CrossReader:
    """The shipped weights on each engine: what is asked of one is asked of the other."""
    return load_reader(engine=request.param)


def passage(heading: str, *said: str) -> Passage:
    text, spans = "", []
    for one in said:
        spans.append((len(text), len(text) + len(one)))
        text += one + " "
    return Passage(heading, text.strip(), tuple(spans), (1.0,) * len(spans))


WHISPER = passage(
    "Whisper",
    "Whisper was released by OpenAI in 2022.",
    "It was trained on 680,000 hours of audio.",
    "The weights can be downloaded.",
)
COOKING = passage("Soup", "Cut the carrots.", "Boil them in salted water for ten minutes.", "Serve with bread.")


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("How many hours of recordings was Whisper trained on?", 1),
        ("When was Whisper released?", 0),
        ("Where can I download the weights?", 2),
    ],
)
def test_the_sentence_that_answers_scores_highest(reader: CrossReader, question: str, answer: int) -> None:
    (read,) = reader.read(question, [WHISPER])
    assert int(read.spans.argmax()) == answer


def test_a_passage_on_something_else_answers_nothing(reader: CrossReader) -> None:
    fit, foreign = reader.read("When was Whisper released?", [WHISPER, COOKING])
    assert fit.spans.max() > foreign.spans.max() + 1
    assert foreign.none > foreign.spans.max()


def test_what_is_read_beside_a_passage_changes_nothing(reader: CrossReader) -> None:
    (alone,) = reader.read("When was Whisper released?", [WHISPER])
    for passages in ([WHISPER, COOKING], [COOKING, WHISPER], [WHISPER] * 3):
        read = reader.read("When was Whisper released?", passages)[passages.index(WHISPER)]
        assert (read.spans == alone.spans).all()
        assert read.none == alone.none


def test_both_engines_think_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index.int8, "native_int8", lambda: False)  # tests/models/test_int8.py
    long = passage("Long", *(f"Sentence number {number} says very little of use." for number in range(90)))
    passages = [WHISPER, COOKING, long, passage("", "Yes.")]
    for question in ("When was Whisper released?", "How do I make soup?", "?", "What? " * 120):
        one, other = (load_reader(engine=engine).read(question, passages) for engine in ENGINES)
        for mine, its in zip(one, other, strict=True):
            assert mine.none == pytest.approx(its.none, abs=NEAR)
            assert mine.spans == pytest.approx(its.spans, abs=NEAR)  # -inf in the same places
    pairs = [("Whisper was trained on 680,000 hours.", WHISPER.text), ("Llamas live in Peru.", WHISPER.text)]
    one, other = (load_reader(engine=engine).supports(pairs) for engine in ENGINES)
    assert one == pytest.approx(other, abs=NEAR)


def test_what_lies_beyond_its_window_scores_nothing(reader: CrossReader) -> None:
    long = passage("Long", *(f"Sentence number {number} says very little of use." for number in range(90)))
    (read,) = reader.read("When was Whisper released?", [long])
    assert len(read.spans) == 90
    assert read.spans[0] > float("-inf")
    assert read.spans[-1] == float("-inf")


def test_it_ranks_a_claim_above_its_opposite(reader: CrossReader) -> None:
    pairs = [("Whisper was trained on 680,000 hours.", WHISPER.text), ("Llamas live in Peru.", WHISPER.text)]
    right, wrong = reader.supports(pairs)
    assert right > wrong


def test_the_weights_are_the_ones_the_card_describes() -> None:
    card = ADAPTER.with_name("README.md").read_text(encoding="utf-8")
    assert sha256_of(ADAPTER) in card
    assert ADAPTER.with_suffix(DIGEST).is_file()
    assert ADAPTER.stat().st_size < MOST
    for word in ("Seed", "CC BY-SA", "Limits", "auroc adversarial"):
        assert word in card


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("kept", [0, 7, 5_000, 1_000_000])
def test_weights_that_were_cut_short_are_one_clear_line(engine: Engine, kept: int, tmp_path: Path) -> None:
    (tmp_path / "reader.safetensors").write_bytes(ADAPTER.read_bytes()[:kept])
    with pytest.raises(ModelError, match="cannot be read") as caught:
        load_reader(tmp_path / "reader.safetensors", engine)
    assert "\n" not in str(caught.value)


def test_weights_with_one_other_byte_are_refused_where_their_hash_lies_beside_them(tmp_path: Path) -> None:
    changed = bytearray(ADAPTER.read_bytes())
    changed[-1] ^= 1
    weights = tmp_path / ADAPTER.name
    weights.write_bytes(changed)
    weights.with_suffix(DIGEST).write_bytes(ADAPTER.with_suffix(DIGEST).read_bytes())
    with pytest.raises(ModelError, match="not the promised ones"):
        load_reader(weights)


def test_missing_weights_are_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(ModelError) as caught:
        load_reader(tmp_path / "reader.safetensors")
    assert "\n" not in str(caught.value)
