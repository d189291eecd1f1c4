"""The chat page's HTML, without a server."""

import json
import os
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat import render, texts
from bot.chat.escape import contact_link, link, shown
from bot.chat.exchange import Exchange, for_browser, from_browser
from bot.chat.plain import Insert, Wrap, to_html
from bot.chat.source import LONGEST_LINE, SURROUNDINGS, source_html, surroundings
from bot.settings import Settings
from bot.types import Citation, Claim, Finished, Retrieved, Said, Suggestion
from corpus.types import Article, Section
from tests.browser.fake_bot import ARTICLES, KINDS, LIST, STEPS, TABLE, FakeBot, cite, say

REPO = Path(__file__).resolve().parents[2]
EVAL = Path(os.environ.get("EVAL_DATA", REPO.parent / "shared" / "eval"))
ID = "0" * 32
PLAIN_TAGS = {"p", "ul", "ol", "li", "div", "table", "tr", "th", "td", "pre", "code", "mark", "h3", "h4", "h5", "h6"}
PAGE_TAGS = PLAIN_TAGS | {"section", "span", "sup", "button", "h2", "svg", "path", "a"}


class Reader(HTMLParser):
    """What a browser would make of HTML: its elements, attributes and text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.names: set[str] = set()
        self.links: list[str] = []
        self.said: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.names.update(name for name, _ in attrs)
        self.links.extend(value or "" for name, value in attrs if name in ("href", "src"))
        self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.said.append(data)

    @property
    def text(self) -> str:
        return "".join(self.said)


def exchange(question: str, bot: FakeBot | None = None) -> Exchange:
    bot = bot or FakeBot()
    made = Exchange(ID, question)
    for event in bot.stream(question, ()):
        made = made.after(event, bot.articles)
    return made


def drawn(question: str) -> str:
    return render.exchange_html(exchange(question), "", votes=True)


def payloads() -> list[str]:
    path = EVAL / "strings" / "strings.jsonl"
    if not path.exists():
        pytest.skip(f"NOT RUN: no hostile strings at {path}; set EVAL_DATA to the folder that has them")
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line in lines]


# The plain form


def test_lists_nest_and_tables_have_a_header() -> None:
    html = to_html("Lead-in:\n\n- one\n  - inner\n- two\n\n3. third\n4. fourth\n\n| A | B |\n| 1 \\| 2 | x |")
    assert "<p>Lead-in:</p><ul><li>one<ul><li>inner</li></ul></li><li>two</li></ul>" in html
    assert '<ol start="3"><li>third</li><li>fourth</li></ol>' in html
    assert "<tr><th>A</th><th>B</th></tr><tr><td>1 | 2</td><td>x</td></tr>" in html


def test_code_keeps_its_lines_and_needs_no_end() -> None:
    assert to_html("```python\nif a < b:\n    go()\n```\nafter") == (
        "<pre><code>if a &lt; b:\n    go()</code></pre><p>after</p>"
    )
    assert to_html("```\nopen") == "<pre><code>open</code></pre>"


def test_a_mark_is_kept_across_blocks() -> None:
    text = "One two.\n\n- three\n- four\n\n| a | b |\n| c | d |"
    html = to_html(text, wraps=[Wrap(4, text.index("| c") + 4, "mark")])
    assert "<p>One <mark>two.</mark></p>" in html
    assert html.count("<mark>") == 6  # two., three, four, a, b, c
    assert "<td><mark>c</mark></td><td>d</td>" in html.replace(" </mark>", "</mark>").replace("<mark> ", "<mark>")


def test_footnotes_stand_inside_the_last_cell_and_item() -> None:
    for text in ("- one\n- two", "| a | b |\n| c | d |", "```\ncode\n```", "plain", ""):
        html = to_html(text, inserts=[Insert(len(text), "<sup>1</sup>")])
        assert html.count("<sup>1</sup>") == 1
    assert to_html("- one\n- two", inserts=[Insert(11, "<sup>1</sup>")]).endswith("two<sup>1</sup></li></ul>")
    assert "d<sup>1</sup></td>" in to_html("| a | b |\n| c | d |", inserts=[Insert(19, "<sup>1</sup>")])


LINES = st.lists(
    st.one_of(
        st.text(max_size=30), st.sampled_from(["- a", "      - b", "1. c", "| x | y |", "|---|", "```", "", "| |"])
    ),
    max_size=12,
).map("\n".join)


@given(LINES, st.integers(0, 60), st.integers(0, 60), st.integers(0, 80))
def test_any_text_gives_sound_html_of_plain_elements(text: str, start: int, length: int, at: int) -> None:
    html = to_html(text, wraps=[Wrap(start, start + length, "mark")], inserts=[Insert(at, "<sup>9</sup>")])
    page = Reader(html)
    assert set(page.tags) <= PLAIN_TAGS | {"sup"}
    assert not page.open
    assert page.tags.count("sup") == 1
    assert page.names <= {"class", "start"}


def test_deep_nesting_has_an_end() -> None:
    lines = "\n".join("  " * depth + "- x" for depth in range(200))
    assert to_html(lines).count("<ul>") == 6


# Exchanges


def test_sentences_flow_with_their_footnotes() -> None:
    html = drawn("What is a foundation model?")
    said = html[html.index('<div class="said"') : html.index('<div class="sources"')]
    assert said.count("<p>") == 1
    assert re.findall(r'data-number="(\d)"', said) == ["1", "2", "1", "3"]
    assert f'aria-label="Footnote 3: Training a model{texts.STEP}How training works"' in said
    assert "Written from the articles" in html
    assert '<span class="number">3</span>' in html


def test_lists_and_tables_are_drawn_in_the_answer() -> None:
    kinds = drawn("Which kinds are there?")
    assert kinds.count("<ul>") == 2
    assert "Quoted from the articles" in kinds
    table = drawn("Compare the models")
    assert table.count("<tr>") == 4
    assert "<th>" in table


def test_the_authors_paragraphs_are_kept() -> None:
    one, two = "Before that, most models were built for one task each.", "Such a model is the base, not the product."
    claims = (say(one, cite(KINDS, one, 1)), say(two, cite(KINDS, two, 2)))
    made = Exchange(ID, "q").after(Said(claims[0]), ARTICLES).after(Said(claims[1]), ARTICLES)
    assert made.breaks == (1,)
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
    assert f"\n[1] Foundation models{texts.STEP}What a foundation model is - https://help.example.org/models#" in copied
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


# The source panel


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
    assert len(Reader(html).text) < 2 * SURROUNDINGS + 500
    assert "Open article" not in html  # it has no address


def test_a_paragraph_without_end_is_cut_inside() -> None:
    first, last = surroundings("x" * 100_000, 50_000, 50_010)
    assert (first, last) == (50_000 - LONGEST_LINE, 50_010 + LONGEST_LINE)


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


# Links and hostile text


@pytest.mark.parametrize(
    "url", ["https://a.org/x?y=1&z=2#t", "http://a.org", "mailto:a@b.org", "guide/x.html", "/x", "#top"]
)
def test_links_that_may_be_followed(url: str) -> None:
    assert link(url) == url.replace("&", "&amp;")


SCRIPTS = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:x",
    "\x01javascript:x",
    " javascript:x",
    "vbscript:x",
)
PLACES = ("//evil.org/x", "\\\\evil.org", "/\\evil.org", "file:///etc", "blob:https://a.org/1", "data:text/html,x")
BROKEN = ("", "https://", "http:x", "http://[x", "mailto:")


@pytest.mark.parametrize("url", SCRIPTS + PLACES + BROKEN)
def test_links_that_may_not(url: str) -> None:
    assert link(url) == ""


def test_a_contact_may_be_a_bare_mail_address() -> None:
    assert contact_link("help@example.org") == "mailto:help@example.org"
    assert contact_link("https://example.org/help@us") == "https://example.org/help@us"
    assert contact_link("javascript:alert('@')") == ""


def test_control_characters_are_shown_as_pictures() -> None:
    assert shown("a\x00b\x1b[31m\x7f") == "a␀b␛[31m␡"
    assert shown("half \ud800 pair") == "half ? pair"


def hostile(text: str) -> tuple[Exchange, dict[str, Article]]:
    """An exchange and articles with `text` in every field that has one."""
    section = Section((text, text), text, 0, 0, len(text))
    article = Article("a", text, text, text, (section,), text)
    citation = Citation(1, "a", text, text, (text, text), text, 0, len(text))
    suggestion = Suggestion(text, text)
    made = Exchange(
        ID, text, "done", (Claim(text, (citation,), 1.0),), (), "quoted", text, (suggestion,), (text,), (text,), 0, text
    )
    return made, {"a": article}


OUR_TAG = re.compile(r'<(/?)([a-z][a-z0-9]*)((?: [a-zA-Z-]+="[^"<>]*"| hidden)*)/?>')
OUR_ATTRIBUTES = {
    "class",
    "id",
    "dir",
    "href",
    "target",
    "rel",
    "type",
    "title",
    "start",
    "role",
    "tabindex",
    "viewBox",
    "d",
}


def assert_only_ours(html: str) -> None:
    """Every < and > belongs to an element of ours with attributes of ours, and every link may be followed."""
    assert not re.search("[<>]", OUR_TAG.sub("", html))
    assert {tag for _, tag, _ in OUR_TAG.findall(html)} <= PAGE_TAGS | {"h1"}
    names = set(re.findall(r' ([a-zA-Z-]+)="[^"]*"', "".join(attributes for _, _, attributes in OUR_TAG.findall(html))))
    assert {name for name in names if not name.startswith(("aria-", "data-"))} <= OUR_ATTRIBUTES | {"focusable"}
    assert all(re.match(r"https?://|mailto:|[^:]*(/|$|#|\?)", url) for url in re.findall(r' href="([^"]*)"', html))


def test_no_hostile_string_becomes_markup_anywhere() -> None:
    """Each string in every field, in every state of an exchange and in the panel: only our own elements come out."""
    for text in dict.fromkeys(payloads()):
        made, articles = hostile(text)
        asked_for = {"article": "a", "title": text, "quote": text, "start": 0, "end": len(text)}
        pages = (
            render.exchange_html(made, text, votes=True),
            render.exchange_html(replace(made, lane="declined"), text, votes=True),
            render.exchange_html(replace(made, claims=(), progress="failed"), text, votes=True),
            source_html(asked_for, articles),
            source_html(asked_for | {"start": 1, "quote": text + "x"}, articles),
            to_html(text, headings={0: 3}),
        )
        assert_only_ours("".join(pages))


@given(st.text(), st.text())
def test_settings_are_only_text_too(title: str, greeting: str) -> None:
    settings = Settings(title=title, greeting=greeting)
    assert_only_ours(render.welcome(settings, (Suggestion(title, greeting),)) + render.header(settings))


def test_every_hostile_string_reads_as_itself() -> None:
    for text in payloads():
        html = render.exchange_html(Exchange(ID, text), "", votes=True)
        assert shown(text) in html
        words = Reader(to_html(text)).text.split()
        assert set("".join(words)) <= set(Reader(f"<p>{shown(text)}</p>").text), text


def test_the_last_event_decides() -> None:
    bot = FakeBot()
    answer = bot.answer("Is CLIP an LLM?")
    drafted = Exchange(ID, "q").after(Said(say("A draft.", answer.citations[0])), ARTICLES)
    assert drafted.after(Finished(answer), ARTICLES).text == answer.text
