"""What a reader does with the chat page, in a real browser."""

import re
import sqlite3
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from bot.chat import texts
from bot.chat.page import STORAGE_KEY
from tests.browser.conftest import CONTACT, Reader, start
from tests.browser.fake_bot import FAQ, KINDS, NEAREST, FakeBot, answered, cite, say

if TYPE_CHECKING:
    from playwright.sync_api import Browser


def test_a_question_is_answered_with_footnotes(reader: Reader) -> None:
    reader.open().ask("What is a foundation model?")
    assert reader.say(".question p") == "What is a foundation model?"
    assert reader.page.locator(".said .mark").all_inner_texts() == ["1", "2", "1", "3"]
    assert reader.page.locator(".sources button").count() == 3
    assert reader.page.locator(".places li").count() == 2
    assert reader.say(".lane") == texts.LANES["generated"]
    assert reader.page.input_value("#fn-box textarea") == ""
    assert reader.focused == "box"


def test_sentences_appear_one_by_one(reader: Reader) -> None:
    reader.open()
    reader.page.evaluate("""() => {
        window.seen = [];
        new MutationObserver(() => {
            const n = document.querySelectorAll('#fn-live .claim').length;
            const state = document.querySelector('#fn-live .exchange')?.dataset.progress + ' ' + n;
            if (window.seen.at(-1) !== state) window.seen.push(state);
        }).observe(document.querySelector('#fn-live'), {subtree: true, childList: true, attributes: true});
    }""")
    reader.ask("What is a foundation model? slow")
    seen = reader.page.evaluate("window.seen")
    assert [state for state in seen if not state.startswith("undefined")] == [
        "searching 0", "writing 0", "writing 1", "writing 2", "writing 3", "done 3",
    ]  # fmt: skip


def test_starter_questions_ask(reader: Reader) -> None:
    reader.open()
    assert reader.page.locator(".chip").count() == 4
    reader.page.click("text=Is CLIP an LLM?")
    reader.page.wait_for_selector('[data-progress="done"]')
    assert reader.say(".lane") == texts.LANES["faq"]


def test_lists_and_tables_are_drawn(reader: Reader) -> None:
    reader.open().ask("Which kinds are there?")
    assert reader.page.locator(".said ul ul li").inner_text() == "Small ones run on a laptop."
    reader.ask("Compare the models")
    assert reader.page.locator("#fn-live .said th").all_inner_texts() == [
        "Model",
        "Made by",
        "Works with",
        "Open weights",
    ]


def test_not_covered_looks_different_and_leads_on(reader: Reader) -> None:
    reader.open().ask("Who won the cup?")
    assert reader.page.locator(".said, .sources, .mark").count() == 0
    assert reader.page.locator(".declined .chip").all_inner_texts() == [one.question for one in NEAREST]
    assert reader.page.get_attribute(".contact", "href") == CONTACT
    reader.page.click(".declined .chip >> nth=0")
    reader.page.wait_for_selector("#fn-past .declined")
    reader.idle()
    assert "CLIP matches" in reader.say("#fn-live .said")


def test_parts_the_articles_do_not_cover_are_named(reader: Reader) -> None:
    reader.open().ask("What does Netflix use?")
    assert reader.say(".uncovered") == "The articles do not cover: what does Netflix use?"


def test_earlier_turns_reach_the_bot(reader: Reader) -> None:
    reader.open().ask("Is CLIP an LLM?")
    reader.ask("And which kinds are there?")
    (turn,) = reader.site.bot.histories[-1]
    assert (turn.question, turn.chunk_ids) == ("Is CLIP an LLM?", ("chunk-models.md",))


def test_a_vote_is_kept_and_seen(reader: Reader) -> None:
    reader.open().ask("Is CLIP an LLM? Please vote.")
    reader.page.click('[data-vote="1"]')
    reader.page.wait_for_selector('[data-vote="1"][aria-pressed="true"]')
    reader.page.click('[data-vote="-1"]')
    reader.page.wait_for_selector('[data-vote="1"][aria-pressed="false"]')
    assert reader.page.get_attribute('[data-vote="-1"]', "aria-pressed") == "true"
    connection = sqlite3.connect(reader.site.votes)
    rows = connection.execute("SELECT vote, lane FROM feedback WHERE question LIKE '%Please vote.'").fetchall()
    connection.close()
    assert rows == [(-1, "faq")]


