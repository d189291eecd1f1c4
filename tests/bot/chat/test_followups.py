"""What to ask next."""

from dataclasses import replace
from pathlib import Path

import pytest

from bot.chat import render, texts
from bot.chat.exchange import Exchange, from_browser
from bot.chat.followups import SHOWN, followups
from bot.chat.session import Frame, Session
from bot.records.feedback import Feedback
from bot.records.kept import Records
from bot.settings import Settings
from bot.types import Suggestion
from tests.browser.fake_bot import KINDS, FakeBot
from tests.browser.strings import hostile_strings

ID = "0" * 32
ASKED = Exchange(ID, "Which kinds are there?", "done", lane="quoted")


class Nearest:
    """Answers with the first n of its questions, and remembers what it was asked."""

    def __init__(self, *questions: str) -> None:
        self.questions = questions
        self.asked: list[str] = []

    def nearest(self, question: str, n: int) -> tuple[Suggestion, ...]:
        """The first n."""
        self.asked.append(question)
        return tuple(Suggestion(one, KINDS.id) for one in self.questions[:n])


def answered(question: str) -> Exchange:
    bot, made = FakeBot(), Exchange(ID, question)
    for event in bot.stream(question, ()):
        made = made.after(event, bot.articles)
    return made


def names(found: tuple[Suggestion, ...]) -> list[str]:
    return [one.question for one in found]


def test_the_nearest_come_best_first_and_only_a_few() -> None:
    assert names(followups(Nearest("a?", "b?", "c?", "d?"), ASKED, (), 2000)) == ["a?", "b?", "c?"]
    assert followups(Nearest(), ASKED, (), 2000) == ()


def test_what_was_asked_or_answered_is_not_offered_again() -> None:
    clip = answered("Tell me about CLIP")  # its answer stands under "Is CLIP an LLM?"
    bot = Nearest("Is CLIP an LLM?", "which  kinds are THERE", "Tell me about CLIP?", "New?", "Newer?", "Newest?")
    assert names(followups(bot, ASKED, (clip,), 2000)) == ["New?", "Newer?", "Newest?"]
    assert names(followups(bot, clip, (ASKED,), 2000)) == ["New?", "Newer?", "Newest?"]


def test_two_articles_that_ask_the_same_are_one_question() -> None:
    assert names(followups(Nearest("a?", "A?", "b?"), ASKED, (), 2000)) == ["a?", "b?"]


def test_they_are_near_to_question_and_answer_in_as_much_as_may_be_asked() -> None:
    bot, clip = Nearest("a?"), answered("Is CLIP an LLM?")
    followups(bot, clip, (), 2000)
    followups(bot, clip, (), 20)
    assert bot.asked == [f"Is CLIP an LLM? {clip.text}", "Is CLIP an LLM? No. "]


def test_they_stand_under_the_last_answer_only() -> None:
    made = replace(answered("Is CLIP an LLM?"), suggestions=(Suggestion("What <b>now</b>?", KINDS.id),))
    last = render.exchange_html(made, "", votes=True)
    assert f"<h2>{texts.FURTHER}</h2>" in last
    assert 'data-do="ask" data-question="What &lt;b&gt;now&lt;/b&gt;?"' in last
    assert 'class="further"' not in render.exchange_html(made, "", votes=True, last=False)
    for other in (replace(made, progress="stopped"), replace(made, lane="declined"), replace(made, suggestions=())):
        assert 'class="further"' not in render.exchange_html(other, "", votes=True)


def test_the_page_offers_them_and_the_browser_keeps_them(tmp_path: Path) -> None:
    path = tmp_path / "votes.sqlite"
    session = Session(FakeBot(), Settings(), Feedback(path), Records(path, 30))
    *earlier, last = session.ask("What is CLIP, a foundation model?", [])
    assert all('class="further"' not in (frame.live or "") for frame in earlier)
    (kept,) = from_browser(last.stored)
    assert names(kept.suggestions) == ["What is a foundation model?"]  # the other is where the answer stands
    assert 'class="further"' in (session.restore(last.stored).live or "")
    frames = list(session.ask("Who won the cup?", last.stored))
    assert all('class="further"' not in (frame.live or "") + (frame.past or "") for frame in frames)


def test_an_answer_is_shown_even_where_that_fails(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    class Broken(FakeBot):
        def nearest(self, question: str, count: int) -> tuple[Suggestion, ...]:
            raise ZeroDivisionError("innermost detail")

    path = tmp_path / "votes.sqlite"
    session = Session(Broken(), Settings(), Feedback(path), Records(path, 30))
    *_, whole, last = session.ask("What is CLIP, a foundation model?", [])
    (kept,) = from_browser(whole.stored)
    assert (kept.progress, kept.suggestions) == ("done", ())
    assert last == Frame(busy=False)
    assert "ZeroDivisionError" in caplog.text
    assert "CLIP" not in caplog.messages[0]  # questions are not written to the log


def test_hostile_questions_find_nothing_or_stay_text() -> None:
    for text in hostile_strings():
        found = followups(Nearest(*(f"{text} {n}" for n in range(SHOWN + 2))), ASKED, (), 2000)
        assert len(found) == SHOWN
        html = render.exchange_html(replace(ASKED, suggestions=found), "", votes=True)
        assert "<script" not in html.lower()
        assert "<img" not in html.lower()
