"""What a visitor of a help page does with the widget, in a real browser, from another origin, under a strict policy."""

import pytest

from tests.browser.conftest import CONTACT
from tests.browser.fake_bot import KINDS, NEAREST
from tests.browser.widget_site import LONG, PROSE, Visitor

CANONICAL = f'<link rel="canonical" href="{KINDS.url}">'
QUOTE = "A foundation model is a model trained on broad data that can be adapted to many tasks."
MARKED = "[...(CSS.highlights.get('footnote-quote') ?? [])].map(String).map(s => s.replace(/\\s+/g, ' ').trim())"


def test_a_question_is_answered_with_footnotes(visitor: Visitor) -> None:
    visitor.visit().open().ask("What is a foundation model?")
    assert visitor.at(".question").inner_text().endswith("What is a foundation model?")
    assert visitor.at(".said .mark").all_inner_texts() == ["1", "2", "1", "3"]
    assert visitor.at(".sources li").count() == 2
    assert visitor.at(".lane").inner_text() == "Written from the articles"
    assert visitor.focused == "textarea"
    assert visitor.page.input_value("footnote-chat >> textarea") == ""


def test_sentences_appear_one_by_one_and_are_read_aloud_once(visitor: Visitor) -> None:
    visitor.visit().open()
    visitor.page.evaluate("""() => {
        const root = document.querySelector('footnote-chat').shadowRoot;
        window.seen = []; window.spoken = [];
        new MutationObserver(() => {
            const n = root.querySelectorAll('.claim').length;
            if (window.seen.at(-1) !== n) window.seen.push(n);
        }).observe(root.querySelector('.log'), {subtree: true, childList: true});
        new MutationObserver((all) => {
            for (const one of all) for (const node of one.addedNodes) window.spoken.push(node.textContent);
        }).observe(root.querySelector('[aria-live]'), {childList: true, subtree: true});
    }""")
    visitor.ask("What is a foundation model? slow")
    assert visitor.page.evaluate("window.seen") == [0, 1, 2, 3]
    spoken = visitor.page.evaluate("window.spoken")
    assert len(spoken) == len(set(spoken)) == 4
    assert spoken[0] == "Reading the articles…"
    assert spoken[2] == "Researchers at Stanford named it in 2021."


def test_stop_ends_the_work_and_one_can_ask_again(visitor: Visitor) -> None:
    visitor.site.bot.closed.clear()
    visitor.visit().open()
    visitor.page.fill("footnote-chat >> textarea", "What is a foundation model? slow widget")
    visitor.page.press("footnote-chat >> textarea", "Enter")
    visitor.at(".claim").first.wait_for()
    visitor.at(".go.busy").click()
    visitor.at('[data-state="stopped"]').wait_for()
    assert visitor.site.bot.closed.wait(5)
    assert not any("slow widget" in question for question in visitor.site.bot.finished)
    assert visitor.at(".note").inner_text() == "Stopped."
    visitor.at('.action[aria-label="Ask again"]').click()
    visitor.at('[data-state="done"]').wait_for()
    assert visitor.at(".exchange").count() == 1


def test_a_footnote_opens_the_passage_with_its_quote(visitor: Visitor) -> None:
    visitor.visit().open().ask("What is a foundation model?")
    visitor.at(".said .mark").nth(0).click()
    visitor.at(".text h4").first.wait_for()
    assert visitor.at(".text mark").inner_text() == QUOTE
    assert "Kinds of foundation models" in visitor.at(".text").inner_text()
    assert visitor.focused == "h3"
    link = visitor.at(".passage footer a")
    assert link.get_attribute("href") == (
        f"{KINDS.url}#what-a-foundation-model-is:~:text=A%20foundation%20model%20is%20a,be%20adapted%20to%20many%20tasks."
    )
    assert link.get_attribute("rel") == "noopener noreferrer"
    visitor.page.keyboard.press("Escape")
    assert not visitor.at(".passage").is_visible()
    assert visitor.focused == "mark"
    visitor.at(".source").last.click()  # far down in a long article without an address
    visitor.until("document.querySelector('footnote-chat').shadowRoot.querySelector('.text').scrollTop > 500")
    assert visitor.at(".text mark").inner_text() == "Fine-tuning starts from the pre-trained weights."
    assert visitor.at(".passage footer").count() == 0


def test_on_the_cited_page_itself_the_sentence_lights_up(visitor: Visitor) -> None:
    visitor.visit(LONG + PROSE + LONG, head=CANONICAL).open().ask("What is a foundation model?")
    before = visitor.page.evaluate("document.body.innerHTML")
    visitor.at(".said .mark").nth(0).click()
    visitor.until("scrollY > 500")
    assert visitor.page.evaluate(MARKED) == [QUOTE]
    assert visitor.page.evaluate("document.body.innerHTML") == before
    assert visitor.at(".panel").is_visible()
    assert not visitor.at(".passage").is_visible()
    visitor.page.wait_for_timeout(700)  # a smooth scroll ends
    top = visitor.page.evaluate("[...CSS.highlights.get('footnote-quote')][0].getBoundingClientRect().top")
    assert 0 < top < 500
    visitor.at(".said .mark").nth(1).click()
    assert visitor.page.evaluate(MARKED) == ["The name was given in 2021 by researchers at Stanford."]
    visitor.at(".said .mark").nth(3).click()  # another article: in the widget
    visitor.at(".text mark").wait_for()


def test_a_quoted_list_lights_up_item_by_item_where_the_page_says_a_part(visitor: Visitor) -> None:
    visitor.visit(head=CANONICAL).open().ask("Which kinds are there?")
    visitor.at(".said .mark").last.click()
    marked = visitor.page.evaluate(MARKED)
    assert "Small ones run on a laptop." in marked[1]
    assert len(marked) == 3


