"""`evaluate` and `questions` at the command line: what is written, resumed, compared, refused."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

import bot.evaluate.command
import bot.evaluate.run
from bot.assemble import assemble_stored
from bot.evaluate.crew import Alone
from bot.evaluate.types import Case, Record, Times
from bot.settings import Settings
from tests.app.conftest import Run

QUESTIONS = """\
id,Question,Expected answer,Source,answerable,tags
audio,How many hours of audio was Whisper trained on?,"680,000",whisper.md,,fact
llm,Is Whisper an LLM?,No,whisper#is-whisper-an-llm,yes,faq
maker,Who made Llama?,Meta,Llama,yes,faq
soup,quantum broccoli umbrella?,,,no,off-topic
"""
FILES = {"answers.csv", "answers.jsonl", "junit.xml", "report.html", "report.json", "times.jsonl", "timing.json"}
SAME = sorted(FILES - {"times.jsonl", "timing.json", "report.html"})


class Stopped:
    """A crew whose terminal hears Ctrl-C after so many answers."""

    def __init__(self, settings: Settings, after: int) -> None:
        self._crew, self._after = Alone(assemble_stored(settings)), after

    def answers(self, cases: Iterable[Case]) -> Iterator[tuple[Record, Times]]:
        for number, pair in enumerate(self._crew.answers(cases)):
            if number == self._after:
                raise KeyboardInterrupt
            yield pair


@pytest.fixture(autouse=True)
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes of their own would have the real models; tests/models has them."""
    monkeypatch.setattr(
        bot.evaluate.command, "Processes", lambda settings, count, corpus: Alone(assemble_stored(settings))
    )


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    path = tmp_path / "questions.csv"
    path.write_text(QUESTIONS, encoding="utf-8")
    return path


def figures(folder: Path) -> dict[str, float | None]:
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    return {name: figure["value"] for name, figure in report["metrics"].items()}


