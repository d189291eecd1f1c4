"""What was embedded before a build was killed is not embedded again."""

import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

import index.embedded
from index.build import build_index, open_index
from index.embedded import Journal, Source, write_matrix
from index.generations import JOURNAL
from index.store import Choice
from index.types import Vectors
from tests.fakes import WordHashEmbedder
from tests.index.material import article, corpus

ROOT = Path(__file__).resolve().parents[2]
TOPICS = corpus(
    *(article(f"{n:03}.md", ("", f"Topic {n} is about subject{n}."), (f"Why {n}?", f"Since {n}.")) for n in range(150))
)

# Embeds TOPICS until it is killed, and says when vectors are on the disk.
BUILDER = """
import sys, time
from pathlib import Path
from index.build import build_index
from tests.fakes import WordHashEmbedder
from tests.index.test_embedded import TOPICS
class Slow(WordHashEmbedder):
    def embed_passages(self, texts):
        if len(self.embedded) >= 128:
            print("ready", flush=True)
            time.sleep(60)
        return super().embed_passages(texts)
build_index(TOPICS, Path(sys.argv[1]), Slow(), choice=sys.argv[2])
"""


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file() and path.name != "CURRENT"}


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
@pytest.mark.parametrize(
    ("begun", "choice"), [("exact", "exact"), ("approximate", "approximate"), ("approximate", "exact")]
)
def test_a_build_that_is_killed_goes_on_where_it_was(begun: Choice, choice: Choice, tmp_path: Path) -> None:
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    command = [sys.executable, "-c", BUILDER, str(killed), begun]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        process.send_signal(signal.SIGKILL)
    embedder = WordHashEmbedder()
    report = build_index(TOPICS, killed, embedder, choice=choice)
    assert (report.chunks, report.embedded, report.reused) == (300, 300 - 128, 128)
    assert len(embedder.embedded) == 300 - 128 + 150  # the questions
    assert not (killed / JOURNAL).exists()
    build_index(TOPICS, whole, WordHashEmbedder(), choice=choice)
    assert contents(killed) == contents(whole)


class Tired(WordHashEmbedder):
    """Stops after so many texts."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self.most = most

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        if len(self.embedded) >= self.most:
            raise KeyboardInterrupt
        return super().embed_passages(texts)


def half_built(folder: Path) -> Path:
    """The journal of a build that was interrupted after 128 texts."""
    with pytest.raises(KeyboardInterrupt):
        build_index(TOPICS, folder, Tired(128))
    return folder / JOURNAL


def test_everything_is_embedded_again_when_that_is_asked(tmp_path: Path) -> None:
    half_built(tmp_path)
    report = build_index(TOPICS, tmp_path, WordHashEmbedder(), rebuild=True)
    assert (report.embedded, report.reused) == (300, 0)


def test_a_record_cut_short_or_garbled_ends_the_journal(tmp_path: Path) -> None:
    path = half_built(tmp_path)
    size = path.stat().st_size
    record = 16 + 4 * 256 + 4
    data = bytearray(path.read_bytes())
    data[size - 2 * record - 40] ^= 1  # in the third from the end
    path.write_bytes(data[:-7])
    assert build_index(TOPICS, tmp_path, WordHashEmbedder()).reused == 128 - 3


def test_the_journal_of_another_embedder_is_of_no_use(tmp_path: Path) -> None:
    half_built(tmp_path)
    other = WordHashEmbedder(name="other")
    assert build_index(TOPICS, tmp_path, other).reused == 0
    assert open_index(tmp_path, other).search("subject7", 1)[0].chunk.article_id == "007.md"


@pytest.mark.parametrize("text", [b"", b"\n", b'["word-hash:256", "float32", 256]\n', b"\0" * 2000])
def test_a_journal_of_nothing_is_of_no_use(tmp_path: Path, text: bytes) -> None:
    (tmp_path / JOURNAL).write_bytes(text)
    assert build_index(TOPICS, tmp_path, WordHashEmbedder()).reused == 0


def test_what_is_appended_is_read_back(tmp_path: Path) -> None:
    embedder = WordHashEmbedder(8)
    rows = embedder.embed_passages([f"word{n}" for n in range(5)])
    names = np.array([f"{n:016}".encode() for n in range(5)], "S16")
    journal = Journal(tmp_path, embedder)
    journal.add(names[:2], rows[:2])
    journal.add(names[2:], rows[2:])
    source = Journal(tmp_path, embedder).source()
    assert source.vectors.tobytes() == rows.tobytes()
    assert source.rows_of(names[[4, 0, 2]]).tolist() == [4, 0, 2]
    assert source.rows_of(np.array([b"unknown"], "S16")).tolist() == [-1]


def test_a_text_without_a_vector_is_never_written_as_zeros(tmp_path: Path) -> None:
    source = Source(np.array([b"known"], "S16"), np.ones((1, 8), np.float32))
    with pytest.raises(OSError, match="has lost what was written"):
        write_matrix(tmp_path / "rows.npy", np.array([b"known", b"unknown"], "S16"), (source,), 8, "<f4")


def test_texts_are_held_a_window_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(index.embedded, "WINDOW", 8)
    monkeypatch.setattr(index.embedded, "BLOCK", 7)
    build_index(TOPICS, tmp_path / "windows", WordHashEmbedder())
    monkeypatch.undo()
    build_index(TOPICS, tmp_path / "whole", WordHashEmbedder())
    assert contents(tmp_path / "windows") == contents(tmp_path / "whole")
