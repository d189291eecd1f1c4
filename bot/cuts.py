"""What may be said on a piece of evidence: the whole of it, or one sentence with a cut from a closed list.

A bare verdict ("No. ...") is said with the question it decides, its heading.

Lists of what may not be cut are never complete ("weather permitting", "(in mice)", "3–5 days"), so this is a list of
what may: openings that only connect, citations and spelt-out acronyms in brackets, a name's explanation, and examples
or a "which" clause at the end. Everything else stays, and the whole sentence can always be said.
"""

import re
from collections.abc import Iterator

from bot.reading import as_answer, is_item, is_row
from bot.types import Evidence
from bot.vocabulary import GRAMMAR, LIMITING, NEGATIONS
from bot.words import words
from corpus.sentences import sentences

# What is said of fewer facts ("Yes, it is.") answers nothing by itself.
FEWEST_FACTS = 2
_OPENING = re.compile(
    r"^(?:However|Therefore|Thus|Moreover|Furthermore|Nevertheless|In addition|For example|For instance|In fact|"
    r"In short|In other words|Overall|Finally|Similarly|Likewise|Indeed), (?=[A-Za-z])"
)
# "(June, 2026)" and "(Word and Excel 2019)" look like works cited, and say when and of what: only "et al." is sure.
_CITED = re.compile(r" \((?:see )?[A-Z][\w.’'-]* et al\.?,? (?:19|20)\d\d[a-z]?\)")
_ACRONYM = re.compile(r" \(([A-Z]{3,6})s?\)")  # two letters are spelt by chance: "free for units shipped (US)"
# "GPT-4, a language model, writes": only names that are written like no other word, and where nothing is listed, as in
# "RAM, a keyboard, mouse and screen are included".
_EXPLAINED = re.compile(
    r"^([A-Z][\w-]*[A-Z0-9][\w-]*), an? [^,;:()]{2,60}, (?!.*(?:\b(?:and|or|nor|plus|as well as)\b|[&/]))(?=[a-z])"
)
_TAIL = re.compile(r", (?:which|such as|including|for example|for instance) ([^,;:()–—\"“”]+)(?=[.!]$)")
_FINISHED = re.compile(r"[.!][\"'”’)\]]*$")


def sayings(piece: Evidence) -> tuple[str, ...]:
    """Every way to say a piece of prose, the whole first; nothing for questions, lists, rows, code and fragments."""
    whole = piece.text.strip()
    if "\n" in whole or is_row(whole) or is_item(whole) or not _FINISHED.search(whole) or "```" in whole:
        return ()
    parts = sentences(whole)
    if any(whole[start:end].endswith("?") for start, end in parts):
        return ()
    # Several sentences ("Not quite. It is ...") are said together: what the first says may turn the second.
    # A verdict is said with the question it decides, which is the heading's and may not be the visitor's.
    found = [as_answer(whole, piece.chunk.heading)] if len(parts) > 1 else list(dict.fromkeys(_cut(whole)))
    return tuple(one for one in found if sum(word not in GRAMMAR for word in words(one)) >= FEWEST_FACTS)


def _cut(sentence: str) -> Iterator[str]:
    for begun in (sentence, _opened(sentence)):
        for bare in (begun, _EXPLAINED.sub(r"\1 ", begun)):
            for freed in (bare, _without_brackets(bare)):
                yield freed
                yield _ended(freed)


def _opened(sentence: str) -> str:
    rest = _OPENING.sub("", sentence)
    if rest == sentence or rest[0].isupper():
        return rest
    # "the" takes a capital, a name such as "npm" or "iPhone" does not, so that the opening stays before it.
    return rest[0].upper() + rest[1:] if rest.split(maxsplit=1)[0] in GRAMMAR else sentence


def _without_brackets(sentence: str) -> str:
    return _ACRONYM.sub(lambda match: "" if _spells(match, sentence) else match[0], _CITED.sub("", sentence))


def _spells(match: re.Match[str], sentence: str) -> bool:
    """Whether an acronym is made of the words before it: "large language model (LLM)", not "30 days (US)"."""
    before = sentence[: match.start()].replace("-", " ").split()[-len(match[1]) :]
    return "".join(word[0] for word in before).upper() == match[1]


def _ended(sentence: str) -> str:
    match = _TAIL.search(sentence)
    if match is None or any(word in NEGATIONS or word in LIMITING for word in words(match[1])):
        return sentence
    return sentence[: match.start()] + sentence[match.end() :]
