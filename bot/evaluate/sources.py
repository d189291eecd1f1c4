"""Expected sources: from the name a file gives them to places in the articles."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from bot.evaluate.types import RANKED, Named, Ranked
from corpus.clean import one_line
from corpus.types import Article, Section
from index.types import Hit

# A citation that shares at least so much of the shorter of the two lies in its expected source: sentences are cut where
# they are cut, and a gold sentence may end a word earlier.
SHARED = 0.5
MOST_WORDS = 400  # of a quote that is looked for with other punctuation than its file's


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of an article."""

    article_id: str
    start: int  # characters into Article.text
    end: int
    is_article: bool = False  # all of it

    def shares(self, article_id: str, start: int, end: int) -> bool:
        """Whether the two have at least SHARED of the shorter one in common."""
        common = min(self.end, end) - max(self.start, start)
        return (
            article_id == self.article_id and common > 0 and common >= SHARED * min(end - start, self.end - self.start)
        )


@dataclass(frozen=True, slots=True)
class Expected:
    """Where the answer is expected to come from."""

    places: tuple[Place, ...]
    unknown: tuple[str, ...]  # names that lead nowhere

    def holds(self, article_id: str, start: int, end: int) -> bool:
        """Whether a citation lies in an expected place."""
        return any(place.shares(article_id, start, end) for place in self.places)


class Sources:
    """Finds named sources among the articles."""

    def __init__(self, articles: Mapping[str, Article]) -> None:
        self._articles = articles
        self._by_name: dict[str, list[str]] = {}
        for article in articles.values():
            for name in _names(article):
                self._by_name.setdefault(name, []).append(article.id)

    def find(self, named: Iterable[Named]) -> Expected:
        """The places; a name of several articles means all of them."""
        places: list[Place] = []
        unknown: list[str] = []
        for one in named:
            found = self._places(one)
            places += found
            if not found:
                unknown.append(str(one))
        return Expected(tuple(dict.fromkeys(places)), tuple(unknown))

    def article_ids(self, names: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Ids of the articles of these names, and the names of none."""
        found = {name: self._by_name.get(_key(name), []) for name in names}
        ids = dict.fromkeys(one for each in found.values() for one in each)
        return tuple(ids), tuple(name for name, each in found.items() if not each)

    def _places(self, named: Named) -> list[Place]:
        articles, anchor = self._articles_named(named.name)
        if named.quote:
            return [place for article in articles for place in _quoted(named.quote, article)]
        if articles and not anchor:
            return [Place(article.id, 0, len(article.text), is_article=True) for article in articles]
        if articles:
            return [Place(article.id, *span) for article in articles if (span := _section(article, anchor))]
        return [place for article in self._articles.values() for place in _quoted(named.name, article)][:1]

    def _articles_named(self, name: str) -> tuple[list[Article], str]:
        """The articles of a name, and the anchor behind it."""
        whole = self._by_name.get(_key(name))
        if whole:
            return [self._articles[one] for one in whole], ""
        before, mark, anchor = name.rpartition("#")
        found = self._by_name.get(_key(before), []) if mark else []
        return [self._articles[one] for one in found], anchor.strip()


def _names(article: Article) -> set[str]:
    """What an article may be called: its id, file name with and without extension, key, title or address."""
    path, _, key = article.id.partition("#")
    file = PurePosixPath(path)
    names = {article.id, article.title, article.url, key}
    if not key:
        names |= {file.name, file.stem, str(file.with_suffix(""))}
    return {_key(name) for name in names if name.strip()}


def _key(name: str) -> str:
    return one_line(name).casefold()


def _section(article: Article, anchor: str) -> tuple[int, int] | None:
    """The section with this anchor and the sections below it."""
    for at, section in enumerate(article.sections):
        if section.anchor.casefold() == anchor.casefold() and section.anchor:
            depth, end = section.heading_path, section.end
            for below in article.sections[at + 1 :]:
                if below.heading_path[: len(depth)] != depth:
                    break
                end = below.end
            return section.start, end
    return None


def _quoted(quote: str, article: Article) -> list[Place]:
    """Where the article says these words; first as written, then with other spaces, marks and capitals."""
    words = re.findall(r"\w+", quote)
    if quote not in article.text and not 0 < len(words) <= MOST_WORDS:
        return []
    # Whole words only: a mistyped name must not be found inside some word.
    exact = re.search(rf"(?<!\w){re.escape(quote)}(?!\w)", article.text)
    found = exact or re.search(r"\b" + r"[\W_]+".join(words) + r"\b", article.text, re.IGNORECASE)
    return [Place(article.id, *found.span())] if found else []


def regions(places: Collection[Place], articles: Mapping[str, Article]) -> tuple[Place, ...]:
    """What a ranking is judged by: the articles, or the sections the places lie in; none overlaps another.

    One expected article makes articles of them all, so that every place of a ranking means the same.
    """
    if any(place.is_article for place in places):
        whole = dict.fromkeys(place.article_id for place in places)
        return tuple(Place(name, 0, len(articles[name].text), is_article=True) for name in whole)
    wide = sorted(
        (_widened(place, articles[place.article_id]) for place in places), key=lambda p: (p.article_id, p.start)
    )
    merged: list[Place] = []
    for place in wide:
        last = merged[-1] if merged else None
        if last and last.article_id == place.article_id and place.start < last.end:
            merged[-1] = Place(last.article_id, last.start, max(last.end, place.end))
        else:
            merged.append(place)
    return tuple(merged)


def _widened(place: Place, article: Article) -> Place:
    """To the edges of the sections it begins and ends in."""
    touched = [one for one in article.sections if one.start < place.end and place.start < one.end]
    return Place(place.article_id, touched[0].start, touched[-1].end) if touched else place


def judged(hits: Sequence[Hit], wanted: Sequence[Place], articles: Mapping[str, Article]) -> tuple[Ranked, ...]:
    """The first RANKED articles, or sections when sections are wanted, each at the rank of its best passage."""
    by_section = bool(wanted) and not wanted[0].is_article
    found: dict[object, Ranked] = {}
    for hit in hits:
        chunk = hit.chunk
        region = next((one for one in wanted if _begins_in(chunk.article_id, chunk.start, one)), None)
        section = _section_at(articles[chunk.article_id], chunk.start) if by_section else None
        own = (chunk.article_id, section.start if section else 0)
        anchor = section.anchor if section else ""
        found.setdefault(region or own, Ranked(chunk.article_id, anchor, round(hit.score, 6), region is not None))
        if len(found) == RANKED:
            break
    return tuple(found.values())


def _begins_in(article_id: str, start: int, place: Place) -> bool:
    return article_id == place.article_id and place.start <= start < place.end


def _section_at(article: Article, at: int) -> Section | None:
    return next((one for one in article.sections if one.start <= at < one.end), None)
