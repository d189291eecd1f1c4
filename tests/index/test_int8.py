"""Ranges for int8: whose they are, whether they are the promised ones, and that they fit the weights that ship."""

import shutil
from pathlib import Path

import numpy as np
import pytest

import index.int8
from bot.reader import ADAPTER
from corpus.errors import ModelError
from index.digest import sha256_of
from index.embedder import SHIPPED_SHA256
from index.int8 import NO_RANGES, RANGES, SUMS, native_int8, ranges_for, rounded_weights
from index.tensors import read_tensors


@pytest.fixture
def native(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a processor with VNNI."""
    monkeypatch.setattr(index.int8, "native_int8", lambda: True)


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(index.int8, "RANGES", tmp_path / "ranges")
    return Path(shutil.copytree(RANGES, tmp_path / "ranges"))


def test_both_shipped_models_have_ranges_of_products_they_have(native: None) -> None:
    trained = read_tensors(ADAPTER)
    for digest in (SHIPPED_SHA256, sha256_of(ADAPTER)):
        found = ranges_for(digest)
        assert len(found.products) > 18  # of 24
        for name, one in found.products.items():
            assert one.columns.shape == trained[f"{name}.weight"].shape[1:]
            assert (one.columns > 0).all()
            assert one.low < 0 < one.high


def test_each_has_its_own_name(native: None) -> None:
    assert ranges_for(SHIPPED_SHA256).name != ranges_for(sha256_of(ADAPTER)).name


def test_other_weights_have_none(native: None) -> None:
    assert ranges_for("0" * 64) == NO_RANGES


def test_where_int8_does_not_pay_there_are_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index.int8, "native_int8", lambda: False)
    assert ranges_for(SHIPPED_SHA256) == NO_RANGES


@pytest.mark.parametrize(
    ("flags", "pays"),
    [("fpu avx2 avx512f avx512_vnni avx512_bf16", True), ("fpu avx2 avx_vnni", False), ("fpu avx2 avx512f", False)],
)
def test_it_pays_with_the_instructions_it_was_found_to(
    flags: str, pays: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cpuinfo").write_text(f"processor\t: 0\nflags\t\t: {flags}\nbugs\t\t:\n", encoding="utf-8")
    monkeypatch.setattr(index.int8, "PROCESSOR", tmp_path / "cpuinfo")
    assert native_int8() is pays


def test_on_a_system_that_does_not_tell_it_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index.int8, "PROCESSOR", tmp_path / "nothing")
    assert native_int8() is False


def test_ranges_that_were_changed_are_refused(native: None, copied: Path) -> None:
    path = copied / f"{SHIPPED_SHA256[:16]}.safetensors"
    path.write_bytes(path.read_bytes()[:-1] + b"\1")
    with pytest.raises(ModelError, match=r"cannot be read \(it is not the promised one\); fetch the project again"):
        ranges_for(SHIPPED_SHA256)


def test_promised_ranges_that_are_gone_are_told(native: None, copied: Path) -> None:
    (copied / f"{SHIPPED_SHA256[:16]}.safetensors").unlink()
    with pytest.raises(ModelError, match=r"cannot be read .*; fetch the project again"):
        ranges_for(SHIPPED_SHA256)


def test_weights_are_rounded_by_row_to_half_a_step_at_most() -> None:
    matrix = np.random.default_rng(0).normal(size=(5, 40)).astype(np.float32) * 10.0 ** np.arange(5)[:, None]
    matrix[3] = 0
    values, scales = rounded_weights(matrix)
    assert values.dtype == np.int8
    assert (np.abs(values * scales - matrix) <= scales / 2 + 1e-6).all()
    assert sorted(np.abs(values).max(axis=1)) == [0, 127, 127, 127, 127]


def test_ranges_without_their_sums_are_refused(native: None, copied: Path) -> None:
    (copied / SUMS).unlink()
    with pytest.raises(ModelError, match="fetch the project again") as caught:
        ranges_for(SHIPPED_SHA256)
    assert "\n" not in str(caught.value)


def test_no_column_is_so_small_that_its_weights_vanish(native: None) -> None:
    for digest in (SHIPPED_SHA256, sha256_of(ADAPTER)):
        for one in ranges_for(digest).products.values():
            assert np.ptp(np.log10(one.columns)) < 3
