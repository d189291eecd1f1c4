"""What surrounds an article on a web page and is no part of it, told by its words.

Only whole lines and whole closing sections go, and only on words that no article sentence consists of; what is not
certain stays. `pruning.py` does the part that HTML tells by its markup.
"""

import re

from corpus.blocks import Block, Heading, List, Paragraph

_END = r"\s*[.:!\u2026\u2192\u00bb>]*\s*$"


def _any_of(*phrases: str) -> re.Pattern[str]:
    """A line that is one of the phrases and nothing else."""
    return re.compile(rf"^\W*(?:{'|'.join(phrases)}){_END}", re.IGNORECASE)


# Lines that are buttons, not sentences.
_LINE = _any_of(
    r"(?:skip|jump) to (?:the )?(?:main )?(?:content|navigation|search)|back to top|toggle navigation|previous|next",
    r"(?:table of )?contents|on this page|in this article|all (?:articles|posts)",
    r"view (?:all|more)(?: posts| articles)?|enjoyed this article\?.{0,60}",
    r"share|share (?:this|on|via|it)\b.{0,40}|tweet|copy link|print(?: this page)?|rss feed",
    r"(?:edit|improve|suggest changes to) this page(?: on github)?|edit on github|read more|learn more|just now",
    r"sign up|log ?in|subscribe(?: now)?|get updates|was this (?:page|article|answer) helpful\??(?: yes no)?",
    r"(?:we use|this (?:site|website) uses) cookies\b.{0,200}|accept (?:all )?cookies|\d+ of \d+ questions\b.{0,40}",
)
_READING_TIME = re.compile(r"(?:^|[\s\u00b7\u2022|\u23f1])\d{1,3}[\s-]*min(?:ute)?s?\s+read\b", re.IGNORECASE)
MAX_BYLINE = 120  # characters; "Misar Team, Jun 16, 2025, 3 min read" has 37, a sentence on reading times more
# Headings of lists that lead to other pages.
_ELSEWHERE = _any_of(
    r"more to read|read (?:next|more|also)|keep reading|up next|you (?:may|might) (?:also )?(?:like|be interested in)",
    r"(?:suggested|recommended|further|related) (?:reads?|reading|articles?|posts?|pages?|topics?|stories)",
    r"(?:more|latest|popular) (?:articles|posts|stories)",
)
# Headings of closing boxes: author, newsletter, sharing.
_BOX = _any_of(
    r"about the authors?|written by\b.{0,60}|leave a (?:comment|reply)|comments(?: \(\d+\))?|share this\b.{0,40}",
    r"stay in the loop|(?:subscribe|sign up)\b.{0,60}|(?:join )?(?:our |the )?newsletter|follow us\b.{0,40}",
)
MAX_BOX = 600  # characters from such a heading to the end: an author's box has 200 to 400, a chapter has more
MAX_TAIL_SHARE = 0.5  # of the article after "More to read": teasers of other pages, never most of this one
_KEEPS = re.compile(r"\bfaqs?\b|frequently asked|conclusion|summary|takeaway", re.IGNORECASE)


def without_boilerplate(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Blocks without skip links, buttons, bylines, lists of other pages and closing boxes on author or newsletter."""
    blocks = tuple(block for block in blocks if not _is_line(block))
    blocks = _without_lists_of_links(blocks)
    for at, block in enumerate(blocks):
        if at and isinstance(block, Heading | Paragraph) and _is_tail(block.text, blocks, at):
            return _without_last_headings(blocks[:at])
    return blocks


def _without_last_headings(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    while blocks and isinstance(blocks[-1], Heading):  # the author's name above "Written by ..."
        blocks = blocks[:-1]
    return blocks


def _is_line(block: Block) -> bool:
    if not isinstance(block, Heading | Paragraph):
        return False
    if len(block.text) <= MAX_BYLINE and _READING_TIME.search(block.text):
        return True
    return bool(_LINE.match(block.text))


def _without_lists_of_links(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Blocks without a "Suggested read" line that is followed by a list, and without that list."""
    kept: list[Block] = []
    skip = False
    for at, block in enumerate(blocks):
        following = blocks[at + 1] if at + 1 < len(blocks) else None
        if skip:
            skip = False
        elif isinstance(block, Heading | Paragraph) and _ELSEWHERE.match(block.text) and isinstance(following, List):
            skip = True
        else:
            kept.append(block)
    return tuple(kept)


def _is_tail(text: str, blocks: tuple[Block, ...], at: int) -> bool:
    """Whether everything from block `at`, which says `text`, is boxes about other pages, the author or a newsletter."""
    if _BOX.match(text):
        return sum(map(_size, blocks[at + 1 :])) <= MAX_BOX
    if not _ELSEWHERE.match(text):
        return False
    after = blocks[at + 1 :]
    keeps = any(isinstance(later, Heading) and _KEEPS.search(later.text) for later in after)
    return not keeps and sum(map(_size, after)) <= MAX_TAIL_SHARE * sum(map(_size, blocks))


def _size(block: Block) -> int:
    match block:
        case List(items):
            return sum(len(item.text) for item in items)
        case Heading(_, text) | Paragraph(text):
            return len(text)
    return MAX_BOX  # a table or code is no box
