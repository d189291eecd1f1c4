"""Questions a help centre gets, mined from manuals by the form of their sentences.

"To change the font, choose Format > Character." answers "How do I change the font?"; "A branch is a line of
development." answers "What is a branch?". Nobody labelled them, so only forms that leave little doubt are used.
"""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from bot.evaluate.metrics.text import normalised_words
from bot.evidence import candidates
from corpus.types import Article
from index.chunk import chunk_article

# Questions of a form, per manual.
MOST = {"what": 90, "how": 110, "can": 40, "if": 40, "purpose": 40, "whether": 50, "heading": 60}
REWORDED = 0.5  # share of questions worded a little otherwise
FEWEST_MENTIONS = 2  # articles that speak of what is defined; where only one does any search would find it
SHORTEST_SECTION = 80  # characters
SHORTEST = 3  # words of a span that is only a part of what answers; "a" stands in everything

_NO_SUBJECT = frozenset(
    "it this that these those there they you he she we one what which who here such each both all some many most "
    "following example result reason first only second purpose next same above below problem idea difference case "
    "default value name list way point note if when where while but and or so because then however also another other "
    "how why no not section chapter document page figure table step".split()
)
_IS = re.compile(
    r"^(?P<article>An? |The )?(?P<subject>[A-Za-z][\w.+/'-]*(?: [\w.+/'-]+){0,3}?)(?: \([^)]{1,40}\))? "
    r"(?P<verb>is|are|refers to|means|stands for) (?:an? |the |one of |used |what |[a-z]+s that )"
)
_DO = r"(?P<do>[a-z]+ [^,:;.()\n]{3,60})"
_TO = re.compile(r"^(?:In order )?[Tt]o (?P<do>[a-z]+ [^,:;.()\n]{3,70})[,:]\s*\S")
_USE = re.compile(rf"^(?:Use|Choose|Select|Click|Press|Run) (?:the )?[^,:;.\n]{{2,60}} to {_DO}\.")
_CAN = re.compile(rf"^(?:\w+, )?[Yy]ou can (?:also )?{_DO[:-1]}?)(?: by | using | with | from |\.|:)")
_WANT = re.compile(
    r"^If you (?:want|need|wish|intend|would like|\w+ want) to (?P<do>[a-z]+ [^,:;.()\n]{3,70}), (?:then )?\w+"
)
_IF = re.compile(r"^If (?P<when>(?:you|the|your|a|an|no|this option) [^,:;.()\n]{8,70}), (?:then )?\w+")
_WHETHER = re.compile(
    r"^(?P<subject>(?:The |An? )?[A-Za-z][\w+/'-]*(?: [\w+/'-]+){0,3}?) "
    r"(?:(?P<helper>is|are|can|will|does|do|cannot)(?: not)? (?!an? |the |also |used )"
    r"|(?P<verb>support|require|need|include|provide|contain|use|accept|store|save|send|delete|remove|keep|work|run|apply"
    r"|depend|cost|support|allow|create|show|display|return)s )"
    r"(?P<rest>[a-z][^,:;.()\n]{3,60})\.(?:\s|$)"
)
_DOES = re.compile(
    r"^(?:The )?(?P<subject>[A-Za-z][\w.+/'-]*(?: [\w.+/'-]+){0,2} (?:command|option|tool|function|dialog|filter"
    r"|button|menu|directive|parameter|module|plugin|program)) (?:is used to|is used for|lets you|allows you to|allows"
    r"|enables|specifies|displays|shows|controls|sets|creates|determines|returns|provides) "
)
# What nobody can ask who has not read the sentence before.
_POINTS = re.compile(
    r"^(?:be|the|an?|your|find out|that end)\b|"
    r"\b(?:this|these|those|such|it|them|above|below|following|then|either|both|do so|even|still|therefore|is|are)\b|"
    r"\b(?:when|if|by|with|from|in|on|of|to|and|or|as|for|at)$",
    re.IGNORECASE,
)
_MINE = {"you are": "I am", "you're": "I'm", "yourself": "myself", "yours": "mine", "your": "my", "you": "I"}
_NUMBERED = re.compile(r"^(?:\d+\.)*\d*\s*|^(?:Chapter|Appendix|Section) \S+\s*")
_WORDS = (
    "change modify;delete remove;create make;display show;choose select;specify set;start launch;stop end;"
    "find locate;edit change;insert add;enable activate;disable turn off;view see;open bring up;save store;"
    "use work with;configure set up;define set;convert turn;copy duplicate;move shift;apply use;update refresh"
)
_OTHER = dict(pair.split(" ", 1) for pair in _WORDS.split(";"))
_OPENINGS = {
    "How do I ": ("How can I ", "How to ", "how do you ", "What is the way to ", "I want to ", "how do i "),
    "What is ": ("what's ", "What does one mean by ", "Please explain ", "what is ", "Can you tell me what is "),
    "What are ": ("what are ", "Please explain ", "Tell me about "),
    "Can I ": ("Is it possible to ", "can i ", "Could I ", "Is there a way to "),
    "What happens if ": ("What should I expect if ", "what if ", "What happens when "),
    "What does the ": ("what is the purpose of the ", "what does the "),
    "Does ": ("does ", "I wonder, does ", "Could you tell me, does "),
    "Is ": ("is ", "I wonder, is "),
}


