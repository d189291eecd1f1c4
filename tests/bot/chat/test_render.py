"""Exchanges as HTML, without a server."""

import json
import re
from dataclasses import replace

from bot.chat import render, texts
from bot.chat.exchange import Exchange, for_browser, from_browser
from bot.types import Finished, Retrieved, Said
from tests.browser.fake_bot import ARTICLES, KINDS, FakeBot, cite, say

ID = "0" * 32


def exchange(question: str, bot: FakeBot | None = None) -> Exchange:
    bot = bot or FakeBot()
    made = Exchange(ID, question)
    for event in bot.stream(question, ()):
        made = made.after(event, bot.articles)
    return made


def drawn(question: str) -> str:
    return render.exchange_html(exchange(question), "", votes=True)


def test_sentences_flow_with_their_footnotes() -> None:
    html = drawn("What is a foundation model?")
    said = html[html.index('<div class="said"') : html.index('<div class="sources"')]
    assert said.count("<p>") == 1
    assert re.findall(r'data-number="(\d)"', said) == ["1", "2", "1", "3"]
    assert f'aria-label="Footnote 3: Training a model{texts.STEP}How training works"' in said
    assert "Written from the articles" in html
    assert re.findall(r'class="number">(\d)<', html) == ["1", "2", "3"]
    assert html.count('class="place"') == 2  # a place is named once


def test_sources_are_an_articles_title_and_its_places() -> None:
    html = drawn("What is a foundation model?")
    sources = html[html.index('<div class="sources"') : html.index('<div class="actions"')]
    assert re.findall(r'class="title" dir="auto">([^<]*)<', sources) == ["Foundation models", "Training a model"]
    assert re.findall(r'class="place" dir="auto">([^<]*)<', sources) == [
        "What a foundation model is",
        "How training works",
    ]
    assert f'title="Foundation models{texts.STEP}What a foundation model is"' in sources
    assert 'aria-label="1: What a foundation model is"' in sources  # the first of two numbers before one name


def test_places_whose_last_headings_are_alike_are_told_by_their_whole_path() -> None:
    paths = (("Install", "Linux"), ("Update", "Linux"), ("Remove",))
    cited = [replace(cite(KINDS, "CLIP", number), heading_path=path) for number, path in enumerate(paths, 1)]
    html = render.exchange_html(Exchange(ID, "q", "done", (say("CLIP", *cited),), lane="quoted"), "", votes=True)
    named = re.findall(r'class="place" dir="auto">([^<]*)<', html)
    assert named == [f"Install{texts.STEP}Linux", f"Update{texts.STEP}Linux", "Remove"]


def test_two_articles_of_one_title_are_two_sources() -> None:
    one = cite(KINDS, "CLIP", 1)
    other = replace(one, number=2, article_id="other.md", url="https://help.example.org/other")
    made = Exchange(ID, "q", "done", (say("CLIP", one, other),), lane="quoted")
    html = render.exchange_html(made, "", votes=True)
    assert (html.count('class="title"'), html.count('class="place"')) == (2, 2)
    where = f"Foundation models{texts.STEP}Kinds of foundation models"
    assert render.as_text(made).endswith(f"\n[1] {where} - {one.url}\n[2] {where} - {other.url}")


def test_an_article_without_headings_is_named_once() -> None:
    bare = replace(cite(KINDS, "These are the common kinds:", 1), heading_path=())
    made = Exchange(ID, "q", "done", (say("These are the common kinds:", bare),), lane="quoted")
    html = render.exchange_html(made, "", votes=True)
    assert 'class="title"' not in html
    assert 'class="place" dir="auto">Foundation models<' in html


def test_sources_wait_until_nothing_more_is_said() -> None:
    bot, made = FakeBot(), Exchange(ID, "What is a foundation model?")
    hidden = []
    for event in bot.stream(made.question, ()):
        made = made.after(event, bot.articles)
        html = render.exchange_html(made, "", votes=True)
        hidden.append('<div class="sources" hidden>' in html)
        assert html.count("data-cite=") == len(made.citations)  # a footnote can be opened all the same
    assert hidden == [False, True, True, True, False]


