"""Articles into chunks: whole paragraphs, lists and tables of one section, packed up to a budget.

A chunk never crosses a section. What is too long for one chunk is parted where a reader would: a paragraph at the end
of a sentence, a list between items, a table between rows, code between lines. The parts of a list carry its lead-in as
`context`, the parts of a table its header row.
"""

import hashlib
from collections.abc import Iterator

from corpus.types import Article, Section
from index.layout import Unit, groups
from index.types import Chunk

# Longest text of a chunk; all-MiniLM reads 256 word pieces, title, headings and context included (bench/LOG.md).
BUDGET = 800  # characters
# Chunks of another version are cut elsewhere; raise it when the rules of this module or of index/layout.py change.
CHUNKING = f"blocks-{BUDGET}-1"


def chunk_article(article: Article) -> tuple[Chunk, ...]:
    """The chunks of an article in reading order; together they hold every word of it but its headings."""
    return tuple(chunk for section in article.sections for chunk in _chunk_section(article, section))


def _chunk_section(article: Article, section: Section) -> Iterator[Chunk]:
    for unit in _packed(article.text, section):
        text = article.text[unit.start : unit.end]
        yield Chunk(
            id=_chunk_id(article.id, unit.start, text),
            article_id=article.id,
            title=article.title,
            heading_path=section.heading_path,
            anchor=section.anchor,
            text=text,
            start=unit.start,
            end=unit.end,
            context=unit.context,
            is_faq=section.is_faq,
        )


def _packed(text: str, section: Section) -> Iterator[Unit]:
    """Consecutive units joined for as long as they fit; a block is opened only when it cannot stay whole."""
    current: Unit | None = None
    for group in groups(text, section.body, section.end, BUDGET):
        whole = Unit(group[0].start, group[-1].end)
        units = [whole] if whole.length <= BUDGET else group
        for unit in units:
            if current and unit.end - current.start <= BUDGET:
                current = Unit(current.start, unit.end, current.context)
                continue
            if current:
                yield current
            current = unit
    if current:
        yield current


def _chunk_id(article_id: str, start: int, text: str) -> str:
    """Depends on article, position and text, so the same text in two places has two ids."""
    return hashlib.sha256(f"{article_id}\0{start}\0{text}".encode("utf-8", "surrogatepass")).hexdigest()[:16]
