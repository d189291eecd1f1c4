"""From the name of a source to its places, and from hits to a judged ranking."""

import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evaluate.sources import Expected, Place, Sources, judged, regions
from bot.evaluate.types import RANKED, Named, Ranked
from corpus.types import Article
from index.types import Chunk, Hit
from tests.bot.evaluate.material import nested_article

CATS = nested_article(
    "pets/cats.md",
    ((), "Cats are small animals."),
    (("Food",), "A cat eats “fish” and meat."),
    (("Food", "Bad food"), "Milk is bad for a cat."),
    (("Sleep",), "A cat sleeps all day. It's party time at night."),
    title="All about Cats",
    url="https://pets.example/cats",
)
DOGS = nested_article("pets/dogs.md", ((), "Dogs are loyal."), (("Food",), "A dog eats meat."), title="Dogs")
OLD_DOGS = nested_article("old/dogs.md", ((), "Dogs were wolves once."), title="Old dogs")
PAIR = nested_article("faq.csv#3f9a", (("Can a cat swim?",), "Yes. Most cats can swim."), title="Can a cat swim?")
ARTICLES = {one.id: one for one in (CATS, DOGS, OLD_DOGS, PAIR)}
SOURCES = Sources(ARTICLES)


def whole(article: Article) -> Place:
    return Place(article.id, 0, len(article.text), is_article=True)


def stretch(article: Article, words: str) -> Place:
    start = article.text.index(words)
    return Place(article.id, start, start + len(words))


def sections(article: Article, first: int, last: int) -> Place:
    return Place(article.id, article.sections[first].start, article.sections[last].end)


@pytest.mark.parametrize(
    ("name", "articles"),
    [
        ("pets/cats.md", [CATS]),
        ("pets/cats", [CATS]),
        ("cats.md", [CATS]),
        ("cats", [CATS]),
        ("CATS.MD", [CATS]),
        ("all  about cats", [CATS]),
        ("All about Cats", [CATS]),
        ("https://pets.example/cats", [CATS]),
        ("HTTPS://PETS.EXAMPLE/CATS", [CATS]),
        ("faq.csv#3f9a", [PAIR]),
        ("3f9a", [PAIR]),
        ("can a cat swim?", [PAIR]),
        ("dogs.md", [DOGS, OLD_DOGS]),
        ("old/dogs.md", [OLD_DOGS]),
    ],
)
def test_an_article_by_each_of_its_names(name: str, articles: list[Article]) -> None:
    assert SOURCES.find([Named(name)]) == Expected((tuple(whole(one) for one in articles),), ())
    assert SOURCES.article_ids([name]) == (tuple(one.id for one in articles), ())


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("cats.md#bad-food", sections(CATS, 2, 2)),
        ("cats.md#food", sections(CATS, 1, 2)),
        ("cats#FOOD", sections(CATS, 1, 2)),
        ("All about Cats#sleep", sections(CATS, 3, 3)),
        ("https://pets.example/cats#sleep", sections(CATS, 3, 3)),
        ("pets/dogs.md # food", sections(DOGS, 1, 1)),
    ],
)
def test_a_section_by_its_anchor_with_the_sections_below_it(name: str, place: Place) -> None:
    assert SOURCES.find([Named(name)]) == Expected(((place,),), ())


@pytest.mark.parametrize(
    ("named", "place"),
    [
        (Named("cats.md", "A cat eats “fish” and meat."), stretch(CATS, "A cat eats “fish” and meat.")),
        (Named("cats.md", 'a CAT eats "fish", and  meat'), stretch(CATS, "A cat eats “fish” and meat")),
        (Named("cats.md", "eats “fish”"), stretch(CATS, "eats “fish”")),
        (Named("cats.md", "cat eats fish"), stretch(CATS, "cat eats “fish")),
        (Named("cats.md", "It’s party time"), stretch(CATS, "It's party time")),
        (Named("cats.md", "fish and meat. Bad food: milk"), stretch(CATS, "fish” and meat.\n\nBad food\n\nMilk")),
        (Named("Milk is bad for a cat"), stretch(CATS, "Milk is bad for a cat")),
        (Named("dogs were WOLVES"), stretch(OLD_DOGS, "Dogs were wolves")),
    ],
)
def test_words_are_found_as_written_and_with_other_marks_and_capitals(named: Named, place: Place) -> None:
    assert SOURCES.find([named]) == Expected(((place,),), ())


