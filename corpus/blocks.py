"""The one intermediate form: every reader turns its format into these blocks, and nothing after it knows formats."""

from dataclasses import dataclass, field

FAQ_LEVEL = 7  # one deeper than any <h6>: a question that is no heading in its file still hangs below every real one


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 1 is outermost."""

    level: int
    text: str
    anchor: str = ""  # as the file names it, "" when it does not


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; `bold` is the part at its start that is set in bold."""

    text: str
    bold: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a list."""

    text: str
    depth: int = 0  # 0 for the outermost list
    number: int | None = None  # None for a bullet


@dataclass(frozen=True, slots=True)
class List:
    """Entries of a list and of the lists inside it, in reading order."""

    items: tuple[Item, ...]
    is_contents: bool = False  # the entries only lead elsewhere on the page or to its neighbours


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; the first row is the header, all empty in a table without one."""

    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Code:
    """Lines as written."""

    text: str


Block = Heading | Paragraph | List | Table | Code


@dataclass(frozen=True, slots=True)
class Draft:
    """One article as its file tells it, before it is written in plain form."""

    blocks: tuple[Block, ...]
    title: str = ""
    url: str = ""
    updated: str = ""
    tags: tuple[str, ...] = ()
    key: str = ""  # tells the articles of one file apart, "" for a file that is one article
    is_faq: bool = False  # the title is a question and the blocks its answer: one section, whatever headings say


@dataclass(frozen=True, slots=True)
class Complaint:
    """One line about a file that could be read only in part, or only by guessing."""

    message: str
    is_error: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """What a reader got out of one file."""

    drafts: tuple[Draft, ...]
    complaints: tuple[Complaint, ...] = field(default=())
