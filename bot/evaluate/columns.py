"""Columns of a file of questions, by the names people give them."""

from collections.abc import Mapping
from types import MappingProxyType

from bot.evaluate.cells import CellError
from bot.evaluate.rows import Row

# Spellings of each column, the first is ours.
COLUMNS: MappingProxyType[str, tuple[str, ...]] = MappingProxyType(
    {
        "question": ("question", "questions", "query", "prompt", "q", "user_input", "input", "frage", "pregunta"),
        "answers": (
            "expected_answer", "expected_answers", "answer", "answers", "expected", "reference", "references",
            "ground_truth", "gold_answer", "gold_answers", "contains", "antwort", "respuesta",
        ),
        "sources": (
            "expected_source", "expected_sources", "source", "sources", "article", "articles", "gold", "url",
            "document", "citation", "quelle", "fuente",
        ),
        "answerable": ("answerable", "covered", "is_answerable", "in_scope", "beantwortbar"),
        "tags": ("tags", "tag", "kind", "category", "type"),
        "history": ("history", "conversation", "chat_history", "turns"),
        "id": ("id", "question_id", "qid", "key", "nr"),
        "without": ("without", "held_out"),
    }
)  # fmt: skip


def is_empty(row: Row) -> bool:
    """Whether a row has nothing in any cell."""
    texts = (value.strip() if isinstance(value, str) else value for value in row.fields.values())
    return all(text in (None, "", [], {}) for text in texts)


def columns_of(row: Row) -> dict[str, str]:
    """The name under which the row has each of COLUMNS, "" where it has none."""
    return {part: next((name for name in names if name in row.fields), "") for part, names in COLUMNS.items()}


def columns_there(row: Row) -> Mapping[str, str]:
    """Those it has; CellError when none holds the question."""
    found = columns_of(row)
    if not found["question"]:
        has = ", ".join(filter(None, row.fields))[:200] or "none"
        raise CellError(f'has no column "question" (it has: {has}); name the columns in the first row')
    return {part: name for part, name in found.items() if name}
