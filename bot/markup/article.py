"""An article as HTML, and what of it is shown around a quote."""

from bot.markup.escape import shown
from bot.markup.plain import to_html
from corpus.types import Article, Section

SURROUNDINGS = 3000  # characters shown on either side of the quote: a screenful or two; an article may have 50 MB
LONGEST_LINE = 2 * SURROUNDINGS  # a paragraph beyond this is cut inside


def body_html(article: Article) -> str:
    """The article's sections, each with its anchor, without title and frame."""
    return "".join(_section(article, section) for section in article.sections) or to_html(article.text)


def _section(article: Article, section: Section) -> str:
    levels = {section.start: min(len(section.heading_path) + 1, 6)} if section.body > section.start else {}
    anchor = f' id="{shown(section.anchor)}"' if section.anchor else ""
    return f"<section{anchor}>{to_html(article.text, section.start, section.end, headings=levels)}</section>"


def surroundings(text: str, start: int, end: int) -> tuple[int, int]:
    """The blocks around text[start:end], up to SURROUNDINGS characters to either side, in whole lines where it can."""
    first, last = 0, len(text)
    if start > SURROUNDINGS:
        line = max(text.rfind("\n", 0, start) + 1, start - LONGEST_LINE)
        block = text.find("\n\n", start - SURROUNDINGS, line)
        first = block + 2 if block >= 0 else line
    if end + SURROUNDINGS < last:
        stop = text.find("\n", end)
        line = min(stop if stop >= 0 else last, end + LONGEST_LINE)
        block = text.rfind("\n\n", end, end + SURROUNDINGS)
        last = block if block >= 0 else line
    return first, last
