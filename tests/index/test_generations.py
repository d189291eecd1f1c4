import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from corpus.errors import StoredIndexError
from index.build import build_index, open_index
from index.generations import current, new_generation
from tests.fakes import WordHashEmbedder
from tests.index.material import ANIMALS, BIRDS, CATS, DOGS, corpus

ROOT = Path(__file__).resolve().parents[2]
STATES = (ANIMALS, corpus(CATS, DOGS), corpus(BIRDS))

# Swaps three indexes round and round until it is killed; says so when the first is in use.
BUILDER = """
import sys
from pathlib import Path
from index.build import build_index
from tests.fakes import WordHashEmbedder
from tests.index.test_generations import STATES
embedder = WordHashEmbedder()
for turn in range(10**6):
    build_index(STATES[turn % 3], Path(sys.argv[1]), embedder)
    if turn == 0:
        print("ready", flush=True)
"""


def builder(folder: Path) -> subprocess.Popen[str]:
    started = subprocess.Popen(
        [sys.executable, "-c", BUILDER, str(folder)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    assert started.stdout is not None
    assert started.stdout.readline() == "ready\n"
    return started


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
def test_killed_at_any_moment_an_index_opens(tmp_path: Path) -> None:
    chance = random.Random(7)
    valid = {tuple(one.id for one in state.articles) for state in STATES}
    for _ in range(3):
        with builder(tmp_path) as process:
            time.sleep(chance.uniform(0.05, 0.3))
            process.send_signal(signal.SIGKILL)
        assert tuple(open_index(tmp_path, WordHashEmbedder()).articles) in valid
    build_index(ANIMALS, tmp_path, WordHashEmbedder())
    assert len(list(tmp_path.glob("gen-*"))) == 1


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL")
def test_readers_always_find_a_whole_index_while_another_process_swaps(tmp_path: Path) -> None:
    valid = {tuple(one.id for one in state.articles) for state in STATES}
    with builder(tmp_path) as process:
        try:
            until = time.monotonic() + 0.7
            while time.monotonic() < until:
                found = open_index(tmp_path, WordHashEmbedder())
                assert tuple(found.articles) in valid
                assert found.search("a bird that cannot fly", 1)
        finally:
            process.kill()  # or a failure would wait for it for ever


def test_a_generation_removed_while_the_pointer_is_followed_is_looked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process swaps between the two steps: reading the name, and finding the folder of that name."""
    build_index(ANIMALS, tmp_path, WordHashEmbedder())
    first, is_dir = current(tmp_path), Path.is_dir

    def swapped(path: Path) -> bool:
        if path == first:
            monkeypatch.undo()
            build_index(corpus(BIRDS), tmp_path, WordHashEmbedder())
        return is_dir(path)

    monkeypatch.setattr(Path, "is_dir", swapped)
    assert current(tmp_path) != first
    assert tuple(open_index(tmp_path, WordHashEmbedder()).articles) == (BIRDS.id,)


class Killed(BaseException):
    """Stands for the end of the process: after it nothing touches the disk any more."""


def swap_until(folder: Path, last: int) -> int:
    """Build BIRDS, killed before the disk is touched for the n-th time; how often it was touched."""
    made = 0

    def touch(real: Callable[..., object]) -> Callable[..., object]:
        def wrapped(*args: object, **named: object) -> object:
            nonlocal made
            if made == last:
                raise Killed
            made += 1
            return real(*args, **named)

        return wrapped

    touched = ((os, "replace"), (os, "fsync"), (shutil, "rmtree"), (Path, "write_bytes"), (Path, "write_text"))
    with pytest.MonkeyPatch.context() as patch, suppress(Killed):
        for owner, name in touched:
            patch.setattr(owner, name, touch(getattr(owner, name)))
        build_index(corpus(BIRDS), folder, WordHashEmbedder())
    return made


def test_killed_before_each_step_the_old_or_the_new_index_opens(tmp_path: Path) -> None:
    build_index(ANIMALS, tmp_path / "whole", WordHashEmbedder())
    steps = swap_until(tmp_path / "whole", -1)
    assert steps > 15
    seen = []
    for step in range(steps):
        folder = tmp_path / str(step)
        build_index(ANIMALS, folder, WordHashEmbedder())
        assert swap_until(folder, step) == step
        seen.append(len(open_index(folder, WordHashEmbedder()).articles))
        build_index(corpus(CATS, DOGS), folder, WordHashEmbedder())
        assert [path.name for path in folder.glob("gen-*")] == [current(folder).name]
    assert seen == sorted(seen, reverse=True)
    assert set(seen) == {1, 3}


def test_a_second_builder_is_told_to_wait(tmp_path: Path) -> None:
    build_index(ANIMALS, tmp_path, WordHashEmbedder())
    with new_generation(tmp_path):
        with pytest.raises(StoredIndexError, match="another process is building it"):
            build_index(corpus(BIRDS), tmp_path, WordHashEmbedder())
        assert len(open_index(tmp_path, WordHashEmbedder()).articles) == 3


def build_half(folder: Path, error: type[BaseException]) -> None:
    with new_generation(folder) as fresh:
        (fresh / "half").write_text("written")
        raise error


def test_a_build_that_fails_leaves_the_old_index_and_no_litter(tmp_path: Path) -> None:
    build_index(ANIMALS, tmp_path, WordHashEmbedder())
    for stop in (KeyboardInterrupt, ValueError):
        with pytest.raises(stop):
            build_half(tmp_path, stop)
    assert len(open_index(tmp_path, WordHashEmbedder()).articles) == 3
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != ".lock") == [
        "CURRENT",
        current(tmp_path).name,
    ]


def test_an_opened_index_survives_the_next_build(tmp_path: Path) -> None:
    build_index(ANIMALS, tmp_path, WordHashEmbedder())
    before = open_index(tmp_path, WordHashEmbedder())
    hits = before.search("cat fish")
    build_index(corpus(BIRDS), tmp_path, WordHashEmbedder())
    assert before.search("cat fish") == hits
