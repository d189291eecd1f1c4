"""A generator that is loaded when it is needed says what it would say loaded at once."""

from collections.abc import Generator, Sequence
from pathlib import Path

import pytest

import bot.generator
from bot.choosing import LateGenerator
from bot.generator import load_late
from bot.types import Choices, Message
from corpus.errors import ModelError
from index.digest import sha256_of

QUESTION = (Message("user", "What colour is the sky?"),)


class Steps:
    """Choices by how many sentences were said; enough from some number on."""

    def __init__(self, *steps: tuple[str, ...], enough: int) -> None:
        self._steps = steps
        self._enough = enough

    def options(self, said: Sequence[str]) -> tuple[str, ...]:
        return self._steps[len(said)] if len(said) < len(self._steps) else ()

    def enough(self, said: Sequence[str]) -> bool:
        return len(said) >= self._enough


class LastFirst:
    """Takes the last option each time, as long as there is one."""

    def __init__(self) -> None:
        self.already: list[tuple[str, ...]] = []

    def choose(
        self, messages: Sequence[Message], choices: Choices, already: Sequence[str] = ()
    ) -> Generator[str, None, None]:
        self.already.append(tuple(already))
        said = list(already)
        while options := choices.options(said):
            said.append(options[-1])
            yield said[-1]


@pytest.mark.parametrize(
    ("choices", "already"),
    [
        (Steps(("a",), ("b",), enough=2), None),
        (Steps(("a",), ("b", "c"), enough=1), ("a",)),
        (Steps(("a", "b"), ("c",), enough=2), ()),
        (Steps(("a",), ("b",), ("c",), enough=2), ("a", "b")),  # to go on or to stop is a choice too
        (Steps(enough=0), None),
    ],
)
def test_it_is_loaded_for_a_choice_alone_and_told_what_was_said(
    choices: Steps, already: tuple[str, ...] | None
) -> None:
    loaded: list[LastFirst] = []
    late = LateGenerator(lambda: loaded.append(LastFirst()) or loaded[-1])
    assert list(late.choose(QUESTION, choices)) == list(LastFirst().choose(QUESTION, choices))
    assert [one.already for one in loaded] == ([] if already is None else [[already]])
    list(late.choose(QUESTION, choices))
    assert len(loaded) <= 1


def test_what_cannot_be_loaded_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="FOOTNOTE_GENERATOR"):
        load_late(str(tmp_path / "nowhere.gguf"), tmp_path)


def test_the_shipped_one_is_checked_before_it_is_left_for_later(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "shipped.gguf"
    file.write_bytes(b"promised")
    monkeypatch.setattr(bot.generator, "_shipped_gguf", lambda: file)
    monkeypatch.setattr(bot.generator, "SHIPPED_SHA256", sha256_of(file))
    folder = tmp_path / f"generator-{sha256_of(file)[:16]}"
    folder.mkdir()
    (folder / "converted.json").write_text("{}", encoding="utf-8")
    assert isinstance(load_late("", tmp_path), LateGenerator)
    file.write_bytes(b"changed")
    with pytest.raises(ModelError, match="not the promised"):
        load_late("", tmp_path)
