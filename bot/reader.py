"""The reader: question and passage read together, a score for each stretch of the passage that can be quoted.

all-MiniLM-L6-v2 turned into a cross-encoder by training/reader.py (its card: bot/adapter/README.md). Only the layers
that were trained are kept; the word vectors are the embedder's own, read from its package. A second head says whether a
text supports a claim.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from bot.types import Passage, Read
from corpus.errors import ModelError
from index.digest import sha256_of
from index.embedder import shipped_folder
from index.engine import Wish, on_engine
from index.int8 import ranges_for
from index.interrupts import ends_at_once
from index.types import Vectors

ADAPTER = Path(__file__).resolve().parent / "adapter" / "reader.safetensors"
DIGEST = ".sha256"  # beside weights, as sha256sum writes and checks it; without it they are taken as they are
# Question, heading and passage in word pieces; chunks of 800 characters stay below but for one in a thousand.
LONGEST = 384
LONGEST_QUESTION = 96
HEAD = frozenset(
    "token.weight first.weight token.bias span.weight point.weight none.weight none.bias prior "
    "claim.weight claim.bias support.weight support.bias".split()
)
MEND_ADAPTER = "fetch the project again, or make them as training/README.md says"
USUAL_SCORE = 1.0  # of the ranking by cosine and words; what a span scores above it speaks for it


@dataclass(frozen=True, slots=True)
class Encoded:
    """A passage as word pieces, with the pieces of each span."""

    ids: tuple[int, ...]
    types: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]  # pieces into ids; empty where the span was cut off
    scores: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """Logits of one passage."""

    spans: Vectors  # one for each span of it; -inf where it was cut off
    none: float


class Scorer(Protocol):
    """The layers of the reader on some engine; what it says of a passage depends on that passage alone."""

    def judge(self, passages: Sequence[Encoded]) -> list[Judged]:
        """Scores of every span of every passage."""

    def support(self, pairs: Sequence[Encoded]) -> list[float]:
        """Logits that the second part of each pair supports the first."""


def load_tokenizer() -> Any:  # noqa: ANN401 - tokenizers.Tokenizer
    """The embedder's own. It cuts nothing, so that it has no state, and reads "[SEP]" in a text as four word pieces."""
    from index.bert_encoder import load_tokenizer as load

    tokenizer = load(shipped_folder())
    tokenizer.encode_special_tokens = True
    return tokenizer


def encode(tokenizer: Any, question: str, passage: Passage) -> Encoded:  # noqa: ANN401 - tokenizers.Tokenizer
    """[CLS] question [SEP] heading: text [SEP]; what does not fit is cut from the end of the text."""
    first, between = tokenizer.token_to_id("[CLS]"), tokenizer.token_to_id("[SEP]")
    asked = tokenizer.encode(question, add_special_tokens=False).ids[:LONGEST_QUESTION]
    before = f"{passage.heading}: " if passage.heading else ""
    said = tokenizer.encode(before + passage.text, add_special_tokens=False)
    room = LONGEST - len(asked) - 3
    begins = len(asked) + 2
    ids = (first, *asked, between, *said.ids[:room], between)
    types = (0,) * begins + (1,) * (len(ids) - begins)
    starts = np.array([start for start, _ in said.offsets[:room]], np.int64) - len(before)
    spans = tuple(
        (begins + int(np.searchsorted(starts, start)), begins + int(np.searchsorted(starts, end)))
        for start, end in passage.spans
    )
    return Encoded(ids, types, spans, passage.scores)


class CrossReader:
    """The trained reader; the same question and passage give the same scores whatever is read beside them."""

    def __init__(self, scorer: Scorer, tokenizer: Any, prior: float) -> None:  # noqa: ANN401
        self._scorer = scorer
        self._tokenizer = tokenizer
        self._prior = prior

    def read(self, question: str, passages: Sequence[Passage]) -> list[Read]:
        """Scores of every span of every passage."""
        encoded = [encode(self._tokenizer, question, passage) for passage in passages]
        before = [self._prior * (np.array(one.scores, np.float32) - USUAL_SCORE) for one in encoded]
        judged = self._scorer.judge(encoded)
        return [Read(one.spans + more, one.none) for one, more in zip(judged, before, strict=True)]

    def supports(self, pairs: Sequence[tuple[str, str]]) -> list[float]:
        """Logits that the second of each pair, a text, supports the first, a claim."""
        return self._scorer.support(
            [encode(self._tokenizer, claim, Passage("", text, (), ())) for claim, text in pairs]
        )


@ends_at_once()
def load_reader(adapter: Path = ADAPTER, engine: Wish = "auto", threads: int | None = None) -> CrossReader:
    """The shipped reader; ModelError when its weights are missing, damaged, or do not fit the embedder's."""
    from index.tensors import read_tensors

    if not adapter.is_file():
        raise ModelError(f"the reader's weights {adapter} are missing; {MEND_ADAPTER}")
    try:
        promised, digest = adapter.with_suffix(DIGEST), sha256_of(adapter)
        if promised.is_file() and promised.read_text(encoding="ascii").split()[:1] != [digest]:
            raise ValueError("they are not the promised ones")
        weights = read_tensors(adapter)
        head = {name.removeprefix("head.") for name in weights if name.startswith("head.")}
        if head != HEAD:
            raise ValueError("another version's")
        scorer = _scorer(weights, digest, engine, threads)
    except (OSError, ValueError, KeyError, TypeError, RuntimeError) as error:
        reason = (str(error).strip() or type(error).__name__).split("\n", 1)[0]
        raise ModelError(f"the reader's weights {adapter} cannot be read ({reason}); {MEND_ADAPTER}") from None
    return CrossReader(scorer, load_tokenizer(), float(weights["head.prior"][0]))


def _scorer(weights: dict[str, Vectors], digest: str, wish: Wish, threads: int | None) -> Scorer:
    def by_openvino() -> Scorer:
        from bot.reader_openvino import load_scorer

        return load_scorer(shipped_folder(), weights, threads, ranges_for(digest))

    def by_torch() -> Scorer:
        from bot.reader_torch import load_scorer

        return load_scorer(shipped_folder(), weights, threads)

    return on_engine(wish, "the reader", by_openvino, by_torch)
