"""Elements that come, go and stand beside their like."""

from tests.browser.widget_site import WIDGET, Visitor


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
