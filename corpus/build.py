"""Blocks become an article: text in the plain form of corpus/types.py and sections that tile it."""

import re
from collections.abc import Iterator

from corpus.blocks import Block, Code, Draft, Heading, Item, List, Paragraph, Table
from corpus.boilerplate import without_boilerplate
from corpus.clean import clean_lines, one_line
from corpus.contents import without_contents
from corpus.questions import is_question, question_headings
from corpus.sections import Part, write
from corpus.types import Article

MAX_CRUMB_WORDS = 3  # before the title: "Misar.io", "Help Centre"
_PUNCTUATION = re.compile(r"[\W_]+")


def build(draft: Draft, article_id: str, fallback_title: str) -> Article | None:
    """The article of a draft, or None when nothing is left to say."""
    blocks = question_headings(without_contents(without_boilerplate(_sound(draft.blocks))))
    title = one_line(draft.title) or _first_title(blocks) or fallback_title
    parts = _parts(_without_title(blocks, title))
    parts = _as_one_answer(parts, title) if draft.is_faq else _question_title(_each_answer_once(parts), title)
    text, sections = write(parts)
    if not any(part.blocks for part in parts):
        return None
    return Article(article_id, title, draft.url, text, sections, draft.updated, draft.tags)


def _sound(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Blocks in clean text, without the empty ones."""
    return tuple(block for block in map(_sound_block, blocks) if block is not None)


def _sound_block(block: Block) -> Block | None:
    match block:
        case Heading(level, text, anchor):
            text = one_line(text)
            return Heading(level, text, "".join(one_line(anchor).split())) if text else None
        case Paragraph(text, bold):
            text, bold = one_line(text), one_line(bold)
            return Paragraph(text, bold if text.startswith(bold) else "") if text else None
        case List(items, is_contents):
            kept = tuple(_sound_items(items))
            return List(kept, is_contents) if kept else None
        case Table(rows):
            cells = tuple(tuple(map(one_line, row)) for row in rows)
            said = tuple(row for row in cells if any(row))
            has_no_header = said and said[0] is not cells[0]
            return Table(((("",) * len(cells[0])), *said) if has_no_header else said) if said else None
        case Code(text):
            text = clean_lines(text)
            return Code(text) if text.strip() else None


def _sound_items(items: tuple[Item, ...]) -> Iterator[Item]:
    """Items that say something, none nested deeper than one level below the item before it."""
    depth = -1
    for item in items:
        text = one_line(item.text)
        if text:
            depth = min(item.depth, depth + 1)
            yield Item(text, depth, item.number)


def _first_title(blocks: tuple[Block, ...]) -> str:
    """The only outermost heading, or a top heading that opens the text."""
    headings = [block for block in blocks if isinstance(block, Heading)]
    if not headings:
        return ""
    level = min(heading.level for heading in headings)
    outermost = [heading.text for heading in headings if heading.level == level]
    opens = headings[0].level == level == 1 and all(map(_is_crumb, blocks[: blocks.index(headings[0])]))
    return outermost[0] if opens or len(outermost) == 1 else ""


def _is_crumb(block: Block) -> bool:
    """Whether a block before the title is a site's name or a section's, and no text."""
    return isinstance(block, Paragraph) and len(block.text.split()) <= MAX_CRUMB_WORDS


def _without_title(blocks: tuple[Block, ...], title: str) -> tuple[Block, ...]:
    """Blocks without the first headings that only repeat the title: heading paths never hold it."""
    kept = list(blocks)
    for block in blocks:
        if isinstance(block, Heading):
            if not same_words(block.text, title):
                break
            kept.remove(block)
    return tuple(kept)


def same_words(one: str, other: str) -> bool:
    """Whether two texts differ only in case, white space and punctuation."""
    return _PUNCTUATION.sub(" ", one).strip().casefold() == _PUNCTUATION.sub(" ", other).strip().casefold()


def _parts(blocks: tuple[Block, ...]) -> list[Part]:
    starts = [at for at, block in enumerate(blocks) if isinstance(block, Heading)]
    parts = [Part(None, blocks[: starts[0]] if starts else blocks)]
    for number, at in enumerate(starts, 1):
        end = starts[number] if number < len(starts) else len(blocks)
        heading = blocks[at]
        parts.append(Part(heading if isinstance(heading, Heading) else None, blocks[at + 1 : end]))
    return parts if parts[0].blocks else parts[1:]


def _as_one_answer(parts: list[Part], title: str) -> list[Part]:
    """A single section below the question; a heading inside the answer is a paragraph of it."""
    answer: list[Block] = []
    for part in parts:
        answer += [Paragraph(part.heading.text)] if part.heading else []
        answer += part.blocks
    return [Part(Heading(0, title), tuple(answer), is_pair=True)]


def _question_title(parts: list[Part], title: str) -> list[Part]:
    """An article without headings whose title is a question is one FAQ entry."""
    if len(parts) == 1 and parts[0].heading is None and is_question(title):
        return [Part(Heading(0, title), parts[0].blocks)]
    return parts


def _each_answer_once(parts: list[Part]) -> list[Part]:
    """Pages that show their questions twice (as a list and as a chat, say) keep the first of equal entries."""
    seen: set[tuple[str, tuple[Block, ...]]] = set()
    kept: list[Part] = []
    for part in parts:
        if part.heading and part.blocks and is_question(part.heading.text):
            entry = (part.heading.text.casefold(), part.blocks)
            if entry in seen:
                continue
            seen.add(entry)
        kept.append(part)
    return kept