@pytest.mark.parametrize("reader", [{"permissions": ["clipboard-read", "clipboard-write"]}], indirect=True)
def test_an_answer_is_copied_with_its_sources(reader: Reader) -> None:
    reader.open().ask("What is a foundation model?")
    reader.page.click('[data-do="copy"]')
    reader.page.wait_for_selector('[data-do="copy"].done')
    copied = reader.page.evaluate("navigator.clipboard.readText()")
    assert "many tasks. [1]" in copied
    assert "\n[3] Training a model" in copied


@pytest.mark.parametrize("reader", [{"permissions": ["clipboard-read", "clipboard-write"]}], indirect=True)
def test_a_copied_path_of_this_server_is_a_whole_address(reader: Reader) -> None:
    claim = say("[1] is not a source - /here", replace(cite(KINDS, FAQ, 1), url="/articles/models#clip"))
    reader.site.bot.special["Which path?"] = answered("Which path?", "quoted", claim)
    reader.open().ask("Which path?")
    reader.page.click('[data-do="copy"]')
    reader.page.wait_for_selector('[data-do="copy"].done')
    copied = reader.page.evaluate("navigator.clipboard.readText()")
    assert copied.endswith(f" - {reader.site.address}/articles/models#clip")
    assert copied.startswith("[1] is not a source - /here [1]\n")


@pytest.mark.parametrize("reader", [{"permissions": ["clipboard-read", "clipboard-write"]}], indirect=True)
@pytest.mark.parametrize("url", ["//[", "/\\[", "//other.example/models"])
def test_an_address_that_is_none_is_copied_as_it_stands(reader: Reader, url: str) -> None:
    reader.site.bot.special["Which path?"] = answered(
        "Which path?", "quoted", say(FAQ, replace(cite(KINDS, FAQ, 1), url=url))
    )
    reader.open().ask("Which path?")
    reader.page.click('[data-do="copy"]')
    reader.page.wait_for_selector('[data-do="copy"].done')
    assert reader.page.evaluate("navigator.clipboard.readText()").endswith(f" - {url}")


def test_what_to_ask_next_asks_it_and_is_gone(reader: Reader) -> None:
    reader.open().ask("What is CLIP, a foundation model?")
    assert reader.page.locator(".further .chip").all_inner_texts() == ["What is a foundation model?"]
    assert reader.say(".further h2") == texts.FURTHER
    reader.page.click(".further .chip")
    reader.page.wait_for_function("document.querySelectorAll('.exchange').length === 2")
    reader.idle()
    assert reader.page.locator(".question p").last.inner_text() == "What is a foundation model?"
    assert reader.page.locator("#fn-past .further").count() == 0
    assert reader.focused == "box"
    reader.page.reload()
    reader.page.wait_for_selector("#fn-live .exchange")
    assert reader.page.locator(".further").count() == 0  # both of the script's questions were asked


def test_nothing_that_is_read_moves_while_an_answer_grows(reader: Reader) -> None:
    reader.open().page.evaluate("""() => {
        window.places = {question: new Set(), first: new Set(), composer: new Set(), pushed: new Set()};
        const top = (name) => document.querySelector(name)?.getBoundingClientRect().top;
        const look = () => {
            requestAnimationFrame(look);
            if (!document.querySelector('#fn-live .exchange[data-progress="writing"] .claim')) return;
            places.question.add(top('#fn-live .question') + scrollY);
            places.first.add(top('#fn-live .claim') + scrollY);
            places.composer.add(top('#fn-composer'));
            for (const name of ['.sources', '.actions', '.further'])
                if (document.querySelector(`#fn-live ${name}`)?.checkVisibility()) places.pushed.add(name);
        };
        look();
    }""")
    reader.ask("What is a foundation model? slow")
    places = reader.page.evaluate("Object.fromEntries(Object.entries(places).map(([name, all]) => [name, [...all]]))")
    assert [len(places[name]) for name in ("question", "first", "composer")] == [1, 1, 1], places
    assert places["pushed"] == []
    assert reader.page.locator("#fn-live .sources").is_visible()


