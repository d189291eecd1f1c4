"""Embedder and reader in int8, whatever this processor: near what they are without it, and still row by row alone."""

from unittest import mock

import numpy as np
import pytest

import index.int8
from bot.reader import CrossReader, load_reader
from bot.types import Passage
from index.embedder import TextEmbedder, load_embedder
from tests.models.test_embedder import TEXTS

pytestmark = pytest.mark.models
SAID = "Dogs bark at night. Cats purr when they are content. A goldfish does neither."
PETS = Passage("Pets", SAID, ((0, 19), (20, 52), (53, 78)), (1.0, 1.0, 1.0))
SOUP = Passage("Soup", "Boil the carrots in salted water for ten minutes.", ((0, 49),), (1.0,))


def embedder(*, int8: bool) -> TextEmbedder:
    with mock.patch.object(index.int8, "native_int8", return_value=int8):
        return load_embedder(engine="openvino")


def reader(*, int8: bool) -> CrossReader:
    with mock.patch.object(index.int8, "native_int8", return_value=int8):
        return load_reader(engine="openvino")


def test_rows_are_near_those_of_bfloat16_and_of_another_name() -> None:
    one, other = embedder(int8=True), embedder(int8=False)
    assert one.dtype.startswith("int8 ")
    assert "int8" not in other.dtype
    cosines = (one.embed_passages(TEXTS) * other.embed_passages(TEXTS)).sum(axis=1)
    assert cosines.min() > 0.99
    assert cosines.max() < 1 - 1e-6  # it is another computation


def test_a_row_depends_on_its_text_alone_bit_for_bit() -> None:
    model = embedder(int8=True)
    alone = np.concatenate([model.embed_question(text) for text in TEXTS])
    assert model.embed_passages(TEXTS).tobytes() == alone.tobytes()
    assert model.embed_passages(TEXTS[::-1])[::-1].tobytes() == alone.tobytes()


def test_the_reader_thinks_the_same_of_passages() -> None:
    one, other = (reader(int8=told).read("When do cats purr?", [PETS, SOUP]) for told in (True, False))
    for read, usual in zip(one, other, strict=True):
        assert read.spans == pytest.approx(usual.spans, abs=0.5)
        assert read.none == pytest.approx(usual.none, abs=0.5)
    assert int(one[0].spans.argmax()) == 1
    assert (one[0].spans != other[0].spans).any()


def test_what_the_reader_says_of_a_passage_depends_on_it_alone() -> None:
    model = reader(int8=True)
    together = model.read("When do cats purr?", [PETS, SOUP])
    alone = [model.read("When do cats purr?", [passage])[0] for passage in (PETS, SOUP)]
    for one, other in zip(together, alone, strict=True):
        assert (one.spans == other.spans).all()
        assert one.none == other.none
