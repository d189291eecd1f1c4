"""What of a chunk can be quoted on its own: sentences, lists and code with their lead-in, long items, rows."""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass

from bot.reading import cells, is_item, is_row, readable
from bot.types import Evidence
from bot.vocabulary import CONCLUDING, CONNECTIVES, DEMONSTRATIVES, MODALS, POINTING, PREPOSITIONS
from bot.words import words
from corpus.sentences import sentences
from index.search import Index
from index.types import Chunk

FENCE = "```"
# A list up to this long is quoted whole with its lead-in: half a list answers half the question.
WHOLE_LIST = 700  # characters
# Items longer than this on average are statements of their own and compete one by one.
LONG_ITEM = 120  # characters
# A line without a stop before a list names it; a longer one is a sentence whose stop was forgotten.
LONGEST_CAPTION = 80  # characters
# A first "No." or "False." says nothing without the sentence after it.
FEWEST_WORDS = 4
OPENING = 6  # words in which a sentence says that it is a conclusion
LONGEST_ANTECEDENT = 300  # characters of the sentences before, which name what "it" is


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of an article that can be quoted on its own."""

    start: int  # characters into Article.text
    end: int
    lead: str = ""  # the header row or lead-in it stands under, when that is not part of the span

    def of(self, chunk: Chunk) -> str:
        """The text of the span, which lies in `chunk`."""
        return chunk.text[self.start - chunk.start : self.end - chunk.start]


def candidates(chunk: Chunk) -> list[Span]:
    """The sentences, lists, long items, rows and code blocks of a chunk, in order."""
    found: list[Span] = []
    lead = Span(0, 0, "" if is_row(chunk.context) else chunk.context)
    for offset, block in _blocks(chunk.text):
        begin = chunk.start + offset
        first = block.split("\n", 1)[0]
        introduced = bool(found) and found[-1] == lead and _introduces(lead.of(chunk), block)
        if introduced:
            found.pop()  # "These are open:" says nothing without what follows
        if is_row(first):
            found += _rows(block, begin, "" if offset else chunk.context)  # only the first block continues a table
        elif is_item(first):
            found += _items(block, begin, lead, chunk)
        elif block.startswith(FENCE):
            found.append(Span(lead.start if introduced else begin, begin + len(block)))
        elif block.strip():
            found += _sentences(block, begin)
            lead = found[-1]
    return found


def _blocks(text: str) -> Iterator[tuple[int, str]]:
    """The blocks of a chunk with their offsets; code keeps the empty lines between its fences."""
    offset, parts = 0, text.split("\n\n")
    while parts:
        block = parts.pop(0)
        while block.startswith(FENCE) and not block.endswith("\n" + FENCE) and parts:
            block += "\n\n" + parts.pop(0)
        yield offset, block
        offset += len(block) + 2


def _introduces(line: str, block: str) -> bool:
    """Whether a line belongs to what is after it: "These are open:", "Then run:", or, in bold, "If you wish to export".

    Without a colon it is a short line that ends without a stop, and the list is short too.
    """
    first = block.split("\n", 1)[0]
    if line.endswith(":"):
        return is_row(first) or is_item(first) or (block.startswith(FENCE) and len(block) <= WHOLE_LIST)
    return is_item(first) and _is_short(block) and line[-1:].isalnum() and len(line) <= LONGEST_CAPTION


def _is_short(block: str) -> bool:
    """Whether a list is quoted as a whole."""
    return len(block) <= WHOLE_LIST and len(block) <= LONG_ITEM * (block.count("\n") + 1)


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
    """The rows of a table under their header; the header, and a row of empty cells, say nothing alone."""
    rows = block.split("\n")
    goes_on = is_row(context)
    header = context if goes_on else rows[0]
    found, offset = [], 0
    for number, row in enumerate(rows):
        if any(cells(row)) and (goes_on or number > 0 or len(rows) == 1):
            found.append(Span(begin + offset, begin + offset + len(row), header if row != header else ""))
        offset += len(row) + 1
    return found


def _items(block: str, begin: int, lead: Span, chunk: Chunk) -> list[Span]:
    """The list as a whole from its lead-in on, or item by item when the items are long."""
    items = block.split("\n")
    end = begin + len(block)
    line = lead.of(chunk)
    said = lead.lead or (line if line.endswith(":") else "")
    if _is_short(block):
        adjoins = lead.end > 0 and chunk.text[lead.end - chunk.start : begin - chunk.start].strip() == ""
        joined = adjoins and _introduces(line, block)
        return [Span(lead.start, end)] if joined else [Span(begin, end, said)]
    found, offset = [], 0
    for item in items:
        found.append(Span(begin + offset, begin + offset + len(item), said))
        offset += len(item) + 1
    return found


def in_context(chunk: Chunk, span: Span) -> str:
    """A candidate as it is compared with the question: under its heading, after its lead-in."""
    middle = "" if is_row(span.lead) else span.lead
    reading = readable(span.of(chunk), span.lead)
    return " ".join(part for part in (f"{chunk.heading or chunk.title}:", middle, reading) if part)


def with_antecedent(piece: Evidence) -> Evidence:
    """The piece with the sentences before it that it points back to ("It was", "In that case", "is therefore").

    The sentence before may point back itself ("These are signatures. They allow ..."): so on until one does not, the
    paragraph begins, or LONGEST_ANTECEDENT is reached.
    """
    if "\n" in piece.text:
        return piece
    before = piece.chunk.text[: piece.start - piece.chunk.start]
    paragraph = before[before.rfind("\n") + 1 :]
    if not paragraph.strip() or is_row(paragraph) or is_item(paragraph):
        return piece
    begin, first = piece.start, piece.text
    for span in reversed(_sentences(paragraph, 0)):  # as they are quoted: "No. It does not." is one
        if not _points_back(first) or len(paragraph) - span.start > LONGEST_ANTECEDENT + 1:  # and the space between
            break
        begin, first = piece.start - len(paragraph) + span.start, paragraph[span.start : span.end]
    text = piece.chunk.text[begin - piece.chunk.start : piece.end - piece.chunk.start]
    return dataclasses.replace(piece, start=begin, text=text)


def _points_back(sentence: str) -> bool:
    """Whether a sentence leans on the one before it."""
    said = words(sentence)
    opens = said[1:] if CONNECTIVES.intersection(said[:1]) else said
    if POINTING.intersection(opens[:1]) or CONCLUDING.intersection(said[:OPENING]):
        return True
    first, second, third = (*opens[:3], "", "", "")[:3]
    if first in PREPOSITIONS:
        return second in DEMONSTRATIVES  # "In that case", "for this reason"
    if first.endswith("ing"):
        return second in POINTING  # "Selecting it will"
    return second in MODALS and third == "then"  # "You can then"


def author_answer(entry: Chunk, index: Index) -> tuple[Evidence, ...]:
    """All of an FAQ entry's answer in order: sentence by sentence, lists, tables and code whole."""
    chunks = index.chunks_of(entry.article_id)
    found: list[Evidence] = []
    for chunk in chunks[chunks.index(entry) :]:
        if (chunk.anchor, chunk.heading_path) != (entry.anchor, entry.heading_path):
            break
        for span in _as_written(chunk):
            found.append(Evidence(len(found) + 1, chunk, span.start, span.end, span.of(chunk), 1.0))
    return tuple(found)


def _as_written(chunk: Chunk) -> list[Span]:
    found: list[Span] = []
    for offset, block in _blocks(chunk.text):
        begin = chunk.start + offset
        if is_row(block.split("\n", 1)[0]) or is_item(block.split("\n", 1)[0]) or block.startswith(FENCE):
            found.append(Span(begin, begin + len(block)))
        elif block.strip():
            found += _sentences(block, begin)
    return found
