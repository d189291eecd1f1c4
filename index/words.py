"""How often each word stands in the articles, counted when the index is built."""

import json
import re
from collections import Counter
from pathlib import Path

from index.texts import opened

WORD = re.compile(r"[^\W\d_]+")


class WordCount:
    """Counts words of two letters and more, casefolded."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def add(self, text: str) -> None:
        """Count those of a text."""
        self._counts.update(word for word in WORD.findall(text.casefold()) if len(word) > 1)

    @property
    def counts(self) -> dict[str, int]:
        """By word, in the order of words."""
        return dict(sorted(self._counts.items()))

    def write(self, path: Path) -> None:
        """One JSON object."""
        path.write_text(json.dumps(self.counts), encoding="utf-8")


class Words:
    """The counts as they were written, read when they are asked for: the file may be gone by then."""

    def __init__(self, path: Path) -> None:
        self._held = opened(path)

    def counts(self) -> dict[str, int]:
        """By word."""
        found: dict[str, int] = json.loads(bytes(self._held))
        return found
