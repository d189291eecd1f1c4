"""What to ask next: questions of the articles' own FAQ that are near to an answer, so that each of them is answered."""

from collections.abc import Sequence
from itertools import islice

from bot.chat.converse import Answering
from bot.chat.exchange import Exchange
from bot.types import Suggestion

SHOWN = 3  # as many as a declined question is offered; more would be a menu


def followups(bot: Answering, exchange: Exchange, earlier: Sequence[Exchange], longest: int) -> tuple[Suggestion, ...]:
    """Up to SHOWN questions near to an answer that were neither asked nor answered in this conversation.

    Near to question and answer together, in the first `longest` characters: a question such as "And its risks?" says
    too little, an answer alone leads away from what was meant.
    """
    known = {_folded(name) for one in (*earlier, exchange) for name in _known(one)}
    found = bot.nearest(f"{exchange.question} {exchange.text}"[:longest], SHOWN + len(known))
    fresh = {_folded(one.question): one for one in reversed(found) if _folded(one.question) not in known}
    return tuple(islice(reversed(fresh.values()), SHOWN))


def _known(exchange: Exchange) -> tuple[str, ...]:
    """The question, and the headings its answer came from: an FAQ entry's heading is its question."""
    return (exchange.question, *(name for one in exchange.citations for name in one.heading_path[-1:]))


def _folded(question: str) -> str:
    return " ".join(question.casefold().split()).rstrip(" ?")
