"""Who may ask: origins, tokens, the key of programs, rates, and what other sites may read."""

import asyncio
import time
from dataclasses import replace
from pathlib import Path

import pytest
from httpx import ASGITransport, AsyncClient
from itsdangerous import URLSafeTimedSerializer

from bot.origins import frame_ancestors
from bot.settings import read_settings
from bot.web.tokens import LIFETIME, Tokens
from corpus.errors import SettingsError
from tests.bot.web.material import OTHER, SITE, client, records, settings
from tests.browser.fake_bot import STEPS, FakeBot

OWN = "http://testserver"
ASKED = {"question": "Is CLIP an LLM?"}


def test_a_page_of_an_allowed_site_asks_with_a_token_of_its_own(tmp_path: Path) -> None:
    two = (SITE, "https://second.example")
    with client(tmp_path, origins=two) as http:
        token = http.get("/api/token", headers={"Origin": SITE}).json()
        assert token["expires_in"] == 600
        bearer = {"Authorization": f"Bearer {token['token']}"}
        for path, body in (
            ("/api/ask", ASKED),
            ("/v1/chat/completions", {"messages": [{"role": "user", "content": "clip"}]}),
        ):
            assert http.post(path, json=body, headers={"Origin": SITE}).status_code == 401
            assert http.post(path, json=body, headers={"Origin": two[1], **bearer}).status_code == 401
            assert http.post(path, json=body, headers={"Origin": OTHER, **bearer}).status_code == 403
            answer = http.post(path, json=body, headers={"Origin": SITE, **bearer})
            assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (200, SITE)
    assert {one.site for one in records(settings(tmp_path)).recent(1)} == {SITE}


