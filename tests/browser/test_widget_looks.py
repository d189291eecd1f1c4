"""What the widget looks like on a help page, wide and narrow, light and dark; the pictures are kept for people."""

import itertools
from collections.abc import Iterator

import pytest

from bot.types import Answer, Claim
from corpus.load import load_articles
from tests.browser.conftest import REPO, Site, start
from tests.browser.fake_bot import FakeBot, cite
from tests.browser.widget_site import PROSE, Visitor

SIZES = {"wide": {"width": 1280, "height": 800}, "narrow": {"width": 360, "height": 740}}
VARIANTS = [
    pytest.param({"viewport": size, "color_scheme": scheme}, f"{name}-{scheme}", id=f"{name}-{scheme}")
    for (name, size), scheme in itertools.product(SIZES.items(), ("light", "dark"))
]
CANONICAL = '<link rel="canonical" href="https://help.example.org/models">'


def shot(visitor: Visitor, name: str) -> None:
    visitor.page.wait_for_timeout(250)
    visitor.shot(f"{name}")
    assert visitor.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    log = "document.querySelector('footnote-chat').shadowRoot.querySelector('.log')"
    assert visitor.page.evaluate(f"{log}.scrollWidth <= {log}.clientWidth"), "the conversation scrolls sideways"


@pytest.mark.parametrize(("visitor", "name"), VARIANTS, indirect=["visitor"])
def test_every_view_is_kept_as_a_picture(visitor: Visitor, name: str) -> None:
    visitor.visit(PROSE)
    shot(visitor, f"{name}-0-closed")
    visitor.open().at(".welcome .chip").first.wait_for()
    shot(visitor, f"{name}-1-welcome")
    visitor.page.fill("footnote-chat >> textarea", "What is a foundation model? slow")
    visitor.page.press("footnote-chat >> textarea", "Enter")
    visitor.at(".claim").first.wait_for()
    shot(visitor, f"{name}-2-answering")
    visitor.idle()
    shot(visitor, f"{name}-3-answer")
    visitor.at(".said .mark").nth(1).click()
    visitor.at(".text h4").first.wait_for()
    shot(visitor, f"{name}-4-passage")
    visitor.page.keyboard.press("Escape")
    for number, question in enumerate(("Which kinds are there?", "Compare the models", "Who won the cup?"), start=5):
        visitor.ask(question)
        shot(visitor, f"{name}-{number}-{question.split()[0].lower()}")
    visitor.page.route("**/api/ask", lambda route: route.abort("connectionrefused"))
    visitor.expected.append("Failed to load resource: net::ERR_CONNECTION_REFUSED")
    visitor.ask("What is a foundation model?")
    shot(visitor, f"{name}-8-offline")
    visitor.page.unroute("**/api/ask")
    visitor.visit(
        PROSE, path="/own", head=CANONICAL, data='data-faq data-title="Help" data-colour="#7c3aed" data-keep="none"'
    )
    visitor.open()
    visitor.at(".welcome .chip").first.click()
    visitor.at('[data-state="done"]').wait_for()
    shot(visitor, f"{name}-9-faq")
    visitor.ask("What is a foundation model?")
    visitor.at(".exchange").last.locator(".mark").first.click()
    visitor.page.wait_for_timeout(700)
    shot(visitor, f"{name}-10-marked")


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The articles of the project, and an answer from them."""
    articles = {one.id: one for one in load_articles(REPO / "corpus" / "articles").articles}
    bot = FakeBot(articles, pause=0.02)
    main = articles["what-is-a-foundation-model.md"]
    quotes = (
        "A foundation model is a big AI model that learns from a wide range of data and is then shaped for many "
        "different jobs.",
        'Stanford researchers introduced the term "foundation model" in 2021.',
        "A foundation model that concentrates on language is called a large language model, or LLM.",
    )
    claims = tuple(Claim(quote, (cite(main, quote, at),), 1.0) for at, quote in enumerate(quotes, start=1))
    question = "What is a foundation model, and who named it?"
    bot.special[question] = Answer(question, claims, (), 0.95, "generated")
    yield from start(bot, tmp_path_factory.mktemp("shipped"))


@pytest.mark.parametrize(("visitor", "name"), VARIANTS, indirect=["visitor"])
def test_the_demo_as_a_picture(visitor: Visitor, shipped: Site, name: str) -> None:
    page = visitor.page
    page.goto(shipped.address + "/demo")
    assert page.locator(".cards li").count() == len(shipped.bot.articles)
    shot(visitor, f"demo-{name}-1-home")
    page.click("text=What is a foundation model?")
    visitor.open().at(".welcome .chip").first.wait_for()
    shot(visitor, f"demo-{name}-2-welcome")
    visitor.ask("What is a foundation model, and who named it?")
    shot(visitor, f"demo-{name}-3-answer")
    visitor.at(".said .mark").nth(1).click()
    page.wait_for_timeout(900)
    shot(visitor, f"demo-{name}-4-marked")
    visitor.requests.clear()  # this server is not the fixture's
