"""Settings become parts: the one place where the real adapters are chosen and joined."""

import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from bot.gate import Gate
from bot.lookup import Lookup
from bot.pipeline import Bot
from bot.settings import Settings
from bot.terminal import as_summary, say
from bot.types import Reader
from bot.verifier import CutVerifier
from corpus.errors import StoredIndexError
from corpus.load import load_articles
from corpus.types import Corpus
from index.build import BuildReport, build_index, open_index
from index.embedder import load_embedder
from index.generations import CURRENT
from index.manifest import MEND
from index.memory import give_back
from index.records import corpus_hash
from index.search import Index
from index.types import Embedder

if TYPE_CHECKING:
    from bot.calibrate import Calibration


@dataclass(frozen=True, slots=True)
class Updated:
    """An index that is whole and made of just these articles."""

    corpus: Corpus
    index: Index
    report: BuildReport | None  # None: it already was


def assemble(settings: Settings, *, strict: bool = False, late: bool = False) -> Bot:
    """A bot over an index that is up to date with the articles; `late`, its generator waits until it is needed."""
    from bot.reader import load_reader

    with ThreadPoolExecutor(1) as beside:  # half a second of a cold start, most of it the engine's
        reader = beside.submit(load_reader, engine=settings.engine)
        updated = update_index(settings, strict=strict)
    if updated.report:
        say(as_summary(updated.index, updated.report, settings.index))
    return _over(updated.index, settings, reader.result(), late=late)


def assemble_stored(settings: Settings) -> Bot:
    """A bot over the index as it lies there, the articles not looked at; StoredIndexError when there is none."""
    from bot.reader import load_reader

    index = open_index(settings.index, load_embedder(settings.embedder, engine=settings.engine))
    return _over(index, settings, load_reader(engine=settings.engine))


def _over(index: Index, settings: Settings, reader: Reader, *, late: bool = False) -> Bot:
    from bot.generator import load_generator, load_late

    generator = None
    if settings.generator != "none":
        generator = (load_late if late else load_generator)(settings.generator, settings.models, settings.engine)
    gate, settings = _calibrated(index, settings)
    give_back()  # what an index was built in and models were made from; a late generator comes later
    return Bot(index, generator, reader, CutVerifier(), gate, settings)


def _calibrated(index: Index, settings: Settings) -> tuple[Gate, Settings]:
    """The shipped gate or, where `most_wrong` is set, the one fitted to these articles, and the confidence it needs."""
    if settings.most_wrong is None:
        return Gate(), settings
    from bot.calibrate import asked_of, read_calibration

    threshold, gate = asked_of(settings.most_wrong, read_calibration(settings.index, index, settings.top_k))
    return gate, settings.model_copy(update={"min_confidence": threshold})


def calibrate_index(settings: Settings, updated: Updated) -> "Calibration":
    """Fit the gate to the articles of an index and keep the result beside it."""
    from bot.calibrate import calibrate, without_headings, write_calibration
    from bot.reader import load_reader

    reader, index = load_reader(engine=settings.engine), updated.index
    # As it will be served: `most_wrong` stands in for a threshold of 0, which would have everything read.
    served = settings.model_copy(update={"min_confidence": Settings.model_fields["min_confidence"].default})
    with tempfile.TemporaryDirectory(prefix="footnote-") as folder:
        build_index(without_headings(updated.corpus), Path(folder), index.embedder, progress=progress_bar)
        bare = open_index(Path(folder), index.embedder)
        found = calibrate(index, [Lookup(one, reader, Gate(), served) for one in (index, bare)], served.top_k)
    write_calibration(found, settings.index)
    return found


def update_index(settings: Settings, *, strict: bool = False, rebuild: bool = False) -> Updated:
    """Bring the index up to date with the articles; files that cannot be read, and a damaged index, are told."""
    corpus = load_articles(settings.corpus, strict=strict)
    for problem in corpus.problems:
        say(str(problem))
    embedder = load_embedder(settings.embedder, engine=settings.engine)
    index = None if rebuild else _stored(settings.index, embedder)
    if index is not None and index.is_searched(settings.search) and index.manifest.corpus == corpus_hash(corpus):
        return Updated(corpus, index, None)
    report = build_index(
        corpus, settings.index, embedder, progress=progress_bar, rebuild=rebuild, choice=settings.search
    )
    return Updated(corpus, open_index(settings.index, embedder), report)


def _stored(folder: Path, embedder: Embedder) -> Index | None:
    """The index in `folder`; None when there is none, and when it is of no use, which is told."""
    try:
        return open_index(folder, embedder)
    except StoredIndexError as error:
        if (folder / CURRENT).exists():
            say(f"{str(error).removesuffix(f'; {MEND}')}; building it again")
        return None


def progress_bar(items: Iterable[str], total: int | None = None) -> Iterable[str]:
    """The items again, with a bar on standard error."""
    from tqdm import tqdm

    return cast(Iterable[str], tqdm(items, total=total, desc="embedding", unit="chunk", leave=False, disable=None))
