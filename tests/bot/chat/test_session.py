"""What the page does on each action, without Gradio."""

from pathlib import Path
from typing import Any

import pytest

from bot.chat import render, texts
from bot.chat.exchange import from_browser
from bot.chat.session import MOST_SAID, Frame, Session
from bot.records.feedback import Feedback
from bot.records.kept import Records
from bot.settings import Settings
from tests.browser.fake_bot import FakeBot


@pytest.fixture
def bot() -> FakeBot:
    return FakeBot()


@pytest.fixture
def session(bot: FakeBot, tmp_path: Path) -> Session:
    path = tmp_path / "votes.sqlite"
    return Session(bot, Settings(max_question_chars=50), Feedback(path), Records(path, 30))


def kept(frames: list[Frame]) -> list[dict[str, Any]]:
    """What the browser holds after these frames."""
    return next(frame.stored for frame in reversed(frames) if frame.stored is not None)


def test_an_answer_comes_sentence_by_sentence(session: Session) -> None:
    frames = list(session.ask("  What is a foundation model?  ", []))
    assert frames[0].box == ""
    assert frames[0].busy
    assert texts.SEARCHING in (frames[0].live or "")
    assert [frame.live.count('class="claim"') for frame in frames if frame.live] == [0, 0, 1, 2, 3, 3, 3]
    assert frames[-1].busy is False
    assert from_browser(kept(frames))[0].question == "What is a foundation model?"


def test_a_sentence_sends_only_the_last_exchange(session: Session) -> None:
    stored: object = []
    for _ in range(3):
        frames = list(session.ask("Is CLIP an LLM?", stored))
        stored = kept(frames)
    assert (frames[0].past or "").count("<section") == 2
    assert all(frame.past is None and (frame.live or "").count("<section") == 1 for frame in frames[1:])
    assert all(frame.stored is None for frame in frames[1:-2])


@pytest.mark.parametrize("question", ["", "  \n\t", None, 7, ["x"]])
def test_nothing_asked_is_only_a_hint(session: Session, bot: FakeBot, question: object) -> None:
    assert list(session.ask(question, [])) == [Frame(hint=render.hint(texts.EMPTY))]
    assert bot.histories == []


def test_a_question_too_long_stays_in_the_box(session: Session, bot: FakeBot) -> None:
    line = texts.TOO_LONG.format(length=100_000, limit=50)
    assert list(session.ask("x" * 100_000, [])) == [Frame(hint=render.hint(line))]
    assert bot.histories == []


def test_earlier_answers_are_the_bots_history(session: Session, bot: FakeBot) -> None:
    first = kept(list(session.ask("Is CLIP an LLM?", [])))
    list(session.ask("And which remember?", first))
    (turn,) = bot.histories[-1]
    assert turn.question == "Is CLIP an LLM?"
    assert turn.answer.startswith("No. CLIP matches")
    assert turn.chunk_ids == ("chunk-models.md",)


def test_asking_again_replaces_the_last_answer(session: Session, bot: FakeBot) -> None:
    first = kept(list(session.ask("Is CLIP an LLM?", [])))
    again = kept(list(session.retry(first)))
    assert [one.question for one in from_browser(again)] == ["Is CLIP an LLM?"]
    assert bot.histories == [(), ()]
    assert list(session.retry([])) == []


def test_an_error_of_ours_is_told_and_another_is_not(session: Session, caplog: pytest.LogCaptureFixture) -> None:
    *_, told, over = session.ask("What is a foundation model? fail", [])
    assert "the index was changed while answering; ask again" in (told.live or "")
    assert over == Frame(busy=False)
    *_, hidden, _ = session.ask("What is a foundation model? crash", [])
    assert texts.TROUBLE in (hidden.live or "")
    assert "innermost" not in (hidden.live or "")
    assert "ZeroDivisionError" in caplog.text
    assert "foundation" not in caplog.messages[0]  # questions are not written to the log


def test_closing_the_page_closes_the_bots_work(session: Session, bot: FakeBot) -> None:
    frames = session.ask("What is a foundation model?", [])
    for _ in range(3):
        next(frames)
    frames.close()
    assert bot.closed.is_set()
    assert bot.finished == []


def test_stop_keeps_what_was_said(session: Session) -> None:
    frames = session.ask("What is a foundation model?", [])
    seen = [next(frames) for _ in range(3)]
    frame = session.stop(seen[-1].current, seen[0].stored)
    (stopped,) = from_browser(frame.stored)
    assert stopped.progress == "stopped"
    assert len(stopped.claims) == 1
    assert texts.STOPPED in (frame.live or "")


