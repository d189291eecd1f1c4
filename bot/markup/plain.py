"""The plain article form (corpus/types.py) as HTML: every character escaped, nothing in it markup or a link.

Stretches can be wrapped (a highlighted quote) and marks inserted (footnotes) at exact characters, across blocks.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from bot.markup.escape import shown

DEEPEST_LIST = 6  # deeper nesting than any article has is drawn at this level, so hostile text cannot nest without end

_ITEM = re.compile(r"( *)(-|[0-9]{1,9}[.)])(?: +|$)")
_ROW = re.compile(r"\|.*\|\s*$")
_RULE_ROW = re.compile(r"\|(?:\s*:?-+:?\s*\|)+\s*$")
_EMPTY_ROW = re.compile(r"\|(?:\s*\|)+\s*$")
_CELL_EDGE = re.compile(r"(?<!\\)\|")


@dataclass(frozen=True, slots=True)
class Wrap:
    """Characters start..end stand inside `<tag attributes>`."""

    start: int
    end: int
    tag: str
    attributes: str = ""  # ready HTML, with a leading space


@dataclass(frozen=True, slots=True)
class Insert:
    """Ready HTML that follows the character before `at`."""

    at: int
    html: str


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    text: str


def to_html(
    text: str,
    start: int = 0,
    end: int | None = None,
    *,
    headings: Mapping[int, int] | None = None,
    wraps: Sequence[Wrap] = (),
    inserts: Sequence[Insert] = (),
) -> str:
    """HTML of text[start:end].

    Args:
        text: in the plain form; anything else comes out as paragraphs.
        start: characters into text, the beginning of a line.
        end: characters into text, the end of a line; None is the end of the text.
        headings: level 1..6 by the offset at which a heading's line starts.
        wraps: ordered, not overlapping; offsets are characters into text.
        inserts: ordered; offsets are characters into text. None is ever lost.
    """
    painter = _Painter(text, tuple(wraps), list(inserts))
    blocks = list(painter.blocks(list(_lines(text, start, len(text) if end is None else end)), headings or {}))
    rest = painter.inserts_until(None)
    return "".join(blocks) + (f"<p>{rest}</p>" if rest else "")


def is_block(text: str) -> bool:
    """Whether the text is a list, a table or several lines: something that cannot stand inside a sentence."""
    return "\n" in text.strip() or bool(_ITEM.match(text) or _ROW.match(text))


def _lines(text: str, start: int, end: int) -> Iterator[_Line]:
    while start <= end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        yield _Line(start, stop, text[start:stop])
        start = stop + 1


def _kind(line: _Line, headings: Mapping[int, int]) -> str:
    if not line.text.strip():
        return "blank"
    if line.start in headings:
        return "heading"
    if line.text.startswith("```"):
        return "code"
    if _ROW.match(line.text):
        return "row"
    return "item" if _ITEM.match(line.text) else "paragraph"


@dataclass(slots=True)
class _Painter:
    text: str
    wraps: tuple[Wrap, ...]
    waiting: list[Insert] = field(default_factory=list)  # not yet written

    def blocks(self, lines: list[_Line], headings: Mapping[int, int]) -> Iterator[str]:
        at = 0
        while at < len(lines):
            kind = _kind(lines[at], headings)
            stop = at + 1
            if kind == "code":
                while stop < len(lines) and not lines[stop].text.startswith("```"):
                    stop += 1
                stop = min(stop + 1, len(lines))
            elif kind in ("item", "row"):
                while stop < len(lines) and _kind(lines[stop], headings) == kind:
                    stop += 1
            yield self._block(kind, lines[at:stop], headings)
            at = stop

    def _block(self, kind: str, lines: list[_Line], headings: Mapping[int, int]) -> str:
        first = lines[0]
        if kind == "blank":
            return ""
        if kind == "code":
            return self._code(lines)
        if kind == "row":
            return self._table(lines)
        if kind == "item":
            return self._list(lines)
        tag = f"h{headings[first.start]}" if kind == "heading" else "p"
        return f"<{tag}>{self._inline(first.start, first.end)}</{tag}>"

    def _code(self, lines: list[_Line]) -> str:
        closed = len(lines) > 1 and lines[-1].text.startswith("```")
        body = lines[1:-1] if closed else lines[1:]
        inner = "\n".join(self._inline(line.start, line.end) for line in body)
        return f"<pre><code>{inner}</code></pre>{self.inserts_until(lines[-1].end)}"

    def _table(self, lines: list[_Line]) -> str:
        rows = [line for line in lines if not _RULE_ROW.match(line.text)] or lines
        header = rows[0] if len(rows) > 1 else None  # empty in a table without a header: not shown
        said = [line for line in rows if not _EMPTY_ROW.match(line.text)] or rows[:1]
        cells = ("".join(self._cells(line, "th" if line is header else "td")) for line in said)
        return f'<div class="table"><table>{"".join(f"<tr>{row}</tr>" for row in cells)}</table></div>'

    def _cells(self, line: _Line, tag: str) -> Iterator[str]:
        edges = [match.start() for match in _CELL_EDGE.finditer(line.text)]
        cells = list(pairwise(edges)) or [(-1, len(line.text))]
        for number, (left, right) in enumerate(cells):
            cell = line.text[left + 1 : right]
            start = line.start + left + 1 + len(cell) - len(cell.lstrip())
            end = max(start, line.start + left + 1 + len(cell.rstrip()))
            until = line.end if number == len(cells) - 1 else end
            yield f"<{tag}>{self._inline(start, end, until, cell=True)}</{tag}>"

    def _list(self, lines: list[_Line]) -> str:
        out: list[str] = []
        open_tags: list[str] = []
        for line in lines:
            match = _ITEM.match(line.text)
            assert match is not None  # _kind said so
            level = min(len(match[1]) // 2 + 1, len(open_tags) + 1, DEEPEST_LIST)
            tag = "ul" if match[2] == "-" else "ol"
            while len(open_tags) > level or (len(open_tags) == level and open_tags[-1] != tag):
                out.append(f"</li></{open_tags.pop()}>")
            if len(open_tags) < level:
                open_tags.append(tag)
                out.append("<ul>" if tag == "ul" else f'<ol start="{int(match[2][:-1])}">')
            else:
                out.append("</li>")
            out.append(f"<li>{self._inline(line.start + match.end(), line.end)}")
        out.extend(f"</li></{tag}>" for tag in reversed(open_tags))
        return "".join(out)

    def _inline(self, start: int, end: int, until: int | None = None, *, cell: bool = False) -> str:
        """Characters start..end with what wraps them and what is inserted up to `until`."""
        stops = {start, end}
        stops.update(at for wrap in self.wraps for at in (wrap.start, wrap.end) if start < at < end)
        stops.update(insert.at for insert in self.waiting if start < insert.at < end)
        ordered = sorted(stops)
        out = []
        for left, right in pairwise(ordered):
            out.append(self._wrapped(left, right, cell=cell))
            out.append(self.inserts_until(right))
        out.append(self.inserts_until(end if until is None else until))
        return "".join(out)

    def _wrapped(self, start: int, end: int, *, cell: bool) -> str:
        text = self.text[start:end]
        inner = shown(text.replace("\\|", "|") if cell else text)  # a bar inside a cell is written with a backslash
        wrap = next((wrap for wrap in self.wraps if wrap.start <= start and end <= wrap.end), None)
        if wrap is None or not inner.strip():
            return inner
        return f"<{wrap.tag}{wrap.attributes}>{inner}</{wrap.tag}>"

    def inserts_until(self, until: int | None) -> str:
        """The inserts due up to `until` (None: all), each written once."""
        due = []
        while self.waiting and (until is None or self.waiting[0].at <= until):
            due.append(self.waiting.pop(0).html)
        return "".join(due)
