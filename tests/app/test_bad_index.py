"""A damaged, foreign or unwritable index: a line on it, never a traceback, and the next run is fine."""

import errno
from collections.abc import Callable
from pathlib import Path

import pytest

import bot.assemble
from corpus.errors import StoredIndexError
from index.build import open_index
from tests.app.conftest import Run
from tests.fakes import WordHashEmbedder

ASKED = ("ask", "Is Whisper an LLM?")


def _generation(tmp_path: Path) -> Path:
    return next((tmp_path / "index").glob("gen-*"))


def _truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-7])


def _flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "vectors.npy is missing": lambda folder: (folder / "vectors.npy").unlink(),
    "chunks.jsonl has": lambda folder: _truncate(folder / "chunks.jsonl"),
    "vectors.npy is damaged": lambda folder: _flip(folder / "vectors.npy"),
    "manifest.json is missing": lambda folder: (folder / "manifest.json").unlink(),
    "manifest.json is damaged": lambda folder: _truncate(folder / "manifest.json"),
    "written in format 7": lambda folder: (folder / "manifest.json").write_text('{"format": 7}'),
    "CURRENT names no index": lambda folder: (folder.parent / "CURRENT").write_text("../../etc"),
    "CURRENT cannot be read": lambda folder: (folder.parent / "CURRENT").write_bytes(b"\xff\xfe"),
}


@pytest.mark.parametrize("said", DAMAGE)
@pytest.mark.parametrize("command", [ASKED, ("index",)], ids=["ask", "index"])
def test_a_damaged_index_is_told_and_built_again(
    run: Run, tmp_path: Path, embedder: WordHashEmbedder, command: tuple[str, ...], said: str
) -> None:
    run("index")
    DAMAGE[said](_generation(tmp_path))
    with pytest.raises(StoredIndexError, match=r"run `python app\.py index`$"):  # what a program that only opens sees
        open_index(tmp_path / "index", embedder)
    ran = run(*command)
    assert ran.code == 0
    first = ran.err.splitlines()[0]
    assert said in first
    assert first.endswith("; building it again")
    again = run(*command)
    assert (again.code, again.err) == (0, "")


def test_an_index_of_other_weights_is_told_and_built_again(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    run("index")
    monkeypatch.setattr(bot.assemble, "load_embedder", lambda path="", engine="auto": WordHashEmbedder(64, "other"))
    ran = run(*ASKED)
    assert ran.code == 0
    assert "made with the embedder word-hash:256 of dimension 256, not other:64" in ran.err
    assert "4 embedded, 0 reused" in ran.err


def test_changed_articles_are_taken_in_without_ado(run: Run, corpus: Path) -> None:
    run("index")
    (corpus / "clip.md").write_text("# CLIP\n\n## Is CLIP an LLM?\n\nNo, CLIP ties images to words.\n")
    ran = run("ask", "Is CLIP an LLM?")
    assert ran.out.startswith("No, CLIP ties images to words. [1]")
    assert ran.err.startswith("footnote: 3 articles, 5 chunks: 1 embedded, 4 reused, 0 removed")
    assert len(ran.err.splitlines()) == 1


def test_other_files_in_the_index_folder_stay(run: Run, tmp_path: Path) -> None:
    (tmp_path / "index").mkdir()
    (tmp_path / "index" / "diary.txt").write_text("mine")
    assert run("index").code == 0
    assert run("index", "--rebuild").code == 0
    assert (tmp_path / "index" / "diary.txt").read_text() == "mine"


def test_a_file_where_the_index_should_be(run: Run, tmp_path: Path) -> None:
    (tmp_path / "index").write_text("mine")
    ran = run(*ASKED)
    assert (ran.code, ran.out) == (1, "")
    assert "cannot be written" in ran.err.splitlines()[-1]
    assert (tmp_path / "index").read_text() == "mine"


@pytest.mark.parametrize(("number", "said"), [(errno.EROFS, "Read-only file system"), (errno.ENOSPC, "No space left")])
def test_a_disk_that_takes_nothing_leaves_the_old_index_in_use(
    run: Run, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, said: str
) -> None:
    run("index")
    kept = _generation(tmp_path)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, said)

    with monkeypatch.context() as broken:
        broken.setattr("index.build.write_matrix", refuse)
        assert run(*ASKED).code == 0  # nothing to write: answers
        (corpus / "more.md").write_text("# More\n\nMore is more.\n")
        ran = run(*ASKED)
    assert (ran.code, ran.out) == (1, "")
    assert len(ran.err.splitlines()) == 1
    assert f"({said}), what was there is unchanged" in ran.err
    assert [_generation(tmp_path)] == [kept]
    assert run(*ASKED).code == 0