@pytest.mark.parametrize(
    "visitor",
    [{"viewport": {"width": 360, "height": 740}, "has_touch": True, "reduced_motion": "reduce"}],
    indirect=True,
)
def test_on_a_phone_the_dialog_makes_way_for_the_sentence(visitor: Visitor) -> None:
    visitor.visit(LONG + PROSE + LONG, data='data-page="models.md"').open()
    box = visitor.at(".panel").bounding_box()
    assert (box["x"], box["y"], box["width"], box["height"]) == (0, 0, 360, 740)
    assert visitor.at(".panel").get_attribute("aria-modal") == "true"
    visitor.ask("What is a foundation model?")
    visitor.at(".said .mark").nth(0).tap()
    visitor.at(".panel").wait_for(state="hidden")
    visitor.until("scrollY > 500")
    assert visitor.page.evaluate(MARKED) == [QUOTE]
    visitor.page.get_by_role("button", name="Back to the answer").tap()
    assert visitor.at(".claim").count() == 3


@pytest.mark.parametrize("visitor", [{"viewport": {"width": 900, "height": 700}}], indirect=True)
def test_a_dialog_over_the_sentence_makes_way_too(visitor: Visitor) -> None:
    visitor.visit(head=CANONICAL).open().ask("What is a foundation model?")
    visitor.at(".said .mark").nth(0).click()
    visitor.at(".panel").wait_for(state="hidden")
    assert visitor.focused == "launcher"
    assert visitor.page.evaluate(MARKED) == [QUOTE]
    visitor.page.keyboard.press("Enter")
    assert visitor.focused == "mark"


def test_not_covered_offers_questions_and_a_person(visitor: Visitor) -> None:
    visitor.visit().open().ask("Who won the cup?")
    assert visitor.at(".exchange .chip").all_inner_texts() == [one.question for one in NEAREST]
    assert visitor.at(".contact").get_attribute("href") == CONTACT
    visitor.at(".exchange .chip").first.click()
    visitor.at(".said").nth(1).locator(".claim").first.wait_for()
    assert "CLIP matches" in visitor.at(".said").nth(1).inner_text()


def test_parts_not_covered_lists_and_tables_are_shown(visitor: Visitor) -> None:
    visitor.visit().open().ask("What does Netflix use?")
    assert visitor.at(".uncovered").inner_text() == "The articles do not cover: what does Netflix use?"
    visitor.ask("Which kinds are there?")
    assert visitor.at(".said ul ul li").inner_text().startswith("Small ones run on a laptop.")
    assert visitor.at(".said ul .mark").inner_text() == "2"
    visitor.ask("Compare the models")
    assert visitor.at(".said th").all_inner_texts() == ["Model", "Made by", "Works with", "Open weights"]
    assert visitor.at(".said tbody tr").last.locator(".mark").inner_text() == "1"


def test_follow_ups_carry_the_conversation(visitor: Visitor) -> None:
    visitor.visit().open().ask("Is CLIP an LLM?")
    visitor.ask("And which kinds are there?")
    (turn,) = visitor.site.bot.histories[-1]
    assert (turn.question, turn.chunk_ids) == ("Is CLIP an LLM?", ("chunk-models.md",))
    visitor.at('[aria-label="New conversation"]').click()
    assert visitor.at(".exchange").count() == 0
    visitor.ask("Is CLIP an LLM?")
    assert visitor.site.bot.histories[-1] == ()


def test_a_vote_is_kept(visitor: Visitor) -> None:
    visitor.visit().open().ask("Is CLIP an LLM?")
    with visitor.page.expect_response("**/api/feedback") as sent:
        visitor.at('[data-vote="1"]').click()
    assert sent.value.status == 204
    assert visitor.at('[data-vote="1"]').get_attribute("aria-pressed") == "true"


def test_faq_mode_counts_what_was_explored(visitor: Visitor) -> None:
    visitor.visit(data="data-faq").open()
    assert visitor.at(".welcome .chip").all_inner_texts() == ["Is CLIP an LLM?", "Compare the models?"]
    visitor.at(".welcome .chip").first.click()
    visitor.at('[data-state="done"]').wait_for()
    assert visitor.at(".more .explored").inner_text() == "1 of 2 questions explored"
    assert visitor.at(".more .chip").all_inner_texts() == ["Compare the models?"]
    visitor.at(".more .chip").click()
    visitor.page.get_by_text("2 of 2 questions explored").last.wait_for()
    assert visitor.at(".chip.read").count() == 2


def test_a_conversation_goes_along_to_the_next_page(visitor: Visitor) -> None:
    visitor.visit().open().ask("Is CLIP an LLM?")
    visitor.visit("<main><h1>Other</h1></main>", path="/other")
    assert visitor.at(".panel").is_visible()
    assert visitor.at(".claim").count() == 2
    visitor.visit("<main><h1>Third</h1></main>", path="/third", data='data-keep="none"')
    assert visitor.at(".exchange").count() == 0


def test_an_empty_and_an_endless_question_get_a_hint(visitor: Visitor) -> None:
    visitor.visit().open().at(".go").click()
    assert visitor.at(".hint").inner_text() == "Type a question first."
    visitor.page.fill("footnote-chat >> textarea", "x" * 4001)
    assert visitor.at(".hint").inner_text() == ""
    visitor.page.press("footnote-chat >> textarea", "Enter")
    assert visitor.at(".hint").inner_text() == "That question is too long. Please shorten it."
    assert len(visitor.page.input_value("footnote-chat >> textarea")) == 4001
    assert visitor.at(".exchange").count() == 0
