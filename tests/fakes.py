"""Deterministic stand-ins: pure functions of their input, so that a test can say who must win."""

import hashlib
import re
from collections.abc import Generator, Sequence

import numpy as np

from bot.types import Choices, Message, Passage, Read
from bot.vocabulary import GRAMMAR
from index.lexical import terms
from index.types import Vectors

_WORD = re.compile(r"\w+")


class WordHashEmbedder:
    """Each word has a fixed direction; a text is the sum of its words', so shared words give a higher cosine."""

    def __init__(self, dimension: int = 256, name: str = "word-hash") -> None:
        self._dimension = dimension
        self._name = name
        self._known: dict[str, Vectors] = {}
        self.embedded: list[str] = []  # every text ever embedded, so that a test can tell what was reused

    @property
    def fingerprint(self) -> str:
        return f"{self._name}:{self._dimension}"

    @property
    def dtype(self) -> str:
        return "float32"

    @property
    def dimension(self) -> int:
        return self._dimension

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.embedded += texts
        return np.stack([self._row(text) for text in texts]) if texts else np.zeros((0, self._dimension), np.float32)

    def embed_question(self, text: str) -> Vectors:
        return self._row(text)[None]

    def _row(self, text: str) -> Vectors:
        words = _WORD.findall(text.casefold()) or [""]
        total = np.sum([self._direction(word) for word in words], axis=0)
        return np.asarray(total / np.linalg.norm(total), np.float32)

    def _direction(self, word: str) -> Vectors:
        if word not in self._known:
            seed = int.from_bytes(hashlib.sha256(word.encode("utf-8", "surrogatepass")).digest()[:8], "big")
            self._known[word] = np.random.default_rng(seed).standard_normal(self._dimension).astype(np.float32)
        return self._known[word]


class ObedientGenerator:
    """Chooses the first option each time and stops as soon as it may: what a well-behaved model does."""

    def __init__(self) -> None:
        self.prompts: list[Sequence[Message]] = []
        self.closed = False

    def choose(self, messages: Sequence[Message], choices: Choices) -> Generator[str, None, None]:
        self.prompts.append(messages)
        said: list[str] = []
        try:
            while not choices.enough(said):
                said.append(choices.options(said)[0])
                yield said[-1]
        finally:
            self.closed = True


class InventingGenerator(ObedientGenerator):
    """Says what it was told to say, whatever it is offered: what a broken adapter would do."""

    def __init__(self, *sentences: str) -> None:
        super().__init__()
        self.sentences = sentences
        self.said = 0

    def choose(self, messages: Sequence[Message], choices: Choices) -> Generator[str, None, None]:
        self.prompts.append(messages)
        try:
            for sentence in self.sentences:
                self.said += 1
                yield sentence
        finally:
            self.closed = True


class AgreeingReader:
    """Thinks of each candidate just what the ranking does, so that a test can tell which must win."""

    STRENGTH = 4.0

    def read(self, question: str, passages: Sequence[Passage]) -> list[Read]:
        return [Read(np.array([self.STRENGTH * score for score in one.scores], np.float32), 0.0) for one in passages]


class WordReader(AgreeingReader):
    """The same, sure of an answer where a passage has more than half of the question's words of content."""

    def read(self, question: str, passages: Sequence[Passage]) -> list[Read]:
        asked = {term for word in _WORD.findall(question.casefold()) if word not in GRAMMAR for term in terms(word)}
        said = [set(terms(f"{one.heading} {one.text}")) for one in passages]
        share = max((len(asked & one) / max(1, len(asked)) for one in said), default=0.0)
        return [Read(one.spans, -20 * (share - 0.5)) for one in super().read(question, passages)]
