"""A conversation of the OpenAI chat API as the bot knows it, and an answer as one text with its sources."""

import re
from collections.abc import Sequence

from bot.chat.exchange import MAX_EXCHANGES
from bot.reading import trail
from bot.types import Answer, Claim, Turn
from bot.web.chat_shapes import ChatAnswer, ChatMessage, Choice, Completion, Completions, Usage
from bot.web.problems import Problem
from bot.web.replies import source
from bot.web.shapes import safe

SOURCES = "\n\nSources:\n"
_MARK = re.compile(r" ?(?:\[\d{1,4}\])+")


def conversation(messages: Sequence[ChatMessage]) -> tuple[str, list[Turn]]:
    """The question and the turns before it; what the system says is for models that can be told what to do."""
    said = [message for message in messages if message.role in ("user", "assistant")]
    if not said or said[-1].role != "user":
        raise Problem(422, "messages: the last one must be a user's, it is the question")
    turns: list[Turn] = []
    for message in said[:-1]:
        if message.role == "user":
            turns.append(Turn(message.text, ""))
        elif turns:
            turns[-1] = Turn(turns[-1].question, unmarked(message.text))
    return said[-1].text, turns[-MAX_EXCHANGES:]


def marked(claim: Claim) -> str:
    """A sentence with its footnotes behind it."""
    marks = "".join(f"[{citation.number}]" for citation in claim.citations)
    return f"{claim.text}\n\n{marks}" if "\n" in claim.text else f"{claim.text} {marks}"


def joint(before: Claim | None, claim: Claim) -> str:
    """What stands between a sentence and the one before it; lists and tables stand alone."""
    if before is None:
        return ""
    return "\n\n" if "\n" in before.text + claim.text else " "


def unmarked(text: str) -> str:
    """An answer of ours as the bot knows it: without footnotes and sources."""
    return _MARK.sub("", text.split(SOURCES, 1)[0]).strip()


def ending(answer: Answer) -> str:
    """What comes after the sentences: what is not covered, and the sources or the nearest questions."""
    if not answer.claims:
        nearest = "".join(f"\n- {one.question}" for one in answer.suggestions)
        return answer.declined_because + (f"\n\nThe articles do answer:{nearest}" if nearest else "")
    missing = "".join(f"\n\nThe articles do not cover: {part}" for part in answer.uncovered)
    lines = []
    for citation in answer.citations:
        place = " > ".join(trail(citation.title, citation.heading_path))
        address = f" ({safe(citation.url)})" if safe(citation.url) else ""
        lines.append(f"[{citation.number}] {place}{address}: “{' '.join(citation.quote.split())}”")
    return missing + SOURCES + "\n".join(lines)


def usage(asked: Completions, answer: Answer) -> Usage:
    """How many words went in and came out."""
    read = sum(len(message.text.split()) for message in asked.messages)
    written = len(whole_text(answer).split())
    return Usage(prompt_tokens=read, completion_tokens=written, total_tokens=read + written)


def whole_text(answer: Answer) -> str:
    """All of an answer as one text."""
    before = (None, *answer.claims)
    said = (joint(one, claim) + marked(claim) for one, claim in zip(before, answer.claims, strict=False))
    return "".join(said) + ending(answer)


def completion(answer: Answer, name: str, created: int, asked: Completions) -> Completion:
    """An answer as a chat completion."""
    message = ChatAnswer(content=whole_text(answer), citations=[source(citation) for citation in answer.citations])
    return Completion(
        id=f"chatcmpl-{name}", created=created, choices=[Choice(message=message)], usage=usage(asked, answer)
    )
