"""Footnotes: numbers given once, quotes taken from the article itself."""

from collections.abc import Iterator, Mapping, Sequence

from bot.reading import as_answer, is_item, readable
from bot.types import Citation, Claim, Evidence
from corpus.types import Article
from index.types import Chunk


class Footnotes:
    """Numbers the passages of one answer 1..m in the order they are first cited."""

    def __init__(self, articles: Mapping[str, Article]) -> None:
        self._articles = articles
        self._numbers: dict[tuple[str, int, int], int] = {}

    def claim(self, text: str, evidence: Evidence, support: float) -> Claim:
        """A sentence that rests on `evidence`."""
        return Claim(text, (self._cite(evidence.chunk, evidence.start, evidence.end),), support)

    def quotes(self, pieces: Sequence[Evidence]) -> Iterator[Claim]:
        """The evidence itself, read as a sentence, a row with its cells named, or "No." with the question it decides.

        Items that stand apart from their lead-in get it back, with a footnote of its own; of items under the same one
        that follow each other the first does.
        """
        last: tuple[str, int] | None = None
        for piece in pieces:
            lead, name = _lead_in(piece), piece.chunk.article_id
            if not lead:
                last = None
                read = readable(piece.text, piece.lead)
                yield self.claim(as_answer(read, piece.chunk.heading), piece, 1.0)
                continue
            start = self._articles[name].text.rindex(lead, 0, piece.start)
            claim = self.claim(piece.text, piece, 1.0)
            if (name, start) != last:
                above = self._cite(piece.chunk, start, start + len(lead))
                claim = Claim(f"{lead}\n\n{piece.text}", (*claim.citations, above), 1.0)
            last = name, start
            yield claim

    def _cite(self, chunk: Chunk, start: int, end: int) -> Citation:
        article = self._articles[chunk.article_id]
        place = (chunk.article_id, start, end)
        number = self._numbers.setdefault(place, len(self._numbers) + 1)
        return Citation(
            number=number,
            article_id=article.id,
            title=article.title,
            url=address(article, chunk.anchor),
            heading_path=chunk.heading_path,
            quote=article.text[start:end],
            start=start,
            end=end,
        )


def address(article: Article, anchor: str) -> str:
    """The article's address with the section's anchor as its fragment; "" when the article has none."""
    if not article.url or not anchor:
        return article.url
    return f"{article.url.split('#', 1)[0]}#{anchor}"


def _lead_in(evidence: Evidence) -> str:
    """The line that introduces an item or a list standing apart from it, not just any sentence above."""
    return evidence.lead if is_item(evidence.text) and evidence.lead.endswith(":") else ""
