"""What training never sees, so that figures on it mean something; bench/evaluate_sets.py asks only these."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from bot.evaluate.metrics.text import normalised_words
from training.lines import read_lines

# squad2 by article: every third of the seventeen in alphabetical order, from the second on.
SQUAD2_HELD_OUT = frozenset(
    (
        "Amazon_rainforest",
        "Economic_inequality",
        "Geology",
        "Jacksonville,_Florida",
        "Scottish_Parliament",
        "Yuan_dynasty",
    )
)
# The development set of training: two more articles of squad2, and one in twenty of all other groups.
SQUAD2_DEVELOP = frozenset(("Construction", "Prime_number"))
# Neither reader nor gate learns its weights from these sets; what of the gate is theirs: bench/gate.py.
NEVER = (
    "stackfaq",
    "clapnq",
    "nq_open",
    "datatalks_faq",
    "mtrag",
    "bankfaqs",
    "medquad",
    "clinc150",
    "selfaware",
    "banking77_oos",
)
SHINGLE = 12  # words in a row that two texts on the same thing do not share by chance


def develops(group: str) -> bool:
    """Whether a group (an article, a thread, an entry: "squad2:Geology") belongs to the development set."""
    name, _, rest = group.partition(":")
    return rest in SQUAD2_DEVELOP if name == "squad2" else _drawn(group, 20)


def trained_on(name: str, group: str) -> bool:
    """Whether the support head may learn from this claim of begin, halueval, wice or scifact: half of them."""
    return _drawn(f"{name}:{group}", 2)


def judges(group: str) -> bool:
    """Whether replies on this passage or hotel judge training/wording.py, which trains on the others."""
    return _drawn(f"wording:{group}", 3)


def _drawn(text: str, one_in: int) -> bool:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") % one_in == 0


class Unseen:
    """Texts and questions of the sets that are never trained on; the same paragraphs stand in other sets too."""

    def __init__(self, folder: Path) -> None:
        self._shingles: set[tuple[str, ...]] = set()
        self._questions: set[tuple[str, ...]] = set()
        for name in NEVER:
            for path in sorted((folder / name).glob("*.jsonl")):
                for row in read_lines(path):
                    self._shingles.update(_shingles(str(row.get("text", ""))))
                    asked = row.get("question") or row.get("title") or ""
                    self._questions.add(tuple(normalised_words(str(asked))))
        for row in read_lines(folder / "squad2" / "passages.jsonl"):
            if row["article"] in SQUAD2_HELD_OUT:
                self._shingles.update(_shingles(row["text"]))
        self._questions.discard(())

    def holds(self, text: str) -> bool:
        """Whether a text shares SHINGLE words in a row with one of theirs."""
        return any(one in self._shingles for one in _shingles(text))

    def asks(self, question: str) -> bool:
        """Whether a question is one of theirs."""
        return tuple(normalised_words(question)) in self._questions


def _shingles(text: str) -> Iterator[tuple[str, ...]]:
    words: Sequence[str] = normalised_words(text)
    return (tuple(words[at : at + SHINGLE]) for at in range(len(words) - SHINGLE + 1))
