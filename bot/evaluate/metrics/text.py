"""How near an answer is to an expected one, by words."""

import re
import string
from collections import Counter
from collections.abc import Sequence

_ARTICLES = re.compile(r"\b(?:a|an|the)\b")
_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)
_ROUGE_WORD = re.compile(r"[a-z0-9]+")
_OTHER_WORD = re.compile(r"\w+")


def normalised_words(text: str) -> list[str]:
    """Words in lower case without punctuation and without "a", "an", "the".

    The normalisation of SQuAD's official evaluation script (Rajpurkar et al., 2016).
    """
    return _ARTICLES.sub(" ", text.lower().translate(_NO_PUNCTUATION)).split()


def answer_hit(answer: str, expected: Sequence[str]) -> float:
    """1.0 when the normalised words of an expected answer stand in the answer, in order and without a gap; else 0.0.

    "Accuracy" of open-domain question answering, as in ALCE's short-answer correctness (Gao et al., 2023, arXiv
    2305.14627). An expected answer that is nothing but punctuation and articles is compared as it is written.
    """
    said, written = normalised_words(answer), answer.lower().split()
    for one in expected:
        wanted = normalised_words(one)
        if _stands_in(wanted, said) if wanted else _stands_in(one.lower().split(), written):
            return 1.0
    return 0.0


def _stands_in(wanted: list[str], said: list[str]) -> bool:
    if not wanted:
        return False
    # No word holds a space, so only whole words match; searching strings takes time in proportion to their length.
    return f" {' '.join(wanted)} " in f" {' '.join(said)} "


def token_f1(answer: str, expected: Sequence[str]) -> float:
    """The best F1 of normalised words, as bags, over the expected answers, 0..1.

    SQuAD's (Rajpurkar et al., 2016): with c shared words, precision c / |answer|, recall c / |expected|; when either
    has no words at all, 1 if both have none, else 0.
    """
    said = normalised_words(answer)
    return max((_f1_of_bags(said, normalised_words(one)) for one in expected), default=0.0)


def _f1_of_bags(said: list[str], wanted: list[str]) -> float:
    if not said or not wanted:
        return float(said == wanted)
    shared = sum((Counter(said) & Counter(wanted)).values())
    return _f1(shared / len(said), shared / len(wanted))


def rouge_l(answer: str, expected: Sequence[str]) -> float:
    """The best ROUGE-L F1 over the expected answers, 0..1.

    Lin (2004): with l the length of the longest common subsequence of words, precision l / |answer| and recall
    l / |expected|. Words are runs of a-z and 0-9 in lower case, without stemming, as the package rouge-score reads
    them; in a text that has none of these (another script) they are runs of letters and digits.
    """
    return max((_rouge_l(answer, one) for one in expected), default=0.0)


def _rouge_l(answer: str, expected: str) -> float:
    said, wanted = _rouge_words(answer), _rouge_words(expected)
    if not said or not wanted:
        return 0.0
    common = common_subsequence(said, wanted)
    return _f1(common / len(said), common / len(wanted))


def _rouge_words(text: str) -> list[str]:
    lower = text.lower()
    return _ROUGE_WORD.findall(lower) or _OTHER_WORD.findall(lower)


def common_subsequence(one: Sequence[str], other: Sequence[str]) -> int:
    """Length of the longest common subsequence.

    Bit-parallel (Hyyrö, 2004): a whole row of the table in one integer, so that a cell of a megabyte takes no minutes.
    """
    short, long = sorted((one, other), key=len)
    places: dict[str, int] = {}
    for at, word in enumerate(short):
        places[word] = places.get(word, 0) | 1 << at
    full = (1 << len(short)) - 1
    row = full
    for word in long:
        matched = row & places.get(word, 0)
        row = ((row + matched) | (row - matched)) & full
    return len(short) - row.bit_count()


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