@dataclass(frozen=True, slots=True)
class Mined:
    """A question and the words of a manual that answer it."""

    question: str
    form: str
    texts: tuple[str, ...]  # any of them answers; for a heading what stands in its section
    articles: tuple[str, ...]  # where they stand


def mine(articles: Sequence[Article], whole: Sequence[Article], chance: random.Random) -> list[Mined]:
    """Questions of every form, a bounded number of each; `whole` has the headings that are hidden in `articles`."""
    found, definitions = _by_sentence(articles)
    found["heading"] = list(_by_heading(whole))
    drawn = []
    for form, some in found.items():
        for one, subject in chance.sample(some, min(MOST[form], len(some))):
            texts, places = one.texts, one.articles
            if form == "what":  # whoever defines it answers
                texts, places = (tuple(column) for column in zip(*definitions[subject], strict=True))
            drawn.append(Mined(_reworded(one.question, chance), form, texts, places))
    return drawn


def says_one_of(texts: Sequence[str]) -> Callable[[str], bool]:
    """Whether a span is one of these texts, or stands in one of them."""
    wanted = [" ".join(normalised_words(one)) for one in texts]

    def says(text: str) -> bool:
        words = normalised_words(text)
        said = " ".join(words)
        return said in wanted or (len(words) >= SHORTEST and any(f" {said} " in f" {one} " for one in wanted))

    return says


_Found = dict[str, list[tuple[Mined, str]]]  # by form, with the subject of a definition


def _by_sentence(articles: Sequence[Article]) -> tuple[_Found, dict[str, list[tuple[str, str]]]]:
    """What the spans answer, and for each subject the texts that define it with their articles."""
    mentions = Counter(word for one in articles for word in set(normalised_words(one.text)))
    found: _Found = {form: [] for form in MOST}
    definitions: dict[str, list[tuple[str, str]]] = {}
    for article in articles:
        for text in _spans(article):
            for form, question, subject in asked(text):
                if form == "what":
                    definitions.setdefault(subject, []).append((text, article.id))
                    named = [mentions[word] for word in normalised_words(subject)]
                    if min(named, default=0) < FEWEST_MENTIONS:
                        continue
                found[form].append((Mined(question, form, (text,), (article.id,)), subject))
    return found, definitions


def _spans(article: Article) -> Iterator[str]:
    """What can be quoted from an article, as the product sees it."""
    for chunk in chunk_article(article):
        for span in candidates(chunk):
            yield span.of(chunk)


def asked(text: str) -> Iterator[tuple[str, str, str]]:
    """Form, question and (of a definition) subject that a sentence, list or row answers by its form."""
    match = _IS.match(text)
    if match and not _NO_SUBJECT.intersection(match["subject"].casefold().split()) and len(match["subject"]) > 2:
        subject = match["subject"]
        article = "" if match["article"] == "The " and match["verb"] == "means" else (match["article"] or "").lower()
        named = subject if subject[1:] != subject[1:].lower() else subject.lower()
        yield "what", f"What {'are' if match['verb'] == 'are' else 'is'} {article}{named}?", subject.casefold()
    for pattern in (_TO, _USE, _WANT):
        if (match := pattern.match(text)) and not _POINTS.search(match["do"]):
            yield "how", f"How do I {_mine(match['do'])}?", ""
    if (match := _CAN.match(text)) and not _POINTS.search(match["do"]):
        yield "can", f"{'How can' if ' by ' in match[0] else 'Can'} I {_mine(match['do'])}?", ""
    if (match := _IF.match(text)) and not _POINTS.search(match["when"]) and not _WANT.match(text):
        yield "if", f"What happens if {_mine(match['when'])}?", ""
    match = _DOES.match(text)
    if match and not _NO_SUBJECT.intersection(match["subject"].casefold().split()):
        yield "purpose", f"What does the {match['subject']} do?", ""
    if (match := _WHETHER.match(text)) and (question := _whether(match)):
        yield "whether", question, ""


