"""Elements that come, go and stand beside their like."""

from typing import TYPE_CHECKING

import pytest

from tests.browser.test_widget import CANONICAL, MARKED
from tests.browser.widget_site import PROSE, WIDGET, Visitor

if TYPE_CHECKING:
    from playwright.sync_api import Route

NAMED = "The name was given in 2021 by researchers at Stanford."


def test_two_elements_without_a_name_keep_a_conversation_each(visitor: Visitor) -> None:
    pair = '<footnote-chat data-inline data-starters=""></footnote-chat>' * 2
    visitor.visit(f"<main>{pair}</main>", path="/pair", data="data-define")
    first, second = (visitor.page.locator(WIDGET).nth(at) for at in (0, 1))
    second.locator("textarea").fill("Is CLIP an LLM?")
    second.locator("textarea").press("Enter")
    second.locator('[data-state="done"]').wait_for()
    visitor.page.reload()
    second.locator(".exchange").wait_for()
    first.locator(".greeting").wait_for()
    assert first.locator(".exchange").count() == 0


def element(visitor: Visitor, question: str) -> None:
    """A page with an element in it that is answering; no handle of Playwright's holds it."""
    body = "<main><footnote-chat></footnote-chat></main>"
    visitor.page.goto(visitor.help.put("/element", body, data="data-define"))
    visitor.until(f"document.querySelector('{WIDGET}')?.dialog !== undefined")
    visitor.site.bot.closed.clear()
    visitor.page.evaluate("question => void Footnote.ask(question)", question)
    visitor.at(".claim").first.wait_for()


def test_an_element_taken_out_stops_and_is_let_go(visitor: Visitor) -> None:
    question = "What is a foundation model? slow gone"
    element(visitor, question)
    visitor.page.evaluate(f"""() => {{
        window.gone = new WeakRef(document.querySelector('{WIDGET}'));
        gone.deref().remove();
    }}""")
    assert visitor.site.bot.closed.wait(5)
    assert question not in visitor.site.bot.finished
    session = visitor.page.context.new_cdp_session(visitor.page)
    for _ in range(30):
        visitor.page.wait_for_timeout(100)
        session.send("HeapProfiler.collectGarbage")
        if visitor.page.evaluate("window.gone.deref() === undefined"):
            return
    raise AssertionError("something still holds the element")


def test_an_element_moved_goes_on_and_one_put_back_listens_again(visitor: Visitor) -> None:
    element(visitor, "What is a foundation model? slow moved")
    visitor.page.evaluate(f"document.body.append(document.querySelector('{WIDGET}'))")
    visitor.idle()
    assert visitor.at(".claim").count() == 3
    recoloured = visitor.page.evaluate("""async () => {
        const chat = document.querySelector('footnote-chat');
        const wait = () => new Promise((done) => setTimeout(done, 50));
        const turn = async () => {
            const before = chat.shadowRoot.adoptedStyleSheets[1];
            document.documentElement.classList.toggle('dark');
            await wait();
            return chat.shadowRoot.adoptedStyleSheets[1] !== before;
        };
        const seen = [await turn()];
        chat.remove();
        await wait();
        seen.push(await turn());
        document.body.append(chat);
        return [...seen, await turn()];
    }""")
    assert recoloured == [True, False, True]


def test_the_one_of_the_script_tag_goes_only_when_it_is_told_to(visitor: Visitor) -> None:
    visitor.visit().open().ask("Is CLIP an LLM?")
    visitor.page.evaluate("document.documentElement.replaceChildren(document.head, document.createElement('body'))")
    visitor.page.wait_for_timeout(100)
    assert visitor.at(".claim").count() == 2
    visitor.page.evaluate("Footnote.remove()")
    visitor.page.evaluate("document.body.append(document.createElement('main'))")
    visitor.page.wait_for_timeout(100)
    assert visitor.page.locator(WIDGET).count() == 0
    visitor.page.evaluate("Footnote.remove()")  # nothing is there: nothing happens


