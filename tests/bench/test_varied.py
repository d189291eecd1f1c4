"""What a million chunks are made of stands for real ones: the same cuts, vectors near but not on theirs."""

from pathlib import Path

import numpy as np

from bench.varied import Editions, VariedEmbedder, in_edition
from corpus.types import Corpus
from index.build import build_index, open_index
from tests.fakes import WordHashEmbedder
from tests.index.material import BIRDS, article, corpus

ROOMS = article("rooms.md", ("Rooms 12", "There are 12 rooms on 3 floors, built in 1998."), ("Beds", "40 of 2 kinds."))


def test_editions_are_cut_as_the_articles_are_and_their_vectors_are_near_them(tmp_path: Path) -> None:
    build_index(corpus(BIRDS, ROOMS), tmp_path / "real", WordHashEmbedder())
    real = open_index(tmp_path / "real", WordHashEmbedder())
    editions = Editions(real, 31)  # of three chunks
    assert len(editions) == len(list(editions)) == 21
    embedder = VariedEmbedder(real)
    build_index(Corpus(tmp_path, tuple(editions)), tmp_path / "varied", embedder)  # type: ignore[arg-type]
    varied = open_index(tmp_path / "varied", embedder)  # type: ignore[arg-type]
    assert len({chunk.passage for chunk in varied.chunks}) == len(varied.chunks) == 31
    assert embedder.strange == 0
    rows = varied.vectors.vectors
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    assert rows[:3].tobytes() == real.vectors.vectors.tobytes()
    cosines = (rows[3:30].reshape(9, 3, -1) * real.vectors.vectors).sum(axis=2)
    assert cosines.min() > 0.2
    assert 0.6 < np.median(cosines) < 0.99


def test_an_edition_has_other_numbers_and_is_marked() -> None:
    first, second = in_edition(ROOMS, 1), in_edition(ROOMS, 2)
    assert len({ROOMS.text, first.text, second.text}) == 3
    assert len(first.text) == len(ROOMS.text)
    assert first.title.endswith(", edition 1")
    assert in_edition(ROOMS, 0) == ROOMS
