"""Expected sources: from the name a file gives them to places in the articles."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import PurePosixPath

from bot.evaluate.types import RANKED, Named, Ranked
from corpus.clean import one_line
from corpus.types import Article
from index.types import Chunk, Hit

# A citation that shares at least so much of the shorter of the two lies in its expected source: sentences are cut where
# they are cut, and a gold sentence may end a word earlier.
SHARED = 0.5
MOST_PLACES = 20  # of one quote in one article
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


Wanted = tuple[Place, ...]  # places of which any will do


@dataclass(frozen=True, slots=True)
class Expected:
    """Where the answer is expected to come from."""

    wanted: tuple[Wanted, ...]  # one for each source that is named and found
    unknown: tuple[str, ...]  # names that lead nowhere

    def holds(self, article_id: str, start: int, end: int) -> bool:
        """Whether a citation lies in an expected place."""
        return any(place.shares(article_id, start, end) for places in self.wanted for place in places)


class Sources:
    """Finds named sources among the articles."""

    def __init__(self, articles: Mapping[str, Article]) -> None:
        self._articles = articles
        self._by_name: dict[str, list[str]] = {}
        for article in articles.values():
            for name in _names(article):
                self._by_name.setdefault(name, []).append(article.id)

    def find(self, named: Iterable[Named]) -> Expected:
        """The places of each name; of words that stand in several places, and articles of one title, any will do."""
        found = {one: tuple(dict.fromkeys(self._places(one))) for one in named}
        unknown = tuple(str(one) for one, places in found.items() if not places)
        return Expected(tuple(places for places in found.values() if places), unknown)

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
        return [place for article in self._articles.values() for place in _quoted(named.name, article)]

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
    """Where the article says these words: as written, or else with other spaces, marks and capitals."""
    words = re.findall(r"\w+", quote)
    # Whole words only: a mistyped name must not be found inside some word.
    patterns = [re.compile(rf"(?<!\w){re.escape(quote)}(?!\w)")]
    if 0 < len(words) <= MOST_WORDS:
        patterns.append(re.compile(r"\b" + r"[\W_]+".join(words) + r"\b", re.IGNORECASE))
    for pattern in patterns:
        found = [Place(article.id, *one.span()) for one in islice(pattern.finditer(article.text), MOST_PLACES)]
        if found:
            return found
    return []


def regions(wanted: Collection[Wanted], articles: Mapping[str, Article]) -> tuple[Wanted, ...]:
    """What a ranking is judged by: for each source its articles, or the sections it lies in.

    One expected article makes articles of them all, so that every place of a ranking means the same. Sources that share
    a region are one: no ranking can find them one after the other.
    """
    by_article = any(place.is_article for places in wanted for place in places)
    found: list[set[Place]] = []
    for places in wanted:
        wide = {_widened(place, articles[place.article_id], by_article=by_article) for place in places}
        for other in [one for one in found if any(_overlap(a, b) for a in one for b in wide)]:
            wide |= other
            found.remove(other)
        found.append(wide)
    return tuple(_joined(each) for each in found)


def _joined(places: Iterable[Place]) -> Wanted:
    """In the order of the articles, those that overlap made one."""
    found: list[Place] = []
    for place in sorted(places, key=lambda one: (one.article_id, one.start)):
        last = found[-1] if found else None
        if last and _overlap(last, place):
            found[-1] = Place(last.article_id, last.start, max(last.end, place.end), last.is_article)
        else:
            found.append(place)
    return tuple(found)


def _widened(place: Place, article: Article, *, by_article: bool) -> Place:
    """To the whole article, or to the edges of the sections it begins and ends in."""
    if by_article:
        return Place(article.id, 0, len(article.text), is_article=True)
    touched = [one for one in article.sections if one.start < place.end and place.start < one.end]
    return Place(place.article_id, touched[0].start, touched[-1].end) if touched else place


def _overlap(one: Place, other: Place) -> bool:
    return one.article_id == other.article_id and one.start < other.end and other.start < one.end


def judged(hits: Sequence[Hit], wanted: Sequence[Wanted], articles: Mapping[str, Article]) -> tuple[Ranked, ...]:
    """The first RANKED articles, or sections when sections are wanted, each at the rank of its best passage.

    `wanted` are regions; of those of one source the first that is found counts, the others are as good as not there.
    """
    by_section = bool(wanted) and not wanted[0][0].is_article
    found: dict[object, Ranked] = {}
    for hit in hits:
        chunk = hit.chunk
        number = next((n for n, each in enumerate(wanted) if any(_begins_in(chunk, one) for one in each)), None)
        section = articles[chunk.article_id].section_at(chunk.start) if by_section else None
        own = number if number is not None else (chunk.article_id, section.start if section else 0)
        anchor = section.anchor if section else ""
        found.setdefault(own, Ranked(chunk.article_id, anchor, round(hit.score, 6), number is not None))
        if len(found) == RANKED:
            break
    return tuple(found.values())


def _begins_in(chunk: Chunk, place: Place) -> bool:
    return chunk.article_id == place.article_id and place.start <= chunk.start < place.end
