"""POST /v1/chat/completions and GET /v1/models: Footnote as the model behind any client of the OpenAI chat API."""

import json
import time
from collections.abc import AsyncGenerator, AsyncIterator
from typing import TYPE_CHECKING, Annotated, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.types import Claim, Event, Finished, Said
from bot.web.admission import Admission
from bot.web.ask import EVENTS, Streamed, last
from bot.web.chat_shapes import MODEL, Chunked, Completion, Completions, Model, Models, delta
from bot.web.chat_text import completion, conversation, ending, joint, marked, usage
from bot.web.desk import Desk, new_id
from bot.web.problems import Problem, documented
from bot.web.replies import source
from bot.web.running import unless_gone

if TYPE_CHECKING:
    from fastapi import APIRouter

_SHOWN = """data: {"object": "chat.completion.chunk", "choices": [{"delta": {"content": "A foundation model …"}}]}

data: [DONE]

"""


def add_completions(router: "APIRouter", desk: Desk, admission: Admission) -> None:
    """The routes."""
    from fastapi import Path

    problems = documented(400, 401, 403, 404, 413, 422, 429, 500, 503)
    streamed: dict[int | str, dict[str, Any]] = {
        200: {
            "description": "The answer as a chat completion; with `stream` chunks of it as server-sent events",
            "content": {EVENTS: {"schema": {"type": "string"}, "example": _SHOWN}},
        }
    }

    @router.post("/v1/chat/completions", response_model=Completion, responses=streamed | problems)
    async def completions(request: Request, asked: Completions) -> Response:
        """Answer the last message, as the OpenAI API does.

        Footnotes stand as `[1]` in the text, their sources at its end, and both are in `message.citations`.
        """
        visitor = admission.admit(request, "ask", token=True)
        _known(asked.model)
        question, history = conversation(asked.messages)
        name, created = new_id(), int(time.time())
        events = desk.events(visitor, name, question, history)
        if not asked.stream:
            answer = await unless_gone(request, last(events))
            return JSONResponse(completion(answer, name, created, asked).model_dump())
        first = await unless_gone(request, anext(events))
        chunked = Chunked(name, created, asked)
        return Streamed(events, _sent(first, events, chunked, desk))

    @router.get("/v1/models", response_model=Models, responses=documented(401, 403, 429))
    async def models(request: Request) -> Models:
        """The one model there is."""
        admission.admit(request, "questions")
        return Models()

    @router.get("/v1/models/{name}", response_model=Model, responses=documented(401, 403, 404, 422, 429))
    async def model(request: Request, name: Annotated[str, Path(max_length=100)]) -> Model:
        """It, by its name."""
        admission.admit(request, "questions")
        _known(name)
        return Model()


def _known(name: str) -> None:
    if name != MODEL:
        raise Problem(404, f"there is one model here: {MODEL}")


async def _sent(
    first: Event, events: AsyncGenerator[Event, None], chunked: Chunked, desk: Desk
) -> AsyncIterator[bytes]:
    """The chunks of an answer, sentence by sentence."""
    yield chunked.line(delta(role="assistant", content=""))
    one: Event | None = first
    before: Claim | None = None
    try:
        while one is not None:
            if isinstance(one, Said):
                yield chunked.line(delta(content=joint(before, one.claim) + marked(one.claim)))
                before = one.claim
            elif isinstance(one, Finished):
                found = [source(citation).model_dump() for citation in one.answer.citations]
                yield chunked.line(delta(content=ending(one.answer), citations=found))
                yield chunked.line(delta(), finish="stop")
                if asked_for := chunked.usage(usage(chunked.asked, one.answer)):
                    yield asked_for
            one = await anext(events, None)
        yield b"data: [DONE]\n\n"
    except Problem as problem:
        desk.metrics.problem(problem.status)
        yield f"data: {json.dumps({'error': problem.as_openai})}\n\n".encode()