def test_the_last_question_comes_back_to_be_changed(reader: Reader) -> None:
    page = reader.open().page
    page.press("#fn-box textarea", "ArrowUp")
    assert page.input_value("#fn-box textarea") == ""
    reader.ask("Is CLIP an LLM?")
    page.fill("#fn-box textarea", "typed")
    page.press("#fn-box textarea", "ArrowUp")
    assert page.input_value("#fn-box textarea") == "typed"
    page.fill("#fn-box textarea", "")
    page.press("#fn-box textarea", "ArrowUp")
    page.wait_for_function("document.querySelector('#fn-box textarea').value === 'Is CLIP an LLM?'")
    page.keyboard.press("End")
    page.keyboard.type(" Really?")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelectorAll('.exchange').length === 2")
    reader.idle()
    assert page.locator(".question p").last.inner_text() == "Is CLIP an LLM? Really?"


def test_escape_stops_an_answer(reader: Reader) -> None:
    reader.page.add_init_script("delete Element.prototype.checkVisibility")  # as in Safari before 17.4
    reader.open()
    reader.page.fill("#fn-box textarea", "What is a foundation model? slow, escaped")
    reader.page.press("#fn-box textarea", "Enter")
    reader.page.wait_for_selector(".claim")
    reader.page.keyboard.press("Escape")
    reader.page.wait_for_selector('[data-progress="stopped"]')
    reader.page.keyboard.press("Escape")  # with nothing to stop it does nothing
    assert reader.page.locator(".exchange").count() == 1


def test_stop_keeps_what_was_said_and_ends_the_work(reader: Reader) -> None:
    reader.site.bot.closed.clear()
    reader.open()
    reader.page.fill("#fn-box textarea", "Slow: what is a foundation model? slow 1")
    reader.page.press("#fn-box textarea", "Enter")
    reader.page.wait_for_selector(".claim")
    reader.page.click("#fn-stop")
    reader.page.wait_for_selector('[data-progress="stopped"]')
    assert reader.say(".note") == texts.STOPPED
    assert reader.site.bot.closed.wait(5)
    assert not any("slow 1" in question for question in reader.site.bot.finished)
    said = reader.page.locator(".claim").count()
    reader.page.wait_for_timeout(1000)
    assert reader.page.locator(".claim").count() == said
    reader.page.click('[data-do="retry"]')
    reader.page.wait_for_selector('[data-progress="done"]')
    assert reader.page.locator(".exchange").count() == 1


def test_closing_the_tab_ends_the_work(reader: Reader) -> None:
    reader.site.bot.closed.clear()
    reader.open()
    reader.page.fill("#fn-box textarea", "What is a foundation model? slow 2")
    reader.page.press("#fn-box textarea", "Enter")
    reader.page.wait_for_selector(".claim")
    reader.page.close()
    assert reader.site.bot.closed.wait(10)
    assert not any("slow 2" in question for question in reader.site.bot.finished)


def test_a_reload_shows_the_conversation_again(reader: Reader) -> None:
    reader.open().ask("Is CLIP an LLM?")
    reader.ask("Which kinds are there?")
    reader.page.reload()
    reader.page.wait_for_selector("#fn-live .exchange")
    assert reader.page.locator(".question p").all_inner_texts() == ["Is CLIP an LLM?", "Which kinds are there?"]
    reader.page.click("#fn-past .mark >> nth=0")
    reader.page.wait_for_selector("#fn-source mark")
    reader.page.click("#fn-source [data-do=close]")
    reader.page.click("#fn-new")
    reader.page.wait_for_selector(".greeting")
    reader.page.reload()
    reader.page.wait_for_selector(".greeting")
    assert reader.page.locator(".exchange").count() == 0


def test_without_storage_it_works_all_the_same(reader: Reader) -> None:
    reader.page.add_init_script(
        "Object.defineProperty(window, 'localStorage', {configurable: true, get() { throw new DOMException('no'); }})"
    )
    reader.open().ask("Is CLIP an LLM?")
    reader.ask("Which kinds are there?")
    assert reader.page.locator(".question").count() == 2
    reader.page.reload()
    reader.page.wait_for_selector(".greeting")


def test_to_keep_nothing_leaves_nothing_in_the_browser(chromium: "Browser", tmp_path: Path) -> None:
    for site in start(FakeBot(), tmp_path, keep=False):
        reader = Reader(chromium.new_context().new_page(), site).open()
        reader.ask("Is CLIP an LLM?")
        reader.ask("Which kinds are there?")
        assert len(site.bot.histories[-1]) == 1
        assert STORAGE_KEY not in reader.page.evaluate("Object.keys(localStorage)")
        reader.page.reload()
        reader.page.wait_for_selector(".greeting")
        reader.page.context.close()


