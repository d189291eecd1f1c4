"""A question put to the bot, as a run of exchanges, each one event further."""

import logging
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from typing import Protocol
from uuid import uuid4

from bot.chat import texts
from bot.chat.exchange import Exchange
from bot.types import Answer, Event, Finished, Suggestion, Turn
from corpus.errors import FootnoteError
from corpus.types import Article

log = logging.getLogger(__name__)


class Answering(Protocol):
    """What the chat page and the API need of the bot."""

    @property
    def articles(self) -> Mapping[str, Article]:
        """Every article by its id."""

    def stream(self, question: str, history: Sequence[Turn]) -> Iterator[Event]:
        """The events of one answer; closing the iterator stops the work."""

    def starters(self, n: int, /) -> tuple[Suggestion, ...]:
        """Up to n questions worth asking first."""

    def nearest(self, question: str, n: int, /) -> tuple[Suggestion, ...]:
        """Up to n questions the articles answer that are near to this one, best first."""


def converse(
    bot: Answering, question: str, earlier: Sequence[Exchange], finished: Callable[[str, Answer], None]
) -> Generator[Exchange, None, None]:
    """The exchange before the first event and after each one; closing this iterator closes the bot's.

    `finished` gets the exchange's id and the whole answer, which an exchange has only the visible part of.
    Whatever goes wrong ends as an exchange that says so: one line of the bot's own, or a calm general one.
    """
    exchange = Exchange(uuid4().hex, question)
    yield exchange
    events: Iterator[Event] | None = None
    try:
        events = bot.stream(question, tuple(one.turn for one in earlier if one.progress == "done"))
        for event in events:
            exchange = exchange.after(event, bot.articles)
            if isinstance(event, Finished):
                finished(exchange.id, event.answer)
            yield exchange
        if exchange.busy:
            raise RuntimeError("the bot ended without an answer")
    except FootnoteError as error:
        yield exchange.failed(" ".join(str(error).split()))
    except Exception:
        log.exception("no answer to a question of %d characters", len(question))
        yield exchange.failed(texts.TROUBLE)
    finally:
        close = getattr(events, "close", None)
        if close is not None:
            close()
