"""The OpenAPI document, what it promises put to the test by schemathesis, and the page made of it."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bot.web.material import client, served

# Wrong requests are refused with any 4xx: one that is too long besides is told so first.
REFUSED = '[checks.negative_data_rejection]\nexpected-statuses = ["4xx"]\n'
# Every kind of check but one: a question of blanks is as the schema says and still no question.
CHECKS = ["--exclude-checks", "positive_data_acceptance"]


@pytest.mark.parametrize("known", [[], ["--include-path", "/api/articles/{name}"]], ids=["every route", "an article"])
def test_whatever_is_sent_no_answer_is_a_failure_and_none_unspecified(tmp_path: Path, known: list[str]) -> None:
    """Examples, the edges of each field, and requests by chance, right and wrong ones, against a real server."""
    named = '[parameters]\nname = "models.md"\n' if known else ""
    (tmp_path / "schemathesis.toml").write_text(named + REFUSED)
    options = [*CHECKS, *known, "--max-examples", "15", "--no-color", "--generation-deterministic"]
    with served(tmp_path / "data") as address:
        own_page = ["--header", f"Origin:{address}"]
        run = subprocess.run(
            [str(Path(sys.executable).parent / "schemathesis"), "run", f"{address}/openapi.json", *own_page, *options],
            cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip
    assert run.returncode == 0, run.stdout[-4000:] + run.stderr[-2000:]
    assert f"Tested: {1 if known else 11}" in run.stdout


def test_the_document_has_the_api_alone(tmp_path: Path) -> None:
    with client(tmp_path) as http:
        paths = http.get("/openapi.json").json()["paths"]
    assert sorted(paths) == [
        "/api/articles/{name}",
        "/api/ask",
        "/api/feedback",
        "/api/health",
        "/api/health/ready",
        "/api/metrics",
        "/api/questions",
        "/api/token",
        "/v1/chat/completions",
        "/v1/models",
        "/v1/models/{name}",
    ]


def test_every_route_tells_that_it_is_asked_by_a_name_of_its_own_but_the_probes(tmp_path: Path) -> None:
    with client(tmp_path) as http:
        paths = http.get("/openapi.json").json()["paths"]
    free = [path for path, methods in paths.items() for told in methods.values() if "421" not in told["responses"]]
    assert free == ["/api/health", "/api/health/ready", "/api/metrics"]


def test_the_streams_example_is_as_the_stream(tmp_path: Path) -> None:
    with client(tmp_path) as http:
        document = http.get("/openapi.json").json()
        sent = http.post("/api/ask", json={"question": "Is CLIP an LLM?"}, headers={"Accept": "text/event-stream"})
    shown = document["paths"]["/api/ask"]["post"]["responses"]["200"]["content"]["text/event-stream"]["example"]
    example, real = (
        {name: json.loads(data) for name, data in re.findall(r"event: (\w+)\r?\ndata: (.*)", text)}
        for text in (shown, sent.text)
    )
    assert list(example) == list(real)
    for name in example:
        assert shape(example[name], real[name]), name


def shape(shown: object, real: object) -> bool:
    """Whether what is shown is part of the real thing, in names and kinds."""
    if isinstance(shown, dict) and isinstance(real, dict):
        return all(name in real and shape(value, real[name]) for name, value in shown.items())
    if isinstance(shown, list) and isinstance(real, list):
        return all(shape(one, other) for one in shown for other in real)
    return type(shown) is type(real)


def test_the_problem_shown_is_one_that_is_told(tmp_path: Path) -> None:
    with client(tmp_path, visitor_rate="1/minute") as http:
        details = http.get("/openapi.json").json()["components"]["schemas"]["ProblemDetails"]["properties"]
        told = [http.post("/api/ask", json={"question": "Is CLIP an LLM?"}).json() for _ in range(2)][1]
    (example,) = details["detail"]["examples"]
    assert re.sub(r"\d+", "n", told["detail"]) == re.sub(r"\d+", "n", example)


def test_the_page_tells_every_route_and_loads_nothing(tmp_path: Path) -> None:
    with client(tmp_path) as http:
        page = http.get("/docs")
        paths = http.get("/openapi.json").json()["paths"]
    for path in paths:
        assert path in page.text
    assert "What is a foundation model?" in page.text  # an example
    assert "event: said" in page.text
    assert "<script" not in page.text
    assert "src=" not in page.text
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
