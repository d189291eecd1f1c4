"""The running text inside an HTML element, and which elements are text at all."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from corpus.tree import Element

LISTS = frozenset({"ul", "ol", "menu", "dir"})
CODE = frozenset({"pre", "listing", "xmp"})
# Never text of the article.
_SILENT = """
    script style noscript template svg canvas iframe object embed audio video select option input textarea head
    title meta link area map param source track rp datalist progress meter
"""
SILENT = frozenset(_SILENT.split())
_INLINE = """
    a abbr acronym b bdi bdo big br cite code data del dfn em font i img ins kbd label mark math nobr output picture
    q rt ruby s samp small span strike strong sub sup time tt u var wbr button
"""
INLINE = frozenset(_INLINE.split())
BOLD = frozenset({"b", "strong"})
BREAK = "\n"  # a line break inside running text; all other white space is made spaces

_SPACES = re.compile(r"\s+")
# Elements drawn as boxes of their own: what the eye parts, the text must part. Words of class names.
_BOXES = frozenset("btn button guibutton guimenu guimenuitem guisubmenu keycap badge chip pill".split())


def tag_of(element: Element) -> str:
    """The element's tag in lower case, "" for a comment or a processing instruction."""
    return element.tag.lower().rpartition("}")[2] if isinstance(element.tag, str) else ""


def spaced(text: str | None) -> str:
    """A text node with every run of white space made one space."""
    return _SPACES.sub(" ", text or "")


def inline_text(element: Element) -> str:
    """The text of an element in one line."""
    return spaced("".join(pieces(element))).strip()


def pieces(element: Element) -> Iterator[str]:
    """The texts inside an element in order, BREAK for a line break."""
    yield spaced(element.text)
    for child in element:
        yield from piece(child)
        yield spaced(child.tail)


def piece(child: Element) -> Iterator[str]:
    """The texts of an element that stands inside running text."""
    tag = tag_of(child)
    if is_silent(child, tag):
        return
    yield _joint(child)
    if tag == "br":
        yield BREAK
    elif tag in INLINE:
        yield {"q": "\u201c", "sup": "^" if _is_power(child) else ""}.get(tag, "")
        yield from pieces(child)
        yield "\u201d" if tag == "q" else ""
        if tag == "kbd" and (child.tail or "")[:1].isupper():  # Mallard's <kbd>Super</kbd>Arrow keys
            yield " "
    else:
        yield " "
        yield from pieces(child)
        yield "; " if tag == "li" and child.getnext() is not None else " "


def is_silent(child: Element, tag: str) -> bool:
    """Whether an element says nothing: scripts, form fields, icons, numbers of footnotes."""
    if not tag or tag in SILENT:
        return True
    if tag in INLINE and child.get("aria-hidden") == "true":
        return True
    is_reference = tag == "sup" and child.find(".//a[@href]") is not None
    return is_reference or "footnote-backref" in (child.get("class") or "")


def _joint(child: Element) -> str:
    """What parts two boxes that touch: keys pressed together are joined by a plus, as they are said."""
    earlier = child.getprevious()
    if earlier is None or earlier.tail or not (_is_box(child) and _is_box(earlier)):
        return ""
    return "+" if tag_of(child) == tag_of(earlier) == "kbd" else " "


def _is_box(element: Element) -> bool:
    if tag_of(element) in ("kbd", "button") or element.get("role") == "button":
        return True
    return not _BOXES.isdisjoint((element.get("class") or "").lower().replace("-", " ").split())


def _is_power(child: Element) -> bool:
    """10<sup>6</sup> must not become 106."""
    earlier = child.getprevious()
    before = child.getparent().text if earlier is None else earlier.tail
    return bool(before) and before[-1:].isalnum() and (child.text or "").strip().lstrip("-\u2212").isdigit()
