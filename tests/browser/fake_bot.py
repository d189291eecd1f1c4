"""A bot that answers from a script: what it says is a pure function of the question."""

import re
import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.question import clean_question
from bot.types import Answer, Citation, Claim, Event, Finished, Lane, Retrieved, Said, Suggestion, Turn
from corpus.errors import QuestionError
from corpus.types import Article, Corpus, Section
from index.build import build_index, open_index
from index.manifest import Manifest
from index.search import Index
from index.types import Chunk, Hit
from tests.fakes import WordHashEmbedder

MODELS = """What a foundation model is

A foundation model is a model trained on broad data that can be adapted to many tasks. The name was given in 2021 by \
researchers at Stanford. Before that, most models were built for one task each.

Such a model is the base, not the product. An assistant is what is built on it.

Kinds of foundation models

Not every foundation model works with language. These are the common kinds:

- Language models, such as GPT-4, which read and write text.
  - Small ones run on a laptop.
- Vision models, such as SAM, which cut pictures into objects.
- Models for text and pictures, such as CLIP, which match the two.

Compared

| Model | Made by | Works with | Open weights |
| GPT-4 | OpenAI | text and pictures | no |
| Llama 3 | Meta | text | yes |
| CLIP | OpenAI | text and pictures | yes |

Questions

Is CLIP an LLM?

No. CLIP matches pictures with texts and writes nothing. It is a foundation model, but not a language model.

```
score = cosine(picture, text)
```"""

TRAINING = (
    "How training works\n\nPre-training reads a large corpus once. It costs far more than everything after it.\n\n"
    + "\n\n".join(
        f"Step {n} of a long article that goes on for a while, so that the quote is far down." for n in range(1, 90)
    )
    + "\n\nFine-tuning starts from the pre-trained weights. A few thousand examples are often enough.\n\n"
    + "\n\n".join(f"Afterword {n}, one of many that follow the passage in question." for n in range(1, 90))
)


def _section(
    text: str, heading: str, level: tuple[str, ...], following: str | None, *, is_faq: bool = False
) -> Section:
    start = text.index(heading)
    end = text.index(following, start) if following else len(text)
    return Section(level, heading.lower().replace(" ", "-").strip("?"), start, start + len(heading) + 2, end, is_faq)


KINDS = Article(
    "models.md",
    "Foundation models",
    "https://help.example.org/models",
    MODELS,
    (
        _section(MODELS, "What a foundation model is", ("What a foundation model is",), "Kinds of"),
        _section(MODELS, "Kinds of foundation models", ("Kinds of foundation models",), "Compared"),
        _section(MODELS, "Compared", ("Kinds of foundation models", "Compared"), "Questions"),
        _section(MODELS, "Questions", ("Questions",), "Is CLIP"),
        _section(MODELS, "Is CLIP an LLM?", ("Questions", "Is CLIP an LLM?"), None, is_faq=True),
    ),
    "2025-03-01",
)
STEPS = Article(
    "training.md",
    "Training a model",
    "",
    TRAINING,
    (Section(("How training works",), "", 0, 20, len(TRAINING)),),
)
ARTICLES = {article.id: article for article in (KINDS, STEPS)}


def cite(article: Article, quote: str, number: int) -> Citation:
    """The footnote on the first place where the article says `quote`."""
    start = article.text.index(quote)
    section = next(one for one in article.sections if one.start <= start < one.end)
    url = f"{article.url}#{section.anchor}" if article.url else ""
    return Citation(number, article.id, article.title, url, section.heading_path, quote, start, start + len(quote))


def say(text: str, *citations: Citation) -> Claim:
    """A sentence with its footnotes."""
    return Claim(text, citations, 0.9)


def answered(question: str, lane: Lane, *claims: Claim, uncovered: tuple[str, ...] = ()) -> Answer:
    """An answer, with each article found as one passage."""
    hits = tuple(
        Hit(Chunk(f"chunk-{a.id}", a.id, a.title, (), "", a.text, 0, len(a.text)), 1.0, 0.9, 0.5)
        for a in ARTICLES.values()
    )
    return Answer(question, claims, hits, 0.9, lane, uncovered=uncovered)


LIST = MODELS[MODELS.index("- Language") : MODELS.index("\n\nCompared")]
TABLE = MODELS[MODELS.index("| Model") : MODELS.index("\n\nQuestions")]
FAQ = "No. CLIP matches pictures with texts and writes nothing. It is a foundation model, but not a language model."
NEAREST = (Suggestion("Is CLIP an LLM?", KINDS.id, 0.5), Suggestion("What is a foundation model?", KINDS.id, 0.4))