def test_who_asks_too_often_is_told_when_to_come_back(chromium: "Browser", tmp_path: Path) -> None:
    for site in start(FakeBot(), tmp_path, visitor_rate="1/minute"):
        reader = Reader(chromium.new_context().new_page(), site).open()
        reader.ask("Is CLIP an LLM?")
        api = httpx.post(f"{site.address}/api/ask", json={"question": "Is CLIP an LLM?"})
        assert api.status_code == 429  # one count for both
        reader.page.fill("#fn-box textarea", "Which kinds are there?")
        reader.page.press("#fn-box textarea", "Enter")
        reader.page.wait_for_selector("#fn-hint [role=status]")
        assert re.search(r"too often; please try again in \d+ s", reader.say("#fn-hint"))
        assert reader.page.input_value("#fn-box textarea") == "Which kinds are there?"
        assert len(site.bot.histories) == 1
        reader.page.context.close()


def test_two_readers_are_answered_at_once(reader: Reader, chromium: "Browser") -> None:
    other = Reader(chromium.new_context().new_page(), reader.site).open()
    for number, one in enumerate((reader.open(), other)):
        one.page.fill("#fn-box textarea", f"What is a foundation model? slow, reader {number}")
        one.page.press("#fn-box textarea", "Enter")
    reader.page.wait_for_selector(".claim")
    other.page.wait_for_selector(".claim")
    assert reader.page.locator('[data-progress="writing"]').count() == 1
    for number, one in enumerate((reader, other)):
        one.idle()
        assert one.say(".question p").endswith(f"reader {number}")
    other.page.context.close()


def test_a_new_conversation_begins_even_while_answering(reader: Reader) -> None:
    reader.open().ask("Is CLIP an LLM?")
    reader.page.click(".mark >> nth=0")
    reader.page.wait_for_selector("#fn-source mark")
    reader.page.fill("#fn-box textarea", "What is a foundation model? slow")
    reader.page.press("#fn-box textarea", "Enter")
    reader.page.wait_for_selector("#fn-live .claim")
    reader.page.click("#fn-new")
    reader.page.wait_for_selector(".greeting")
    assert reader.page.locator("#fn-source").is_hidden()
    reader.page.wait_for_timeout(800)
    assert reader.page.locator(".exchange").count() == 0
    reader.ask("Is CLIP an LLM?")
    assert reader.site.bot.histories[-1] == ()


@pytest.mark.parametrize(("button", "shown"), [("#fn-new", ".greeting"), ("#fn-stop", '[data-progress="stopped"]')])
def test_no_sentence_still_on_the_way_is_drawn_over_what_ended_the_answer(
    reader: Reader, button: str, shown: str
) -> None:
    def late(route: Any) -> None:  # noqa: ANN401
        time.sleep(1.6)  # a sentence of the answer takes 1.5
        route.continue_()

    reader.open()
    reader.page.route("**/cancel", late)
    reader.page.fill("#fn-box textarea", "What is a foundation model? slower, ended late")
    reader.page.press("#fn-box textarea", "Enter")
    reader.page.wait_for_selector("#fn-live .claim")
    reader.page.click(button)
    reader.page.wait_for_selector(f"#fn-live {shown}")
    reader.page.wait_for_timeout(1500)
    assert reader.page.locator(f"#fn-live {shown}").count() == 1
    reader.page.unroute("**/cancel")
    reader.ask("Is CLIP an LLM?")


def test_a_new_conversation_wins_over_a_stop_that_waits(reader: Reader) -> None:
    reader.open()
    reader.page.fill("#fn-box textarea", "What is a foundation model? slower, stopped and left")
    reader.page.press("#fn-box textarea", "Enter")
    reader.page.wait_for_selector("#fn-live .claim")
    reader.page.click("#fn-stop")
    assert reader.page.get_attribute("#fn-stop", "aria-busy") == "true"  # the click was taken
    reader.page.click("#fn-new")
    reader.page.wait_for_selector("#fn-live .greeting")
    reader.page.wait_for_timeout(1500)
    assert reader.page.locator("#fn-live .greeting").count() == 1
    reader.page.reload()
    reader.page.wait_for_selector("#fn-live .greeting")
    reader.ask("Is CLIP an LLM?")
    assert all("500" in told for told in reader.complaints)  # Gradio's word on cancelling one answer twice
    reader.complaints.clear()


