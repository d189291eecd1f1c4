"""The files of finished evaluations, and nothing else, over HTTP."""

from pathlib import Path
from typing import TYPE_CHECKING

from bot.chat import texts
from bot.chat.standing import EXAMPLE, FILES_PREFIX
from bot.evaluate.run import PAGE
from bot.evaluate.shelf import Shelf

if TYPE_CHECKING:
    from fastapi import FastAPI

# The report holds other people's words: it runs its own script as a stranger to this server, and loads nothing.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; "
    "sandbox allow-scripts allow-popups"
)
HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
TYPES = {
    ".html": "text/html", ".csv": "text/csv", ".json": "application/json", ".jsonl": "application/x-ndjson",
    ".xml": "application/xml", ".zip": "application/zip",
}  # fmt: skip


def add_downloads(app: "FastAPI", shelf: Shelf, example: str) -> None:
    """The routes; `example` is the text of a file of questions."""
    from fastapi import Response
    from fastapi.responses import FileResponse, RedirectResponse

    from bot.chat.evaluation import PATH

    @app.get(PATH)
    def with_slash() -> RedirectResponse:
        return RedirectResponse(f"{PATH}/")

    @app.get(EXAMPLE)
    def example_file() -> Response:
        attached = {"Content-Disposition": f'attachment; filename="{Path(EXAMPLE).name}"'}
        return Response(example, 200, HEADERS | attached, TYPES[".csv"])

    @app.get(FILES_PREFIX + "{run_id}/{name}")
    def finished_file(run_id: str, name: str) -> Response:
        path = shelf.file(run_id, name)
        if path is None:
            return Response(texts.NO_EVALUATION, 404, HEADERS, "text/plain")
        kind = TYPES[path.suffix]
        if name == PAGE:
            return FileResponse(path, 200, HEADERS | {"Content-Security-Policy": POLICY}, kind)
        return FileResponse(path, 200, HEADERS, kind, filename=name)
