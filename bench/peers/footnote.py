"""Footnote as it ships: `python app.py index`, then questions, default settings."""

import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench.peers.types import Answer, Article, Built
from bot.assemble import assemble_stored
from bot.settings import Settings
from bot.types import Finished, Said
from corpus.load import load_articles
from index.build import build_index
from index.embedder import load_embedder
from training.lines import write_lines


def indexed(articles: Sequence[Article], folder: Path) -> tuple[Settings, float]:
    """The articles as a file, an index on disk, and the seconds it took."""
    (folder / "articles").mkdir()
    rows = [{"id": one.id, "title": one.title, "text": one.text} for one in articles]
    write_lines(folder / "articles" / "articles.jsonl", rows)
    embedder = load_embedder()
    started = time.perf_counter()
    build_index(load_articles(folder / "articles"), folder / "index", embedder)
    return Settings(corpus=folder / "articles", index=folder / "index"), time.perf_counter() - started


def build(articles: Sequence[Article]) -> Built:
    """An index and the whole pipeline."""
    settings, index_seconds = indexed(articles, Path(tempfile.mkdtemp(prefix="footnote-peers-")))
    bot = assemble_stored(settings)

    def ask(question: str) -> Answer:
        started = time.perf_counter()
        first, said, sources, lane = 0.0, [], [], ""
        for event in bot.stream(question):
            if isinstance(event, Said):
                first = first or time.perf_counter() - started
                said.append(event.claim.text)
                sources += [citation.article_id.partition("#")[2] for citation in event.claim.citations]  # file#id
            elif isinstance(event, Finished):
                lane = event.answer.lane
        done = time.perf_counter() - started
        return Answer(" ".join(said), tuple(dict.fromkeys(sources)), first or done, done, lane, declined=not said)

    return Built(ask, index_seconds)
