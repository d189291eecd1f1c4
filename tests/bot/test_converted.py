"""Converted weights: what is kept of them, and what is used where nothing can be kept."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest

import bot.generator as generators
from bot.generator import CONVERTED, load_generator
from index.digest import sha256_of
from index.tensors import WEIGHTS


class Saved:
    """A model, or a tokenizer, that is saved as a few bytes."""

    dtype = "bfloat16"

    def __init__(self, weights: bytes, *, full_disk: bool = False) -> None:
        self.config = SimpleNamespace()
        self._weights = weights
        self._full_disk = full_disk

    def save_pretrained(self, folder: Path) -> None:
        if self._full_disk:
            raise OSError("no space left on device")
        (folder / WEIGHTS).write_bytes(self._weights)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Weights kept as they were saved."""
    made = tmp_path / "generator"
    made.mkdir()
    (made / WEIGHTS).write_bytes(b"kept")
    (made / CONVERTED).write_text(json.dumps({"sha256": {WEIGHTS: sha256_of(made / WEIGHTS)}}), encoding="utf-8")
    return made


def test_what_another_process_has_kept_meanwhile_stays(folder: Path) -> None:
    generators._keep(Saved(b"mine"), Saved(b"mine"), folder, "digest")
    assert (folder / WEIGHTS).read_bytes() == b"kept"
    assert list(folder.parent.iterdir()) == [folder]


def test_what_is_damaged_is_replaced(folder: Path) -> None:
    (folder / WEIGHTS).write_bytes(b"kep")
    generators._keep(Saved(b"mine"), Saved(b"mine"), folder, "digest")
    assert (folder / WEIGHTS).read_bytes() == b"mine"
    assert generators._is_whole(folder)
    assert list(folder.parent.iterdir()) == [folder]


def test_damaged_weights_are_not_used_where_new_ones_cannot_be_kept(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gguf = tmp_path / "model.gguf"
    gguf.write_bytes(b"any")
    folder.rename(tmp_path / f"generator-{sha256_of(gguf)[:16]}")
    (tmp_path / f"generator-{sha256_of(gguf)[:16]}" / WEIGHTS).write_bytes(b"kep")
    full, made = Saved(b"", full_disk=True), SimpleNamespace(check=lambda name: "in memory")
    monkeypatch.setattr("bot.generator_torch.load_transformers", lambda where, **options: (full, full))
    monkeypatch.setattr("bot.generator_torch.generator_of", lambda model, tokenizer: made)
    native: list[object] = []
    monkeypatch.setattr("bot.generator_torch.natively", native.append)
    assert load_generator(str(gguf), tmp_path) == "in memory"
    assert native == [full]