def test_tokens_are_given_to_pages_that_may_ask_only(tmp_path: Path) -> None:
    with client(tmp_path) as http:
        for origin, status in ((OTHER, 403), ("null", 403), (SITE, 200), (OWN, 200), (f"{SITE}.evil.example", 403)):
            assert http.get("/api/token", headers={"Origin": origin}).status_code == status, origin
        assert http.get("/api/token").status_code == 403
        assert http.get("/api/token", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 200


def test_our_own_pages_need_neither_token_nor_key(tmp_path: Path) -> None:
    with client(tmp_path, api_key="secret") as http:
        assert http.post("/api/ask", json=ASKED, headers={"Origin": OWN}).status_code == 200
        assert http.get("/api/questions", headers={"Sec-Fetch-Site": "same-origin"}).status_code == 200
        assert http.post("/api/ask", json=ASKED, headers={"Origin": "http://testserver:81"}).status_code == 403


def test_programs_need_the_key_where_there_is_one(tmp_path: Path) -> None:
    with client(tmp_path, api_key="secret") as http:
        for path in ("/api/questions", "/api/articles/models.md", "/api/metrics", "/v1/models"):
            assert http.get(path).status_code == 401, path
            assert http.get(path, headers={"Authorization": "Bearer secret"}).status_code == 200, path
        for wrong in ("Bearer secre", "Bearer secret2", "secret", "Basic secret", "Bearer \xe9"):
            answer = http.post("/api/ask", json=ASKED, headers={"Authorization": wrong.encode("latin-1")})
            assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert http.get("/api/health").status_code == 200


def test_the_figures_need_the_key_whatever_page_one_claims_to_be(tmp_path: Path) -> None:
    claims = ({"Origin": OWN}, {"Origin": SITE}, {"Sec-Fetch-Site": "same-origin"})
    with client(tmp_path, api_key="secret") as http:
        for claim in claims:
            assert http.get("/api/metrics", headers=claim).status_code == 401, claim
            shown = http.get("/api/metrics", headers={**claim, "Authorization": "Bearer secret"})
            assert shown.status_code == 200, claim


def test_a_token_of_our_own_page_is_good_for_no_other(tmp_path: Path) -> None:
    with client(tmp_path) as http:
        token = http.get("/api/token", headers={"Origin": OWN}).json()["token"]
        bearer = {"Authorization": f"Bearer {token}"}
        assert http.post("/api/ask", json=ASKED, headers={"Origin": OWN, **bearer}).status_code == 200
        assert http.post("/api/ask", json=ASKED, headers={"Origin": SITE, **bearer}).status_code == 401


def test_a_key_cannot_be_guessed_fast(tmp_path: Path) -> None:
    with client(tmp_path, api_key="secret", visitor_rate="3/minute") as http:
        tried = [http.get("/v1/models", headers={"Authorization": f"Bearer {n}"}).status_code for n in range(5)]
        assert tried == [401, 401, 401, 429, 429]
        assert http.get("/v1/models", headers={"Authorization": "Bearer secret"}).status_code == 200


def test_a_token_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    tokens = Tokens()
    token = tokens.make(SITE)
    assert tokens.good(token, SITE)
    assert not tokens.good(token, OTHER)
    assert not tokens.good(token[:-1], SITE)
    assert not tokens.good("x" * 100_000, SITE)
    assert not tokens.good(URLSafeTimedSerializer("guessed", salt="origin").dumps(SITE), SITE)
    assert not Tokens().good(token, SITE)  # after a restart
    later = time.time() + LIFETIME + 2
    monkeypatch.setattr(time, "time", lambda: later)
    assert not tokens.good(token, SITE)


def test_other_sites_may_read_the_api_only_where_they_are_named_and_the_chat_never(tmp_path: Path) -> None:
    with client(tmp_path) as http:
        preflight = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization"}
        for path, origin, allowed in (
            ("/api/ask", SITE, SITE), ("/api/ask", OTHER, None), ("/api/ask", "null", None),
            ("/v1/models", SITE, SITE), ("/gradio_api/queue/join", SITE, None), ("/config", SITE, None),
        ):  # fmt: skip
            asked = http.options(path, headers={"Origin": origin, **preflight})
            got = http.get(path, headers={"Origin": origin})
            for answer in (asked, got):
                assert answer.headers.get("access-control-allow-origin") == allowed, (path, origin)
                assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.filterwarnings("ignore::DeprecationWarning:gradio", "ignore::DeprecationWarning:starlette")
def test_gradio_is_never_wider_than_we_are(tmp_path: Path) -> None:
    from bot.chat.server import build_app

    async def story() -> None:
        bot = FakeBot({STEPS.id: replace(STEPS, url="/articles/training")})
        app = build_app(bot, settings(tmp_path, host="0.0.0.0"))  # Gradio alone would allow every origin then
        async with AsyncClient(transport=ASGITransport(app), base_url=OWN) as http:
            for path in ("/", "/config", "/gradio_api/info", "/theme.css"):
                for origin in (SITE, OTHER, "null", "http://localhost:1"):
                    preflight = {"Origin": origin, "Access-Control-Request-Method": "POST"}
                    for answer in (
                        await http.get(path, headers={"Origin": origin}),
                        await http.options(path, headers=preflight),
                    ):
                        named = set(answer.headers)
                        assert not named & {"access-control-allow-origin", "access-control-allow-credentials"}, path
            ancestors = f"frame-ancestors 'self' {SITE}"
            article = await http.get("/articles/training")
            assert (article.status_code, article.headers["content-security-policy"].split("; ")[-1]) == (200, ancestors)
            for path in ("/", "/config", "/favicon.ico", "/api/health"):  # what may be framed, one setting says
                assert (await http.get(path)).headers["content-security-policy"] == ancestors, path
            shared = await http.get("/api/health", headers={"Origin": SITE})
            assert shared.headers["access-control-allow-origin"] == SITE

    asyncio.run(story())  # built where a loop runs: Gradio would make one of its own otherwise and never close it


@pytest.mark.parametrize(
    "wrong", ["*", "help.example.org", "https://help.example.org/path", "https://*.example.org", "null", "file://x",
              "https://a b", "https://x;script-src *", "https://user@x.example", ""]
)  # fmt: skip
def test_what_is_no_origin_is_refused_in_the_settings(wrong: str) -> None:
    with pytest.raises(SettingsError, match="origins"):
        read_settings(origins=(wrong,))


@pytest.mark.parametrize("line", ["https://a.example https://b.example", "https://a.example,https://b.example",
                                  '["https://a.example", "https://b.example"]'])  # fmt: skip
def test_origins_of_the_environment(monkeypatch: pytest.MonkeyPatch, line: str) -> None:
    monkeypatch.setenv("FOOTNOTE_ORIGINS", line)
    assert read_settings().origins == ("https://a.example", "https://b.example")
    monkeypatch.setenv("FOOTNOTE_ORIGINS", line + " *]")
    with pytest.raises(SettingsError, match="origins"):
        read_settings()


def test_origins_are_read_as_browsers_write_them() -> None:
    given = (
        "HTTPS://Help.Example.org/",
        "https://a.example:443",
        "http://localhost:8000",
        "https://[2001:DB8::1]:8443",
    )
    read = read_settings(origins=given).origins
    assert read == (
        "https://help.example.org",
        "https://a.example",
        "http://localhost:8000",
        "https://[2001:db8::1]:8443",
    )
    assert frame_ancestors(read[:1]) == "frame-ancestors 'self' https://help.example.org"