def _generated(question: str) -> Answer:
    first = cite(KINDS, "A foundation model is a model trained on broad data that can be adapted to many tasks.", 1)
    second = cite(KINDS, "The name was given in 2021 by researchers at Stanford.", 2)
    third = cite(STEPS, "Fine-tuning starts from the pre-trained weights.", 3)
    return answered(
        question,
        "generated",
        say("A foundation model is trained on broad data and can be adapted to many tasks.", first),
        say("Researchers at Stanford named it in 2021.", second),
        say("Adapting it starts from the weights that training has left, not from nothing.", first, third),
    )


def _faq(question: str) -> Answer:
    one, two = FAQ.split(" It is ")
    two = "It is " + two
    return answered(question, "faq", say(one, cite(KINDS, one, 1)), say(two, cite(KINDS, two, 2)))


def _list(question: str) -> Answer:
    lead = "These are the common kinds:"
    return answered(question, "quoted", say(lead, cite(KINDS, lead, 1)), say(LIST, cite(KINDS, LIST, 2)))


def _table(question: str) -> Answer:
    return answered(question, "quoted", say(TABLE, cite(KINDS, TABLE, 1)))


def _partial(question: str) -> Answer:
    fact = "A few thousand examples are often enough."
    return answered(question, "quoted", say(fact, cite(STEPS, fact, 1)), uncovered=("what does Netflix use?",))


def _declined(question: str) -> Answer:
    return Answer(question, (), (), 0.1, "declined", "The articles do not say anything about this.", NEAREST)


SCRIPT: tuple[tuple[str, Callable[[str], Answer]], ...] = (
    ("clip", _faq),
    ("kinds", _list),
    ("compare", _table),
    ("netflix", _partial),
    ("foundation|slow|named", _generated),
    ("remember", _declined),
)


@cache
def small_index(*articles: Article) -> Index:
    """An index of these articles, of the scripted bot's when none is given."""
    with TemporaryDirectory() as folder:
        given = tuple(sorted(articles or ARTICLES.values(), key=lambda one: one.id))
        build_index(Corpus(Path("articles"), given), Path(folder), WordHashEmbedder())
        return open_index(Path(folder), WordHashEmbedder())


class FakeBot:
    """Answers by the first word of SCRIPT in the question; `slow` and `slower` wait, `fail` and `crash` break off.

    After the answer to a question with `linger` it has a second's work left.
    """

    def __init__(self, articles: Mapping[str, Article] = ARTICLES, pause: float = 0.0) -> None:
        self.articles = articles
        self.pause = pause  # seconds between sentences
        self.histories: list[tuple[Turn, ...]] = []
        self.closed = threading.Event()
        self.finished: list[str] = []
        self.special: dict[str, Answer] = {}

    def starters(self, n: int) -> tuple[Suggestion, ...]:
        """The same few questions always."""
        asked = (
            "Is CLIP an LLM?",
            "What is a foundation model?",
            "Which kinds are there?",
            "Compare the models",
            "Fifth?",
        )
        return tuple(Suggestion(question, KINDS.id) for question in asked[:n])

    def nearest(self, question: str, count: int) -> tuple[Suggestion, ...]:
        """Those of NEAREST that share a word with the question."""
        asked = set(clean_question(question, 4000).casefold().split())
        return tuple(one for one in NEAREST if asked & set(one.question.casefold().split()))[:count]

    @property
    def index(self) -> Index:
        """Of the articles; what it finds is never asked for."""
        return small_index(*self.articles.values())

    @property
    def manifest(self) -> Manifest:
        """Of an index that is not there."""
        count = len(self.articles)
        return Manifest("script", "float32", 1, "0" * 64, count, count, 1, {})

    def stream(
        self, question: str, history: Sequence[Turn], without: Collection[str] = (), further: int = 0
    ) -> Iterator[Event]:
        """The script's answer, sentence by sentence."""
        self.histories.append(tuple(history))
        answer = self.answer(question)
        try:
            yield from self._events(question, answer)
            self.finished.append(question)
        finally:
            self.closed.set()

    def answer(self, question: str) -> Answer:
        """What the script says to a question."""
        if question in self.special:
            return self.special[question]
        make = next((make for words, make in SCRIPT if re.search(words, question.lower())), _declined)
        return make(question)

    def _events(self, question: str, answer: Answer) -> Iterator[Event]:
        wait = 1.5 if "slower" in question else 0.4 if "slow" in question else self.pause
        time.sleep(wait)
        yield Retrieved(answer.hits)
        for number, claim in enumerate(() if question in self.special else answer.claims):
            time.sleep(wait)
            if number == 1 and "fail" in question:
                raise QuestionError("the index was changed while answering; ask again")
            if number == 1 and "crash" in question:
                raise ZeroDivisionError("innermost detail")
            yield Said(claim)
        yield Finished(answer)
        time.sleep(1.0 if "linger" in question else 0.0)
