"""Headings and the blocks below them become one text and the sections that tile it."""

import re
from dataclasses import dataclass

from corpus.blocks import FAQ_LEVEL, Block, Heading, List
from corpus.plain import plain
from corpus.questions import bare_question, is_question
from corpus.types import Section

# GitHub's rule for the fragment of a heading: lower case; letters, digits, "_" and "-"; spaces made "-".
_NOT_IN_SLUG = re.compile(r"[^\w\- ]")
_GAP = "\n\n"  # between blocks


@dataclass(frozen=True, slots=True)
class Part:
    """A heading and the blocks below it."""

    heading: Heading | None
    blocks: tuple[Block, ...]
    is_pair: bool = False  # a question with its answer by the file's own account

    @property
    def is_faq(self) -> bool:
        """Whether the heading is a question and there is an answer, which a table of contents is not."""
        if self.heading is None or not self.blocks or self.is_pair:
            return self.heading is not None and bool(self.blocks)
        is_contents = all(isinstance(block, List) and block.is_contents for block in self.blocks)
        return is_question(self.heading.text) and not is_contents


def write(parts: list[Part]) -> tuple[str, tuple[Section, ...]]:
    """The text of an article in plain form and its sections."""
    texts: list[str] = []
    sections: list[Section] = []
    above: list[Heading] = []
    anchors: dict[str, int] = {"": 0}
    start = 0
    for number, part in enumerate(parts):
        heading = _shown(part)
        lines = [plain(heading)] if heading else []
        lines += [plain(block) for block in part.blocks]
        text = _GAP.join(lines) + (_GAP if number + 1 < len(parts) else "")
        above = [one for one in above if heading and _is_above(one, heading)] + ([heading] if heading else [])
        body = start + min(len(lines[0]) + len(_GAP), len(text)) if heading else start
        anchor = _anchor(heading, anchors) if heading and not _is_all(parts, heading) else ""
        path = tuple(one.text for one in above)
        sections.append(Section(path, anchor, start, body, start + len(text), part.is_faq))
        texts.append(text)
        start += len(text)
    return "".join(texts), tuple(sections)


def _is_above(outer: Heading, inner: Heading) -> bool:
    """Whether one heading stands over another; no question does over one that is only set in bold."""
    return outer.level < inner.level and not (inner.level == FAQ_LEVEL and is_question(outer.text))


def _shown(part: Part) -> Heading | None:
    """The heading as it is written: a question without its number."""
    if not part.is_faq or part.is_pair or part.heading is None:
        return part.heading
    return Heading(part.heading.level, bare_question(part.heading.text), part.heading.anchor)


def _is_all(parts: list[Part], heading: Heading) -> bool:
    """Whether the heading is the article's title: the article itself is where a link leads."""
    return len(parts) == 1 and heading.level == 0


def _anchor(heading: Heading, taken: dict[str, int]) -> str:
    """The heading's own fragment or the one GitHub would give it, numbered when it is taken."""
    slug = _NOT_IN_SLUG.sub("", heading.text.lower()).strip().replace(" ", "-")
    wanted = heading.anchor or slug or "section"
    anchor = wanted
    while anchor in taken:
        taken[wanted] += 1
        anchor = f"{wanted}-{taken[wanted]}"
    taken[anchor] = 0
    return anchor