def test_lists_and_tables_are_drawn_in_the_answer() -> None:
    kinds = drawn("Which kinds are there?")
    assert "<ul><li>Small ones run on a laptop." in re.sub("</?span[^>]*>", "", kinds)
    assert "Quoted from the articles" in kinds
    table = drawn("Compare the models")
    assert table.count("<tr>") == 4
    assert "<th>" in table


def test_the_authors_paragraphs_are_kept() -> None:
    one, two = "Before that, most models were built for one task each.", "Such a model is the base, not the product."
    claims = (say(one, cite(KINDS, one, 1)), say(two, cite(KINDS, two, 2)))
    made = Exchange(ID, "q").after(Said(claims[0]), ARTICLES).after(Said(claims[1]), ARTICLES)
    assert made.breaks == (1,)
    asked = (say(f"Was it one model? {one}", claims[0].citations[0]), claims[1])  # said with its heading's question
    assert Exchange(ID, "q").after(Said(asked[0]), ARTICLES).after(Said(asked[1]), ARTICLES).breaks == (1,)
    assert render.exchange_html(made, "", votes=True).count("</sup></p>") == 2


def test_not_covered_offers_questions_and_a_person() -> None:
    html = render.exchange_html(exchange("Who won the cup?"), "help@example.org", votes=True)
    assert texts.DECLINED in html
    assert html.count('data-do="ask"') == 2
    assert 'href="mailto:help@example.org"' in html
    assert 'class="sources"' not in html
    assert not any(lane in html for lane in texts.LANES.values())


def test_parts_the_articles_do_not_cover_are_named() -> None:
    assert "The articles do not cover: what does Netflix use?" in drawn("What does Netflix use?")


def test_progress_is_shown_until_it_is_over() -> None:
    fresh = Exchange(ID, "q")
    assert texts.SEARCHING in render.exchange_html(fresh, "", votes=True)
    assert 'aria-busy="true"' in render.exchange_html(fresh.after(Retrieved(()), ARTICLES), "", votes=True)
    failed = render.exchange_html(fresh.failed("the index <b>is</b> gone"), "", votes=True)
    assert "the index &lt;b&gt;is&lt;/b&gt; gone" in failed
    assert 'data-do="vote"' not in failed
    assert 'data-do="retry"' in failed
    assert texts.STOPPED in render.exchange_html(fresh.stopped(), "", votes=True)


def test_thumbs_are_left_out_when_they_cannot_be_kept() -> None:
    html = render.exchange_html(exchange("Is CLIP an LLM?"), "", votes=False)
    assert 'data-do="vote"' not in html
    assert 'data-do="copy"' in html


def test_a_copied_answer_has_its_sources() -> None:
    copied = render.as_text(exchange("What is a foundation model?"))
    assert "adapted to many tasks. [1] Researchers at Stanford named it in 2021. [2]" in copied
    assert (
        f"\n[1][2] Foundation models{texts.STEP}What a foundation model is - https://help.example.org/models#" in copied
    )
    assert copied.endswith(f"[3] Training a model{texts.STEP}How training works")


def test_the_browser_keeps_conversations_and_nothing_else() -> None:
    made = (exchange("Is CLIP an LLM?"), exchange("Who won the cup?"))
    stored = json.loads(json.dumps(for_browser(made)))
    assert from_browser(stored) == made
    for damaged in (None, 3, "x", [{}], [{"id": "x", "question": "q"}], [stored[0] | {"vote": 7}]):
        assert from_browser(damaged) == ()


def test_cited_passages_become_the_bots_memory() -> None:
    assert exchange("Is CLIP an LLM?").turn.chunk_ids == ("chunk-models.md",)
    assert exchange("Who won the cup?").turn.answer == ""


def test_the_last_event_decides() -> None:
    bot = FakeBot()
    answer = bot.answer("Is CLIP an LLM?")
    drafted = Exchange(ID, "q").after(Said(say("A draft.", answer.citations[0])), ARTICLES)
    assert drafted.after(Finished(answer), ARTICLES).text == answer.text
