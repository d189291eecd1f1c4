"""Errors as problem details (RFC 9457): one shape for whatever goes wrong under /api and /v1."""

import logging
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match

from bot.web.running import Gone

if TYPE_CHECKING:
    from fastapi import APIRouter, FastAPI
    from fastapi.exceptions import RequestValidationError

log = logging.getLogger(__name__)

PREFIXES = ("/api/", "/v1/")
PROBES = ("/api/health", "/api/health/ready", "/api/metrics")  # what machines that watch the server read
MEDIA_TYPE = "application/problem+json"
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"]
MOST_MISTAKES = 5  # of one request that are named
CLIENT_GONE = 499  # what servers write into their logs then
BUSY = "too many questions are waiting; try again in {seconds} s"
TROUBLE = "Something went wrong while answering. It has been written to the log; please try again."


class ProblemDetails(BaseModel):
    """What went wrong, for programs and people (RFC 9457)."""

    type: str = Field("about:blank", description="always about:blank: status and title say which kind it is")
    title: str = Field(examples=["Too Many Requests"])
    status: int = Field(examples=[429])
    detail: str = Field(examples=["too many requests; try again in 12 s"])


class Problem(Exception):
    """Ends a request with this answer."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})

    @property
    def details(self) -> ProblemDetails:
        """As it is sent."""
        title = HTTPStatus(self.status).phrase
        return ProblemDetails(type="about:blank", title=title, status=self.status, detail=self.detail)

    @property
    def as_openai(self) -> dict[str, Any]:
        """As clients of the OpenAI API expect it."""
        return {"message": self.detail, "type": self.details.title, "param": None, "code": None}


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Problems a route may answer with, for the OpenAPI document."""
    content = {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}}
    headers = {"Retry-After": {"description": "seconds to wait", "schema": {"type": "integer"}}}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": content}
        | ({"headers": headers} if status in (429, 503) else {})
        for status in statuses
    }


def answer(problem: Problem, request: Request) -> Response:
    """The response; under /v1 it also carries the error as clients of the OpenAI API expect it."""
    body: dict[str, Any] = problem.details.model_dump()
    if request.url.path.startswith("/v1/"):
        body["error"] = problem.as_openai
    return JSONResponse(body, problem.status, problem.headers, MEDIA_TYPE)


def add_problems(app: "FastAPI", count: Callable[[int], None]) -> None:
    """Make every error under /api and /v1 a problem, and count it; other pages keep FastAPI's answers."""
    from fastapi import exception_handlers as usual
    from fastapi.exceptions import RequestValidationError

    async def problem(request: Request, error: Problem) -> Response:
        count(error.status)
        return answer(error, request)

    async def refused(request: Request, error: HTTPException) -> Response:
        if not request.url.path.startswith(PREFIXES):
            return await usual.http_exception_handler(request, error)
        return await problem(request, Problem(error.status_code, str(error.detail), error.headers))

    async def invalid(request: Request, error: "RequestValidationError") -> Response:
        if not request.url.path.startswith(PREFIXES):
            return await usual.request_validation_exception_handler(request, error)
        return await problem(request, Problem(422, mistakes(error.errors())))

    async def gone(request: Request, error: Gone) -> Response:
        return Response(status_code=CLIENT_GONE)  # nobody is there to read it

    handlers = ((Problem, problem), (HTTPException, refused), (RequestValidationError, invalid), (Gone, gone))
    for kind, handler in handlers:
        app.add_exception_handler(kind, handler)  # type: ignore[arg-type]


def add_nowhere(app: "FastAPI", router: "APIRouter") -> None:
    """Answer what no route of the API does; comes after all of them."""

    async def nowhere(request: Request) -> Response:
        partial = [one for one in router.routes if one.matches(request.scope)[0] is Match.PARTIAL]
        allowed = sorted({method for one in partial for method in getattr(one, "methods", None) or ()})
        if allowed:
            raise Problem(405, f"only {' and '.join(allowed)} can be used here", {"Allow": ", ".join(allowed)})
        raise Problem(404, "there is nothing at this address; /docs lists what there is")

    for prefix in PREFIXES:
        app.add_route(prefix + "{rest:path}", nowhere, methods=METHODS, include_in_schema=False)


def mistakes(errors: Any) -> str:  # noqa: ANN401 - as pydantic reports them
    """What is wrong with a request, in one line; never what was sent, which may hold anything."""
    told = [
        f"{'.'.join(str(step) for step in one['loc'][1:]) or one['loc'][0]}: {one['msg']}"
        for one in errors[:MOST_MISTAKES]
    ]
    return "; ".join(told).encode("utf-8", "replace").decode("utf-8")
