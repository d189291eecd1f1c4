"""What stands in the cells of a file of questions: texts, several texts, sources, turns, yes and no."""

import json
from typing import Any

from bot.evaluate.types import Named
from bot.types import Turn

_YES = frozenset("yes y true t 1 1.0 ja si sí oui answerable covered".split())
_NO = frozenset("no n false f 0 0.0 nein non unanswerable uncovered".split())
_ASKS = frozenset(("user", "human", "question", "customer", "visitor", "u"))
_REPLIES = frozenset(("assistant", "agent", "bot", "system", "answer", "support", "model", "ai", "s"))
SEPARATOR = "|"  # between several answers, sources or tags in one cell


class CellError(Exception):
    """What is wrong with one row, to be said after its line."""


def text_of(value: object) -> str:
    """A cell as text; whole numbers that a spreadsheet stores as fractions lose their ".0"."""
    if value is None:
        return ""
    if isinstance(value, dict | list):
        raise CellError("holds a list or fields where a text belongs; write the text")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    try:
        return "yes" if value is True else "no" if value is False else str(value)
    except ValueError:  # Python writes no number of more than 4,300 digits
        raise CellError("holds a number too long to be one; put it in quotes") from None


def whole(text: str) -> str:
    """Text that has an encoding: halves of characters replaced."""
    return text.encode("utf-8", "replace").decode("utf-8")


def several(value: object, separators: str = "") -> list[str]:
    """The values in one cell: a list, a JSON list, or texts with "|" or another of the separators between them."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        value = _json_list(value)
    if isinstance(value, list | tuple):
        return [text for item in value if (text := whole(text_of(item)).strip())]
    text = whole(text_of(value))
    for mark in separators:
        text = text.replace(mark, SEPARATOR)
    return [part.strip() for part in text.split(SEPARATOR) if part.strip()]


def _json_list(value: str) -> object:
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        return value  # "[sic] ..." is text
    return found if isinstance(found, list) else value


def sources_of(value: object) -> tuple[Named, ...]:
    """Expected sources: names or quotes, or {article, quote}, one or several."""
    if isinstance(value, str) and value.lstrip().startswith("["):
        value = _json_list(value)
    if isinstance(value, dict):
        value = [value]
    if isinstance(value, list) and any(isinstance(item, dict) for item in value):
        return tuple(_named(item) for item in value if item)
    return tuple(Named(name) for name in several(value, "\n"))


def _named(item: object) -> Named:
    if not isinstance(item, dict):
        return Named(whole(text_of(item)).strip())
    name, quote = (whole(text_of(item.get(part, ""))).strip() for part in ("article", "quote"))
    if not name and not quote:
        raise CellError('expects a source without "article" and "quote"; name one of them')
    return Named(name, quote) if name else Named(quote)


def answerable_of(value: object) -> bool | None:
    """Yes, no, or None when the cell is empty."""
    said = text_of(value).strip().lower()
    if not said:
        return None
    if said not in _YES | _NO:
        raise CellError(f'says answerable "{said[:40]}"; write yes or no')
    return said in _YES


def history_of(value: object) -> tuple[Turn, ...]:
    """Earlier turns: questions, [role, text], [question, answer], {role, content} or {question, answer}."""
    if value is None or value == "":
        return ()
    if isinstance(value, str):
        found = _json_list(value) if value.lstrip().startswith("[") else None
        value = found if isinstance(found, list) else value.split("\n")
    if not isinstance(value, list):
        raise CellError("has a history that is no list; write a list of questions, or of {question, answer}")
    turns: list[tuple[str, str]] = []
    for item in value:
        role, said, reply = _said(item)
        if role in _ASKS:
            turns.append((said, reply))
        elif turns:
            turns[-1] = (turns[-1][0], f"{turns[-1][1]} {said}".strip())
    return tuple(Turn(question, answer) for question, answer in turns if question.strip())


def _said(item: Any) -> tuple[str, str, str]:  # noqa: ANN401 - whatever the file holds
    """Role, text, and the answer when the item holds both."""
    if isinstance(item, str):
        return "user", whole(item), ""
    if isinstance(item, list) and len(item) == 2:
        role, said = text_of(item[0]), whole(text_of(item[1]))
        if role.lower() in _ASKS | _REPLIES:
            return role.lower(), said, ""
        return "user", whole(role), said  # a question with its answer
    if isinstance(item, dict) and "question" in item:
        return "user", whole(text_of(item["question"])), whole(text_of(item.get("answer")))
    if isinstance(item, dict) and "content" in item:
        return text_of(item.get("role", "user")).lower(), whole(text_of(item["content"])), ""
    raise CellError("has a history that cannot be read; write a list of questions, or of {question, answer}")
