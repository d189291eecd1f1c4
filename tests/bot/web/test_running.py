"""On a real server: who goes away stops his answer, a full line says so at once, the loop never waits."""

import asyncio
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from bot.types import Answer, Event, Finished, Retrieved, Said, Turn
from bot.web.admission import Visitor
from bot.web.desk import Desk, new_id
from tests.bot.web.material import records, served, settings
from tests.browser.fake_bot import FakeBot

FOUNDATION = {"question": "What is a foundation model?"}
STREAM = {"Accept": "text/event-stream"}
LONG = 5.0  # seconds nothing here takes
BRIEF = 0.1  # seconds a health check may take


HEARD = 0.5  # seconds after which a server has heard that somebody went away


class HeldBot(FakeBot):
    """Says one sentence, then waits for leave to go on; tells what was begun and what was closed."""

    def __init__(self) -> None:
        super().__init__()
        self.leave = threading.Semaphore(0)
        self.begun: list[str] = []
        self.ended: list[str] = []

    def stream(
        self, question: str, history: Sequence[Turn], without: Collection[str] = (), further: int = 0
    ) -> Iterator[Event]:
        self.begun.append(question)
        answer: Answer = self.answer(question)
        try:
            yield Retrieved(answer.hits)
            for claim in answer.claims:
                yield Said(claim)
                assert self.leave.acquire(timeout=2 * LONG)  # longer than any test waits for the end
            self.finished.append(question)
            yield Finished(answer)
        finally:
            self.ended.append(question)


def soon(holds: Callable[[], bool]) -> bool:
    """Whether it holds within LONG seconds."""
    until = time.monotonic() + LONG
    while not holds():
        if time.monotonic() > until:
            return False
        time.sleep(0.01)
    return True


def asking(address: str) -> dict[str, int]:
    health = httpx.get(f"{address}/api/health").json()
    return {"answering": health["answering"], "waiting": health["waiting"]}


@pytest.mark.parametrize("path", ["/api/ask", "/v1/chat/completions"])
def test_a_client_that_leaves_a_stream_closes_the_bots_iterator(tmp_path: Path, path: str) -> None:
    bot = HeldBot()
    body = (
        FOUNDATION if path == "/api/ask" else {"stream": True, "messages": [{"role": "user", "content": "foundation"}]}
    )
    with served(tmp_path, bot) as address:
        with httpx.stream("POST", address + path, json=body, headers=STREAM) as answer:
            for line in answer.iter_lines():
                if "footnotes" in line or "foundation model" in line:
                    break
        time.sleep(HEARD)
        bot.leave.release()  # it was at a sentence; after that it is closed
        assert soon(lambda: len(bot.ended) == 1)
        assert soon(lambda: asking(address) == {"answering": 0, "waiting": 0})
        assert bot.finished == []
        assert "footnote_stopped_total 1.0" in httpx.get(f"{address}/api/metrics").text


@pytest.mark.parametrize("streamed", [True, False])
def test_a_client_that_leaves_before_anything_is_sent_stops_its_answer_too(tmp_path: Path, streamed: bool) -> None:
    bot = HeldBot()
    with served(tmp_path, bot, concurrent=1) as address, ThreadPoolExecutor(4) as people:
        first = people.submit(httpx.post, f"{address}/api/ask", json=FOUNDATION, timeout=LONG)
        assert soon(lambda: len(bot.begun) == 1)
        headers = STREAM if streamed else {}
        with pytest.raises(httpx.ReadTimeout):  # in line, it loses patience
            httpx.post(f"{address}/api/ask", json={"question": "Is CLIP one?"}, headers=headers, timeout=0.3)
        assert soon(lambda: asking(address) == {"answering": 1, "waiting": 0})
        for _ in range(3):
            bot.leave.release()
        assert first.result().status_code == 200
        assert bot.begun == [FOUNDATION["question"]]  # the other was never begun


def test_a_client_that_leaves_while_its_whole_answer_is_made_stops_it(tmp_path: Path) -> None:
    bot = HeldBot()
    with served(tmp_path, bot) as address:
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(f"{address}/api/ask", json=FOUNDATION, timeout=0.3)
        time.sleep(HEARD)
        bot.leave.release()
        assert soon(lambda: len(bot.ended) == 1)
        assert bot.finished == []
        assert soon(lambda: asking(address) == {"answering": 0, "waiting": 0})


