"""Markdown: CommonMark with tables, definition lists, footnotes and front matter."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from corpus.blocks import Block, Complaint, Draft, Heading, Reading
from corpus.clean import clean
from corpus.decode import decode
from corpus.elements import blocks_of
from corpus.metadata import about
from corpus.tree import is_html_tag, parse_fragment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_FRONT_MATTER = re.compile(
    r"\A\s*(?:---[ \t]*\n(.*?)\n?^(?:---|\.\.\.)[ \t]*$|\+\+\+[ \t]*\n(.*?)\n?^\+\+\+[ \t]*$)\n?",
    re.DOTALL | re.MULTILINE,
)
# Malformed front matter, one "name: value" at a time; outer quotation marks go.
_FIELD = re.compile(r"^([A-Za-z][\w -]{0,40}?)[ \t]*[:=][ \t]*(?:\"(.*)\"|'(.*)'|([^\"'\[{\s].*))[ \t]*$", re.MULTILINE)
MAX_NESTING = 100  # of quotes and lists; the parser leaves out what lies deeper
MAX_FRONT_MATTER = 65_536  # characters; more is no front matter but a rule at the start of a text
# Site generators' tags: {{< note title="Careful" >}}, {{% /note %}}, {% raw %}, and ":::tip Careful".
_SHORTCODE = re.compile(r"\{\{[<%]\s*/?([^{}]{0,2000}?)[%>]\}\}|\{%-?\s*/?([^{}]{0,2000}?)-?%\}")
_ATTRIBUTE = re.compile(r"\b(title|name|term|abbr|summary|label|caption)\s*=\s*\"([^\"]+)\"")
_CONTAINER = re.compile(r"^\s{0,3}:{3,}\s*(?:\{[^}]*\}|[\w-]+)?\s*(.*)$")
_ALERT = re.compile(r"^(\s{0,3}>\s*)\[!(\w+)\][+-]?[ \t]*")
_FENCE = re.compile(r"^\s*(`{3,}|~{3,})")
_HEADING_ID = re.compile(r"\s*\{\s*#([\w:.-]+)[^{}]*\}\s*$")
# A long text is read in pieces that begin at a heading: the parser keeps about a kilobyte per word in memory.
PIECE = 500_000  # characters


def read(data: bytes, name: str) -> Reading:
    """The one article of a Markdown file."""
    text, remark = decode(data)
    fields, body, complaints = _front_matter(clean(text))
    if remark:
        complaints = (*complaints, Complaint(remark, is_error=False))
    known = about(fields)
    draft = Draft(markdown_blocks(body), known.title, known.url, known.updated, known.tags)
    return Reading((draft,), complaints)


def markdown_blocks(text: str) -> tuple[Block, ...]:
    """The blocks of a clean Markdown text without front matter."""
    blocks: list[Block] = []
    for piece in _pieces(_without_site_tags(text)):
        html = _parser().render(piece)
        blocks += (_with_own_id(block) for block in blocks_of(parse_fragment(html)))
    return tuple(blocks)


def _front_matter(text: str) -> tuple[Mapping[Any, object], str, tuple[Complaint, ...]]:
    found = _FRONT_MATTER.match(text[:MAX_FRONT_MATTER]) if text.lstrip()[:3] in ("---", "+++") else None
    if not found:
        return {}, text, ()
    body = text[found.end() :]
    try:
        fields = _toml(found[2]) if found[2] is not None else _yaml(found[1])
    except _Malformed as error:
        fields = {name: "".join(values) for name, *values in _FIELD.findall(found[1] or found[2] or "")}
        told = f"front matter is malformed ({error}) and was read line by line; mend it"
        return fields, body, (Complaint(told, is_error=not fields),)
    if fields is None:  # a rule, a paragraph, a rule
        return {}, text, ()
    return fields, body, ()


class _Malformed(Exception):
    """Front matter that is neither YAML nor TOML."""


def _yaml(source: str) -> Mapping[Any, object] | None:
    import yaml

    try:
        fields = yaml.load(source, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", None) or type(error).__name__
        raise _Malformed(f"{problem}, line {mark.line + 2}" if mark else str(problem)) from error
    if fields is None:
        return {}
    return fields if isinstance(fields, dict) else None


def _toml(source: str) -> Mapping[Any, object]:
    import tomllib

    try:
        return dict(tomllib.loads(source))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise _Malformed(str(error)) from error


def _without_site_tags(text: str) -> str:
    """Text without the tags of site generators; the titles that stand in them stay."""
    if "{{" not in text and "{%" not in text and ":::" not in text and "[!" not in text:
        return text
    lines: list[str] = []
    fence = ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        lines.append(line if fence else _without_tags(line))
    return "\n".join(lines)


def _without_tags(line: str) -> str:
    line = _SHORTCODE.sub(_titles, line)
    line = _ALERT.sub(lambda found: f"{found[1]}**{found[2].capitalize()}:** ", line)
    container = _CONTAINER.match(line)
    return f"\n{container[1].rstrip()}\n" if container else line


def _titles(found: re.Match[str]) -> str:
    texts = [value for _, value in _ATTRIBUTE.findall(found[1] or found[2] or "")]
    if not texts:
        return ""
    return f"{texts[0]}{f' ({texts[1]})' if len(texts) > 1 else ''}: "


def _pieces(text: str) -> list[str]:
    if len(text) <= PIECE:
        return [text]
    pieces: list[str] = []
    lines: list[str] = []
    size, fence = 0, ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        if size > PIECE and not fence and (line.startswith("#") or (size > 2 * PIECE and not line.strip())):
            pieces.append("\n".join(lines))
            lines, size = [], 0
        lines.append(line)
        size += len(line) + 1
    return [*pieces, "\n".join(lines)]


def _with_own_id(block: Block) -> Block:
    """Pandoc's "# Title {#id}"."""
    found = _HEADING_ID.search(block.text) if isinstance(block, Heading) else None
    if not found or not isinstance(block, Heading):
        return block
    return Heading(block.level, block.text[: found.start()], found[1])


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.deflist import deflist_plugin
    from mdit_py_plugins.footnote import footnote_plugin

    parser = (
        MarkdownIt("commonmark", {"maxNesting": MAX_NESTING})
        .enable(["table", "strikethrough"])
        .use(deflist_plugin)
        .use(footnote_plugin)
    )
    parser.add_render_rule("html_inline", _inline_tag)
    # Addresses are dropped with their tags; refused ones ("javascript:") would stay in the text.
    parser.validateLink = lambda url: True  # type: ignore[method-assign]
    return parser


def _inline_tag(self: object, tokens: Sequence[Token], idx: int, options: object, env: object) -> str:
    """A tag that HTML does not know is a placeholder: "replace <your-domain>" must keep its words."""
    from html import escape

    content = tokens[idx].content
    name = re.match(r"</?([A-Za-z][\w:-]*)", content)
    return escape(content) if name and not is_html_tag(name[1]) else content
