"""The operator's page: how much is asked and answered, what is not covered, which answers were disliked."""

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol

from starlette.requests import Request
from starlette.responses import Response

from bot.chat import texts
from bot.cite import address
from bot.markup.colours import sheet
from bot.markup.escape import link
from bot.records.drafts import OTHERS, as_stub, place
from bot.records.gaps import Gap, Gaps
from bot.records.kept import Day, Records
from bot.settings import Settings
from bot.web.password import Password
from bot.web.templates import template
from index.search import Index
from index.types import Chunk

if TYPE_CHECKING:
    from fastapi import FastAPI
    from markupsafe import Markup

PATH = "/operator"
SPANS = (7, 30, 90, 365)  # days one may look back, as far as records are kept
LONGEST_SPAN = 3650  # days
MOST_DISLIKED = 100  # shown
MOST_BARS = 92  # days: a quarter; more would be thinner than three pixels on a phone
LANES = texts.LANES | {"declined": texts.DECLINED}
_HERE = Path(__file__).parent


class Indexed(Protocol):
    """What the page needs of the bot."""

    @property
    def index(self) -> Index:
        """The index answered from."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One day of the chart; heights are shares of the day with most questions."""

    day: Day
    x: int  # its place from the left
    answered: float  # 0..1
    declined: float


class OperatorPage:
    """The page as HTML, with the policy under which it is shown: text, and one style sheet known by its hash."""

    def __init__(self, index: Index, settings: Settings, records: Records) -> None:
        self._index = index
        self._settings = settings
        self._records = records
        self._gaps = Gaps(index)
        self._style = sheet(_HERE / "operator.css", settings.colour)
        self._template = template(_HERE, "operator.html.j2")

    @property
    def policy(self) -> str:
        """Nothing is run, nothing but our icon is loaded, nothing sent, and no page may frame this one."""
        digest = b64encode(sha256(self._style.encode()).digest()).decode()
        own = f"style-src 'sha256-{digest}'; img-src 'self'"
        return f"default-src 'none'; {own}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    def html(self, days: int) -> str:
        """The page on the last days."""
        from markupsafe import Markup

        readable = self._records.tidy() or not self._settings.keep
        asked = self._records.by_day(days)
        answered, declined = sum(day.answered for day in asked), sum(day.declined for day in asked)
        return self._template.render(
            settings=self._settings, style=Markup(self._style), days=days, spans=self._spans(days), readable=readable,
            answered=answered, declined=declined, asked=answered + declined, table=asked[::-1],
            bars=bars(asked, min(days, MOST_BARS), datetime.now(UTC).date()), gaps=self.gaps(days), others=OTHERS,
            disliked=self._records.disliked(days, MOST_DISLIKED), place=place, href=self._address, path=PATH,
            lanes=LANES, most=max((day.answered + day.declined for day in asked), default=0),
        )  # fmt: skip

    def gaps(self, days: int) -> tuple[Gap, ...]:
        """What was not covered in the last days."""
        return self._gaps.find(self._records.uncovered(days))

    def _spans(self, days: int) -> list[int]:
        kept = self._settings.kept_days
        return sorted({days, kept, *(span for span in SPANS if span < kept)})

    def _address(self, chunk: Chunk) -> "Markup":
        """Where a passage can be read; empty when there is no address one may follow."""
        from markupsafe import Markup

        return Markup(link(address(self._index.articles[chunk.article_id], chunk.anchor)))


def add_operator(app: "FastAPI", bot: Indexed, settings: Settings, records: Records) -> None:
    """The page and its download, when a password is set; SettingsError for one that could be guessed."""
    if not settings.operator_password:
        return
    from fastapi import Query

    password, page = Password(settings), OperatorPage(bot.index, settings, records)
    span = Annotated[int, Query(ge=1, le=LONGEST_SPAN)]
    # Nobody but who knows the password: no cache, no other page, no guess at what the text might be.
    headers = {
        "Content-Security-Policy": page.policy, "Cache-Control": "no-store", "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff", "Cross-Origin-Resource-Policy": "same-origin",
    }  # fmt: skip

    @app.get(PATH, include_in_schema=False)
    def operator(request: Request, days: span = settings.kept_days) -> Response:
        return password.refusal(request) or Response(page.html(days), 200, headers, "text/html")

    @app.get(f"{PATH}/faq-draft.md", include_in_schema=False)
    def draft(request: Request, days: span = settings.kept_days) -> Response:
        saved = {"Content-Disposition": 'attachment; filename="faq-draft.md"'}
        return password.refusal(request) or Response(as_stub(page.gaps(days)), 200, headers | saved, "text/markdown")


def bars(days: Sequence[Day], span: int, today: date) -> tuple[Bar, ...]:
    """A bar for each of the last `span` days, today's the last, those without questions too."""
    known = {day.date: day for day in days}
    dates = [(today - timedelta(days=back)).isoformat() for back in reversed(range(span))]
    shown = [known.get(each, Day(each, 0, 0)) for each in dates]
    most = max((day.answered + day.declined for day in shown), default=0) or 1
    return tuple(Bar(day, at, day.answered / most, day.declined / most) for at, day in enumerate(shown))
