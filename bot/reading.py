"""How a quoted piece of an article reads on its own: cells named by their header, marks of lists gone.

Pure functions on the plain form of corpus/types.py. What they add are only names the article itself gives.
"""

import re
from collections.abc import Iterable

# A first cell of so many words does not name its row but says something, and needs to be named itself ("Myth").
STATEMENT = 4
_ITEM = re.compile(r"^\s*(?:-|\d+\.)\s+")
_VERDICT = re.compile(
    r"(?:yes|no|true|false|right|wrong|correct|possibly|probably|perhaps|maybe|never|always|sometimes|usually|rarely|"
    r"it depends|of course(?: not)?|not (?:quite|always|necessarily|really|yet|exactly|at all))[.!]\s+(?!\d)",
    re.IGNORECASE,
)


def readable(text: str, lead: str = "") -> str:
    """`text` as a person reads it.

    A table row under the header `lead` names its cells, unless that header is empty; one list item loses its mark; a
    list or a table of several lines keeps its lines, since the surfaces render them.

    >>> readable("| Scope | broad | narrow |", "| Aspect | Foundation model | LLM |")
    'Scope – Foundation model: broad; LLM: narrow.'
    >>> readable("| It thinks like a person | It predicts words |", "| Myth | Fact |")
    'Myth: It thinks like a person – Fact: It predicts words.'
    """
    lines = text.split("\n")
    if len(lines) > 1:
        return text
    if is_row(text):
        return _row(text, lead)
    return _ITEM.sub("", text)


def as_answer(text: str, heading: str) -> str:
    """A text under a heading; one that begins with a bare verdict is given the question that it decides.

    >>> as_answer("No. It may be seized.", "Should I run a relay at home?")
    'Should I run a relay at home? No. It may be seized.'
    >>> as_answer("It may be seized.", "Should I run a relay at home?")
    'It may be seized.'
    """
    return f"{heading} {text}" if heading.endswith("?") and _VERDICT.match(text) else text


def trail(title: str, heading_path: Iterable[str]) -> tuple[str, ...]:
    """Where a quote stands, outermost first; an article's title may be its first heading as well."""
    return tuple(dict.fromkeys((title, *heading_path)))


def is_row(line: str) -> bool:
    """Whether a line is a table row of the plain form."""
    return line.startswith("| ") and line.endswith(" |")


def is_item(line: str) -> bool:
    """Whether a line is a list item of the plain form."""
    return bool(_ITEM.match(line))


def cells(row: str) -> tuple[str, ...]:
    """The cells of a table row, escaped bars restored."""
    return tuple(cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", row.strip())[1:-1])


def _row(row: str, header: str) -> str:
    first, *rest = cells(row)
    names = cells(header) if is_row(header) else ()
    if any(_heads_nothing(*pair) for pair in zip(names[1:], rest, strict=False)) or _end_alike("?", *names[:1], first):
        names = ()  # the first row of a table that has no header; "Art. No." and "Free?" are names
    label = names[0] if names and not re.search(r"[.!?:]$", names[0]) else ""
    names = names[1:]
    named = [_named(name, cell) for name, cell in zip(names, rest, strict=False) if cell]
    named += [cell for cell in rest[len(names) :] if cell]
    if not named:
        return first
    if label and len(label.split()) < STATEMENT <= len(first.split()):
        first = f"{label}: {first}"
    said = "; ".join(named)
    return (f"{first} – {said}" if first else said).rstrip(".") + "."  # an icon is an empty cell


def _heads_nothing(name: str, cell: str) -> bool:
    """Whether a cell of the first row says something, as the one below it does: "Never.", "It is free of charge."."""
    if _end_alike("?", name, cell) or (name.endswith((".", "!")) and len(name.split()) >= STATEMENT):
        return True
    if not cell or any(char.isdigit() for char in cell):
        return False  # a column of numbers is named "No." or "Min. qty.", and "5 pcs." stands in it
    return _end_alike(".!", name, cell) or bool(_VERDICT.fullmatch(f"{name} "))


def _end_alike(marks: str, *texts: str) -> bool:
    return len(texts) > 1 and all(text.endswith(tuple(marks)) for text in texts)


def _named(name: str, cell: str) -> str:
    if not name:
        return cell
    return f"{name} {cell}" if name.endswith("?") else f"{name}: {cell}"
