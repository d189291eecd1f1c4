"""POST /api/ask: a question in, an answer out, whole or sentence by sentence; and POST /api/feedback."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from typing import TYPE_CHECKING, Any

import anyio
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from bot.types import Answer, Event, Finished, Retrieved, Said
from bot.web.admission import Admission
from bot.web.desk import Desk, new_id
from bot.web.problems import Problem, documented
from bot.web.replies import event, reply, sentence, source
from bot.web.running import unless_gone
from bot.web.shapes import Ask, Found, Reply, Spoken, Vote

if TYPE_CHECKING:
    from fastapi import APIRouter

EVENTS = "text/event-stream"
STREAMED = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}  # proxies must pass each sentence on at once
_SHOWN = """event: retrieved
data: {"id": "9f86d081884c7d659a2feaa0c55ad015", "passages": 8}

event: said
data: {"sentence": {"text": "A foundation model is …", "footnotes": [1]}, "citations": [{"number": 1, "quote": "…"}]}

event: finished
data: {"id": "9f86d081884c7d659a2feaa0c55ad015", "lane": "generated", "sentences": [{"text": "…", "footnotes": [1]}], \
"citations": [{"number": 1, "quote": "…"}]}
"""


class Streamed(StreamingResponse):
    """Sends events as they come. Whatever ends it, the client's going away too, ends the answer's making."""

    def __init__(self, events: AsyncGenerator[Event, None], body: AsyncIterator[bytes]) -> None:
        super().__init__(body, 200, STREAMED, EVENTS)
        self._events = events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, as every response does."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            with anyio.CancelScope(shield=True):
                await self._events.aclose()


def add_ask(router: "APIRouter", desk: Desk, admission: Admission) -> None:
    """The routes."""
    problems = documented(400, 401, 403, 413, 422, 429, 500, 503)
    whole_or_streamed: dict[int | str, dict[str, Any]] = {
        200: {
            "description": "The answer; with `Accept: text/event-stream` the events `retrieved`, `said` for each "
            "sentence, and `finished` with the answer, or `error` with a problem in place of those to come",
            "content": {EVENTS: {"schema": {"type": "string"}, "example": _SHOWN}},
        }
    }

    @router.post("/api/ask", response_model=Reply, responses=whole_or_streamed | problems)
    async def ask(request: Request, asked: Ask) -> Response:
        """Ask a question. Every sentence of the answer carries footnotes to the exact words it rests on."""
        visitor = admission.admit(request, "ask", token=True)
        name = new_id()
        events = desk.events(visitor, name, asked.question, [one.turn for one in asked.history])
        if EVENTS in request.headers.get("accept", ""):
            first = await unless_gone(request, anext(events))  # until then a refusal has its own status
            return Streamed(events, _sent(first, events, name, desk))
        answer = await unless_gone(request, last(events))
        return JSONResponse(reply(answer, name).model_dump(), headers={"Cache-Control": "no-store"})

    @router.post("/api/feedback", status_code=204, responses=documented(400, 401, 403, 404, 413, 422, 429))
    async def feedback(request: Request, voted: Vote) -> Response:
        """Say whether an answer of the last hours was good."""
        admission.admit(request, "feedback", token=True)
        if voted.id not in desk.remembered:
            raise Problem(404, "no answer with this id was given in the last hours")
        desk.metrics.votes.labels(str(voted.vote)).inc()
        await run_in_threadpool(desk.records.vote, voted.id, voted.vote)
        return Response(status_code=204)


async def last(events: AsyncGenerator[Event, None]) -> Answer:
    """The whole answer."""
    async with aclosing(events):
        async for one in events:
            if isinstance(one, Finished):
                return one.answer
    raise AssertionError("a stream ends with Finished")


async def _sent(first: Event, events: AsyncGenerator[Event, None], name: str, desk: Desk) -> AsyncIterator[bytes]:
    """The events as they are sent."""
    cited: set[int] = set()
    one: Event | None = first
    try:
        while one is not None:
            yield _written(one, name, cited)
            one = await anext(events, None)
    except Problem as problem:
        desk.metrics.problem(problem.status)
        yield event("error", problem.details)


def _written(one: Event, name: str, cited: set[int]) -> bytes:
    """One event; `cited` are the citations sent so far."""
    if isinstance(one, Retrieved):
        return event("retrieved", Found(id=name, passages=len(one.hits)))
    if isinstance(one, Said):
        new = [citation for citation in one.claim.citations if citation.number not in cited]
        cited.update(citation.number for citation in new)
        return event("said", Spoken(sentence=sentence(one.claim), citations=[source(each) for each in new]))
    return event("finished", reply(one.answer, name))
