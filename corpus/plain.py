"""The plain form of a block, as corpus/types.py describes it."""

import re

from corpus.blocks import Block, Code, Heading, List, Paragraph, Table

# A line of a paragraph or of code that would read as a fence.
_FENCE_LINE = re.compile(r"^(\s*)`{3,}", re.MULTILINE)


def plain(block: Block) -> str:
    """The lines of a block; a pipe inside a cell stands after a backslash."""
    match block:
        case Paragraph(text) | Heading(_, text):
            return _without_fence(text)
        case List(items):
            marks = ("- " if item.number is None else f"{item.number}. " for item in items)
            return "\n".join(f"{'  ' * item.depth}{mark}{item.text}" for item, mark in zip(items, marks, strict=True))
        case Table(rows):
            width = max(len(row) for row in rows)
            return "\n".join(_row([*row, *[""] * (width - len(row))]) for row in rows)
        case Code(text):
            return f"```\n{_without_fence(text)}\n```"


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _without_fence(text: str) -> str:
    return _FENCE_LINE.sub(r"\1'''", text)
