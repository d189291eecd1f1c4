"""What marks a line of plain text as a list item, a table row or the underline of a heading."""

import re

from corpus.blocks import Item

BULLETS = "•‣◦▪●○∙·\u2013\u2014*+-"
IS_ITEM = re.compile(rf"^(\s*)(?:[{re.escape(BULLETS)}]|\+--|[├└]─+|(\d{{1,3}})[.)])\s+(?=\S)(.*)$")
IS_UNDERLINE = re.compile(r"^\s*(={3,}|-{3,}|~{3,}|\*{3,})\s*$")

_EMPTY_ROW = re.compile(r"^\|(?: +\|)+$")


def is_empty_row(line: str) -> bool:
    """Whether a line is the header of a table without one."""
    return bool(_EMPTY_ROW.match(line.strip()))


def is_row(line: str) -> bool:
    """Whether a line is a row of a table."""
    text = line.strip()
    return (text.startswith("|") and text.count("|") >= 2) or text.count(" | ") >= 2


def is_rule(line: str) -> bool:
    """Whether a line only parts the header of a table from its rows."""
    return "---" in line and set(line) <= set(" \t:|+=-")


def item_of(line: str) -> Item | None:
    """The list item that a line is, if it is one."""
    found = IS_ITEM.match(line)
    return Item(found[3], 0, int(found[2]) if found[2] else None) if found else None
