"""Tokens a page gets instead of a key: good for one origin and a few minutes."""

import secrets

from itsdangerous import BadSignature, URLSafeTimedSerializer

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
