"""Settings become parts: the one place where the real adapters are chosen and joined."""

import sys
from collections.abc import Iterable
from typing import cast

from index.build import BuildReport, build_index, is_current, open_index
from index.embedder import load_embedder

from bot.gate import Gate
from bot.pipeline import Bot
from bot.settings import Settings
from bot.verifier import CutVerifier
from corpus.load import load_articles
from corpus.types import Corpus
from index.types import Embedder


def assemble(settings: Settings, *, strict: bool = False) -> Bot:
    """A bot over an index that is up to date with the articles."""
    from bot.generator import load_generator

    embedder = load_embedder(settings.embedder)
    _update(settings, embedder, strict=strict, rebuild=False)
    index = open_index(settings.index, embedder)
    generator = None
    if settings.generator != "none":
        generator = load_generator(settings.generator, settings.models, settings.max_new_tokens)
    return Bot(index, generator, CutVerifier(), Gate(), settings)


def update_index(settings: Settings, *, strict: bool, rebuild: bool) -> tuple[BuildReport | None, Corpus]:
    """Bring the index up to date; the report is None when it already was."""
    return _update(settings, load_embedder(settings.embedder), strict=strict, rebuild=rebuild)


def _update(
    settings: Settings, embedder: Embedder, *, strict: bool, rebuild: bool
) -> tuple[BuildReport | None, Corpus]:
    corpus = load_articles(settings.corpus, strict=strict)
    for problem in corpus.problems:
        print(f"footnote: {problem}", file=sys.stderr)  # noqa: T201 - the report of what could not be read
    if not rebuild and is_current(settings.index, corpus, embedder):
        return None, corpus
    return build_index(corpus, settings.index, embedder, progress=progress_bar, rebuild=rebuild), corpus


def progress_bar(items: Iterable[str], total: int | None = None) -> Iterable[str]:
    """The items again, with a bar on standard error."""
    from tqdm import tqdm

    return cast(Iterable[str], tqdm(items, total=total, desc="embedding", unit="chunk", leave=False, disable=None))