def test_a_question_stays_at_the_top_while_its_answer_grows(reader: Reader) -> None:
    reader.page.set_viewport_size({"width": 1280, "height": 500})
    reader.open()
    for question in ("Which kinds are there?", "Compare the models", "Which kinds are there?"):
        reader.ask(question)
    top = reader.page.locator("#fn-live .question").bounding_box()["y"]
    bar = reader.page.locator("#fn-top").bounding_box()
    assert bar["y"] == 0
    assert bar["height"] <= top < bar["height"] + 80
    composer = reader.page.locator("#fn-composer").bounding_box()
    assert composer["y"] + composer["height"] <= 500


def test_a_reload_in_the_middle_of_an_answer_is_no_error(reader: Reader) -> None:
    reader.open()
    reader.page.fill("#fn-box textarea", "What is a foundation model? slow, left")
    reader.page.press("#fn-box textarea", "Enter")
    reader.page.wait_for_selector(".claim")
    reader.page.reload()
    reader.page.wait_for_selector('#fn-live [data-progress="stopped"]')
    reader.ask("Is CLIP an LLM?")  # and the fixture finds nothing in the console


def test_a_letter_begun_during_an_answer_does_not_end_it(reader: Reader) -> None:
    reader.page.add_init_script("addEventListener('beforeunload', () => (window.asked = true), true)")
    reader.open()
    reader.page.fill("#fn-box textarea", "What is a foundation model? slow, written to")
    reader.page.press("#fn-box textarea", "Enter")
    reader.page.wait_for_selector(".claim")
    reader.page.evaluate("""() => {
        const link = document.createElement('a');
        link.href = 'mailto:help@example.org';
        document.body.append(link);
        link.click();
    }""")
    reader.page.wait_for_function("window.asked")  # the browser takes it for leaving the page
    reader.page.wait_for_selector('[data-progress="done"]')
    reader.idle()
    reader.ask("Is CLIP an LLM?")
    reader.requests.remove("mailto:help@example.org")


def test_who_may_ask_is_heard_at_once(reader: Reader) -> None:
    reader.open().ask("Is CLIP an LLM? Do linger.")
    assert reader.page.locator("#fn-stop").is_hidden()
    reader.ask("Which kinds are there?")
    assert reader.page.locator(".question p").all_inner_texts()[1:] == ["Which kinds are there?"]


def test_what_an_answer_leads_on_to_is_heard_at_once(reader: Reader) -> None:
    reader.open()
    reader.page.fill("#fn-box textarea", "What is CLIP, a foundation model? Do linger.")
    reader.page.press("#fn-box textarea", "Enter")
    reader.page.click(".further .chip")
    assert reader.page.is_visible("#fn-stop")
    reader.page.wait_for_function("document.querySelectorAll('.exchange').length === 2")
    reader.idle()


@pytest.mark.parametrize("pressed", ["#fn-stop", "#fn-new"])
def test_an_answer_after_one_broken_off_can_be_stopped_too(reader: Reader, pressed: str) -> None:
    reader.open()
    reader.page.fill("#fn-box textarea", "What is a foundation model? slower, broken off")
    reader.page.press("#fn-box textarea", "Enter")
    reader.page.wait_for_selector(".claim")
    reader.page.click(pressed)
    reader.page.wait_for_selector(".greeting, [data-progress=stopped]")
    reader.page.wait_for_selector("#fn-ask", state="visible")
    reader.page.fill("#fn-box textarea", "What is a foundation model? slower, the second")
    reader.page.press("#fn-box textarea", "Enter")
    reader.page.wait_for_selector("#fn-live [aria-busy=true] .claim")
    assert reader.page.is_visible("#fn-stop")
    reader.page.click("#fn-stop")
    reader.page.wait_for_selector("#fn-live [data-progress=stopped] .claim")
    assert "the second" in reader.say("#fn-live .question")
    reader.page.wait_for_selector("#fn-ask", state="visible")
    assert reader.page.is_hidden("#fn-stop")
