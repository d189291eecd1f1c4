"""The prompt: files filled in one pass, so that nothing an article or a reader writes is read as a placeholder."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from bot.types import Evidence, Message

_FOLDER = Path(__file__).resolve().parent / "prompts"


def build_prompt(question: str, evidence: Sequence[Evidence]) -> tuple[Message, ...]:
    """The messages for one question; passages numbered as the evidence is, the question once, last."""
    passages = "\n".join(f"[{piece.number}] {_on_one_line(piece.reading)}" for piece in evidence)
    return (
        Message("system", _read("system.txt")),
        Message("user", fill(_read("user.txt"), {"passages": passages, "question": question})),
    )


def fill(template: str, values: Mapping[str, str]) -> str:
    """The template with each {name} replaced once; braces inside the values stay as they are.

    Raises KeyError for a placeholder without a value.
    """
    return re.sub(r"\{(\w+)\}", lambda match: values[match[1]], template)


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


@lru_cache(maxsize=8)
def _read(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8").strip()