def test_a_stop_while_what_to_ask_next_is_looked_for_leaves_the_answer_whole(
    session: Session, bot: FakeBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Frame] = []
    found: list[Frame] = []

    def nearest(_: str, __: int) -> tuple[()]:
        stored = next(frame.stored for frame in reversed(seen) if frame.stored is not None)
        current = next(frame.current for frame in reversed(seen) if frame.current is not None)
        found.append(session.stop(current, stored))
        return ()

    monkeypatch.setattr(bot, "nearest", nearest)
    for frame in session.ask("What is a foundation model?", []):
        seen.append(frame)
    (stopped,) = found
    assert from_browser(stopped.stored)[0].progress == "done"
    assert 'data-do="vote"' in (stopped.live or "")
    assert texts.STOPPED not in (stopped.live or "")


def test_a_reload_in_the_middle_offers_to_ask_again(session: Session) -> None:
    frames = session.ask("What is a foundation model?", [])
    started = next(frames)
    restored = session.restore(started.stored)
    assert 'data-do="retry"' in (restored.live or "")
    assert "What is a foundation model?" in (restored.live or "")
    assert 'class="greeting"' in (session.restore("damaged").live or "")


def test_votes_are_kept_changed_and_taken_back(session: Session, tmp_path: Path) -> None:
    feedback = Feedback(tmp_path / "votes.sqlite")
    stored = kept(list(session.ask("Is CLIP an LLM?", [])))
    for pressed, expected in ((1, [1]), (-1, [-1]), (-1, [])):
        stored = session.vote(stored[0]["id"], pressed, stored).stored or []
        assert [vote.vote for vote in feedback.votes()] == expected
    assert session.vote("unknown", 1, stored) == Frame()
    assert session.vote(stored[0]["id"], 5, stored) == Frame()


def test_a_vote_on_more_than_we_ever_said_is_refused(session: Session, tmp_path: Path) -> None:
    stored = kept(list(session.ask("Is CLIP an LLM?", [])))
    long_question = [stored[0] | {"question": "x" * 51}]
    claims = [stored[0]["claims"][0] | {"text": "x" * (MOST_SAID + 1)}]
    declined = {"lane": "declined", "declined_because": "x" * (MOST_SAID + 1)}
    for sent in (long_question, [stored[0] | {"claims": claims}], [stored[0] | declined]):
        assert from_browser(sent)
        assert session.vote(stored[0]["id"], 1, sent) == Frame(hint=render.hint(texts.VOTE_LOST))
    assert Feedback(tmp_path / "votes.sqlite").votes() == ()


def test_who_must_wait_is_told_how_long_and_nothing_is_done(session: Session, bot: FakeBot, tmp_path: Path) -> None:
    stored = kept(list(session.ask("Is CLIP an LLM?", [])))
    told = Frame(hint=render.hint(texts.TOO_OFTEN.format(seconds=7)))
    assert list(session.ask("Is CLIP an LLM?", stored, lambda: 7)) == [told]
    assert list(session.retry(stored, lambda: 7)) == [told]
    assert session.vote(stored[0]["id"], 1, stored, lambda: 7) == told
    assert len(bot.histories) == 1
    assert Feedback(tmp_path / "votes.sqlite").votes() == ()


def test_what_is_not_asked_is_not_counted(session: Session) -> None:
    def counted() -> int:
        raise AssertionError("counted")

    assert list(session.ask(" ", [], counted)) == [Frame(hint=render.hint(texts.EMPTY))]
    assert session.vote("unknown", 1, [], counted) == Frame()


def test_answers_and_votes_are_recorded_and_what_was_not_finished_is_not(session: Session, tmp_path: Path) -> None:
    records = Records(tmp_path / "votes.sqlite", 30)
    stored = kept(list(session.ask("Is CLIP an LLM?", [])))
    stored = kept(list(session.ask("Which remember?", stored)))
    session.vote(stored[0]["id"], -1, stored)
    list(session.ask("What is a foundation model? fail", []))
    session.ask("What is a foundation model?", []).close()
    answered, declined = records.recent(1)
    assert (answered.id, answered.lane, answered.confidence, answered.vote) == (stored[0]["id"], "faq", 0.9, -1)
    assert (declined.question, declined.lane, declined.site) == ("Which remember?", "declined", "chat")


def test_to_keep_nothing_offers_no_thumbs_and_writes_nothing(bot: FakeBot, tmp_path: Path) -> None:
    path = tmp_path / "votes.sqlite"
    session = Session(bot, Settings(), Feedback(path, keep=False), Records(path, 30, keep=False))
    frames = list(session.ask("Is CLIP an LLM?", []))
    stored = kept(frames)
    assert 'data-do="copy"' in (frames[-1].live or "")
    assert 'data-do="vote"' not in (frames[-1].live or "")
    assert session.vote(stored[0]["id"], 1, stored) == Frame(hint=render.hint(texts.VOTE_LOST))
    assert list(tmp_path.iterdir()) == []
