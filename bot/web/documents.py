"""The API's description: /openapi.json for programs, /docs for people, with nothing loaded from elsewhere."""

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.responses import HTMLResponse, JSONResponse, Response

from bot.web.problems import PREFIXES, PROBES, ProblemDetails, documented
from bot.web.templates import environment

if TYPE_CHECKING:
    from fastapi import APIRouter, FastAPI
    from markupsafe import Markup

VERSION = "1.0"
ABOUT = (
    "Questions about a folder of articles, answered with footnotes to the exact words. Pages of other sites must be "
    "named in the setting `origins` and send a token of `GET /api/token`; programs send the `api_key` where one is set."
)
# Text and its style, nothing else.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_CODE = re.compile(r"`([^`]+)`")
METHODS = ("get", "post")


def add_documents(app: "FastAPI", router: "APIRouter") -> None:
    """Both pages, made once; comes after the routes they describe."""
    document = described(router)
    page = _page(document)

    async def openapi(_: object) -> Response:
        return JSONResponse(document)

    async def docs(_: object) -> Response:
        return HTMLResponse(page, headers={"Content-Security-Policy": POLICY})

    app.add_route("/openapi.json", openapi, include_in_schema=False)
    app.add_route("/docs", docs, include_in_schema=False)


def described(router: "APIRouter") -> dict[str, Any]:
    """The OpenAPI document of the routes under /api and /v1."""
    from fastapi.openapi.utils import get_openapi

    routes = [route for route in router.routes if getattr(route, "path", "").startswith(PREFIXES)]
    document = get_openapi(title="Footnote", version=VERSION, description=ABOUT, routes=routes)
    components = document.setdefault("components", {})
    components["schemas"]["ProblemDetails"] = ProblemDetails.model_json_schema()
    scheme = {"type": "http", "scheme": "bearer", "description": "a token of /api/token, or the api_key"}
    components["securitySchemes"] = {"bearer": scheme}
    for path, methods in document["paths"].items():
        for operation in methods.values():
            if path not in ("/api/token", "/api/health", "/api/health/ready"):
                operation["security"] = [{}, {"bearer": []}]  # needed or not, by who asks and the settings
            if path not in PROBES:
                operation["responses"] |= {str(status): told for status, told in documented(421).items()}
    return document


def _page(document: dict[str, Any]) -> str:
    templates = environment(Path(__file__).parent)
    templates.filters["coded"] = _coded
    routes = [
        {"parameters": [], "description": "", **operation, "method": method.upper(), "path": path}
        | {"example": _example(operation, document)}
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    ]
    return templates.get_template("documents.html.j2").render(info=document["info"], routes=routes)


def _coded(text: str) -> "Markup":
    """Text as HTML; what stands between `backticks` is code."""
    from markupsafe import Markup, escape

    return Markup(_CODE.sub(r"<code>\1</code>", str(escape(text))))


def _example(operation: dict[str, Any], document: dict[str, Any]) -> dict[str, str]:
    """A request's and an answer's body, as JSON; empty where there is none."""
    sent = operation.get("requestBody", {}).get("content", {})
    got = operation["responses"].get("200", {}).get("content", {})
    return {name: _written(of.get("application/json"), document) for name, of in (("sent", sent), ("got", got))}


def _written(media: dict[str, Any] | None, document: dict[str, Any]) -> str:
    if media is None or "schema" not in media:
        return ""
    return json.dumps(_sample(media["schema"], document), indent=2, ensure_ascii=False)


def _sample(schema: dict[str, Any], document: dict[str, Any]) -> Any:  # noqa: ANN401 - any JSON value
    """A value of this schema, made of its examples."""
    if "$ref" in schema:
        return _sample(document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]], document)
    for name in ("examples", "enum"):
        if name in schema:
            return schema[name][0]
    for name in ("const", "default"):
        if name in schema:
            return schema[name]
    if "anyOf" in schema:
        return _sample(schema["anyOf"][0], document)
    kind = schema.get("type")
    if kind == "object":
        return {key: _sample(value, document) for key, value in schema.get("properties", {}).items()}
    if kind == "array":
        return [_sample(schema["items"], document)]
    return {"string": "", "integer": 0, "number": 0, "boolean": True}.get(str(kind))