def test_a_file_of_questions_becomes_a_report(run: Run, questions: Path, tmp_path: Path) -> None:
    ran = run("evaluate", "questions.csv")
    assert ran.code == 0, ran.err
    assert {path.name for path in (tmp_path / "report").iterdir()} - {".lock"} == FILES
    assert "Right                        right                   1.000" in ran.out
    assert "quotes_verbatim         1.000" in ran.out
    assert "4 questions; " in ran.out
    found = figures(tmp_path / "report")
    assert (found["right"], found["answer_hit"], found["cited"], found["answered_off_topic"]) == (1.0, 1.0, 1.0, 0.0)
    assert found["auroc_adversarial"] is None  # no question of the file is tagged so
    lines = (tmp_path / "report" / "answers.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["id"] for line in lines] == ["audio", "llm", "maker", "soup"]
    assert "seconds" not in lines[0]
    suite = ElementTree.parse(tmp_path / "report" / "junit.xml").getroot()
    assert suite.attrib["tests"] == "4"
    assert suite.attrib["failures"] == "0"


def test_two_runs_are_equal_and_so_is_one_that_was_stopped(
    run: Run, questions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("evaluate", "questions.csv", "--out", "one").code == 0
    assert run("evaluate", "questions.csv", "--out", "two").code == 0
    with monkeypatch.context() as patched:
        patched.setattr(bot.evaluate.command, "Processes", lambda settings, count, corpus: Stopped(settings, after=2))
        stopped = run("evaluate", "questions.csv", "--out", "three")
    assert stopped.code == 130
    assert stopped.err.endswith("footnote: stopped\n")
    again = run("evaluate", "questions.csv", "--out", "three")
    assert again.code == 1
    assert "holds 2 answers of a run that did not end; go on with --resume, or delete" in again.err
    assert run("evaluate", "questions.csv", "--out", "three", "--resume").code == 0
    for name in SAME:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "three" / name).read_bytes()
    assert run("evaluate", "questions.csv", "--out", "one").code == 0  # a finished report is replaced


def test_a_run_is_not_resumed_as_another_one(
    run: Run, questions: Path, corpus: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(bot.evaluate.command, "Processes", lambda settings, count, corpus: Stopped(settings, after=1))
        assert run("evaluate", "questions.csv").code == 130
    (corpus / "whisper.md").unlink()
    ran = run("evaluate", "questions.csv", "--resume")
    assert ran.code == 1
    assert "holds answers of another run (other articles)" in ran.err


def test_limits_that_are_missed_are_a_line_each(run: Run, questions: Path) -> None:
    ran = run("evaluate", "questions.csv", "--fail-under", "answer_words=1000", "--fail-under", "auroc_adversarial=.5",
              "--fail-under", "right=0.9", "--fail-under", "false_declines=0")  # fmt: skip
    assert ran.code == 1
    assert "footnote: answer_words is " in ran.err
    assert "footnote: auroc_adversarial is undefined: " in ran.err
    assert "right is" not in ran.err
    assert "false_declines" not in ran.err  # lower is better: 0 is the most it may be
    assert "there is no figure 'rihgt'" in run("evaluate", "questions.csv", "--fail-under", "rihgt=1").err
    assert "write a number after =" in run("evaluate", "questions.csv", "--fail-under", "right=high").err


def test_a_baseline_shows_what_changed_sides(run: Run, questions: Path, corpus: Path) -> None:
    many = QUESTIONS + "".join(f"m{n},Who made Llama in {n}? Who made Llama?,Meta,,yes,faq\n" for n in range(20))
    questions.write_text(many, encoding="utf-8")
    assert run("evaluate", "questions.csv", "--out", "before").code == 0
    same = run("evaluate", "questions.csv", "--out", "same", "--baseline", "before/report.json", "--fail-on-regression")
    assert same.code == 0
    assert "0 became right, 0 became wrong (McNemar's exact test: p = 1)" in same.out
    (corpus / "llama.md").write_text("# Alpaca\n\nAn animal with wool.\n", encoding="utf-8")
    ran = run("evaluate", "questions.csv", "--out", "now", "--baseline", "before/report.json", "--fail-on-regression")
    assert ran.code == 1
    assert "became wrong (McNemar's exact test" in ran.out
    assert "wrong now: maker, m0" in ran.out
    assert "footnote: right fell from 1.0000 to " in ran.err


@pytest.mark.parametrize(
    ("argv", "told"),
    [
        (("missing.csv",), "missing.csv: cannot be read (No such file"),
        (("questions.csv", "--baseline", "missing.json"), "missing.json: cannot be read"),
        (("questions.csv", "--baseline", "questions.csv"), "is no report of an evaluation"),
        (("questions.csv", "--fail-on-regression"), "needs --baseline"),
        (("questions.csv", "--resume"), "holds no run to go on with"),
        (("articles/whisper.md",), "is no file of questions; save it as one of .csv"),
    ],
)
def test_what_cannot_be_used_is_one_line(run: Run, questions: Path, argv: tuple[str, ...], told: str) -> None:
    ran = run("evaluate", *argv)
    assert ran.code == 1
    assert told in ran.err.splitlines()[-1]


def test_sources_that_are_nowhere_are_told_and_strict_stops(run: Run, questions: Path, tmp_path: Path) -> None:
    questions.write_text("question,source\nIs Whisper an LLM?,whispr.md\n", encoding="utf-8")
    ran = run("evaluate", "questions.csv")
    assert ran.code == 0
    assert "nowhere in the articles (line 2: whispr.md); they count as not found" in ran.err
    assert figures(tmp_path / "report")["hit1"] == 0.0
    strict = run("evaluate", "questions.csv", "--strict")
    assert strict.code == 1
    assert "line 2: whispr.md" in strict.err


def test_what_people_write_stays_text(run: Run, questions: Path, tmp_path: Path) -> None:
    hostile = ["=cmd|'/C calc'!A0", "<script>alert(1)</script> & \u202eq?", "@SUM(A1)", "-1+1", "x" * 10_000_000]
    rows = io.StringIO()
    csv.writer(rows).writerows([["question", "tags"], *([text, text[:40]] for text in hostile)])
    questions.write_text(rows.getvalue(), encoding="utf-8")
    ran = run("evaluate", "questions.csv")
    assert ran.code == 0, ran.err
    with (tmp_path / "report" / "answers.csv").open(encoding="utf-8-sig", newline="") as file:
        csv.field_size_limit(100_000_000)
        written = list(csv.DictReader(file))
    assert [row["question"][0] for row in written] == ["'", "<", "'", "'", "x"]
    assert written[0]["question"] == f"'{hostile[0]}"
    assert written[4]["lane"] == "refused"
    assert written[4]["question"] == hostile[4]
    assert "<script>alert(1)" not in (tmp_path / "report" / "report.html").read_text(encoding="utf-8")


def test_a_file_made_from_the_articles_can_be_evaluated(run: Run, tmp_path: Path) -> None:
    made = run("questions", "--from-corpus", "--out", "made.csv")
    assert made.code == 0
    assert "held out" in made.err
    shown = run("questions", "--from-corpus")
    assert shown.out == (tmp_path / "made.csv").read_text(encoding="utf-8-sig")
    with (tmp_path / "made.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["answerable"] for row in rows} == {"yes", "no"}
    assert all("made" in row["tags"] for row in rows)
    ran = run("evaluate", "made.csv", "--strict")
    assert ran.code == 0, ran.err
    found = figures(tmp_path / "report")
    assert found["recall10"] == 1.0
    assert found["answered_near_domain"] is not None
    assert found["answered_near_domain"] < 1.0  # held out, the articles' own question is no longer answered from them


@pytest.mark.parametrize("step", range(1, 9))
def test_killed_while_the_report_is_written_it_is_written_by_the_next_run(
    run: Run, questions: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int
) -> None:
    """The disk fills up, or the power goes, at any of the steps that put files into place."""
    assert run("evaluate", "questions.csv", "--out", "whole").code == 0
    replace, done = bot.evaluate.run.os.replace, 0

    def broken(*places: object) -> None:
        nonlocal done
        done += 1
        if done == step:
            raise OSError(28, "No space left on device")
        replace(*places)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(bot.evaluate.run.os, "replace", broken)
        ran = run("evaluate", "questions.csv")
    if step > len(FILES):
        assert ran.code == 0
        return
    assert ran.code == 1
    assert "cannot be written (No space left on device); mend that and go on with --resume" in ran.err
    assert not (tmp_path / "report" / "report.json").exists()  # it comes last
    assert run("evaluate", "questions.csv", "--resume").code == 0
    for name in SAME:
        assert (tmp_path / "report" / name).read_bytes() == (tmp_path / "whole" / name).read_bytes()
    assert not list((tmp_path / "report").glob("*.partial"))


def test_a_baseline_of_other_questions_and_a_made_file_that_exists_are_told_before_anything_is_asked(
    run: Run, questions: Path, tmp_path: Path
) -> None:
    assert run("evaluate", "questions.csv", "--out", "before").code == 0
    (tmp_path / "other.csv").write_text("question\nWhy?\n", encoding="utf-8")
    ran = run("evaluate", "other.csv", "--baseline", "before/report.json")
    assert ran.code == 1
    assert "shares no question with this run" in ran.err
    assert not (tmp_path / "report").exists()
    again = run("questions", "--from-corpus", "--out", "questions.csv")
    assert again.code == 1
    assert "exists; name another file" in again.err
    assert questions.read_text(encoding="utf-8") == QUESTIONS


def test_a_file_that_is_changed_while_it_is_asked_is_told(
    run: Run, questions: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Meddling(Stopped):
        def answers(self, cases: Iterable[Case]) -> Iterator[tuple[Record, Times]]:
            for pair in self._crew.answers(cases):
                questions.write_text(QUESTIONS + "more,Who are you?,,,no,off-topic\n", encoding="utf-8")
                yield pair

    monkeypatch.setattr(bot.evaluate.command, "Processes", lambda settings, count, corpus: Meddling(settings, 0))
    ran = run("evaluate", "questions.csv")
    assert ran.code == 1
    assert "questions.csv: was changed while it was asked" in ran.err.splitlines()[-1]
