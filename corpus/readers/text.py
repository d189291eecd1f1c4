"""Plain text: its structure is guessed line by line."""

from corpus.blocks import Complaint, Draft, Reading
from corpus.clean import clean
from corpus.decode import decode
from corpus.lines import blocks_of_lines


def read(data: bytes, name: str) -> Reading:
    """The one article of a plain text file."""
    text, remark = decode(data)
    blocks = blocks_of_lines(clean(text))
    complaints = (Complaint(remark, is_error=False),) if remark else ()
    return Reading((Draft(blocks),), complaints)