def test_past_the_bound_there_is_503_at_once_and_the_rest_is_answered(tmp_path: Path) -> None:
    bot = HeldBot()
    with served(tmp_path, bot, concurrent=2, waiting=3) as address, ThreadPoolExecutor(8) as people:
        asked = [people.submit(httpx.post, f"{address}/api/ask", json=FOUNDATION, timeout=LONG) for _ in range(5)]
        assert soon(lambda: asking(address) == {"answering": 2, "waiting": 3})
        alive = httpx.get(f"{address}/api/health")
        assert (alive.status_code, alive.json()["ready"]) == (200, False)
        unready = httpx.get(f"{address}/api/health/ready")
        assert (unready.status_code, unready.headers["content-type"]) == (503, "application/problem+json")
        assert int(unready.headers["retry-after"]) >= 1
        assert httpx.head(f"{address}/api/health/ready").status_code == 503
        assert 'footnote_problems_total{status="503"}' not in httpx.get(f"{address}/api/metrics").text
        for headers in ({}, STREAM):
            began = time.monotonic()
            refused = httpx.post(f"{address}/api/ask", json=FOUNDATION, headers=headers)
            assert time.monotonic() - began < BRIEF * 5
            assert (refused.status_code, refused.headers["content-type"]) == (503, "application/problem+json")
            assert int(refused.headers["retry-after"]) >= 1
        for _ in range(15):
            bot.leave.release()
        assert [one.result().status_code for one in asked] == [200] * 5


def test_one_visitor_does_not_starve_another(tmp_path: Path) -> None:
    bot = HeldBot()
    with (
        served(tmp_path, bot, concurrent=1, waiting=10, behind_proxy=True) as address,
        ThreadPoolExecutor(16) as people,
    ):

        def ask(visitor: str, question: str) -> int:
            named, body = {"X-Forwarded-For": visitor}, {"question": question}
            return httpx.post(f"{address}/api/ask", json=body, headers=named, timeout=LONG).status_code

        many = [people.submit(ask, "192.0.2.1", f"foundation many {n}") for n in range(11)]
        assert soon(lambda: asking(address) == {"answering": 1, "waiting": 10})
        one = people.submit(ask, "192.0.2.2", "foundation one")
        assert soon(lambda: sum(task.done() for task in many) == 1)  # it gave its place to the other visitor
        for _ in range(3 * 11):
            bot.leave.release()
        assert one.result() == 200
        assert sorted(task.result() for task in many) == [200] * 10 + [503]
        assert bot.begun.index("foundation one") <= 2


def test_who_reads_slowly_keeps_nobody_waiting(tmp_path: Path) -> None:
    async def story() -> None:
        chosen = settings(tmp_path)
        desk = Desk(FakeBot(), chosen, records(chosen))
        events = desk.events(Visitor("192.0.2.1", "api"), new_id(), FOUNDATION["question"], ())
        assert isinstance(await anext(events), Retrieved)
        for _ in range(100):
            await asyncio.sleep(0.01)
            if not desk.line.busy:
                break
        assert desk.line.busy == 0
        assert isinstance([event async for event in events][-1], Finished)
        desk.close()

    asyncio.run(story())


class BusyBot(FakeBot):
    """Computes instead of waiting, as a model written in Python would."""

    def stream(
        self, question: str, history: Sequence[Turn], without: Collection[str] = (), further: int = 0
    ) -> Iterator[Event]:
        for event in super().stream(question, history):
            until = time.monotonic() + 0.3
            while time.monotonic() < until:
                pass
            yield event


def test_health_answers_at_once_while_the_bot_computes(tmp_path: Path) -> None:
    with served(tmp_path, BusyBot()) as address, ThreadPoolExecutor(8) as people, httpx.Client() as http:
        asked = [people.submit(httpx.post, f"{address}/api/ask", json=FOUNDATION, timeout=30) for _ in range(2)]
        took = []
        while not all(one.done() for one in asked):
            began = time.monotonic()
            assert http.get(f"{address}/api/health").json()["live"]
            took.append(time.monotonic() - began)
            time.sleep(0.02)
        assert len(took) > 5
        assert sorted(took)[len(took) // 2] < BRIEF  # the median: what else runs on this machine may take one of them
        assert all(one.result().status_code == 200 for one in asked)
