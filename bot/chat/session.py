"""What the page does on each action of its reader, as frames: which parts of the page change, and to what."""

import logging
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bot.chat import render, texts
from bot.chat.converse import Answering, converse
from bot.chat.exchange import MAX_EXCHANGES, Exchange, for_browser, from_browser
from bot.chat.followups import followups
from bot.markup.escape import whole
from bot.records.feedback import Feedback, Vote
from bot.records.kept import CHAT, Records, record_of
from bot.settings import Settings
from bot.types import Answer

log = logging.getLogger(__name__)

MOST_SAID = 20_000  # characters of an answer one votes on: ours have some thousand, a browser may send anything

# Seconds its visitor has to wait before he may do something; 0 lets him in and counts it.
Door = Callable[[], int]


def _open() -> int:
    return 0


@dataclass(frozen=True, slots=True)
class Frame:
    """New values for parts of the page; None leaves a part as it is."""

    box: str | None = None  # the question being typed
    hint: str | None = None  # HTML of one line below it
    past: str | None = None  # HTML of all exchanges but the last
    live: str | None = None  # HTML of the last exchange, or of the welcome
    stored: list[dict[str, Any]] | None = None  # the conversation, for the browser to keep
    current: Exchange | None = None  # the last exchange, for this session to know
    busy: bool = False  # an answer begins; when it has ended the page itself knows


class Session:
    """The page's actions. Holds no conversation: the browser brings it each time."""

    def __init__(self, bot: Answering, settings: Settings, feedback: Feedback, records: Records) -> None:
        self._bot = bot
        self._settings = settings
        self._feedback = feedback
        self._records = records
        self._votes = feedback.usable()
        self._welcome = render.welcome(settings, bot.starters(settings.starters))

    def restore(self, stored: object) -> Frame:
        """The conversation the browser kept, drawn again; what was under way in a page now gone has stopped."""
        exchanges = tuple(one.stopped() for one in from_browser(stored))
        return Frame(past=self._past(exchanges[:-1]), live=self._live(exchanges))

    def clear(self) -> Frame:
        """A new conversation."""
        return Frame(hint="", past="", live=self._welcome, stored=[])

    def ask(self, question: object, stored: object, door: Door = _open) -> Generator[Frame, None, None]:
        """Frames of one answer, one per sentence."""
        wanted = whole(question) if isinstance(question, str) else ""
        hint = self._refusal(wanted) or _wait(door)
        if hint:
            yield Frame(hint=render.hint(hint))
            return
        yield from self._answer(wanted.strip(), from_browser(stored), box="")

    def retry(self, stored: object, door: Door = _open) -> Generator[Frame, None, None]:
        """The last question once more, its earlier answer gone."""
        exchanges = from_browser(stored)
        if not exchanges:
            return
        hint = self._refusal(exchanges[-1].question) or _wait(door)
        if hint:
            yield Frame(hint=render.hint(hint))
        else:
            yield from self._answer(exchanges[-1].question, exchanges[:-1], box=None)

    def stop(self, current: Exchange | None, stored: object) -> Frame:
        """The answer under way, as far as it came."""
        exchanges = from_browser(stored)
        if current is not None and exchanges and exchanges[-1].id == current.id:
            exchanges = (*exchanges[:-1], current.stopped())
        return Frame(live=self._live(exchanges), stored=for_browser(exchanges))

    def vote(self, exchange_id: object, vote: object, stored: object, door: Door = _open) -> Frame:
        """A thumb pressed; pressed again, it is taken back."""
        exchanges = from_browser(stored)
        voted = next((one for one in exchanges if one.id == exchange_id), None)
        if voted is None or vote not in (1, -1):
            return Frame()
        hint = _wait(door)
        if hint:
            return Frame(hint=render.hint(hint))
        new = replace(voted, vote=0 if voted.vote == vote else 1 if vote == 1 else -1)
        said = new.declined_because if new.declined else new.text
        bounded = len(new.question) <= self._settings.max_question_chars and len(said) <= MOST_SAID
        if not bounded or not self._feedback.record(Vote(new.id, new.question, said, new.lane or "", new.vote)):
            return Frame(hint=render.hint(texts.VOTE_LOST))
        self._records.vote(new.id, new.vote)
        exchanges = tuple(new if one.id == new.id else one for one in exchanges)
        return Frame(past=self._past(exchanges[:-1]), live=self._live(exchanges), stored=for_browser(exchanges))

    def _refusal(self, question: str) -> str:
        limit = self._settings.max_question_chars
        if not question.strip():
            return texts.EMPTY
        return texts.TOO_LONG.format(length=len(question), limit=limit) if len(question) > limit else ""

    def _answer(self, question: str, earlier: Sequence[Exchange], box: str | None) -> Generator[Frame, None, None]:
        earlier = earlier[-(MAX_EXCHANGES - 1) :]
        run = converse(self._bot, question, earlier, self._keep)
        try:
            for number, exchange in enumerate(run):
                live = self._live((exchange,))
                if number == 0:
                    # Kept from the start, so that a reload in the middle shows the question and offers to ask again.
                    kept = for_browser((*earlier, exchange.stopped()))
                    past = self._past(earlier)
                    yield Frame(box, "", past, live, kept, exchange, busy=True)
                elif exchange.busy:
                    yield Frame(live=live, current=exchange)
                else:
                    # Whole before what to ask next is looked for: a Stop meanwhile finds it finished.
                    yield Frame(live=live, stored=for_browser((*earlier, exchange)), current=exchange)
                    yield self._ended(exchange, earlier)
        finally:
            run.close()

    def _keep(self, name: str, answer: Answer) -> None:
        self._records.add(record_of(answer, name, CHAT))

    def _ended(self, exchange: Exchange, earlier: Sequence[Exchange]) -> Frame:
        """An answer with what to ask next; a declined one has that already."""
        if exchange.progress != "done" or exchange.declined:
            return Frame()
        try:
            found = followups(self._bot, exchange, earlier, self._settings.max_question_chars)
        except Exception:  # an answer is not lost because there is nothing to ask next
            log.exception("nothing to ask next was found after a question of %d characters", len(exchange.question))
            return Frame()
        if not found:
            return Frame()
        last = replace(exchange, suggestions=found)
        return Frame(live=self._live((last,)), stored=for_browser((*earlier, last)), current=last)

    def _past(self, exchanges: Sequence[Exchange]) -> str:
        return render.conversation(exchanges, self._settings.contact, votes=self._votes)

    def _live(self, exchanges: Sequence[Exchange]) -> str:
        if not exchanges:
            return self._welcome
        return render.exchange_html(exchanges[-1], self._settings.contact, votes=self._votes)


def _wait(door: Door) -> str:
    """What to tell whoever must wait; empty for who is let in."""
    seconds = door()
    return texts.TOO_OFTEN.format(seconds=seconds) if seconds else ""
