"""A script that Gradio's pages have before Gradio begins; the `head` one can give it comes when it has begun."""

from collections.abc import Collection
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

SCRIPT = (Path(__file__).parent / "leaving.js").read_text(encoding="utf-8")
HEAD = b"<head>"


class Early:
    """Puts SCRIPT at the head of the pages at these paths."""

    def __init__(self, app: ASGIApp, paths: Collection[str]) -> None:
        self.app = app
        self._paths = frozenset(paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        begun: list[Message] = []  # the answer's first message, held back: it tells the length of the next

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                begun.append(message)
                return
            if begun:
                page = message.get("body", b"")
                whole = page.replace(HEAD, HEAD + f"<script>{SCRIPT}</script>".encode(), 1)
                headers = MutableHeaders(scope=begun[0])
                if "Content-Length" in headers:
                    headers["Content-Length"] = str(int(headers["Content-Length"]) + len(whole) - len(page))
                await send(begun.pop())
                message = {**message, "body": whole}
            await send(message)

        gradio = scope["type"] == "http" and scope["path"] in self._paths
        await self.app(scope, receive, told if gradio else send)
