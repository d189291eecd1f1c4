"""Which sentences of the passages found answer the question: candidates, and the order they are tried in."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.coverage import Coverage
from bot.reading import is_item, is_row, readable
from bot.types import Evidence
from corpus.sentences import sentences
from index.search import Index
from index.types import Chunk, Embedder, Hit, Vectors

# score = cosine + COVERAGE * idf-weighted share of the question's words + PASSAGE * score of the passage.
# Chosen on squad2, whole road, 700 questions: the best sentence holds a gold answer for .64 by cosine alone, for .76 by
# this sum (bench/LOG.md).
COVERAGE = 0.5
PASSAGE = 0.5
# A list up to this long is quoted whole with its lead-in: half a list answers half the question.
WHOLE_LIST = 700  # characters
# Items longer than this on average are statements of their own and compete one by one.
LONG_ITEM = 120  # characters
# A first "No." or "False." says nothing without the sentence after it.
FEWEST_WORDS = 4


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of an article that can be quoted on its own."""

    start: int  # characters into Article.text
    end: int
    lead: str = ""  # the header row or lead-in it stands under, when that is not part of the span


def candidates(chunk: Chunk) -> list[Span]:
    """The sentences, lists, long items, rows and code blocks of a chunk, in order."""
    found: list[Span] = []
    offset, lead = 0, Span(0, 0, "" if is_row(chunk.context) else chunk.context)
    for block in chunk.text.split("\n\n"):
        begin = chunk.start + offset
        first = block.split("\n", 1)[0]
        if is_row(first):
            found += _rows(block, begin, chunk.context)
        elif is_item(first):
            if found and found[-1] == lead and _introduces(chunk, lead):
                found.pop()
            found += _items(block, begin, lead, chunk)
        elif block.startswith("```"):
            found.append(Span(begin, begin + len(block)))
        elif block.strip():
            found += _sentences(block, begin)
            lead = found[-1]
        offset += len(block) + 2
    return found


def _introduces(chunk: Chunk, lead: Span) -> bool:
    return chunk.text[lead.start - chunk.start : lead.end - chunk.start].endswith(":")


def _sentences(block: str, begin: int) -> list[Span]:
    """The block's sentences; a very short one is joined to the next, which explains it."""
    found: list[Span] = []
    for start, end in sentences(block):
        if found and len(block[found[-1].start - begin : found[-1].end - begin].split()) < FEWEST_WORDS:
            found[-1] = Span(found[-1].start, begin + end)
        else:
            found.append(Span(begin + start, begin + end))
    return found


def _rows(block: str, begin: int, context: str) -> list[Span]:
    rows = block.split("\n")
    header = context if is_row(context) else rows[0]
    found, offset = [], 0
    for number, row in enumerate(rows):
        if number > 0 or is_row(context) or len(rows) == 1:
            found.append(Span(begin + offset, begin + offset + len(row), header if row != header else ""))
        offset += len(row) + 1
    return found


def _items(block: str, begin: int, lead: Span, chunk: Chunk) -> list[Span]:
    """The list as a whole from its lead-in on, or item by item when the items are long."""
    items = block.split("\n")
    end = begin + len(block)
    said = lead.lead or (
        chunk.text[lead.start - chunk.start : lead.end - chunk.start] if _introduces(chunk, lead) else ""
    )
    adjoins = lead.end > 0 and chunk.text[lead.end - chunk.start : begin - chunk.start].strip() == ""
    if len(block) <= WHOLE_LIST and len(block) / len(items) <= LONG_ITEM:
        return [Span(lead.start, end)] if adjoins and _introduces(chunk, lead) else [Span(begin, end, said)]
    found, offset = [], 0
    for item in items:
        found.append(Span(begin + offset, begin + offset + len(item), said))
        offset += len(item) + 1
    return found


def rank_evidence(
    question: str, vector: Vectors, hits: Sequence[Hit], embedder: Embedder, cover: Coverage, most: int
) -> tuple[Evidence, ...]:
    """The best candidates of the hits, best first, numbered 1..m with m <= most; ties in the order found."""
    found = [(hit, span) for hit in hits for span in candidates(hit.chunk)]
    if not found:
        return ()
    texts = [hit.chunk.text[span.start - hit.chunk.start : span.end - hit.chunk.start] for hit, span in found]
    shown = [in_context(hit.chunk, span.lead, text) for (hit, span), text in zip(found, texts, strict=True)]
    cosine = embedder.embed_passages(shown) @ vector[0]
    covered = np.array([cover.share(question, text) for text in shown])
    passage = np.array([hit.score for hit, _ in found])
    scores = cosine + COVERAGE * covered + PASSAGE * passage
    order = np.argsort(-scores, kind="stable")[:most]
    return tuple(
        Evidence(
            rank + 1,
            found[i][0].chunk,
            found[i][1].start,
            found[i][1].end,
            texts[i],
            float(scores[i]),
            found[i][1].lead,
            float(cosine[i]),
            float(covered[i]),
        )
        for rank, i in enumerate(order)
    )


def in_context(chunk: Chunk, lead: str, text: str) -> str:
    """A candidate as it is compared with the question: under its heading, after its lead-in."""
    middle = "" if is_row(lead) else lead
    return " ".join(part for part in (f"{chunk.heading or chunk.title}:", middle, readable(text, lead)) if part)


def author_answer(entry: Chunk, index: Index) -> tuple[Evidence, ...]:
    """All of an FAQ entry's answer in order: sentence by sentence, lists, tables and code whole."""
    found: list[Evidence] = []
    for chunk in index.chunks_of(entry.article_id):
        if (chunk.anchor, chunk.heading_path) != (entry.anchor, entry.heading_path):
            continue
        for span in _as_written(chunk):
            text = chunk.text[span.start - chunk.start : span.end - chunk.start]
            found.append(Evidence(len(found) + 1, chunk, span.start, span.end, text, 1.0))
    return tuple(found)


def _as_written(chunk: Chunk) -> list[Span]:
    found: list[Span] = []
    offset = 0
    for block in chunk.text.split("\n\n"):
        begin = chunk.start + offset
        if is_row(block.split("\n", 1)[0]) or is_item(block.split("\n", 1)[0]) or block.startswith("```"):
            found.append(Span(begin, begin + len(block)))
        elif block.strip():
            found += _sentences(block, begin)
        offset += len(block) + 2
    return found
