"""Tokens a page gets instead of a key: good for one origin and a few minutes."""

import secrets
from typing import TYPE_CHECKING

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import Request
from starlette.responses import Response

from bot.web.problems import documented
from bot.web.shapes import Token

if TYPE_CHECKING:
    from fastapi import APIRouter

    from bot.web.admission import Admission

LIFETIME = 600  # seconds
_LONGEST = 1000  # characters; ours have some hundred


class Tokens:
    """Makes and checks them with a secret made at the start: a restart ends them all, and pages ask for new ones."""

    def __init__(self) -> None:
        self._signer = URLSafeTimedSerializer(secrets.token_bytes(32), salt="origin")

    def make(self, origin: str) -> str:
        """A token for pages of this origin."""
        token = self._signer.dumps(origin)
        return token if isinstance(token, str) else token.decode("ascii")

    def good(self, token: str, origin: str) -> bool:
        """Whether we made it for this origin, not long ago."""
        if len(token) > _LONGEST:
            return False
        try:
            return bool(self._signer.loads(token, max_age=LIFETIME) == origin)
        except BadSignature:
            return False


def add_tokens(router: "APIRouter", admission: "Admission", tokens: Tokens) -> None:
    """The route."""

    @router.get("/api/token", response_model=Token, responses=documented(403, 429))
    async def token(request: Request, answer: Response) -> Token:
        """A token for the page that asks; pages of other sites send it as `Authorization: Bearer TOKEN`."""
        page = admission.page_of(request)
        admission.count(request, "token", page)
        answer.headers["Cache-Control"] = "no-store"
        return Token(token=tokens.make(page), expires_in=LIFETIME)
