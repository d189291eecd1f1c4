"""What may be read beside answers: questions worth asking, and the articles the footnotes point into."""

from typing import TYPE_CHECKING, Annotated

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from bot.markup.article import surroundings
from bot.web.admission import Admission
from bot.web.desk import Desk
from bot.web.line import Full, Line
from bot.web.problems import BUSY, Problem, documented
from bot.web.replies import suggested
from bot.web.running import unless_gone
from bot.web.shapes import MOST_QUESTIONS, Part, Passage, Questions, safe
from corpus.errors import QuestionError
from corpus.types import Article

if TYPE_CHECKING:
    from fastapi import APIRouter

LONGEST_NEAR = 2000  # characters: an address that holds more is refused before it gets here
MOST_TEXT = 200_000  # characters of an article sent at once; a longer one comes in parts, by start and end
FARTHEST = 2**53 - 1  # the largest number every JSON reader knows
DEFAULT_COUNT = 4
NEAR_WAITING = 64  # nearest questions looked up one by one, some 10 ms each; more than these wait for nobody
_KEPT = {"Cache-Control": "private, max-age=60"}


def add_reading(router: "APIRouter", desk: Desk, admission: Admission) -> None:
    """The routes."""
    _add_questions(router, desk, admission)
    _add_articles(router, desk, admission)


def _add_questions(router: "APIRouter", desk: Desk, admission: Admission) -> None:
    from fastapi import Query

    near_line = Line(1, NEAR_WAITING)

    @router.get("/api/questions", response_model=Questions, responses=documented(401, 403, 422, 429, 500, 503))
    async def questions(
        request: Request,
        near: Annotated[str, Query(max_length=LONGEST_NEAR, description="a question; empty: ones to start with")] = "",
        count: Annotated[int, Query(ge=1, le=MOST_QUESTIONS)] = DEFAULT_COUNT,
    ) -> Questions:
        """Questions the articles' own FAQ answers: some to start with, or those nearest to `near`."""
        visitor = admission.admit(request, "questions")
        if not near.strip():
            return Questions(questions=[suggested(one) for one in desk.bot.starters(count)])

        async def nearest() -> Questions:
            async with near_line.turn(visitor.address):
                found = await run_in_threadpool(desk.bot.nearest, near, count)
            return Questions(questions=[suggested(one) for one in found])

        try:
            return await unless_gone(request, nearest())
        except QuestionError as error:
            raise Problem(422, str(error)) from None
        except Full:
            seconds = near_line.patience
            raise Problem(503, BUSY.format(seconds=seconds), {"Retry-After": str(seconds)}) from None


def _add_articles(router: "APIRouter", desk: Desk, admission: Admission) -> None:
    from fastapi import Path, Query

    @router.get("/api/articles/{name:path}", response_model=Passage, responses=documented(401, 403, 404, 422, 429))
    async def article(
        request: Request,
        name: Annotated[str, Path(max_length=1000, description="id of the article")],
        start: Annotated[int | None, Query(ge=0, le=FARTHEST, description="where a quote begins")] = None,
        end: Annotated[int | None, Query(ge=0, le=FARTHEST, description="where it ends")] = None,
    ) -> Response:
        """An article's text; with `start` and `end` only the surroundings of that quote."""
        admission.admit(request, "articles")
        found = desk.bot.articles.get(name)
        if found is None:
            raise Problem(404, "there is no article with this id")
        if (start is None) != (end is None):
            raise Problem(422, "start and end go together")
        if start is not None and end is not None:
            if not start <= end <= len(found.text):
                raise Problem(422, f"start and end must be in order and within the {len(found.text):,} characters")
            start, end = surroundings(found.text, start, min(end, start + MOST_TEXT))
        # An article may have 50 MB: the loop does not wait for it to be written.
        body = await run_in_threadpool(_written, found, start or 0, end if end is not None else len(found.text))
        return Response(body, 200, _KEPT, "application/json")


def _written(article: Article, start: int, end: int) -> str:
    text = article.text[start : min(end, start + MOST_TEXT)]
    touched = [one for one in article.sections if one.start < start + len(text) and one.end > start]
    parts = [Part(headings=list(one.heading_path), anchor=one.anchor, start=one.start, end=one.end) for one in touched]
    return Passage(
        id=article.id,
        title=article.title,
        url=safe(article.url),
        updated=article.updated,
        text=text,
        begins=start,
        length=len(article.text),
        sections=parts,
    ).model_dump_json()
