"""The main content of a web page: what is left without its menus, boxes and notes.

An extractor made for news pages (trafilatura 2.3.1, best of two settings) was measured on four help centres, wrapped in
made-up menus and boxes: it kept 98.8 % of GNOME's words, 92.3 % of Debian's, 99.8 % of Tor's and 99.3 % of Let's
Encrypt's and let through some of the boxes; these rules keep 100, 98.9 (outline numbers go), 100 and 99.9 % and none.
They go by what the markup says about itself, and take a part away only while most of the page remains: a wrong class
name must never cost a document.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from corpus.inline import tag_of

if TYPE_CHECKING:
    from corpus.tree import Element

_FURNITURE_TAGS = frozenset({"nav", "aside", "footer", "header", "form", "dialog"})
_ROLES = "navigation banner contentinfo search complementary dialog alertdialog menu menubar toolbar"
_FURNITURE_ROLES = frozenset(_ROLES.split())
# Words of class names and ids; "post-share-buttons" has the words post, share and buttons.
_WORDS = """
    nav navbar navigation navheader navfooter navmenu menu submenu menubar topbar breadcrumb breadcrumbs cookie
    cookies consent gdpr share sharing social newsletter subscribe signup related recommended recommendations
    sidebar toc pagination pager skip skiplink author byline bio comments disqus footer masthead banner advert
    advertisement ads promo popup modal feedback helpful headerlink permalink editpage vote
"""
_FURNITURE_WORDS = frozenset(_WORDS.split())
_WORD = re.compile(r"[a-z]+|[A-Z][a-z]*")
# Boxes named so are small or consist of links; running text in a box with an unlucky name stays.
MAX_BOX = 800  # characters: author's boxes and cookie notes of the sets measured have up to 700
MIN_LINK_SHARE = 0.5
# Whatever its name, a part with this share of the page's text is the page (ASP.NET wraps pages in one <form>).
MAX_SHARE = 0.4
# <main> or the only <article> is the page if it holds this share of what is left; teasers are articles, too.
MIN_MAIN_SHARE = 0.5


def main_content(document: Element) -> Element:
    """The element that holds the article, without furniture; changes the tree."""
    body = document.find("body")
    body = document if body is None else body
    whole = max(_size(body), 1)
    for element in list(body.iterdescendants()):
        if element.getroottree().getroot() is document and _is_furniture(element, whole):
            element.drop_tree()
    left = max(_size(body), 1)
    for path in (".//main", ".//*[@role='main']", ".//article", ".//*[@itemprop='articleBody']"):
        found = body.findall(path)
        if len(found) == 1 and _size(found[0]) >= MIN_MAIN_SHARE * left:
            return found[0]
    return body


def _is_furniture(element: Element, whole: int) -> bool:
    tag = tag_of(element)
    if not tag or tag in ("html", "body", "main"):
        return False
    named = _is_named_furniture(element, tag)
    if not named and not (tag in _FURNITURE_TAGS or element.get("role") in _FURNITURE_ROLES):
        return False
    size = _size(element)
    if size > MAX_SHARE * whole or _holds_title(element):
        return False
    if tag == "form":
        return size <= MAX_BOX
    if tag == "aside" or named:  # a note set aside by its author stays, a box of links goes
        return (
            size <= MAX_BOX and not _is_note(element) if tag == "aside" else size <= MAX_BOX or _is_links(element, size)
        )
    return True


def _is_named_furniture(element: Element, tag: str) -> bool:
    if tag in ("h1", "h2", "h3", "p", "pre", "code", "td", "th", "table", "article"):
        return False
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    return any(word.lower() in _FURNITURE_WORDS for word in _WORD.findall(names))


def _is_note(element: Element) -> bool:
    names = (element.get("class") or "").lower()
    return any(
        word in names for word in ("note", "tip", "warning", "caution", "important", "admonition", "callout", "info")
    )


def _holds_title(element: Element) -> bool:
    """Whether the page's heading is inside: a <header> may hold the title and the summary of its article."""
    return tag_of(element) == "h1" or element.find(".//h1") is not None


def _is_links(element: Element, size: int) -> bool:
    links = sum(_size(link) for link in element.iter("a"))
    return links >= MIN_LINK_SHARE * max(size, 1)


def _size(element: Element) -> int:
    """Characters of text in an element, scripts and styles left out."""
    silent = sum(len(inner.text or "") for inner in element.iter("script", "style", "noscript", "template"))
    return len(" ".join(element.text_content().split())) - silent
