"""Who may evaluate what: one at a time, a line, so many an hour, files bounded and kept, without any page."""

import re
import threading
import time
import zipfile
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path

import pytest

from bot.evaluate import desk as desks
from bot.evaluate.desk import AN_HOUR, GIVEN, HOUR, WAITING, Desk
from bot.evaluate.run import PAGE, REPORT
from bot.evaluate.shelf import FILES, KEPT, ZIP, Shelf, Standing, new_id
from bot.settings import EVALUATION_LIMIT, Settings
from bot.types import Event, Turn
from corpus.errors import EvaluationError
from tests.bot.evaluate.material import few_resamples
from tests.browser.fake_bot import FakeBot

HEADER = "question,expected_answer,expected_source,answerable\n"
CLIP = "Is CLIP an LLM?,No,models.md,yes\n"
CUP = "Who won the cup?,,,no\n"
PATIENCE = 20.0  # seconds


class Gated(FakeBot):
    """Answers a question only when it is let: so that a test can look while an evaluation is under way."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Semaphore(0)
        self.broken = False
        self.asked: list[str] = []

    def stream(
        self, question: str, history: Sequence[Turn], without: Collection[str] = (), further: int = 0
    ) -> Iterator[Event]:
        self.asked.append(question)
        assert self.gate.acquire(timeout=PATIENCE)
        if self.broken:
            raise ZeroDivisionError("innermost detail")
        yield from super().stream(question, history, without, further)

    def let(self, count: int = 1000) -> None:
        """Let so many questions be answered."""
        self.gate.release(count)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def bot() -> Iterator[Gated]:
    bot = Gated()
    yield bot
    bot.let(10_000)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "evaluations")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def desk(bot: Gated, shelf: Shelf, clock: Clock) -> Iterator[Desk]:
    desk = Desk(bot, Settings(evaluation_limit=50), shelf, clock)
    with few_resamples():
        yield desk
        bot.let(10_000)
        until(lambda: not desk._busy())


def until(true: Callable[[], object]) -> None:
    """Wait for it."""
    ends = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < ends
        time.sleep(0.005)


def written(folder: Path, text: str = HEADER + CLIP + CUP, name: str = "questions.csv") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def standing(desk: Desk, run_id: str) -> Standing:
    found = desk.look(run_id)
    assert found is not None
    return found


def finished(desk: Desk, run_id: str) -> Standing:
    until(lambda: not standing(desk, run_id).busy)
    return standing(desk, run_id)


def refusal(desk: Desk, path: Path) -> str:
    with pytest.raises(EvaluationError) as refused:
        desk.hand_in(path)
    return str(refused.value)


def kept(shelf: Shelf) -> list[str]:
    return [path.name for path in shelf.folder(new_id()).parent.iterdir()]


def test_an_evaluation_from_file_to_report(desk: Desk, bot: Gated, shelf: Shelf, clock: Clock, tmp_path: Path) -> None:
    run_id = desk.hand_in(written(tmp_path, HEADER + (CLIP + CUP) * 2))
    assert (standing(desk, run_id).stage, standing(desk, run_id).left) == ("asking", None)
    assert not any(shelf.file(run_id, name) for name in (*FILES, ZIP))
    bot.let(1)
    until(lambda: standing(desk, run_id).done == 1)
    clock.now = 2.0
    half = standing(desk, run_id)
    assert (half.file, half.total, half.rate, half.left, half.busy) == ("questions.csv", 4, 0.5, 6.0, True)
    bot.let()
    done = finished(desk, run_id)
    figures = {figure.name: figure.value for figure in done.figures}
    assert (done.stage, done.done, done.total, done.file) == ("done", 4, 4, "questions.csv")
    assert (figures["right"], figures["answered"], figures["citation_precision"]) == (1.0, 0.5, 1.0)
    assert any("asked before" in remark for remark in done.remarks)
    assert all(shelf.file(run_id, name) for name in (*FILES, ZIP))
    archive = shelf.file(run_id, ZIP)
    assert archive is not None
    with zipfile.ZipFile(archive) as packed:
        assert packed.namelist() == [f"evaluation/{name}" for name in FILES]
    assert not (shelf.folder(run_id) / GIVEN).exists()  # the visitor's file is not kept for longer than needed


def test_one_at_a_time_the_others_wait_in_line(desk: Desk, bot: Gated, tmp_path: Path) -> None:
    path = written(tmp_path)
    first, second, third = (desk.hand_in(path) for _ in range(3))
    bot.let(1)
    until(lambda: standing(desk, first).done == 1)
    waits = [standing(desk, run_id) for run_id in (second, third)]
    assert [(one.stage, one.ahead, one.other) for one in waits] == [("waiting", 0, (1, 2)), ("waiting", 1, (1, 2))]
    bot.let(1)
    assert finished(desk, first).stage == "done"
    until(lambda: standing(desk, second).stage == "asking")
    assert (standing(desk, third).stage, standing(desk, third).other) == ("waiting", (0, 2))
    bot.let()
    assert [finished(desk, run_id).stage for run_id in (second, third)] == ["done", "done"]
    assert bot.asked == ["Is CLIP an LLM?", "Who won the cup?"] * 3


def test_the_line_is_short(desk: Desk, tmp_path: Path, shelf: Shelf) -> None:
    path = written(tmp_path)
    runs = [desk.hand_in(path) for _ in range(1 + WAITING)]
    assert refusal(desk, path) == "3 evaluations are waiting already. Please come back when one is done."
    assert sorted(kept(shelf)) == sorted(runs)
    desk.stop(runs[-1])
    assert standing(desk, runs[-1]).stage == "stopped"
    desk.hand_in(path)


def test_so_many_an_hour(desk: Desk, bot: Gated, clock: Clock, tmp_path: Path) -> None:
    bot.let(10_000)
    path = written(tmp_path, CLIP.split(",")[0] + "\n", "questions.txt")
    for number in range(AN_HOUR):
        clock.now = 60.0 * number
        assert finished(desk, desk.hand_in(path)).stage == "done"
    told = "12 evaluations were begun within an hour, as many as this server takes. The next may begin in"
    assert refusal(desk, path) == f"{told} 49 minutes."
    clock.now = HOUR - 1
    assert refusal(desk, path) == f"{told} 1 minute."
    clock.now = HOUR
    desk.hand_in(path)
    assert refusal(desk, path) == f"{told} 1 minute."


def test_a_refused_file_does_not_count(desk: Desk, bot: Gated, tmp_path: Path) -> None:
    bad = written(tmp_path, "word\nno\n")
    for _ in range(AN_HOUR + 1):
        refusal(desk, bad)
    bot.let()
    assert finished(desk, desk.hand_in(written(tmp_path))).stage == "done"


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("bad.csv", "word\nno\n", 'bad.csv: line 2 has no column "question" (it has: word)'),
        ("bad.csv", "question,answerable\nIs it?,perhaps\n", 'bad.csv: line 2 says answerable "perhaps"'),
        ("bad.json", "{", "bad.json: line 1 is no JSON"),
        ("bad.pdf", "%PDF", "bad.pdf: is no file of questions; save it as one of .csv"),
        ("bomb.yaml", "- a: &a [x]\n  question: *a\n", "bomb.yaml: line 2 refers to another part (*a); write it out"),
        ("deep.yaml", "[" * 2_000_000, "deep.yaml: line 1 is nested more than 20 deep; write a plain list"),
        ("bad.yaml", "- {", "bad.yaml: line 2 is no YAML"),
        ("empty.txt", "", "empty.txt: holds no question"),
        ("binary.txt", "\0\1\2\3" * 100, "binary.txt: "),
        ("many.txt", "Is it?\n" * 51, "many.txt: holds 51 questions, at most 50 fit; evaluate it with"),
        ("rows.txt", "\n" * 100_001, "rows.txt: holds more than 100,000 rows, at most 50 fit; evaluate it with"),
        ("large.txt", "x" * (20 * 2**20 + 1), "large.txt: is too large (20 MB, at most 20)"),
    ],
)
def test_a_bad_file_is_one_line_and_nothing_runs(
    desk: Desk, bot: Gated, shelf: Shelf, tmp_path: Path, name: str, text: str, told: str
) -> None:
    line = refusal(desk, written(tmp_path / "secret", text, name))
    assert line.startswith(told)
    assert "\n" not in line
    assert str(tmp_path) not in line
    assert kept(shelf) == [] if (tmp_path / "evaluations").exists() else True
    assert bot.asked == []


def test_a_workbook_that_unpacks_to_gigabytes_is_not_unpacked(desk: Desk, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "bomb.xlsx", "w", zipfile.ZIP_DEFLATED) as archive, \
            archive.open("xl/sharedStrings.xml", "w", force_zip64=True) as entry:  # fmt: skip
        for _ in range(201):
            entry.write(bytes(2**20))
    assert refusal(desk, tmp_path / "bomb.xlsx").startswith("bomb.xlsx: is too large unpacked (201 MB, at most 200)")


def test_stopped_in_the_middle_nothing_is_kept(desk: Desk, bot: Gated, shelf: Shelf, tmp_path: Path) -> None:
    run_id = desk.hand_in(written(tmp_path))
    desk.stop(run_id)
    assert standing(desk, run_id).stopping
    bot.let(1)
    stopped = finished(desk, run_id)
    assert (stopped.stage, stopped.done, stopped.total) == ("stopped", 1, 2)
    assert kept(shelf) == []
    bot.let()
    assert finished(desk, desk.hand_in(written(tmp_path))).stage == "done"
    desk.stop(run_id)
    desk.stop("no such id")


def test_a_server_that_ends_waits_for_the_question_under_way(
    desk: Desk, bot: Gated, shelf: Shelf, tmp_path: Path
) -> None:
    first, second = (desk.hand_in(written(tmp_path)) for _ in range(2))
    until(lambda: bot.asked)
    threading.Timer(0.2, bot.let, [1]).start()
    desk.close()
    assert [standing(desk, run_id).stage for run_id in (first, second)] == ["stopped", "stopped"]
    assert kept(shelf) == []
    assert bot.asked == ["Is CLIP an LLM?"]


def test_a_bot_that_breaks_on_each_question_still_gives_a_report(desk: Desk, bot: Gated, tmp_path: Path) -> None:
    bot.broken = True
    bot.let()
    done = finished(desk, desk.hand_in(written(tmp_path)))
    assert done.stage == "done"
    assert any(remark.startswith("the program broke on 2 questions") for remark in done.remarks)


@pytest.mark.parametrize(
    ("error", "told"), [(OSError("disk full: innermost detail"), ""), (EvaluationError("x\ny"), "x y")]
)
def test_what_breaks_an_evaluation_ends_it_and_the_next_begins(
    desk: Desk, bot: Gated, shelf: Shelf, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, told: str
) -> None:
    def broken(*_: object) -> None:
        raise error

    bot.let()
    with monkeypatch.context() as patched:
        patched.setattr(desks, "evaluate", broken)
        failed = finished(desk, desk.hand_in(written(tmp_path)))
    assert (failed.stage, failed.trouble) == ("failed", told)
    assert kept(shelf) == []
    assert finished(desk, desk.hand_in(written(tmp_path))).stage == "done"


def test_the_newest_are_kept_and_found_by_the_next_server(
    desk: Desk, bot: Gated, shelf: Shelf, clock: Clock, tmp_path: Path
) -> None:
    bot.let(10_000)
    stranger = shelf.folder(new_id()).parent / "stranger"
    stranger.mkdir(parents=True)
    runs = []
    for number in range(KEPT + 2):
        clock.now = number * HOUR
        runs.append(desk.hand_in(written(tmp_path)))
        finished(desk, runs[-1])
    assert set(kept(shelf)) == {*runs[-KEPT:], "stranger"}
    later = Desk(bot, Settings(), Shelf(tmp_path / "evaluations"))
    assert later.look(runs[0]) is None
    assert later.look(runs[-1]) == desk.look(runs[-1])
    (shelf.folder(runs[-1]) / REPORT).write_text('{"format": 1}')
    assert later.look(runs[-1]) is None


def test_ids_cannot_be_guessed_and_are_never_a_path(desk: Desk, bot: Gated, shelf: Shelf, tmp_path: Path) -> None:
    bot.let()
    run_id = desk.hand_in(written(tmp_path))
    finished(desk, run_id)
    assert re.fullmatch(r"[A-Za-z0-9_-]{22}", run_id)
    assert shelf.file(run_id, PAGE) is not None
    (shelf.folder(run_id).parent / "other.json").write_text("{}")
    for wrong in ("", ".", "..", f"{run_id}/", f"../evaluations/{run_id}", f"{run_id}\n", run_id[:-1], "é" * 22):
        assert shelf.file(wrong, PAGE) is None
        assert desk.look(wrong) is None
        with pytest.raises(ValueError, match="no id"):
            shelf.folder(wrong)
    for wrong in ("", ".", "..", "../other.json", "journal.jsonl", f"../{run_id}/{PAGE}", ".lock", f"{PAGE}\0"):
        assert shelf.file(run_id, wrong) is None


@pytest.mark.parametrize(
    ("given", "limit"),
    [
        ({}, EVALUATION_LIMIT),
        ({"host": "::1"}, EVALUATION_LIMIT),
        ({"host": "localhost"}, EVALUATION_LIMIT),
        ({"host": "0.0.0.0"}, 0),
        ({"host": "192.168.0.7"}, 0),
        ({"behind_proxy": True}, 0),
        ({"behind_proxy": True, "evaluation_limit": 7}, 7),
        ({"host": "0.0.0.0", "evaluation_limit": 7}, 7),
        ({"evaluation_limit": 0}, 0),
    ],
)
def test_strangers_evaluate_only_where_the_operator_says_so(given: dict[str, object], limit: int) -> None:
    assert Settings(**given).questions_to_evaluate == limit  # type: ignore[arg-type]
