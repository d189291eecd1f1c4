"""Slips of the keyboard: a word that is no English word and no word of the articles, one letter off one that is."""

import re
from collections.abc import Callable
from functools import cached_property
from typing import Any

from index.words import WORD

# Shorter words are one letter off too many others.
SHORTEST = 4  # letters
# "not" run together with its verb, as it is typed in haste; articles count "don't" as "don" and "t", so that "dont"
# would be mended to "don".
_VERBS = "do does did is are was were has have had ca wo could would should must need might".split()
CONTRACTIONS = {f"{verb}nt": f"{verb}n't" for verb in _VERBS}
_NOT = re.compile(r"n['\u2019]t\b", re.IGNORECASE)


class Spelling:
    """Mends a question word by word towards the words of the articles; dictionaries are read when first needed."""

    def __init__(self, counts: Callable[[], dict[str, int]]) -> None:
        self._counts = counts  # how often each word stands in the articles

    def mend(self, question: str) -> str:
        """The question with its slips mended; names (capitalised, not the first word) and all else stay as they are."""
        return WORD.sub(self._mend_match, question)

    def _mend_match(self, match: re.Match[str]) -> str:
        if _NOT.match(match.string, match.end() - 1):
            return match[0]  # "doesn" of "doesn't" is no slip for "does"
        return self._mend_word(match[0], is_first=match.start() == 0)

    def _mend_word(self, word: str, *, is_first: bool) -> str:
        folded = word.casefold()
        may_be_name = word != folded and not is_first
        if folded in CONTRACTIONS and folded not in self._own and not may_be_name:
            return CONTRACTIONS[folded]
        if may_be_name or len(word) < SHORTEST or not folded.isascii():
            return word
        if folded in self._own or folded in self._english:
            return word
        near = self._own.candidates(folded) or {word}
        return str(max(sorted(near), key=lambda other: self._own[other]))  # sorted: ties must not follow the hash seed

    @cached_property
    def _own(self) -> Any:  # noqa: ANN401 - the library has no types
        from spellchecker import SpellChecker

        checker = SpellChecker(language=None, distance=1)
        checker.word_frequency.load_json(self._counts())
        return checker

    @cached_property
    def _english(self) -> Any:  # noqa: ANN401 - the library has no types
        from spellchecker import SpellChecker

        return SpellChecker(language="en")
