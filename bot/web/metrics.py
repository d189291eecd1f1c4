"""Figures for Prometheus, and whether the server is well."""

import time
from collections.abc import AsyncIterable, AsyncIterator
from typing import TYPE_CHECKING, Any

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from starlette.requests import Request
from starlette.responses import Response

from bot.types import Event, Finished, Said
from bot.web.line import Line
from bot.web.problems import BUSY, Problem, answer, documented
from bot.web.shapes import Health

if TYPE_CHECKING:
    from fastapi import APIRouter

    from bot.web.admission import Admission

SECONDS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60)  # an answer takes .1 to 2 on two cores, a full line 30


class Metrics:
    """Counted since the start; the names of no visitor and the words of no question are in them."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        own: dict[str, Any] = {"registry": self._registry}
        self.answers = Counter("footnote_answers", "Questions answered or declined", ["lane"], **own)
        self.stopped = Counter("footnote_stopped", "Answers stopped because whoever asked went away", **own)
        self._problems = Counter("footnote_problems", "Requests answered with a problem", ["status"], **own)
        self.votes = Counter("footnote_votes", "Votes on answers", ["vote"], **own)
        timed: dict[str, Any] = {"buckets": SECONDS, **own}
        self.waited = Histogram("footnote_waited_seconds", "Time in line", **timed)
        self.first = Histogram("footnote_first_sentence_seconds", "From asking to the first sentence", **timed)
        self.whole = Histogram("footnote_answer_seconds", "From asking to the whole answer", **timed)
        Gauge("footnote_answering", "Questions being answered", **own).set_function(lambda: line.busy)
        Gauge("footnote_waiting", "Questions in line", **own).set_function(lambda: line.waiting)

    def problem(self, status: int) -> None:
        """Count an answer that is a problem."""
        self._problems.labels(str(status)).inc()

    async def timed(self, events: AsyncIterable[Event], began: float) -> AsyncIterator[Event]:
        """The same events; how long after the monotonic time `began` they come is counted."""
        silent = True
        async for event in events:
            seconds = time.monotonic() - began
            if isinstance(event, Said) and silent:
                self.first.observe(seconds)
                silent = False
            if isinstance(event, Finished):
                self.answers.labels(event.answer.lane).inc()
                self.whole.observe(seconds)
            yield event

    @property
    def text(self) -> bytes:
        """As Prometheus reads it."""
        return generate_latest(self._registry)

    @property
    def patience(self) -> int:
        """Seconds after which a question refused now may find a place."""
        return self._line.patience

    @property
    def health(self) -> Health:
        """Whether a question could be taken."""
        return Health(ready=not self._line.full, answering=self._line.busy, waiting=self._line.waiting)


def add_metrics(router: "APIRouter", metrics: Metrics, admission: "Admission") -> None:
    """The routes."""
    shown: dict[int | str, dict[str, Any]] = {
        200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "Figures"}
    }

    @router.head("/api/health", include_in_schema=False)  # what many monitors ask with
    @router.get("/api/health", response_model=Health)
    async def health() -> Health:
        """Whether the server lives, 200 as long as it does, and whether it could take a question."""
        return metrics.health

    @router.head("/api/health/ready", response_model=None, include_in_schema=False)
    @router.get("/api/health/ready", response_model=Health, responses=documented(503))
    async def ready(request: Request) -> Health | Response:
        """Whether the server could take a question, by status too: 503 while the line is full."""
        if metrics.health.ready:
            return metrics.health
        seconds = metrics.patience
        # Not raised: that would count it, and nobody was refused an answer.
        return answer(Problem(503, BUSY.format(seconds=seconds), {"Retry-After": str(seconds)}), request)

    @router.get("/api/metrics", response_class=Response, responses={**shown, **documented(401, 403, 429)})
    async def figures(request: Request) -> Response:
        """Figures for Prometheus; with an `api_key` they need it, asked for by our own pages too."""
        admission.admit_with_key(request, "metrics")
        return Response(metrics.text, media_type=CONTENT_TYPE_LATEST)
