"""Words as the verifier and the FAQ lane compare them: case-folded, numbers kept whole, signs spelt out."""

import re
import unicodedata
from functools import lru_cache
from typing import Any

# A number keeps its separators ("3.1", "680,000"); a word keeps an inner apostrophe ("don't").
_WORD = re.compile(r"\d+(?:[.,:/]\d+)*|[^\W\d_]+(?:['’][^\W\d_]+)*|\w+")

MINUS = r"(?<![\w%‰°$€£¥)\]])[-−–]"  # before a number; in "14–16" and "5%–10%" the dash is none
# What `words` leaves out and a figure or name cannot do without: its sign, its unit, the rest of "C++" and "C#".
_SIGN = re.compile(rf"[%‰$€£¥<>≤≥=≠~≈±×÷°^√]|!(?==)|(?<=\w)[+#]+|{MINUS}(?=\d)|(?<=[\s(])[.](?=\d)")
_A_FEW = re.compile(r"\ba (?:few|little)\b", re.IGNORECASE)
_ANSWERED_NO = re.compile(r"^\W*no\s*(?=[,;:.!–—-](?!\w))", re.IGNORECASE)


def words(text: str) -> list[str]:
    """The words of a text in order, case-folded, "n't" split off as "not"."""
    found: list[str] = []
    for word in _WORD.findall(text.casefold().replace("’", "'")):
        if word.endswith("n't"):
            stem = word[:-3]
            found += [part for part in ({"ca": "can", "wo": "will", "sha": "shall"}.get(stem, stem), "not") if part]
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
