"""Tables of contents: lists that say nothing but where else to read.

Their entries are headings of other places. Read as text, a list of questions looks like the best hit for each of them
and answers none. What another site is named for, or what stands in a list beside its links, is no table of contents.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from corpus.blocks import Block, Heading, Item, List, Paragraph
from corpus.inline import LISTS, inline_text, tag_of

if TYPE_CHECKING:
    from corpus.tree import Element

MIN_LINKS = 3  # fewer may be what a sentence speaks of
MIN_NEAR_SHARE = 0.8  # of the links: a table of contents may name one page elsewhere
# An address on the same page or in the same folder: "#top", "page.html#top", "./page.html".
_NEAR = re.compile(r"^(?:\./)?(?:[^/:?#\s]+|(?=#))(?:[?#]\S*)?$")
_NO_LETTERS = re.compile(r"[\W\d_]+")


def contents_of(element: Element) -> List | None:
    """The entries of a list in HTML that is a table of contents, None for any other list."""
    links = [link for link in element.iter("a") if inline_text(link)]
    if len(links) < MIN_LINKS or len(links) > sum(1 for _ in element.iter("li", "dt")):
        return None
    near = sum(1 for link in links if _NEAR.match((link.get("href") or "").strip()))
    said, linked = _letters(inline_text(element)), "".join(_letters(inline_text(link)) for link in links)
    if near < MIN_NEAR_SHARE * len(links) or said != linked:
        return None
    return List(tuple(Item(inline_text(link), _depth(link, element)) for link in links), is_contents=True)


def without_contents(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Blocks without tables of contents and the headings that head nothing else; a page that is only one keeps it.

    A list that a sentence leads into ("These formats can be read:") is what that sentence says and stays.
    """
    kept: list[Block] = []
    is_bare = False  # the last heading's text was a table of contents and nothing more
    for at, block in enumerate(blocks):
        before = blocks[at - 1] if at else None
        if isinstance(block, List) and block.is_contents and not _leads_in(before):
            is_bare = is_bare or isinstance(before, Heading)
            continue
        if is_bare and isinstance(block, Heading):
            _drop_heading(kept, block.level)
        is_bare = False
        kept.append(block)
    if is_bare:
        _drop_heading(kept, 0)
    return tuple(kept) if any(not isinstance(block, Heading) for block in kept) else blocks


def _drop_heading(kept: list[Block], level: int) -> None:
    """Drop the last heading unless the next one, of this level, stands below it."""
    if kept and isinstance(kept[-1], Heading) and kept[-1].level >= level:
        kept.pop()


def _leads_in(block: Block | None) -> bool:
    return isinstance(block, Paragraph) and block.text.endswith((":", "\uff1a"))


def _letters(text: str) -> str:
    return _NO_LETTERS.sub("", text)


def _depth(link: Element, outermost: Element) -> int:
    depth = 0
    for element in link.iterancestors():
        if element is outermost:
            break
        depth += tag_of(element) in LISTS or tag_of(element) == "dl"
    return depth
