"""Text becomes a tree of HTML elements, however deep or broken its markup is; the one module that knows lxml."""

# mypy: disable-error-code="import-untyped"

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from corpus.clean import clean
from corpus.errors import CorpusError

__all__ = ["Element", "is_html_tag", "parse_fragment", "parse_html"]

if TYPE_CHECKING:
    from lxml.html import HtmlElement as Element

# Deeper markup is flattened, its text kept: each level takes up to five frames of Python's 1000.
MAX_DEPTH = 100
_XML_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")


def parse_html(text: str) -> Element:
    """The <html> element of a text, at most MAX_DEPTH deep.

    Raises:
        CorpusError: nothing is there to parse, or the parser gave up in the middle.
    """
    from lxml.etree import LxmlError
    from lxml.html import HTMLParser, document_fromstring

    # huge_tree: without it the parser silently drops everything after 256 levels. Clean text: it stops at a NUL.
    parser = HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        document = document_fromstring(_XML_DECLARATION.sub("", clean(text)), parser=parser)
    except (LxmlError, ValueError) as error:
        raise CorpusError("holds no HTML; delete it or export it again") from error
    if any(entry.type_name == "ERR_RESOURCE_LIMIT" for entry in parser.error_log):
        raise CorpusError(
            "nests its markup too deeply to be read whole (2,048 levels); export it again as plainer HTML"
        )
    _flatten(document)
    return document


def parse_fragment(html: str) -> Element:
    """The <body> of a piece of HTML, which may hold nothing."""
    document = parse_html(f"<html><body><div>{html}</div></body></html>")
    body = document.find("body")
    return document if body is None else body


def _flatten(document: Element) -> None:
    """Dissolve the elements below MAX_DEPTH into their ancestors."""
    level, depth = list(document), 1
    while level and depth < MAX_DEPTH:
        level, depth = [child for element in level for child in element], depth + 1
    for element in level:
        for inner in list(element.iterdescendants()):
            inner.drop_tag()


def is_html_tag(name: str) -> bool:
    """Whether HTML knows an element of this name."""
    from lxml.html.defs import tags

    return name.lower() in tags