@pytest.mark.parametrize(
    "named",
    [
        Named("gone.md"),
        Named("cats.md#gone"),
        Named("gone.md#food"),
        Named("cats.md", "A cat eats stones."),
        Named("cats.md", "Dogs are loyal."),
        Named("gone.md", "A cat eats"),
        Named("cats.md", "eats fish meat"),
        Named("cats.md", "…"),
        Named("?!"),
        Named("word " * 500),
    ],
)
def test_what_is_nowhere_is_told_as_it_was_named(named: Named) -> None:
    assert SOURCES.find([named, Named("cats.md")]) == Expected(((whole(CATS),),), (str(named),))
    assert str(named) in (named.name, f"{named.name}: “{named.quote}”")


@pytest.mark.parametrize("named", [Named("art"), Named("cats.md", "art"), Named("eat")])
def test_a_part_of_a_word_is_not_words_of_an_article(named: Named) -> None:
    """A mistyped name must not be found inside some word of some article."""
    assert SOURCES.find([named]).wanted == ()


def test_names_of_articles_are_told_from_names_of_none() -> None:
    assert SOURCES.article_ids(["cats", "gone", "dogs.md", "Cats.md"]) == (
        (CATS.id, DOGS.id, OLD_DOGS.id),
        ("gone",),
    )
    assert SOURCES.article_ids([]) == ((), ())


def test_the_same_place_named_twice_is_one_place() -> None:
    assert SOURCES.find([Named("cats.md"), Named("cats"), Named("All about Cats")]).wanted == ((whole(CATS),),) * 3


@pytest.mark.parametrize(
    ("places", "merged"),
    [
        ([], []),
        ([stretch(CATS, "Milk is bad")], [sections(CATS, 2, 2)]),
        ([stretch(CATS, "Milk is bad"), stretch(CATS, "for a cat")], [sections(CATS, 2, 2)]),
        ([stretch(CATS, "Milk is bad"), sections(CATS, 1, 2)], [sections(CATS, 1, 2)]),
        ([stretch(CATS, "meat.\n\nBad food\n\nMilk")], [sections(CATS, 1, 2)]),
        ([stretch(CATS, "Milk is bad"), stretch(CATS, "sleeps all day")], [sections(CATS, 2, 2), sections(CATS, 3, 3)]),
        ([stretch(DOGS, "A dog eats"), stretch(CATS, "Milk")], [sections(DOGS, 1, 1), sections(CATS, 2, 2)]),
        ([whole(CATS), stretch(CATS, "Milk")], [whole(CATS)]),
        ([stretch(DOGS, "A dog eats"), whole(CATS)], [whole(DOGS), whole(CATS)]),
    ],
)
def test_regions_are_whole_sections_or_whole_articles_and_never_overlap(
    places: list[Place], merged: list[Place]
) -> None:
    assert regions([(place,) for place in places], ARTICLES) == tuple((one,) for one in merged)


spans = st.lists(st.tuples(st.integers(0, len(CATS.text) - 1), st.integers(1, 60)), min_size=1, max_size=6)


@given(spans)
def test_regions_hold_every_place_and_none_overlaps_another(found: list[tuple[int, int]]) -> None:
    places = [Place(CATS.id, start, min(start + length, len(CATS.text))) for start, length in found]
    merged = sorted((one for (one,) in regions([(place,) for place in places], ARTICLES)), key=lambda one: one.start)
    assert all(any(one.start <= place.start and place.end <= one.end for one in merged) for place in places)
    assert all(before.end <= after.start for before, after in itertools.pairwise(merged))
    edges = {section.start for section in CATS.sections} | {len(CATS.text)}
    assert all({one.start, one.end} <= edges for one in merged)
    assert regions([(one,) for one in merged], ARTICLES) == tuple((one,) for one in merged)


