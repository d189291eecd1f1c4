"""The source panel, without a server."""

import re
from dataclasses import replace

from bot.chat import texts
from bot.chat.article import addresses, article_html
from bot.chat.source import source_html
from bot.markup.article import SURROUNDINGS
from bot.settings import Settings
from corpus.types import Article
from tests.browser.fake_bot import ARTICLES, KINDS, LIST, STEPS, TABLE, cite


def asked(article: Article, quote: str) -> dict[str, object]:
    citation = cite(article, quote, 1)
    start, end = citation.start, citation.end
    return {"article": article.id, "title": article.title, "quote": quote, "start": start, "end": end}


def test_the_passage_is_marked_in_its_surroundings() -> None:
    html = source_html(asked(KINDS, "The name was given in 2021 by researchers at Stanford."), ARTICLES)
    assert "<mark>The name was given in 2021 by researchers at Stanford.</mark>" in html
    assert "<h3>What a foundation model is</h3>" in html
    assert "<h4>Compared</h4>" in html
    assert 'href="https://help.example.org/models#what-a-foundation-model-is"' in html
    assert "Updated 2025-03-01" in html


def test_lists_and_tables_are_marked_row_by_row() -> None:
    assert source_html(asked(KINDS, LIST), ARTICLES).count("<li><mark>") == 4
    assert source_html(asked(KINDS, TABLE), ARTICLES).count("<mark>") == 16


def test_a_long_article_is_cut_to_the_surroundings() -> None:
    html = source_html(asked(STEPS, "Fine-tuning starts from the pre-trained weights."), ARTICLES)
    assert html.count('<p class="cut">') == 2
    assert len(re.sub("<[^>]*>", "", html)) < 2 * SURROUNDINGS + 500
    assert "Open article" not in html  # it has no address


def test_an_article_that_changed_or_went_shows_the_words_alone() -> None:
    quote = "The name was given in 2021 by researchers at Stanford."
    good = asked(KINDS, quote)
    for wrong, why in (({"start": 3}, texts.CHANGED), ({"article": "gone.md"}, texts.GONE)):
        html = source_html(good | wrong, ARTICLES)
        assert why in html
        assert f"<mark>{quote}</mark>" in html
        assert "href" not in html


def test_what_is_no_footnote_shows_nothing() -> None:
    for nonsense in (None, 5, "x", {}, {"article": ["x"]}, asked(KINDS, LIST) | {"start": -1}):
        assert source_html(nonsense, ARTICLES) == ""


def test_an_article_is_a_page_with_anchors() -> None:
    html = article_html(KINDS, Settings(title="Help & more"))
    assert '<section id="compared"><h3>Compared</h3><div class="table">' in html
    assert html.count("<section") == 5
    assert ">Help &amp; more</a>" in html
    said = re.sub("<style>.*</style>|<[^>]*>", " ", html).split()
    words = [word for word in re.sub(r"[|`]", " ", KINDS.text).split() if word != "-"]
    assert said[-len(words) :] == words


def test_articles_are_found_by_their_path() -> None:
    local = replace(KINDS, url="/articles/models#top")
    again = replace(local, id="again.md", url="/articles/models#more")
    assert addresses((STEPS, local, again)) == {"/articles/models": local.id}
    assert addresses(()) == {}
