"""Deterministic stand-ins: pure functions of their input, so that a test can say who must win."""

import hashlib
import re
from collections.abc import Generator, Sequence

import numpy as np

from bot.types import Message
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


class ScriptedGenerator:
    """Says what it was told to say, a few characters at a time, and keeps the prompts and how far it was read."""

    def __init__(self, reply: str) -> None:
        self.reply = reply
        self.prompts: list[Sequence[Message]] = []
        self.said = ""
        self.closed = False

    def stream(self, messages: Sequence[Message]) -> Generator[str, None, None]:
        self.prompts.append(messages)
        try:
            for start in range(0, len(self.reply), 7):
                self.said += self.reply[start : start + 7]
                yield self.reply[start : start + 7]
        finally:
            self.closed = True


class CopyingGenerator(ScriptedGenerator):
    """Copies the first passage of the prompt: the best a well-behaved model would do."""

    def __init__(self) -> None:
        super().__init__("")

    def stream(self, messages: Sequence[Message]) -> Generator[str, None, None]:
        copied = ScriptedGenerator(messages[-1].content.split("\n")[0].removeprefix("[1] "))
        try:
            yield from copied.stream(messages)
        finally:
            self.closed = copied.closed
