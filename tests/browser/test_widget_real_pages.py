"""Help pages of GNOME and Debian with the tag added: the widget on them, and how many sentences it can mark."""

import shutil
import sys
from collections.abc import Iterator

import pytest

from bot.types import Answer, Citation, Claim
from bot.web.assets import STATIC
from corpus.load import load_articles
from corpus.sentences import sentences
from corpus.types import Article
from tests.browser.conftest import SHOTS
from tests.browser.strings import STRINGS
from tests.browser.widget_site import POLICY, TAG, Visitor

EVAL = STRINGS.parents[1]
MARKABLE = 0.985  # of all sentences of these pages; the rest stands in the widget
PAGES = 12  # of each help centre
OWN_STYLES = "Applying inline style violates"  # of the pages; the policy forbids them
SIZES = [{"viewport": {"width": 1280, "height": 800}}, {"viewport": {"width": 360, "height": 740}}]
MARKED = "[...(CSS.highlights.get('footnote-quote') ?? [])].map(String).join('').replace(/\\s+/g, '')"
# The widget's own code, without the widget.
FIND = "(() => { %s; return (quotes) => quotes.map((quote) => rangesOf(quote, '').map(String).join('')); })()"


@pytest.fixture(scope="session")
def real(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[Article, str]]:
    """Articles as they are read for an index, each with the page it was read from."""
    folder = tmp_path_factory.mktemp("real")
    for source in ("help_gnome/articles", "debian_faq"):
        found = sorted((EVAL / source).glob("*.html"))
        if not found:
            pytest.skip(
                f"NOT RUN: no help pages in {EVAL / source}; set EVAL_DATA to the folder of the evaluation data"
            )
        for path in found[:: max(1, len(found) // PAGES)][:PAGES]:
            shutil.copy(path, folder / f"{source.split('/')[0]}-{path.name}")
    articles = load_articles(folder).articles
    return [(one, (folder / one.id).read_text("utf-8")) for one in articles if (folder / one.id).exists()]


def publish(visitor: Visitor, html: str, article: Article) -> str:
    tag = TAG.format(bot=visitor.help.bot, data=f'data-page="{article.id}"')
    policy = {"Content-Security-Policy": POLICY.format(bot=visitor.help.bot)}
    body = html.replace("</head>", tag + "</head>", 1).encode()
    visitor.help.pages["/real"] = (body, "text/html; charset=utf-8", policy)
    return visitor.help.address + "/real"


@pytest.fixture
def reading(visitor: Visitor) -> Iterator[Visitor]:
    visitor.expected += [OWN_STYLES, "Failed to load resource: the server responded with a status of 404"]
    yield visitor
    visitor.requests.clear()


@pytest.mark.parametrize("visitor", SIZES, indirect=True, ids=["wide", "narrow"])
def test_a_sentence_of_a_real_page_lights_up(reading: Visitor, real: list[tuple[Article, str]]) -> None:
    width = reading.page.viewport_size["width"]
    for article, html in (real[0], real[-1]):
        spans = [span for span in sentences(article.text) if span[1] - span[0] > 60]
        start, end = spans[len(spans) // 2]
        quote = article.text[start:end]
        cited = Citation(1, article.id, article.title, "", (), quote, start, end)
        claim = Claim(quote, (cited,), 1.0)
        reading.site.bot.special["Where is it?"] = Answer("Where is it?", (claim,), (), 0.9, "quoted")
        reading.page.goto(publish(reading, html, article))
        reading.at(".panel").wait_for(state="attached")
        if not reading.at(".panel").is_visible():
            reading.open()
        reading.ask("Where is it?")
        reading.shot(f"real-{article.id[:5]}-{width}")
        reading.at(".mark").last.click()
        reading.page.wait_for_timeout(600)
        assert reading.page.evaluate(MARKED) == quote.removeprefix("- ").replace(" ", "")
        reading.page.screenshot(path=SHOTS / f"widget-real-{article.id[:5]}-{width}-marked.png")


def test_nearly_every_sentence_can_be_marked(
    reading: Visitor, real: list[tuple[Article, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    parts = [(STATIC / "widget" / f"{name}.js").read_text("utf-8") for name in ("dom", "page")]
    find = FIND % "\n".join(["const LIGHT = {}", *parts])
    found, lost = 0, []
    for article, html in real:
        reading.page.goto(publish(reading, html, article))
        quotes = [article.text[start:end] for start, end in sentences(article.text)]
        quotes = [quote for quote in quotes if any(map(str.isalnum, quote))]  # not the fences of code
        marked = reading.page.evaluate(f"quotes => ({find})(quotes)", quotes)
        for quote, words in zip(quotes, marked, strict=True):
            found += bool(words)
            lost += [] if words else [f"{article.id}: {quote[:90]}"]
    share = found / (found + len(lost))
    with capsys.disabled():
        sys.stdout.write(
            f"\nwidget: {share:.1%} of {found + len(lost):,} sentences of {len(real)} pages can be marked\n"
        )
    assert share > MARKABLE, "\n".join(lost)
