"""One fact of a sentence or question turned into another: what a reader must notice, made from text that is true.

SQuAD's adversarial questions were written by people who did the same by hand: another name, another number, the
opposite word, a "not".
"""

import random
import re
from collections.abc import Sequence

_OPPOSITES = (
    "first last;largest smallest;biggest smallest;highest lowest;most least;more fewer;greater smaller;before after;"
    "above below;north south;northern southern;east west;eastern western;increase decrease;increases decreases;"
    "increased decreased;rise fall;rising falling;higher lower;high low;larger smaller;longer shorter;early late;"
    "earlier later;earliest latest;old new;older newer;oldest newest;always never;all none;begin end;began ended;"
    "started ended;open closed;allowed forbidden;include exclude;includes excludes;support oppose;"
    "supported opposed;win lose;won lost;gain lose;positive negative;major minor;public private;male female;"
    "men women;father mother;son daughter;husband wife;inside outside;internal external;upper lower;left right;"
    "minimum maximum;rich poor;strong weak;strongly weakly;fast slow;common rare;cause prevent;causes prevents;"
    "promote inhibit;promotes inhibits;promoted inhibited;activate suppress;activates suppresses;enhance reduce;"
    "enhances reduces;enhanced reduced;improve worsen;improves worsens;presence absence;with without;accept reject;"
    "accepted rejected;enable disable;buy sell;bought sold;import export;parent child;teacher student;day night;"
    "summer winter;morning evening;cold hot;warm cool;wet dry;live die;birth death;born died;love hate;enter leave;"
    "agree disagree;legal illegal;possible impossible;known unknown;direct indirect;necessary unnecessary;"
    "upregulates downregulates;upregulated downregulated;sensitive resistant;susceptible resistant;both neither"
)
OPPOSITE = {one: other for pair in _OPPOSITES.split(";") for one, other in (pair.split(), pair.split()[::-1])}
_WORD = re.compile(r"[^\W\d_][\w'-]*|\d[\d,.]*\d|\d")
_NUMBER = re.compile(r"\d[\d,.]*\d|\d")
_NAME = re.compile(r"(?<![.!?] )(?<!^)\b[A-Z][\w'-]+(?: (?:of |the |de )?[A-Z][\w'-]+)*")
_NOT = re.compile(r"\b(is|are|was|were|do|does|did|can|could|will|would|has|have|had|should) not\b|\b(\w+)n't\b", re.I)
_WHOLE = {"ca": "can", "wo": "will", "sha": "shall"}
_VERB = re.compile(r"\b(is|are|was|were|did|does|do|can|could|will|would|has|have|had|should)\b(?!n't| not)")


def names(text: str) -> list[str]:
    """Names in running text: capitalised words, but for those that begin a sentence."""
    return [match[0] for match in _NAME.finditer(text)]


def numbers(text: str) -> list[str]:
    """Numbers as written."""
    return _NUMBER.findall(text)


def swapped(text: str, beside: str, elsewhere: Sequence[str], chance: random.Random) -> str | None:
    """`text` with one fact of it that `beside` (what it is about) has too turned into another; None when it has none.

    Names and numbers are taken from `elsewhere`, other passages of the same article or subject.
    """
    kinds = [_other_name, _other_number, _opposite, _negated]
    for kind in chance.sample(kinds, len(kinds)):
        if kind is _negated and chance.random() < 0.7:  # the easiest to make, and to see
            continue
        if (made := kind(text, beside, elsewhere, chance)) is not None:
            return made
    return None


def _other_name(text: str, beside: str, elsewhere: Sequence[str], chance: random.Random) -> str | None:
    found = [name for name in names(beside) if re.search(rf"\b{re.escape(name)}\b", text, re.IGNORECASE)]
    others = [name for other in elsewhere for name in names(other) if name.casefold() not in beside.casefold()]
    if not found or not others:
        return None
    old, new = chance.choice(found), chance.choice(others)
    lowered = not any(char.isupper() for char in text[1:])
    return _replace(text, old, new.casefold() if lowered else new)


def _other_number(text: str, beside: str, elsewhere: Sequence[str], chance: random.Random) -> str | None:
    found = [one for one in numbers(text) if one in numbers(beside)]
    if not found:
        return None
    old = chance.choice(found)
    others = [one for other in elsewhere for one in numbers(other) if one not in beside and len(one) == len(old)]
    plain = old.replace(",", "")
    if plain.isdigit() and not others:
        others = [str(max(0, int(plain) + chance.choice((-30, -12, -7, -3, 2, 4, 9, 15, 40))))]
    return _replace(text, old, chance.choice(others)) if others else None


def _opposite(text: str, _: str, __: Sequence[str], chance: random.Random) -> str | None:
    found = [word for word in _WORD.findall(text) if word.casefold() in OPPOSITE]
    if not found:
        return None
    old = chance.choice(found)
    new = OPPOSITE[old.casefold()]
    return _replace(text, old, new.capitalize() if old[0].isupper() else new)


def _negated(text: str, _: str, __: Sequence[str], ___: random.Random) -> str | None:
    said = _NOT.sub(lambda match: match[1] or _WHOLE.get(match[2].lower(), match[2]), text)
    if said != text:
        return said
    match = _VERB.search(text)
    if match is None:
        return None
    if text.rstrip().endswith("?") or text[:1].islower():
        return f"{text[: match.end()]}n't{text[match.end() :]}".replace("cann't", "can't").replace("willn't", "won't")
    return f"{text[: match.end()]} not{text[match.end() :]}"


def _replace(text: str, old: str, new: str) -> str | None:
    made, count = re.subn(rf"(?<!\w){re.escape(old)}(?!\w)", lambda _: new, text, count=1, flags=re.IGNORECASE)
    return made if count and made != text else None
