"""Who may come in: origins, tokens, the key of programs, and how often."""

import hmac
from dataclasses import dataclass

from starlette.requests import Request

from bot.origins import OWN, is_own
from bot.settings import Settings
from bot.web.problems import Problem
from bot.web.rates import Kind, Rates, visitor_of
from bot.web.tokens import Tokens

PROGRAM = "api"  # the site of requests that no page makes
CHALLENGE = {"WWW-Authenticate": "Bearer"}


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who asks, as far as it is known."""

    address: str  # what rates and the line tell visitors apart by
    site: str  # origin of the page, OWN or PROGRAM


class Admission:
    """The door of the API. A Problem says who is not let in, and why."""

    def __init__(self, settings: Settings, tokens: Tokens, rates: Rates) -> None:
        self._settings = settings
        self._tokens = tokens
        self._rates = rates

    def admit(self, request: Request, kind: Kind, *, token: bool = False) -> Visitor:
        """The visitor; with `token`, one from another site must show one."""
        return self.count(request, kind, self._site(request, token=token))

    def admit_with_key(self, request: Request, kind: Kind) -> Visitor:
        """As `admit`; where there is a key only who shows it, whatever a page he claims to come from."""
        if not self._settings.api_key:
            return self.admit(request, kind)
        self._check_key(request)
        return self.count(request, kind, PROGRAM)

    def count(self, request: Request, kind: Kind, site: str) -> Visitor:
        """The visitor, when he has not been here too often."""
        visitor = Visitor(address_of(request, self._settings), site)
        wait = self._rates.wait(kind, visitor.address, visitor.site)
        if wait:
            raise Problem(429, f"too many requests; try again in {wait} s", {"Retry-After": str(wait)})
        return visitor

    def page_of(self, request: Request) -> str:
        """The site of the page a request comes from: OWN, or an origin, which must be an allowed one."""
        asked_from = request.headers.get("origin")
        if asked_from is None:
            if request.headers.get("sec-fetch-site") == "same-origin":  # browsers send no Origin with these
                # Behind a proxy that changes Host, only the Referer names the origin that will stand in the POST.
                page = "/".join(request.headers.get("referer", "").split("/", 3)[:3])
                return page if page in self._settings.origins else OWN
            raise Problem(403, "tokens are for pages in a browser; programs need none, see /docs")
        if is_own(asked_from, request.headers.get("host", "")):
            return OWN
        if asked_from in self._settings.origins:
            return asked_from
        raise Problem(403, "pages of this origin may not ask here; its address is missing in the setting origins")

    def _site(self, request: Request, *, token: bool) -> str:
        asked_from = request.headers.get("origin")
        if asked_from is None:
            if request.headers.get("sec-fetch-site") == "same-origin":
                return OWN
            self._check_key(request)
            return PROGRAM
        site = self.page_of(request)
        if token and site != OWN and not self._tokens.good(_bearer(request), site):
            raise Problem(401, "this needs a token of GET /api/token that has not expired", CHALLENGE)
        return site

    def _check_key(self, request: Request) -> None:
        key = self._settings.api_key
        if key and not hmac.compare_digest(_bearer(request).encode(), key.encode()):
            self.count(request, "key", PROGRAM)  # or one could guess as fast as the line carries
            raise Problem(401, "this needs the header Authorization: Bearer KEY, with the api_key", CHALLENGE)


def address_of(request: Request, settings: Settings) -> str:
    """The address by which the visitor who sent a request is told apart."""
    forwarded = request.headers.getlist("x-forwarded-for") if settings.behind_proxy else []
    peer = request.client.host if request.client else ""
    return visitor_of(forwarded[-1].rsplit(",", 1)[-1] if forwarded else peer)


def _bearer(request: Request) -> str:
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    return value.strip() if scheme.lower() == "bearer" else ""
