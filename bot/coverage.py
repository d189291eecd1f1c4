"""How much of a question a text speaks of, its words weighed by how rare they are in the articles."""

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from bot.types import Evidence
from bot.vocabulary import GRAMMAR
from bot.words import words
from index.lexical import LexicalIndex, terms

_WORD = re.compile(r"\w+(?:['’]\w+)*")
_CODE = re.compile(r"[\d_]")  # in a word
_WHICH_YEAR = re.compile(r"(?:(?:and|but|so),? )?(?:in |of |from |since )?(?:which|what) year[?!. ]*", re.IGNORECASE)
_YEAR = re.compile(r"(?<![\w.,-])(?:1\d|20)\d\d(?:-\d\d(?:\d\d)?(?:-\d\d)?)?(?![\w]|[.,-]\d)")
_APOSTROPHE = re.compile(r"['’]")


class Coverage:
    """Shares of a question's words, each weighed by its inverse document frequency in the index."""

    def __init__(self, lexical: LexicalIndex) -> None:
        self._lexical = lexical
        # Asked for every candidate of a question, some thirty times.
        self._weights = lru_cache(maxsize=64)(self._weigh)

    def _weigh(self, question: str) -> dict[str, float]:
        # In order: the last digits of a sum must not follow the hash seed.
        asked = sorted(self._terms_of_content(question))
        return {term: self._lexical.idf(term) for term in asked}

    def share(self, question: str, text: str) -> float:
        """The weight of the question's terms that stand in the text over the weight of them all, 0..1."""
        weights = self._weights(question)
        total = sum(weights.values())
        if total <= 0:
            return 0.0
        said = set(terms(text))
        return sum(weight for term, weight in weights.items() if term in said) / total

    def touches(self, question: str, evidence: Sequence[Evidence]) -> bool:
        """Whether the best evidence's passage has any word of content of the question; True when it has none to find.

        A follow-up searched with its subject always finds the subject; this asks whether it found the follow-up. One
        that asks "in which year?" and nothing else has found it where the best evidence names a year.
        """
        asked = self._terms_of_content(question)
        if not asked or not evidence:
            return bool(evidence)
        if _WHICH_YEAR.fullmatch(question) and _YEAR.search(evidence[0].text):
            return True
        return bool(asked & set(terms(evidence[0].chunk.passage)))

    def _terms_of_content(self, question: str) -> set[str]:
        return {term for word in self._words(question) if word not in GRAMMAR for term in terms(word)}

    def _words(self, question: str) -> Iterator[str]:
        """As `words` has them, but a code ("E4711") is one where the articles have it, as it is for the search."""
        for word in _WORD.findall(question.casefold()):
            code = _APOSTROPHE.split(word)[0]
            known = _CODE.search(code) and all(self._lexical.known(term) for term in terms(code))
            yield from [code] if known else words(word.replace("_", " "))
