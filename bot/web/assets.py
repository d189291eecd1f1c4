"""What the server hands out as it stands: the widget's script, joined of its parts once, and small files."""

import gzip
import hashlib
import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from bot.settings import Settings

if TYPE_CHECKING:
    from fastapi import Request, Response

STATIC = Path(__file__).parent / "static"
# In the order the browser reads them: each uses what stands before it.
PARTS = (
    "dom", "colour", "server", "page", "said", "exchange", "passage", "panel", "fold", "questions", "conversation",
    "element", "start",
)  # fmt: skip
FRESH = 300  # seconds a browser uses a file without asking: a new version reaches every page in five minutes
STALE = 86_400  # seconds it may still show the old one while it fetches the new


@dataclass(frozen=True)
class Asset:
    """Bytes with their type, and what a browser needs to keep them."""

    body: bytes
    media_type: str
    headers: tuple[tuple[str, str], ...] = ()

    @cached_property
    def tag(self) -> str:
        """Equal bytes have equal tags."""
        return f'W/"{hashlib.sha256(self.body).hexdigest()[:24]}"'

    @cached_property
    def packed(self) -> bytes:
        """The bytes as gzip, the same on every run."""
        return gzip.compress(self.body, 9, mtime=0)

    def response(self, request: "Request", fresh: int = FRESH) -> "Response":
        """200 or 304, packed where the client takes it."""
        from fastapi import Response

        headers = dict(self.headers) | {
            "ETag": self.tag,
            "Cache-Control": f"public, max-age={fresh}, stale-while-revalidate={STALE}" if fresh else "no-cache",
            "Vary": "Accept-Encoding",
            "X-Content-Type-Options": "nosniff",
        }
        if self.tag in request.headers.get("If-None-Match", ""):
            return Response(status_code=304, headers=headers)
        if takes_gzip(request.headers.get("Accept-Encoding", "")):
            return Response(self.packed, 200, headers | {"Content-Encoding": "gzip"}, self.media_type)
        return Response(self.body, 200, headers, self.media_type)


def takes_gzip(accepted: str) -> bool:
    """Whether an Accept-Encoding header names gzip and does not refuse it."""
    for entry in accepted.lower().split(","):
        name, _, quality = entry.partition(";")
        if name.strip() in ("gzip", "*"):
            return quality.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False


def languages() -> tuple[str, ...]:
    """Of the interface texts: one file of static/texts/ each."""
    return tuple(sorted(path.stem for path in (STATIC / "texts").glob("*.json")))


def widget_script(settings: Settings) -> Asset:
    """The widget as one script: its parts in order, with style sheet, English texts and the site's defaults."""
    folder = STATIC / "widget"
    config = {
        "colour": settings.colour,
        "contact": settings.contact,
        "keep": settings.keep,
        "longest": settings.max_question_chars,
        "starters": settings.starters,
    }
    given = {
        "CONFIG": config,
        "LANGUAGES": languages(),
        "TEXTS": json.loads((STATIC / "texts" / "en.json").read_text("utf-8")),
        "CSS_TEXT": without_comments_of_css((folder / "widget.css").read_text("utf-8")),
    }
    constants = [f"const {name} = {json.dumps(value, ensure_ascii=False)};" for name, value in given.items()]
    parts = [without_comments((folder / f"{name}.js").read_text("utf-8")) for name in PARTS]
    whole = "\n".join(["(() => {", '"use strict";', *constants, *parts, "})();", ""])
    # A page that isolates itself (Cross-Origin-Embedder-Policy) may load it; no page may read it.
    return Asset(whole.encode(), "text/javascript", (("Cross-Origin-Resource-Policy", "cross-origin"),))


def without_comments(script: str) -> str:
    """A script of ours without indentation and comments; ours has no text over several lines and none with " // "."""
    lines = (re.sub(r"(^|\s+)// .*$", "", line).strip() for line in script.split("\n"))
    return "\n".join(filter(None, lines))


def without_comments_of_css(sheet: str) -> str:
    """A style sheet of ours on one line; a space before ":" is kept, it joins selectors."""
    return re.sub(
        r"\s*([{};,])\s*", r"\1", re.sub(r"\s+", " ", re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL))
    ).strip()
