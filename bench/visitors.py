"""Many visitors at once: what fails, how memory grows, and how slow the slowest health check is.

    python app.py                                       in another terminal, with the settings below
    python -m bench.visitors --address http://127.0.0.1:7860 --visitors 200 --seconds 120

Each visitor has an address of his own, so the server needs FOOTNOTE_BEHIND_PROXY=true, and FOOTNOTE_SITE_RATE and
FOOTNOTE_VISITOR_RATE high enough not to be what is measured. They think for some seconds before each question, or with
`--at-once` for none, so that as many questions are always asked at the same time. `--fake PAUSE` serves the tests'
scripted bot instead, which waits PAUSE seconds before each sentence, and asks it its starter questions; a real server
is asked those and the sixty of tests/golden, about the shipped articles. Prints a line of JSON; exits with 1 when a
bound of BOUNDS is missed.
"""

import argparse
import asyncio
import json
import multiprocessing
import random
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path

import httpx

BOUNDS = {"errors": 0, "slowest_health": 0.1, "memory_growth": 0.1}  # a number, seconds, a share
WARM_UP = 10  # seconds until memory is read for the first time: every thread has worked by then
THINKING = (0.5, 5.0)  # seconds between a visitor's questions
LEAVES = 0.1  # share of streamed answers whose visitor goes away half-way
LONGEST = 120.0  # seconds any answer may take
GOLDEN = Path(__file__).parent.parent / "tests" / "golden" / "questions.jsonl"
NOT_COVERED = "Who won the football match last night?"
FAKE = """
import sys
from bot.chat.server import serve
from bot.settings import Settings
from tests.browser.fake_bot import FakeBot
rates = {"visitor_rate": "100000/second", "site_rate": "100000/second"}
serve(lambda: FakeBot(pause=float(sys.argv[1])), Settings(port=0, keep=False, behind_proxy=True, **rates))
"""


@dataclass(slots=True)
class Tally:
    """What happened."""

    answered: int = 0
    left: int = 0
    busy: int = 0  # answers 503
    errors: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)  # from asking to the whole answer
    firsts: list[float] = field(default_factory=list)  # to the first sentence, of those streamed that have one
    thinking: tuple[float, float] = THINKING


