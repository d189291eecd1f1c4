"""Words as the verifier and the evidence selection compare them: case-folded stems, numbers kept whole."""

import re
import unicodedata
from functools import lru_cache
from typing import Any

# A number keeps its separators ("3.1", "680,000"); a word keeps an inner apostrophe ("don't").
_WORD = re.compile(r"\d+(?:[.,:/]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*|\w+")

# Words that carry grammar and no fact; a sentence may gain or lose them without saying something else.
GRAMMAR = frozenset(
    "a an the and of in on at to for from by with as that which who whom whose this these those it its they "
    "them their there here be is are was were been being am do does did has have had having will shall also "
    "thus so then into onto upon such he she his her we our us you your i my me what when where why how".split()
)

# Words that turn a sentence round; every one of the evidence must be in the claim, and no other.
NEGATIONS = frozenset(
    "not no never none nor neither without cannot nobody nothing nowhere false untrue wrong incorrect myth "
    "misconception respectively hardly barely fail fails failed lack lacks lacking unlike instead rather "
    "except unless".split()
)

# Words that narrow or widen what a sentence says; those around the words a claim uses must be in the claim.
LIMITS = frozenset(
    "all every each any some many most much few several only always usually often sometimes rarely seldom "
    "generally typically mostly mainly partly almost nearly about around roughly approximately may might can "
    "could should would must if when until before after while although though but however or either both more "
    "less least fewer greater than over under above below up exactly just even still yet already once probably "
    "possibly perhaps likely unlikely claimed claims estimated reportedly according hypothetically supposedly".split()
)


# What `words` leaves out and a figure or name cannot do without: its sign, its unit, the rest of "C++" and "C#".
_SIGN = re.compile(r"[%‰$€£¥<>≤≥=≠~≈±×÷°^]|(?<=\w)[+#]+|(?<!\w)[-−](?=\d)|(?<=[\s(])[.](?=\d)")
_A_FEW = re.compile(r"\ba (?:few|little)\b", re.IGNORECASE)
_ANSWERED_NO = re.compile(r"^\W*no\s*(?=[,;:.!–—-](?!\w))", re.IGNORECASE)


def words(text: str) -> list[str]:
    """The words of a text in order, case-folded, "n't" split off as "not"."""
    found: list[str] = []
    for word in _WORD.findall(text.casefold().replace("’", "'")):
        if word.endswith("n't"):
            stem = word[:-3]
            found += [{"ca": "can", "wo": "will", "sha": "shall"}.get(stem, stem), "not"]
        elif word == "cannot":
            found += ["can", "not"]
        elif "'" in word:
            found.append(word.split("'")[0])
        else:
            found.append(word)
    return found


def spelt_out(text: str) -> str:
    """The text with its signs as words, the "No" that answers told from the one that negates, "a few" from "few"."""
    text = _SIGN.sub(lambda sign: f" {re.sub('[^A-Z]', '', unicodedata.name(sign[0][0])) * len(sign[0])} ", text)
    return _A_FEW.sub("several", _ANSWERED_NO.sub("nay", text))


@lru_cache(maxsize=65536)
def stem(word: str) -> str:
    """The Snowball stem, so that "models" meets "model"."""
    return str(_stemmer().stemWord(word))


@lru_cache(maxsize=1)
def _stemmer() -> Any:  # noqa: ANN401 - a class of a library without types, imported lazily
    import Stemmer

    return Stemmer.Stemmer("english")
