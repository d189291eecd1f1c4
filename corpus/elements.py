"""A tree of HTML elements becomes blocks: the one walk that Markdown, DOCX and HTML share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from corpus.blocks import FAQ_LEVEL, Block, Code, Heading, Paragraph, Table
from corpus.inline import BOLD, CODE, INLINE, LISTS, inline_text, is_silent, piece, spaced, tag_of
from corpus.lists import definition_blocks, list_blocks
from corpus.questions import is_question
from corpus.tables import is_layout, table_parts

if TYPE_CHECKING:
    from corpus.tree import Element

HEADINGS = {f"h{level}": level for level in range(1, 7)}
_PARAGRAPH_BREAK = re.compile(r"\s*\n\s*\n\s*")
# An image that stands alone is told by its alternative text when that is a phrase and not the name of an icon.
MIN_ALT_WORDS = 4
# Containers whose id is the address of the heading they open with.
_ADDRESSED = frozenset({"section", "article", "div", "details", "li", "header"})


def blocks_of(root: Element) -> tuple[Block, ...]:
    """The blocks of an element that is a block itself, in reading order."""
    walk = _Walk()
    walk.element(root)
    walk.flush()
    return tuple(walk.blocks)


class _Walk:
    """Collects blocks; loose running text between blocks gathers into paragraphs."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.loose: list[str] = []
        self.bold: list[str] = []  # the pieces at the start of `loose` that are set in bold
        self.alts: list[str] = []
        self.anchor = ""  # of an empty <a id> before a heading

    def flush(self) -> None:
        """End the paragraph."""
        text, bold = "".join(self.loose).strip(), spaced("".join(self.bold)).strip()
        if not text:
            text = " ".join(alt for alt in self.alts if len(alt.split()) >= MIN_ALT_WORDS)
        for part in _PARAGRAPH_BREAK.split(text):
            paragraph = spaced(part).strip()
            if paragraph:
                self.blocks.append(Paragraph(paragraph, bold if paragraph.startswith(bold) else ""))
                bold = ""
        self.loose, self.bold, self.alts = [], [], []

    def _children(self, element: Element) -> None:
        """Walk an element's text and children."""
        self._add(spaced(element.text))
        for child in element:
            self.element(child)
            self._add(spaced(child.tail))

    def element(self, child: Element) -> None:
        """Walk one element."""
        tag = tag_of(child)
        if is_silent(child, tag):
            return
        if tag in INLINE and not _holds_blocks(child):
            self._inline(child, tag)
        else:
            self.flush()
            self._block(child, tag)
            self.flush()

    def _add(self, text: str, is_bold: bool = False) -> None:
        if text.strip() or self.loose:
            if is_bold and len(self.bold) == len(self.loose):
                self.bold.append(text)
            self.loose.append(text)

    def _inline(self, child: Element, tag: str) -> None:
        text = "".join(piece(child))
        if tag == "button":
            if is_question(text):  # an accordion: the panel below holds the answer
                self.flush()
                self._heading(FAQ_LEVEL, child)
            return
        self.alts += [spaced(image.get("alt")).strip() for image in child.iter("img")]
        if tag == "a" and not text.strip() and not "".join(self.loose).strip():
            self.anchor = child.get("id") or child.get("name") or self.anchor
        self._add(text, _is_bold(child, tag))

    def _block(self, child: Element, tag: str) -> None:
        if tag in HEADINGS:
            self._heading(HEADINGS[tag], child)
        elif tag in LISTS:
            self.blocks += list_blocks(child, blocks_of)
        elif tag == "dl":
            self.blocks += definition_blocks(child, blocks_of)
        elif tag == "table" and not is_layout(child):
            self._table(child)
        elif tag in CODE:
            self.blocks.append(Code(child.text_content()))
        elif tag == "summary" and is_question(inline_text(child)):
            self._heading(FAQ_LEVEL, child)
        else:
            self._children(child)

    def _table(self, table: Element) -> None:
        for part in table_parts(table):
            if isinstance(part, Paragraph | Table):
                self.blocks.append(part)
            else:
                self._heading(HEADINGS[tag_of(part)], part)

    def _heading(self, level: int, element: Element) -> None:
        text = inline_text(element)
        if text:
            self.blocks.append(Heading(level, text, _anchor(element) or self.anchor))
        self.anchor = ""


def _holds_blocks(element: Element) -> bool:
    """Whether an inline element wraps blocks, as <a><h2>..</h2></a> does."""
    return any(
        tag_of(inner) not in INLINE and not is_silent(inner, tag_of(inner)) for inner in element.iterdescendants()
    )


def _is_bold(element: Element, tag: str) -> bool:
    """Whether all of an inline element is bold."""
    if tag in BOLD or tag == "br":
        return True
    inner = [child for child in element if tag_of(child) in BOLD]
    outside = (element.text or "") + "".join(child.tail or "" for child in element)
    return len(inner) == 1 and not outside.strip()


def _anchor(heading: Element) -> str:
    """The id that leads to a heading: its own, one inside it, or that of the container it opens."""
    for element in heading.iter():
        name = element.get("id") or (element.get("name") if tag_of(element) == "a" else None)
        if name:
            return str(name)
    parent, child = heading.getparent(), heading
    while (
        parent is not None
        and tag_of(parent) in _ADDRESSED
        and parent.index(child) == 0
        and not (parent.text or "").strip()
    ):
        if parent.get("id"):
            return str(parent.get("id"))
        parent, child = parent.getparent(), parent
    return ""