def _whether(match: re.Match[str]) -> str:
    """A statement as a yes-or-no question: "The client does not store passwords." as "Does the client store ...?"."""
    subject, helper, rest = match["subject"], match["helper"], _mine(match["rest"])
    if _NO_SUBJECT.intersection(subject.removeprefix("The ").casefold().split()) or _POINTS.search(f"x {rest}"):
        return ""
    if subject.split()[0].endswith("ly") or re.match(r"I\b", rest):  # "Typically messages are ...", "allows you to ..."
        return ""
    if subject.split()[0] in ("The", "A", "An"):
        subject = subject[0].lower() + subject[1:]
    if match["verb"]:
        return f"Does {subject} {match['verb']} {rest}?"
    return f"{helper.replace('not', '').capitalize()} {subject} {rest}?"


def _by_heading(articles: Sequence[Article]) -> Iterator[tuple[Mined, str]]:
    verbs = _verbs(articles)
    headings = Counter(section.heading for one in articles for section in one.sections)
    for article in articles:
        for section in article.sections:
            heading = section.heading or article.title
            if headings[heading] <= 1 and (question := heading_asked(heading, verbs)):
                body = article.text[section.body : section.end].strip()
                if len(body) > SHORTEST_SECTION:
                    yield Mined(question, "heading", (body,), (article.id,)), ""


def _verbs(articles: Sequence[Article]) -> frozenset[str]:
    """Words that follow "to" before an object, and are not nouns mostly."""
    objects, all_of = Counter[str](), Counter[str]()
    for one in articles:
        objects.update(match[1] for match in re.finditer(r"\bto ([a-z]+) (?:the|a|an|your)\b", one.text))
        all_of.update(re.findall(r"\b[a-z]+\b", one.text))
    return frozenset(word for word, count in objects.items() if count > 1 and 6 * count > all_of[word])


def heading_asked(heading: str, verbs: frozenset[str]) -> str:
    """A heading as somebody would ask it, or "": "Inserting rows" as "How do I insert rows?", questions as they are."""
    heading = _NUMBERED.sub("", heading).strip()
    if heading.endswith("?") and 3 <= len(heading.split()) <= 20:
        return heading
    match = re.fullmatch(r"([A-Z][a-z]+) ((?:[\w'-]+ ?){1,8})", heading)
    if not match:
        return ""
    first, rest = match[1].lower(), _mine(_lower(match[2]))
    stem = first.removesuffix("ing")
    forms = (stem, f"{stem}e", stem[:-1]) if stem != first else (first,)
    known = [form for form in forms if form in verbs]
    return f"How do I {known[0]} {rest}?" if known else ""


def _lower(text: str) -> str:
    """Title case undone but for names of several capitals."""
    return " ".join(word if word[1:] != word[1:].lower() else word.lower() for word in text.split())


def _mine(text: str) -> str:
    for before, after in _MINE.items():
        text = re.sub(rf"\b{before}\b", after, text)
    return text


def _reworded(question: str, chance: random.Random) -> str:
    """As another person would type it: another opening, another verb, no capitals, no mark."""
    if chance.random() < REWORDED:
        for opening, others in _OPENINGS.items():
            if question.startswith(opening):
                other = chance.choice(others)
                rest = question.removeprefix(opening)
                question = other + (rest.replace(" do?", "?") if "purpose" in other else rest)
                break
    if chance.random() < REWORDED:
        for word in question.split():
            if word in _OTHER:
                question = question.replace(f" {word} ", f" {_OTHER[word]} ", 1)
                break
    return question.rstrip("?").lower() if chance.random() < REWORDED / 3 else question