def marking(visitor: Visitor, at: int) -> None:
    """One of a page's elements marks a sentence of the page."""
    one = visitor.page.locator(WIDGET).nth(at)
    one.locator("textarea").fill("What is a foundation model?")
    one.locator("textarea").press("Enter")
    one.locator('[data-state="done"]').wait_for()
    one.locator(".said .mark").nth(1).click()
    assert visitor.page.evaluate(MARKED) == [NAMED]


def test_words_are_marked_no_longer_than_the_widget_is_there(visitor: Visitor) -> None:
    visitor.visit(head=CANONICAL + f'<script src="{visitor.help.bot}/widget.js" async></script>').open()
    marking(visitor, 0)
    visitor.page.evaluate("Footnote.remove()")
    visitor.until(f"{MARKED}.length === 0")


@pytest.mark.parametrize(("selected", "left"), [("", ""), ("h1", "Foundation models")])
def test_where_the_browser_knows_no_highlights_the_selection_goes_unless_it_is_the_visitors(
    visitor: Visitor, selected: str, left: str
) -> None:
    visitor.page.add_init_script("Object.defineProperty(CSS, 'highlights', { value: undefined })")
    visitor.visit(path="/selected", head=CANONICAL + f'<script src="{visitor.help.bot}/widget.js" async></script>')
    visitor.open().ask("What is a foundation model?")
    visitor.at(".said .mark").nth(1).click()
    assert visitor.page.evaluate("String(getSelection())") == NAMED
    visitor.page.evaluate("name => name && getSelection().selectAllChildren(document.querySelector(name))", selected)
    visitor.page.evaluate("Footnote.remove()")
    visitor.page.wait_for_timeout(100)
    assert visitor.page.evaluate("String(getSelection())") == left


def test_another_widgets_mark_stays(visitor: Visitor) -> None:
    pair = '<footnote-chat data-inline data-starters="" data-keep="none"></footnote-chat>' * 2
    script = f'<script src="{visitor.help.bot}/widget.js" data-define async></script>'
    visitor.page.goto(visitor.help.put("/two-marks", PROSE + pair, head=CANONICAL + script))
    visitor.until(f"[...document.querySelectorAll('{WIDGET}')].every((one) => one.dialog)")
    marking(visitor, 0)
    marking(visitor, 1)
    visitor.page.evaluate(f"document.querySelector('{WIDGET}').remove()")
    visitor.page.wait_for_timeout(100)
    assert visitor.page.evaluate(MARKED) == [NAMED]
    visitor.page.evaluate(f"document.querySelector('{WIDGET}').conversation.clear()")
    assert visitor.page.evaluate(MARKED) == []


def test_one_taken_out_while_its_texts_load_is_built_once_when_it_is_put_back(visitor: Visitor) -> None:
    held: list[Route] = []
    visitor.page.route("**/widget-texts/de.json", lambda route: held.append(route))
    visitor.page.goto(visitor.help.put("/loading", "<main></main>", data="data-define"))
    visitor.until(f"customElements.get('{WIDGET}') !== undefined")
    visitor.page.evaluate(f"""() => {{
        window.chat = document.createElement('{WIDGET}');
        chat.dataset.language = 'de';
        window.built = 0;
        const speak = chat.speak;
        chat.speak = function (texts) {{ window.built++; return speak.call(this, texts); }};
        document.body.append(chat);
        window.asked = chat.ask('Is CLIP an LLM?');
        setTimeout(() => chat.remove());
    }}""")
    visitor.until("!chat.life")
    held.pop().continue_()
    visitor.page.evaluate("asked")  # comes to nothing, and without an error
    assert visitor.page.evaluate("[built, chat.shadowRoot.childElementCount]") == [0, 0]
    visitor.page.evaluate("document.body.append(chat)")
    visitor.page.evaluate("document.querySelector('main').append(chat)")  # moved while they load again
    for _ in range(200):  # until the browser asks
        if not held:
            visitor.page.wait_for_timeout(50)
    held.pop().continue_()
    visitor.until("chat.dialog !== undefined")
    assert held == []
    assert visitor.page.evaluate("[built, chat.texts.lang, chat.dialog.hidden]") == [1, "de", True]
    visitor.page.evaluate("chat.ask('Is CLIP an LLM?')")
    assert visitor.at(".claim").count() == 2
