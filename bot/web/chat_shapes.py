"""The OpenAI chat API's shapes, as far as they mean something here."""

import json
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field

from bot.markup.escape import whole
from bot.web.shapes import LONGEST, Sent, Source, Text

MODEL = "footnote"
MOST_MESSAGES = 1000
MOST_PARTS = 100  # of one message


class TextPart(BaseModel):
    """A part of a message; of parts only text is read."""

    type: str = Field(max_length=50, examples=["text"])
    text: str = Field("", max_length=LONGEST, examples=["What is a foundation model?"])


Parts = Annotated[list[TextPart], Field(max_length=MOST_PARTS)]
Content = Text | Parts | None


class ChatMessage(BaseModel):
    """One message of the conversation."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"] = Field(examples=["user"])
    content: Content = Field(None, examples=["What is a foundation model?"])

    @property
    def text(self) -> str:
        """What it says."""
        if isinstance(self.content, list):
            return "\n".join(part.text for part in self.content if part.type == "text")
        return self.content or ""


class StreamOptions(BaseModel):
    """What a stream brings besides the text."""

    include_usage: bool = False


class Completions(BaseModel):
    """A request for an answer; settings of a language model, such as temperature, are accepted and change nothing."""

    model: str = Field(MODEL, max_length=100, examples=[MODEL])
    messages: list[ChatMessage] = Field(
        min_length=1, max_length=MOST_MESSAGES, description="the last one is the question, a user's"
    )
    stream: bool = False
    stream_options: StreamOptions | None = None
    n: Literal[1] | None = Field(None, description="there is one answer")


class ChatAnswer(BaseModel):
    """The answer as a message."""

    role: Literal["assistant"] = "assistant"
    content: Sent = Field(examples=["A foundation model is a model trained on broad data. [1]\n\nSources:\n[1] …"])
    refusal: None = None
    citations: list[Source] = Field(description="the footnotes; not part of the OpenAI API")


class Choice(BaseModel):
    """The one choice."""

    index: Literal[0] = 0
    message: ChatAnswer
    finish_reason: Literal["stop"] = "stop"
    logprobs: None = None


class Usage(BaseModel):
    """Words, not tokens: nothing here is paid by the token."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class Completion(BaseModel):
    """An answer."""

    id: str = Field(examples=["chatcmpl-9f86d081884c7d659a2feaa0c55ad015"])
    object: Literal["chat.completion"] = "chat.completion"
    created: int = Field(description="seconds since 1970", examples=[1764000000])
    model: Literal["footnote"] = "footnote"
    choices: list[Choice]
    usage: Usage


class Model(BaseModel):
    """What answers."""

    id: Literal["footnote"] = "footnote"
    object: Literal["model"] = "model"
    created: Literal[0] = 0
    owned_by: Literal["footnote"] = "footnote"


class Models(BaseModel):
    """The models there are."""

    object: Literal["list"] = "list"
    data: list[Model] = Field(default=[Model()], examples=[[Model().model_dump()]])


@dataclass(frozen=True, slots=True)
class Chunked:
    """Writes the chunks of one answer."""

    name: str
    created: int
    asked: Completions

    def line(self, change: dict[str, Any], finish: str | None = None) -> bytes:
        """A chunk with a change of the message."""
        return self._line([{"index": 0, "delta": change, "finish_reason": finish, "logprobs": None}])

    def usage(self, used: Usage) -> bytes:
        """The chunk that tells the usage; empty when nobody asked."""
        wanted = self.asked.stream_options is not None and self.asked.stream_options.include_usage
        return self._line([], usage=used.model_dump()) if wanted else b""

    def _line(self, choices: list[dict[str, Any]], **more: object) -> bytes:
        head = {"id": f"chatcmpl-{self.name}", "object": "chat.completion.chunk", "created": self.created}
        return f"data: {json.dumps({**head, 'model': MODEL, 'choices': choices, **more})}\n\n".encode()


def delta(content: str | None = None, **more: object) -> dict[str, Any]:
    """A change of the message."""
    return more if content is None else {"content": whole(content), **more}
