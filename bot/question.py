"""A question as it reaches the bot: cleaned, bounded, and read in the light of the conversation."""

import re
import unicodedata
from collections.abc import Sequence

from bot.types import Turn
from bot.vocabulary import GRAMMAR
from bot.words import words
from corpus.errors import QuestionError

# A question that opens like this, or points with one of these words, goes on from the turn before.
_GOES_ON = re.compile(
    r"^(?:and|but|so|then|or|also|what about|how about|what else|anything else|any others?|how so|how come|"
    r"really|for example|such as|like what|which one|the (?:first|second|third|other|last|latter|former))\b",
    re.IGNORECASE,
)
_POINTS = frozenset("it its they them their theirs those these this that he him his she her hers ones one".split())
# Fewer words of content than this say too little to be searched alone once a conversation is under way.
FEWEST_WORDS = 2


# Where one question holds a second: after a question mark, or at "and" before a word that asks. "is" and its like ask
# only before a subject: "open and can be downloaded" is one question, "and can it be downloaded" a second.
_NEXT_PART = re.compile(
    r"(?<=\?)\s+|,?\s+and\s+(?=(?:(?:on|in|at|for|by|with|to|from|about) )?"
    r"(?:(?:what|whats|who|whom|which|when|where|why|how)\b|"
    r"(?:is|are|was|were|do|does|did|can|could|should|will|has) "
    r"(?:(?:it|they|this|that|these|those|there|i|you|we|he|she|one|the|a|an|my|your|all|any)\b|(?-i:[A-Z]))))",
    re.IGNORECASE,
)
MOST_PARTS = 3
# How a question opens; words to search for ("error E4711") do not.
_ASKS = re.compile(
    r"(?:(?:and|but|so|or|then) )?(?:(?:in|at|on|for|by|with|to|from|of|about|since) )?"
    r"(?:what|whats|what['’]s|who|whos|who['’]s|whom|whose|which|when|where|why|how|is|are|am|was|were|do|does|did|"
    r"can|could|should|shall|will|would|may|might|must|has|have|had)\b",
    re.IGNORECASE,
)
# What asks for assent and nothing else: "..., right?", "...? Yes or no?"
_TAG = re.compile(
    r"\s*[,?]\s*(?:(?:is that )?(?:right|correct|true)|yes or no|true or false|isn['’]t it|aren['’]t they)[?!.\s]*$",
    re.IGNORECASE,
)


def clean_question(text: str, longest: int) -> str:
    """One line of text without control characters; QuestionError when empty or longer than `longest` characters."""
    if len(text) > longest:
        raise QuestionError(f"the question has {len(text):,} characters; please keep it under {longest:,}")
    composed = unicodedata.normalize("NFC", text)
    visible = "".join(
        " " if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp") else char for char in composed
    )
    line = " ".join(visible.split())
    if not re.search(r"\w", line):
        raise QuestionError("there is no question; please type one")
    return line


def untagged(question: str) -> str:
    """The question without the tag that asks for assent at its end.

    >>> untagged("Are all cats grey, yes or no?")
    'Are all cats grey?'
    >>> untagged("Is it right?")
    'Is it right?'
    """
    return _TAG.sub("?", question)


def marked(question: str) -> str:
    """The question with its mark, which many leave out: models read "what is RAG" as less of a question.

    >>> marked("what is RAG")
    'what is RAG?'
    >>> marked("error E4711")
    'error E4711'
    """
    return f"{question}?" if _ASKS.match(question) and question[-1].isalnum() else question


def question_parts(question: str) -> tuple[str, ...]:
    """The questions asked in one breath, in order; the question itself when it is one, or too many to tell apart."""
    if "between" in words(question):  # "between what is stored and what is sent"
        return (question,)
    parts = tuple(part.strip(" ,") for part in _NEXT_PART.split(question))
    parts = tuple(part for part in parts if len(words(part)) > 1)
    return parts if 1 < len(parts) <= MOST_PARTS else (question,)


def goes_on(question: str) -> bool:
    """Whether the question leans on the turn before: a connective first, a pointing word, or hardly any content."""
    said = words(question)
    content = [word for word in said if word not in GRAMMAR]
    return bool(_GOES_ON.match(question)) or bool(_POINTS & set(said)) or len(content) < FEWEST_WORDS


def with_subject(question: str, history: Sequence[Turn]) -> str:
    """The question after the one it goes on from, so that its subject is searched for as well."""
    subject = next((turn.question for turn in reversed(history) if not goes_on(turn.question)), history[-1].question)
    return f"{subject} {question}"