def hits(*starts: tuple[Article, int]) -> list[Hit]:
    """A hit for each (article, section), at the section's beginning, with falling scores."""
    return [
        Hit(Chunk(f"c{at}", article.id, article.title, (), "", "x", start, start + 1), 1 - at / 100, 0.5, 0.5)
        for at, (article, start) in enumerate(starts)
    ]


def at_section(*names: tuple[Article, int]) -> list[Hit]:
    return hits(*((article, article.sections[number].body) for article, number in names))


def places_of(ranking: Sequence[Ranked]) -> list[tuple[str, str, bool]]:
    return [(one.article_id, one.anchor, one.is_expected) for one in ranking]


def test_articles_stand_at_the_rank_of_their_best_passage() -> None:
    found = at_section((DOGS, 0), (CATS, 3), (DOGS, 1), (CATS, 1), (OLD_DOGS, 0))
    ranking = judged(found, [(whole(CATS),)], ARTICLES)
    assert places_of(ranking) == [(DOGS.id, "", False), (CATS.id, "", True), (OLD_DOGS.id, "", False)]
    assert [one.score for one in ranking] == [1, 0.99, 0.96]
    assert places_of(judged(found, [], ARTICLES)) == [
        (DOGS.id, "", False),
        (CATS.id, "", False),
        (OLD_DOGS.id, "", False),
    ]


def test_sections_stand_at_the_rank_of_their_best_passage_when_a_section_is_wanted() -> None:
    found = at_section((DOGS, 1), (CATS, 0), (CATS, 2), (CATS, 1), (CATS, 3), (CATS, 2))
    assert places_of(judged(found, [(sections(CATS, 1, 2),)], ARTICLES)) == [
        (DOGS.id, "food", False),
        (CATS.id, "", False),
        (CATS.id, "bad-food", True),
        (CATS.id, "sleep", False),
    ]


def test_a_passage_counts_where_it_begins() -> None:
    wanted, food = sections(CATS, 1, 1), CATS.sections[1]
    found = hits((CATS, food.start - 1), (CATS, food.end), (CATS, food.end - 1))
    assert [one.is_expected for one in judged(found, [(wanted,)], ARTICLES)] == [False, False, True]


def test_no_more_places_than_are_judged() -> None:
    many = {f"{at}.md": nested_article(f"{at}.md", ((), "Words.")) for at in range(RANKED + 3)}
    found = hits(*((article, 0) for article in many.values()))
    last = whole(many[f"{RANKED}.md"])
    assert len(judged(found, [(last,)], many)) == RANKED
    assert not any(one.is_expected for one in judged(found, [(last,)], many))
    assert judged([], [(last,)], many) == ()


@pytest.mark.parametrize(
    ("start", "end", "holds"),
    [
        (100, 200, True),
        (120, 130, True),
        (0, 400, True),  # the place lies in the citation
        (190, 210, True),  # half of the citation
        (191, 211, False),
        (90, 110, True),
        (89, 109, False),
        (0, 150, True),  # half of the place
        (0, 149, False),
        (0, 100, False),
        (200, 210, False),
    ],
)
def test_a_citation_lies_in_a_place_that_shares_half_of_the_shorter(start: int, end: int, holds: bool) -> None:
    expected = Expected(((Place("x.md", 900, 901),), (Place("cats.md", 100, 200),)), ())
    assert expected.holds("cats.md", start, end) is holds
    assert not expected.holds("dogs.md", start, end)


def test_nothing_is_expected_where_nothing_is_named() -> None:
    assert SOURCES.find([]) == Expected((), ())
    assert not Expected((), ()).holds("cats.md", 0, 9)
