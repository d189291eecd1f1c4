"""Articles into a stored index, and a stored index back into memory."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corpus.errors import StoredIndexError
from corpus.types import Article, Corpus
from index.chunk import CHUNKING, chunk_article
from index.embedded import Digests, Journal, Progress, Source, embed_missing, write_matrix
from index.generations import current, new_generation
from index.lexical import LexicalIndex
from index.manifest import MEND, Manifest, check_files, describe_files, read_manifest
from index.records import corpus_hash
from index.search import Index
from index.store import STORED, Choice, Codes, FaissStore, Kind, kind_of
from index.texts import Entries, digest, open_texts, write_texts
from index.types import Chunk, Embedder
from index.words import WordCount, Words

VECTORS = "vectors.npy"
QUESTIONS = "questions.npy"
CODES = {VECTORS: "vectors.faiss", QUESTIONS: "questions.faiss"}  # only where the search is approximate
WORDS = "words.json"
BM25 = "bm25"


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did."""

    articles: int
    chunks: int
    embedded: int  # chunks
    reused: int  # chunks whose vectors the old index could lend, or a build that was killed had made
    removed: int  # chunks of the old index that are no longer there
    seconds: float


@dataclass(frozen=True, slots=True)
class _Old:
    """What the old index can lend."""

    known: tuple[Source, ...] = ()
    keys: NDArray[np.uint64] = field(default_factory=lambda: np.zeros(0, np.uint64))  # its chunks' ids


def build_index(
    corpus: Corpus, folder: Path, embedder: Embedder, *, progress: Progress | None = None, rebuild: bool = False,
    choice: Choice = "auto",
) -> BuildReport:  # fmt: skip
    """Bring the index in `folder` up to date, embedding only texts it does not hold; with `rebuild`, all of them.

    Either way the result is the same bits. A build that was killed is gone on with. `choice` says how the index will be
    searched. StoredIndexError when it cannot be written; the old index then stays.
    """
    began = time.perf_counter()
    with new_generation(folder) as fresh:
        old = _Old() if rebuild else _old(folder, embedder)
        words = WordCount()
        LexicalIndex.of(chunk.passage for chunk in _chunks(corpus, fresh, words)).save(fresh / BM25)
        words.write(fresh / WORDS)
        _, chunks = open_texts(fresh)
        entries, journal = Entries(chunks), Journal(folder, embedder)
        if rebuild:
            journal.clear()
        asked = _asked(entries)
        search, question_search = (kind_of(len(digests), choice) for digests in (chunks.passages, asked))
        lent = (*old.known, journal.source())
        embedded = embed_missing(
            chunks.passages, lambda row: chunks[row].passage, _lenders(lent, search), embedder, journal, progress
        )
        embed_missing(asked, lambda row: entries[row].heading, _lenders(lent, question_search), embedder, journal, None)
        lent = (*old.known, journal.source())
        _write_vectors(fresh / VECTORS, chunks.passages, _lenders(lent, search), embedder, search)
        _write_vectors(fresh / QUESTIONS, asked, _lenders(lent, question_search), embedder, question_search)
        Manifest(
            embedder=embedder.fingerprint,
            dtype=embedder.dtype,
            dimension=embedder.dimension,
            corpus=corpus_hash(corpus),
            articles=len(corpus.articles),
            chunks=len(chunks),
            questions=len(entries),
            search=search,
            question_search=question_search,
            files=describe_files(fresh),
        ).write(fresh)
    removed = len(np.setdiff1d(old.keys, chunks.keys))
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
        articles, chunks = open_texts(generation)
        vectors = _store(generation, VECTORS, manifest.search)
        questions = _store(generation, QUESTIONS, manifest.question_search)
        lexical = LexicalIndex.load(generation / BM25, len(chunks))
        words = Words(generation / WORDS)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise StoredIndexError(f"index {folder}: cannot be read ({reason}); {MEND}") from error
    entries = Entries(chunks)
    counts = (len(articles), len(chunks), len(vectors), len(entries), len(questions))
    promised = (manifest.articles, manifest.chunks, manifest.chunks, manifest.questions, manifest.questions)
    if counts != promised or vectors.dimension != manifest.dimension:
        raise StoredIndexError(f"index {folder}: its parts do not belong together {counts}, not {promised}; {MEND}")
    return Index(articles, chunks, entries, manifest, embedder, lexical, vectors, questions, words)


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


def _old(folder: Path, embedder: Embedder) -> _Old:
    """What the old index can lend: vectors of the same weights in the same type, when it is whole."""
    try:
        generation = current(folder)
        manifest = read_manifest(generation)
        check_files(generation, manifest)
        _, chunks = open_texts(generation)
        if (manifest.embedder, manifest.dtype) != (embedder.fingerprint, embedder.dtype):
            return _Old(keys=chunks.keys)
        passages, questions = (np.load(generation / name, mmap_mode="r") for name in (VECTORS, QUESTIONS))
        return _Old((Source(chunks.passages, passages), Source(_asked(Entries(chunks)), questions)), chunks.keys)
    except (StoredIndexError, OSError, ValueError):
        return _Old()


def _chunks(corpus: Corpus, fresh: Path, words: WordCount) -> Iterator[Chunk]:
    """Articles and chunks as they are written, one after the other: never all chunks in memory."""

    def cut() -> Iterator[tuple[Article, tuple[Chunk, ...]]]:
        for article in corpus.articles:
            words.add(article.text)
            yield article, chunk_article(article)

    return write_texts(fresh, cut())


def _asked(entries: Entries) -> Digests:
    """Digests of the FAQ entries' questions."""
    return np.array([digest(entry.heading) for entry in entries], "S16")


def _lenders(known: Sequence[Source], kind: Kind) -> list[Source]:
    """Those whose vectors do for a search of this kind: halves do not where every row is compared exactly."""
    return [source for source in known if source.lends(STORED[kind])]


def _write_vectors(path: Path, digests: Digests, known: Sequence[Source], embedder: Embedder, kind: Kind) -> None:
    """The matrix and, where the search is approximate, its codes."""
    write_matrix(path, digests, known, embedder.dimension, STORED[kind])
    if kind == "approximate":
        Codes.of(np.load(path, mmap_mode="r")).save(path.with_name(CODES[path.name]))


def _store(generation: Path, name: str, kind: Kind) -> FaissStore:
    return FaissStore.load(generation / name, generation / CODES[name] if kind == "approximate" else None)
