"""The choosing, with a model that is told what to prefer: tokens are characters."""

from collections.abc import Mapping, Sequence

import numpy as np
import pytest

from bot.choosing import ChoosingGenerator
from bot.types import Message
from index.types import Vectors

STOP = 0


class Characters:
    stops = frozenset({STOP})
    marks = ("<mark>",)

    def prompt(self, turns: Sequence[Mapping[str, str]]) -> list[int]:
        return [ord(char) for turn in turns for char in turn["content"]]

    def tokens(self, text: str) -> list[int]:
        return [ord(char) for char in text]


class Scripted:
    """Wants one token after the other, each time it is asked; notes what was run before."""

    room = 1000

    def __init__(self, wanted: Sequence[int]) -> None:
        self._wanted = list(wanted)
        self.run: list[str] = []

    def begin(self) -> "Scripted":
        return self

    def logits(self, tokens: Sequence[int], among: Sequence[int]) -> Vectors:
        assert tokens or self.run  # something must have been run
        self.run.append("".join(map(chr, tokens)))
        wanted = self._wanted.pop(0)
        assert wanted in among
        return np.array([float(one == wanted) for one in among], np.float32)


class Once:
    """Each of these once, in any order; as many as are needed."""

    def __init__(self, *sentences: str, enough: int) -> None:
        self._sentences = sentences
        self._enough = enough

    def options(self, said: Sequence[str]) -> tuple[str, ...]:
        return tuple(one for one in self._sentences if one not in said)

    def enough(self, said: Sequence[str]) -> bool:
        return len(said) >= self._enough


A, B, SPACE = map(ord, "AB ")


@pytest.mark.parametrize(
    ("enough", "wanted", "said", "run"),
    [
        (1, [B, STOP], ["Bb."], ["Q", "Bb."]),
        (1, [A, SPACE, STOP], ["Aa. More."], ["Q", "Aa.", " More."]),
        # "Aa." begins another and may end; whether more follows is asked of the same place
        (1, [A, STOP, STOP], ["Aa."], ["Q", "Aa.", ""]),
        (2, [A, STOP, B, STOP], ["Aa.", "Bb."], ["Q", "Aa.", " ", "Bb."]),
    ],
)
def test_the_likeliest_goes_on_until_it_stops(enough: int, wanted: list[int], said: list[str], run: list[str]) -> None:
    model = Scripted(wanted)
    choices = Once("Aa.", "Aa. More.", "Bb.", enough=enough)
    generator = ChoosingGenerator(Characters(), model)
    assert list(generator.choose([Message("user", "Q<mark>")], choices)) == said
    assert model.run == run
