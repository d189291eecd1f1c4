"""The line: bounded, fair, and whole after every way of leaving it."""

import asyncio
import random
from contextlib import suppress

import pytest

from bot.web.line import Full, Line


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


class Work:
    """Questions of several visitors, each held until it is let go."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.began: list[str] = []
        self.most = 0
        self.running: list[asyncio.Event] = []

    async def one(self, visitor: str, name: str = "") -> None:
        async with self.line.turn(visitor):
            self.most = max(self.most, self.line.busy)
            self.began.append(name or visitor)
            done = asyncio.Event()
            self.running.append(done)
            await done.wait()

    async def finish_all(self) -> None:
        while self.running:
            self.running.pop(0).set()
            await settle()


def run(story: object) -> None:
    asyncio.run(asyncio.wait_for(story, 10))  # type: ignore[arg-type] # a place lost would wait for ever


def test_one_visitors_many_questions_do_not_keep_others_waiting() -> None:
    async def story() -> None:
        work = Work(Line(1, 32))
        tasks = [asyncio.create_task(work.one("many", f"many{n}")) for n in range(10)]
        await settle()
        tasks += [asyncio.create_task(work.one(name)) for name in ("a", "b", "a")]
        await settle()
        await work.finish_all()
        await asyncio.gather(*tasks)
        assert work.began[:6] == ["many0", "many1", "a", "b", "many2", "a"]
        assert work.most == 1

    run(story())


def test_past_the_bound_a_question_is_refused_at_once() -> None:
    async def story() -> None:
        work = Work(Line(2, 3))
        tasks = [asyncio.create_task(work.one(f"visitor{n}")) for n in range(5)]
        await settle()
        assert (work.line.busy, work.line.waiting, work.line.full) == (2, 3, True)
        with pytest.raises(Full):
            async with work.line.turn("late"):
                pass
        await work.finish_all()
        await asyncio.gather(*tasks)
        assert (work.line.busy, work.line.waiting, work.most) == (0, 0, 2)

    run(story())


def test_in_a_full_line_who_asks_much_gives_way_to_who_asks_little() -> None:
    async def story() -> None:
        work = Work(Line(1, 4))
        greedy = [asyncio.create_task(work.one("many", f"many{n}")) for n in range(5)]
        await settle()
        modest = [asyncio.create_task(work.one("a")), asyncio.create_task(work.one("b"))]
        await settle()
        assert [task.done() for task in greedy] == [False, False, False, True, True]  # the newest two were sent away
        for task in greedy[3:]:
            assert isinstance(task.exception(), Full)
        with pytest.raises(Full):
            async with work.line.turn("many"):
                pass
        await work.finish_all()
        await asyncio.gather(*greedy[:3], *modest)
        assert work.began == ["many0", "many1", "a", "b", "many2"]

    run(story())


def test_whoever_leaves_gives_his_place_to_the_next() -> None:
    async def story() -> None:
        work = Work(Line(1, 8))
        first, second, third = (asyncio.create_task(work.one(name)) for name in "abc")
        await settle()
        second.cancel()  # while waiting
        await settle()
        assert work.line.waiting == 1
        first.cancel()  # while being answered
        await settle()
        assert work.began == ["a", "c"]
        work.running[0].set()
        work.running[1].set()
        await third
        assert (work.line.busy, work.line.waiting) == (0, 0)

    run(story())


@pytest.mark.parametrize("seed", range(20))
def test_no_place_is_ever_lost(seed: int) -> None:
    async def story() -> None:
        chance = random.Random(seed)
        line = Line(2, 5)

        async def one(visitor: str) -> None:
            with suppress(Full):
                async with line.turn(visitor):
                    assert line.busy <= 2
                    for _ in range(chance.randrange(4)):
                        await asyncio.sleep(0)

        tasks = []
        for _ in range(300):
            tasks.append(asyncio.create_task(one(chance.choice("abcd"))))
            if chance.random() < 0.5:
                await asyncio.sleep(0)
            if chance.random() < 0.3:
                chance.choice(tasks).cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert (line.busy, line.waiting) == (0, 0)

    run(story())
