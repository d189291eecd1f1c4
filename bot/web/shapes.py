"""What goes over the wire: requests with their bounds, answers as JSON, and the documentation's examples."""

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from bot.chat.exchange import MAX_EXCHANGES
from bot.markup.escape import link, whole
from bot.types import Lane, Turn

# Bytes of a request: thirty long exchanges. Bounds of single strings are wide, this one is what holds.
MOST_BODY = 2_000_000
LONGEST = 100_000  # characters of one string; the setting max_question_chars is the closer bound of questions
MOST_PASSAGES = 100  # of one earlier answer
MOST_QUESTIONS = 20
ANSWER_ID = "^[0-9a-f]{32}$"

_QUOTE = "A foundation model is a model trained on broad data that can be adapted to many tasks."
_ID = "9f86d081884c7d659a2feaa0c55ad015"

Text = Annotated[str, Field(max_length=LONGEST)]
Sent = Annotated[str, BeforeValidator(whole)]  # words of articles and questions, whatever they hold
AnswerId = Annotated[str, Field(pattern=ANSWER_ID, examples=[_ID])]


class Earlier(BaseModel):
    """An earlier question and its answer."""

    question: Text
    answer: Text = ""
    passages: list[Annotated[str, Field(max_length=300)]] = Field(
        default=[], max_length=MOST_PASSAGES, description="`passages` of that answer, so that follow-ups find them"
    )

    @property
    def turn(self) -> Turn:
        """As the bot remembers it."""
        return Turn(self.question, self.answer, tuple(self.passages))


class Ask(BaseModel):
    """A question, with the conversation so far."""

    question: Text = Field(examples=["What is a foundation model?"])
    history: list[Earlier] = Field(default=[], max_length=MAX_EXCHANGES, description="oldest first", examples=[[]])


class Sentence(BaseModel):
    """One sentence, list or table row of an answer."""

    text: Sent = Field(examples=[_QUOTE])
    footnotes: list[int] = Field(description="numbers of its citations", examples=[[1]])


class Source(BaseModel):
    """A footnote: exact words of an article."""

    number: int = Field(examples=[1])
    article: Sent = Field(description="id of the article", examples=["what-is-a-foundation-model.md"])
    title: Sent = Field(examples=["What is a foundation model?"])
    url: Sent = Field(
        description="the article at the cited section, as the articles give it; empty when it has none",
        examples=["/articles/what-is-a-foundation-model#definition"],
    )
    headings: list[Sent] = Field(examples=[["Definition"]])
    quote: Sent = Field(examples=[_QUOTE])
    start: int = Field(description="characters into the article's text", examples=[120])
    end: int = Field(examples=[206])


class Suggested(BaseModel):
    """A question the articles answer."""

    question: Sent = Field(examples=["Is CLIP an LLM?"])
    article: Sent = Field(description="id of the article", examples=["kinds.md"])


class Reply(BaseModel):
    """An answer."""

    id: AnswerId
    question: Sent = Field(description="as it was understood", examples=["What is a foundation model?"])
    lane: Lane = Field(
        description="faq: the author's answer as written; generated: sentences of the articles, shortened at most; "
        "quoted: passages as they stand; declined: not covered"
    )
    confidence: float = Field(description="0 to 1, that the articles cover the question", examples=[0.93])
    sentences: list[Sentence]
    citations: list[Source]
    declined_because: Sent = Field(examples=[""])
    uncovered: list[Sent] = Field(description="parts of the question that are not covered", examples=[[]])
    suggestions: list[Suggested] = Field(description="when declined: the nearest questions that are answered")
    passages: list[Sent] = Field(description="to be sent back as `passages` in `history`", examples=[["3f2a"]])
    seconds: dict[str, float] = Field(description="since the start, by stage", examples=[{"finished": 0.84}])


class Found(BaseModel):
    """Event `retrieved`: the passages are found, nothing is said yet."""

    id: AnswerId
    passages: int = Field(description="how many are read", examples=[8])


class Spoken(BaseModel):
    """Event `said`: one sentence, with the citations that have not been sent before."""

    sentence: Sentence
    citations: list[Source]


class Vote(BaseModel):
    """What a reader thinks of an answer."""

    id: AnswerId
    vote: Literal[-1, 0, 1] = Field(description="-1 down, 1 up, 0 taken back", examples=[1])


class Token(BaseModel):
    """What a page sends as `Authorization: Bearer`."""

    token: str = Field(examples=["Imh0dHBzOi8vaGVscC5leGFtcGxlIg.aSXk5w.KsYVxw8yJ4"])
    expires_in: int = Field(description="seconds", examples=[600])


class Questions(BaseModel):
    """Questions worth asking."""

    questions: list[Suggested]


class Part(BaseModel):
    """A section of an article."""

    headings: list[Sent] = Field(examples=[["Definition"]])
    anchor: Sent = Field(examples=["definition"])
    start: int = Field(description="characters into the whole text", examples=[0])
    end: int = Field(examples=[950])


class Passage(BaseModel):
    """An article's text, or a part of it."""

    model_config = ConfigDict(serialize_by_alias=True)

    id: Sent = Field(examples=["what-is-a-foundation-model.md"])
    title: Sent = Field(examples=["What is a foundation model?"])
    url: Sent = Field(examples=["/articles/what-is-a-foundation-model"])
    updated: Sent = Field(description="date, or empty", examples=["2025-03-01"])
    text: Sent = Field(examples=[_QUOTE])
    begins: int = Field(serialization_alias="from", description="where `text` begins in the whole text", examples=[0])
    length: int = Field(description="characters of the whole text", examples=[5120])
    sections: list[Part] = Field(description="those that `text` touches")


class Health(BaseModel):
    """How the server is."""

    live: Literal[True] = True
    ready: bool = Field(description="false: the line is full, a question would get 503")
    answering: int = Field(examples=[1])
    waiting: int = Field(examples=[0])


def safe(url: str) -> str:
    """The address, when a reader may follow it."""
    return url if link(url) else ""
