"""Plain text: its structure is guessed line by line."""

from corpus.blocks import Block, Complaint, Draft, Heading, Paragraph, Reading
from corpus.boilerplate import without_boilerplate
from corpus.clean import clean
from corpus.decode import decode
from corpus.lines import blocks_of_lines

MAX_CRUMB_WORDS = 3  # lines before the title: "Misar.io", "Help Centre"


def read(data: bytes, name: str) -> Reading:
    """The one article of a plain text file; a heading that opens it is its title."""
    text, remark = decode(data)
    blocks = _with_title(without_boilerplate(blocks_of_lines(clean(text))))
    complaints = (Complaint(remark, is_error=False),) if remark else ()
    return Reading((Draft(blocks),), complaints)


def _with_title(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Blocks whose opening heading is the top one: plain text does not say how deep its headings are."""
    for block in blocks:
        if isinstance(block, Heading):
            same = Heading(1, block.text)
            return tuple(same if other == block else other for other in blocks)
        if not isinstance(block, Paragraph) or len(block.text.split()) > MAX_CRUMB_WORDS:
            break
    return blocks
