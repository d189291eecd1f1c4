"""Footnotes: numbers given once, quotes taken from the article itself."""

from collections.abc import Mapping

from bot.reading import is_item, is_row, readable
from bot.types import Citation, Claim, Evidence
from corpus.types import Article


class Footnotes:
    """Numbers the passages of one answer 1..m in the order they are first cited."""

    def __init__(self, articles: Mapping[str, Article]) -> None:
        self._articles = articles
        self._numbers: dict[tuple[str, int, int], int] = {}

    def claim(self, text: str, evidence: Evidence, support: float) -> Claim:
        """A sentence that rests on `evidence`."""
        return Claim(text, (self._cite(evidence),), support)

    def quote(self, evidence: Evidence) -> Claim:
        """The evidence itself, read as a sentence, a list with its lead-in or a row with its cells named."""
        return self.claim(as_said(evidence), evidence, 1.0)

    def _cite(self, evidence: Evidence) -> Citation:
        chunk = evidence.chunk
        article = self._articles[chunk.article_id]
        place = (chunk.article_id, evidence.start, evidence.end)
        number = self._numbers.setdefault(place, len(self._numbers) + 1)
        return Citation(
            number=number,
            article_id=article.id,
            title=article.title,
            url=address(article, chunk.anchor),
            heading_path=chunk.heading_path,
            quote=article.text[evidence.start : evidence.end],
            start=evidence.start,
            end=evidence.end,
        )


def address(article: Article, anchor: str) -> str:
    """The article's address with the section's anchor as its fragment; "" when the article has none."""
    if not article.url or not anchor:
        return article.url
    return f"{article.url.split('#', 1)[0]}#{anchor}"


def as_said(evidence: Evidence) -> str:
    """How a quoted piece reads in an answer: list items that stand apart from their lead-in get it back."""
    if evidence.lead and is_item(evidence.text) and not is_row(evidence.lead):
        return f"{evidence.lead}\n\n{evidence.text}"
    return readable(evidence.text, evidence.lead)
