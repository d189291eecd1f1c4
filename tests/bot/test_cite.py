"""Footnotes: exact words, numbered once, and how quoted pieces read."""

from bot.cite import Footnotes
from bot.types import Claim, Evidence
from corpus.types import Article
from index.types import Chunk

ABOVE = "Close the browser first."
LEAD = "To move your bookmarks:"
FIRST, SECOND = "1. Open the library and choose where the file is kept.", "2. Choose Import and wait."
TEXT = f"{ABOVE}\n\n{LEAD}\n\n{FIRST}\n{SECOND}\n\nThat is all."


def quoted(*told: tuple[str, str], articles: str = "aaaa") -> list[Claim]:
    """The claims of pieces (text, lead), quoted one after the other, each of the article with this name."""
    notes = Footnotes({name: Article(name, "Bookmarks", "", TEXT, ()) for name in articles})
    pieces = []
    for (text, lead), name in zip(told, articles, strict=False):
        chunk, start = Chunk("c", name, "Bookmarks", (), "", TEXT, 0, len(TEXT)), TEXT.index(text)
        pieces.append(Evidence(1, chunk, start, start + len(text), text, 1.0, lead))
    return list(notes.quotes(pieces))


def quotes(claim: Claim) -> list[str]:
    for each in claim.citations:
        assert TEXT[each.start : each.end] == each.quote
    return [each.quote for each in claim.citations]


def test_an_item_gets_its_lead_in_back_with_a_footnote_of_its_own() -> None:
    (claim,) = quoted((FIRST, LEAD))
    assert claim.text == f"{LEAD}\n\n{FIRST}"
    assert quotes(claim) == [FIRST, LEAD]
    assert [each.number for each in claim.citations] == [1, 2]


def test_a_lead_in_is_said_once_for_items_that_follow_each_other() -> None:
    one, two, end, again = quoted((FIRST, LEAD), (SECOND, LEAD), ("That is all.", ""), (SECOND, LEAD))
    assert two.text == SECOND
    assert quotes(two) == [SECOND]
    assert end.text == "That is all."
    assert again.text == f"{LEAD}\n\n{SECOND}"
    assert again.citations == (two.citations[0], one.citations[1])


def test_a_sentence_above_an_item_introduces_nothing() -> None:
    (claim,) = quoted((SECOND, ABOVE))
    assert claim.text == "Choose Import and wait."
    assert quotes(claim) == [SECOND]


def test_the_same_words_above_another_articles_list_are_another_lead_in() -> None:
    one, two = quoted((FIRST, LEAD), (SECOND, LEAD), articles="ab")
    assert two.text == f"{LEAD}\n\n{SECOND}"
    assert [each.article_id for each in two.citations] == ["b", "b"]
    assert one.citations != two.citations
