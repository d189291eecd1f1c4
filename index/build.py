"""Articles into a stored index, and a stored index back into memory."""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from types import MappingProxyType
from typing import Protocol

import numpy as np

from corpus.errors import StoredIndexError
from corpus.types import Corpus
from index.chunk import CHUNKING, chunk_article
from index.generations import current, new_generation
from index.lexical import LexicalIndex
from index.manifest import MEND, Manifest, check_files, describe_files, read_manifest
from index.records import corpus_hash, read_articles, read_chunks, write_lines
from index.search import Index, faq_entries
from index.store import FaissStore
from index.types import Embedder, Vectors

ARTICLES = "articles.jsonl"
CHUNKS = "chunks.jsonl"
VECTORS = "vectors.faiss"
QUESTIONS = "questions.faiss"
BM25 = "bm25"
SLICE = 64  # passages embedded between two steps of the progress bar


class Progress(Protocol):
    """Passes items on and shows how far it is; tqdm, in short."""

    def __call__(self, items: Iterable[str], total: int | None = None) -> Iterable[str]:
        """The items again."""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did."""

    articles: int
    chunks: int
    embedded: int  # chunks
    reused: int  # chunks whose vectors the old index held
    removed: int  # chunks of the old index that are no longer there
    seconds: float


@dataclass(frozen=True, slots=True)
class _Known:
    """Vectors of an old index by the text they were made of."""

    passages: dict[str, Vectors]
    questions: dict[str, Vectors]
    chunk_ids: frozenset[str]


def build_index(
    corpus: Corpus, folder: Path, embedder: Embedder, *, progress: Progress | None = None, rebuild: bool = False
) -> BuildReport:
    """Bring the index in `folder` up to date, embedding only texts it does not hold; with `rebuild`, all of them.

    Either way the result is the same bits. StoredIndexError when it cannot be written; the old index then stays.
    """
    began = time.perf_counter()
    with new_generation(folder) as fresh:
        known = _Known({}, {}, frozenset()) if rebuild else _known(folder, embedder)
        chunks = tuple(chunk for article in corpus.articles for chunk in chunk_article(article))
        entries = faq_entries(chunks)
        passages = [chunk.passage for chunk in chunks]
        vectors, embedded = _embed(passages, known.passages, embedder, progress)
        questions, _ = _embed([chunk.heading for chunk in entries], known.questions, embedder, None)
        write_lines(fresh / ARTICLES, corpus.articles)
        write_lines(fresh / CHUNKS, chunks)
        FaissStore.of(vectors).save(fresh / VECTORS)
        FaissStore.of(questions).save(fresh / QUESTIONS)
        LexicalIndex.of(passages).save(fresh / BM25)
        Manifest(
            embedder=embedder.fingerprint,
            dtype=embedder.dtype,
            dimension=embedder.dimension,
            corpus=corpus_hash(corpus),
            articles=len(corpus.articles),
            chunks=len(chunks),
            questions=len(entries),
            files=describe_files(fresh),
        ).write(fresh)
    removed = len(known.chunk_ids - {chunk.id for chunk in chunks})
    reused = len(chunks) - embedded
    return BuildReport(len(corpus.articles), len(chunks), embedded, reused, removed, time.perf_counter() - began)


def open_index(folder: Path, embedder: Embedder) -> Index:
    """The index in `folder`, checked whole; StoredIndexError says what is wrong and which command mends it."""
    while True:
        generation = current(folder)
        try:
            return _read(folder, generation, embedder)
        except StoredIndexError:
            # A builder may have put a new generation to use and removed this one meanwhile: look again.
            if current(folder) == generation:
                raise


def _read(folder: Path, generation: Path, embedder: Embedder) -> Index:
    manifest = read_manifest(generation)
    _check_fit(folder, manifest, embedder)
    try:
        check_files(generation, manifest)
        articles = {article.id: article for article in read_articles(generation / ARTICLES)}
        chunks = tuple(read_chunks(generation / CHUNKS))
        vectors, questions = FaissStore.load(generation / VECTORS), FaissStore.load(generation / QUESTIONS)
        lexical = LexicalIndex.load(generation / BM25, len(chunks))
    except OSError as error:
        raise StoredIndexError(f"index {folder}: cannot be read ({error.strerror or error}); {MEND}") from error
    entries = faq_entries(chunks)
    counts = (len(articles), len(chunks), len(vectors), len(entries), len(questions))
    promised = (manifest.articles, manifest.chunks, manifest.chunks, manifest.questions, manifest.questions)
    if counts != promised or vectors.dimension != manifest.dimension:
        raise StoredIndexError(f"index {folder}: its parts do not belong together {counts}, not {promised}; {MEND}")
    return Index(MappingProxyType(articles), chunks, entries, manifest, embedder, lexical, vectors, questions)


def _check_fit(folder: Path, manifest: Manifest, embedder: Embedder) -> None:
    """A stale or foreign index gives no wrong answers: it is refused."""
    made = (manifest.embedder, manifest.dimension)
    if made != (embedder.fingerprint, embedder.dimension):
        raise StoredIndexError(
            f"index {folder}: made with the embedder {made[0]} of dimension {made[1]}, "
            f"not {embedder.fingerprint} of {embedder.dimension}; {MEND}"
        )
    if manifest.dtype != embedder.dtype:
        raise StoredIndexError(f"index {folder}: embedded in {manifest.dtype}, not {embedder.dtype} as now; {MEND}")
    if manifest.chunking != CHUNKING:
        raise StoredIndexError(f"index {folder}: cut by the rules {manifest.chunking}, not {CHUNKING}; {MEND}")


def _known(folder: Path, embedder: Embedder) -> _Known:
    """What the old index can lend: vectors of the same weights in the same type, when it is whole."""
    try:
        generation = current(folder)
        manifest = read_manifest(generation)
        check_files(generation, manifest)
        chunks = tuple(read_chunks(generation / CHUNKS))
        names = frozenset(chunk.id for chunk in chunks)
        if (manifest.embedder, manifest.dtype) != (embedder.fingerprint, embedder.dtype):
            return _Known({}, {}, names)
        rows, asked = FaissStore.load(generation / VECTORS).vectors, FaissStore.load(generation / QUESTIONS).vectors
    except (StoredIndexError, OSError):
        return _Known({}, {}, frozenset())
    entries = faq_entries(chunks)
    return _Known(
        {chunk.passage: row for chunk, row in zip(chunks, rows, strict=True)},
        {chunk.heading: row for chunk, row in zip(entries, asked, strict=True)},
        names,
    )


def _embed(
    texts: Sequence[str], known: dict[str, Vectors], embedder: Embedder, progress: Progress | None
) -> tuple[Vectors, int]:
    """Vectors of all texts, and how many texts had to be embedded for it."""
    embedded = sum(text not in known for text in texts)
    # Like lengths together: less padding. A row does not depend on its neighbours, so order is free.
    missing = sorted({text for text in texts if text not in known}, key=len)
    found = dict(known)
    for part in _slices(progress(missing, len(missing)) if progress else missing):
        found.update(zip(part, embedder.embed_passages(part), strict=True))
    if not texts:
        return np.zeros((0, embedder.dimension), np.float32), 0
    return np.stack([found[text] for text in texts]), embedded


def _slices(items: Iterable[str]) -> Iterator[list[str]]:
    iterator = iter(items)
    while part := list(islice(iterator, SLICE)):
        yield part
