"""Lines of plain text become blocks; plain text, and the text of PDF pages, has no marks, so these rules guess."""

import re
from collections.abc import Callable, Iterator

from corpus.blocks import Block, Code, Heading, Item, List, Paragraph, Table
from corpus.marks import IS_ITEM, IS_UNDERLINE, is_empty_row, is_row, is_rule
from corpus.questions import is_faq_heading, is_question
from corpus.wrapping import unwrapped

_OUTLINE = re.compile(r"^(\d{1,2}(?:\.\d{1,2})*)[.)]?\s+(?=[^\W\d_])")
_SETEXT_LEVEL = {"=": 1, "-": 2, "~": 3, "*": 3}
_FENCED = re.compile(r"^```[^\n`]*\n(.*?)^```[ \t]*$", re.MULTILINE | re.DOTALL)
_PIPE = re.compile(r"(?<!\\)\|")
_NUMBER_ALONE = re.compile(r"^\W*\d[\d,.]*\W?[KMBT%s]?\+?$")
_COUNT = re.compile(
    r"^(?:\d{3,}s?|\d+[KMBT%]?\+|\d+[KMBT%])\s|\u00b7.*\d|\d.*\u00b7"
)  # "100s of tasks", not "01 Basics"
_HAS_WORD = re.compile(r"[^\W_]")
# Headings of the web texts measured have up to 12 words; questions up to 20.
MAX_HEADING = 90  # characters
MAX_HEADING_WORDS = 13
# So many short lines in a row are a table that lost its shape, a menu or an address, not headings without a text.
MAX_HEADINGS_IN_A_ROW = 3

HEADING_LEVEL = 2  # plain text does not say how deep; numbered headings and questions below "FAQ" lie deeper


def blocks_of_lines(text: str) -> tuple[Block, ...]:
    """The blocks of a clean plain text."""
    found: list[Block] = []
    for at, part in enumerate(_FENCED.split(text)):
        if at % 2:
            found.append(Code(part))
        else:
            lines = list(_merged(unwrapped(part.split("\n"))))
            found += _blocks(lines, is_end=len(part) == 0 or text.endswith(part))
    return tuple(found)


def _merged(lines: Iterator[str]) -> Iterator[str]:
    """Lines without those that hold only symbols; a figure alone goes before what it counts."""
    number = ""
    for line in lines:
        if IS_UNDERLINE.match(line) or is_rule(line) or is_empty_row(line):
            yield line
        elif not _HAS_WORD.search(line):
            continue
        elif _NUMBER_ALONE.match(line.strip()) and not number:
            number = line.strip()
        else:
            yield f"{number} {line.strip()}" if number else line
            number = ""
    if number:
        yield number


def _blocks(lines: list[str], is_end: bool) -> Iterator[Block]:
    at = 0
    headings = _heading_lines(lines, is_end)
    in_faq = False
    while at < len(lines):
        line = lines[at]
        if is_row(line):
            end = _while(lines, at, lambda text: is_row(text) or is_rule(text))
            yield Table(tuple(_cells(row) for row in lines[at:end] if not is_rule(row)))
        elif at in headings:
            end = at + 1
            level = _level(line, lines[end] if end < len(lines) else "", in_faq)
            in_faq = is_faq_heading(line) or (in_faq and is_question(line))
            yield Heading(level, line.strip())
        elif IS_ITEM.match(line):
            end = _while(lines, at, lambda text: bool(IS_ITEM.match(text)))
            yield List(tuple(_items(lines[at:end])))
        else:
            end = at + 1
            if not IS_UNDERLINE.match(line) and not is_rule(line):
                yield Paragraph(line.strip())
        at = end


def _while(lines: list[str], at: int, holds: Callable[[str], bool]) -> int:
    while at < len(lines) and holds(lines[at]):
        at += 1
    return at


def _heading_lines(lines: list[str], is_end: bool) -> set[int]:
    """The lines that look like headings, without those in long rows of short lines."""
    found: set[int] = set()
    at = 0
    while at < len(lines):
        if not _looks_like_heading(lines, at):
            at += 1
            continue
        end = at
        while end < len(lines) and (_looks_like_heading(lines, end) or IS_UNDERLINE.match(lines[end])):
            end += 1
        row = [line for line in range(at, end) if not IS_UNDERLINE.match(lines[line])]
        if len(row) <= MAX_HEADINGS_IN_A_ROW:
            found.update(row)
        else:
            # The first introduces what lost its shape, the last the text that follows; questions always count.
            found.update({row[0], row[-1], *(line for line in row if lines[line].rstrip().endswith("?"))})
        at = end
    if is_end:  # a heading of nothing
        found.discard(len(lines) - 1)
    return found


def _looks_like_heading(lines: list[str], at: int) -> bool:
    text = lines[at].strip()
    underlined = at + 1 < len(lines) and bool(IS_UNDERLINE.match(lines[at + 1]))
    if is_row(text) or IS_UNDERLINE.match(text) or (IS_ITEM.match(lines[at]) and not _is_outline(text)):
        return False
    if text.endswith("?"):
        return is_question(text) and text.count("?") + text.count(". ") <= 2
    words = text.split()
    if (
        len(text) > MAX_HEADING
        or len(words) > MAX_HEADING_WORDS
        or not re.search(r"[^\W\d_]{2}", text)
        or _COUNT.search(text)
    ):
        return False
    starts = re.sub(r"^\W*(?:\d[\d.)]*\s+)?\W*", "", text)[:1]
    return underlined or (
        text[-1] not in ".,;:…!"
        and (starts.isupper() or not starts.isalpha() or starts.isdigit())
        and not starts.islower()
    )


def _is_outline(text: str) -> bool:
    """Whether a numbered line is a heading ("1.2 Title") and not an item ("1. Press the button")."""
    found = _OUTLINE.match(text)
    return bool(found) and ("." in found[1] or not re.match(r"^\d+[.)]", text)) if found else False


def _level(line: str, following: str, in_faq: bool) -> int:
    underline = IS_UNDERLINE.match(following)
    if underline:
        return _SETEXT_LEVEL[underline[1][0]]
    if in_faq and is_question(line):
        return HEADING_LEVEL + 1
    outline = _OUTLINE.match(line.strip())
    return HEADING_LEVEL + outline[1].count(".") if outline else HEADING_LEVEL


def _cells(row: str) -> tuple[str, ...]:
    cells = _PIPE.split(row.strip().removeprefix("|").removesuffix("|"))
    return tuple(cell.replace("\\|", "|").strip() for cell in cells)


def _items(lines: list[str]) -> Iterator[Item]:
    indents: list[int] = []
    for line in lines:
        found = IS_ITEM.match(line)
        if not found:
            continue
        indent = len(found[1].expandtabs(4))
        while indents and indents[-1] >= indent:
            indents.pop()
        indents.append(indent)
        yield Item(found[3], len(indents) - 1, int(found[2]) if found[2] else None)