def main(argv: list[str]) -> int:
    """Run it and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    server = parser.add_mutually_exclusive_group(required=True)
    server.add_argument("--address", help="of a running server")
    server.add_argument("--fake", type=float, metavar="PAUSE", help="serve the scripted bot")
    parser.add_argument("--visitors", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--at-once", action="store_true", help="nobody thinks: each asks again at once")
    asked = parser.parse_args(argv)
    real = asked.address is not None
    with nullcontext(asked.address) if real else served(asked.fake) as address:
        tally = Tally(thinking=(0, 0) if asked.at_once else THINKING)
        found = measured(address, asked.visitors, asked.seconds, golden() if real else [], tally)
    print(json.dumps(found))
    return int(any(found[name] > bound for name, bound in BOUNDS.items()))


@contextmanager
def served(pause: float) -> Iterator[str]:
    """A process that serves the scripted bot; its address."""
    command = [sys.executable, "-c", FAKE, str(pause)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().split()[-1]
        process.terminate()


def golden() -> list[str]:
    """Questions about the shipped articles."""
    return [json.loads(line)["question"] for line in GOLDEN.read_text(encoding="utf-8").splitlines()]


def measured(address: str, visitors: int, seconds: float, more: list[str], tally: Tally) -> dict[str, float]:
    """Let them ask; the health check is timed by a process of its own, which nothing here can hold up."""
    context = multiprocessing.get_context("spawn")
    mine, theirs = context.Pipe(duplex=False)
    probe = context.Process(target=probed, args=(address, seconds, theirs))
    probe.start()
    warm, end = asyncio.run(asking(address, visitors, seconds, more, tally))
    health, late = mine.recv()
    probe.join()
    times, firsts = sorted(tally.seconds) or [0.0], sorted(tally.firsts) or [0.0]
    return {
        "visitors": visitors,
        "answered": tally.answered,
        "left": tally.left,
        "busy": tally.busy,
        "errors": sum(tally.errors.values()),
        **{f"error: {name}": count for name, count in tally.errors.items()},
        "per_second": round(tally.answered / seconds, 2),
        "median_first": round(firsts[len(firsts) // 2], 3),
        "p95_first": round(firsts[int(len(firsts) * 0.95)], 3),
        "median_seconds": round(times[len(times) // 2], 3),
        "p95_seconds": round(times[int(len(times) * 0.95)], 3),
        "health_checks": len(health),
        "median_health": round(sorted(health)[len(health) // 2], 4),
        "p99_health": round(sorted(health)[int(len(health) * 0.99)], 4),
        "slowest_health": round(max(health), 4),
        "latest_wake": round(late, 4),  # how late a process that only sleeps was woken: what the machine itself adds
        "memory_mb": round(end / 2**20, 1),
        "memory_growth": round(end / warm - 1, 4),
    }


def probed(address: str, seconds: float, told: "multiprocessing.connection.Connection") -> None:
    """Seconds each health check took, ten a second, and how late this process was woken at worst."""
    took, late = [], 0.0
    until = time.monotonic() + seconds
    with httpx.Client(timeout=LONGEST) as http:
        while time.monotonic() < until:
            began = time.monotonic()
            http.get(f"{address}/api/health").raise_for_status()
            ended = time.monotonic()
            took.append(ended - began)
            time.sleep(0.1)
            late = max(late, time.monotonic() - ended - 0.1)
    told.send((took, late))


async def asking(address: str, visitors: int, seconds: float, more: list[str], tally: Tally) -> tuple[float, float]:
    """All visitors for that long; bytes of the server's memory after the warm-up and at the end."""
    limits = httpx.Limits(max_connections=None)
    async with httpx.AsyncClient(base_url=address, timeout=LONGEST, limits=limits) as http:
        starters = (await http.get("/api/questions", params={"count": 20})).raise_for_status().json()["questions"]
        questions = [one["question"] for one in starters] + [NOT_COVERED, *more]
        until = time.monotonic() + seconds
        people = [asyncio.create_task(visitor(http, number, questions, until, tally)) for number in range(visitors)]
        await asyncio.sleep(min(WARM_UP, seconds / 2))
        warm = await memory(http)
        await asyncio.gather(*people)
        return warm, await memory(http)


async def visitor(http: httpx.AsyncClient, number: int, questions: list[str], until: float, tally: Tally) -> None:
    """Asks, reads, thinks, and asks again; comes back when told to."""
    chance = random.Random(number)
    own = {"X-Forwarded-For": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"}
    await asyncio.sleep(chance.uniform(0, tally.thinking[1]))
    while time.monotonic() < until:
        try:
            wait = await one_question(http, chance.choice(questions), own, chance, tally)
        except httpx.HTTPError as error:
            tally.errors[type(error).__name__] += 1
            wait = 0
        await asyncio.sleep(wait + chance.uniform(*tally.thinking))


async def one_question(
    http: httpx.AsyncClient, question: str, own: dict[str, str], chance: random.Random, tally: Tally
) -> int:
    """Ask it, whole or streamed; seconds the server asks to wait."""
    streamed = chance.random() < 0.5
    leaves = streamed and chance.random() < LEAVES
    accept = {"Accept": "text/event-stream"} if streamed else {}
    began = time.monotonic()
    body, last = {"question": question}, ""
    async with http.stream("POST", "/api/ask", json=body, headers=own | accept) as answer:
        if answer.status_code == 503:
            tally.busy += 1
            return int(answer.headers["retry-after"])
        if answer.status_code != 200:
            tally.errors[str(answer.status_code)] += 1
            return 0
        async for line in answer.aiter_lines():
            if line == "event: said" and last != line:  # the first of them
                tally.firsts.append(time.monotonic() - began)
            last = line if line.startswith("event: ") else last
            if leaves and last == "event: said":
                tally.left += 1
                return 0
    if streamed and last != "event: finished":
        tally.errors[last or "nothing streamed"] += 1
        return 0
    tally.answered += 1
    tally.seconds.append(time.monotonic() - began)
    return 0


async def memory(http: httpx.AsyncClient) -> float:
    """Bytes the server's process holds, as its own metrics say."""
    figures = (await http.get("/api/metrics")).raise_for_status().text
    found = re.search(r"^process_resident_memory_bytes (\S+)", figures, re.MULTILINE)
    assert found, "the server tells no memory"
    return float(found[1])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
