"""Sixty questions on the shipped articles, on the real models, as an evaluation: limits kept, all of it supported."""

import contextlib
import io
import json
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from pydantic import TypeAdapter

import app
from bot.assemble import assemble
from bot.evaluate.types import Record
from bot.pipeline import Bot
from bot.settings import Settings
from bot.verifier import SUPPORTED
from bot.words import words
from tests.models.test_app import hear_ctrl_c

pytestmark = pytest.mark.models
ROOT = Path(__file__).resolve().parent.parent.parent
GOLDEN = ROOT / "tests" / "golden" / "questions.jsonl"
LIMITS = ("quotes_verbatim=1", "covered_auroc=0.9", "recall5=0.95", "wrong_answers=0.1", "lane_failed=0")
SAME = ("answers.jsonl", "answers.csv", "report.json", "junit.xml")  # bytes that depend on the answers alone
PATIENCE = 300  # seconds; a minute is enough on an idle machine


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Bot:
    return assemble(Settings(index=tmp_path_factory.mktemp("golden") / "index"))


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return evaluation(tmp_path_factory.mktemp("evaluated"), right=0.83)


def evaluation(folder: Path, right: float) -> Path:
    """The report of `python app.py evaluate` on the golden questions, every limit kept."""
    limits = [part for limit in (f"right={right}", *LIMITS) for part in ("--fail-under", limit)]
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        code = app.main(["evaluate", str(GOLDEN), "--out", str(folder / "report"), *limits, "--strict"])
    print(said.getvalue())  # noqa: T201 - shown when a test fails
    assert code == 0
    return folder / "report"


def records(folder: Path) -> list[Record]:
    adapter = TypeAdapter(Record)
    return [adapter.validate_json(line) for line in (folder / "answers.jsonl").read_bytes().splitlines()]


def figures(folder: Path, *names: str) -> dict[str, float]:
    metrics = json.loads((folder / "report.json").read_text(encoding="utf-8"))["metrics"]
    assert metrics["right"]["count"] == 60
    return {name: metrics[name]["value"] for name in names}


def test_golden_questions(evaluated: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        shown = figures(evaluated, "right", "lane_faq", "lane_generated", "lane_quoted")
        print(f"\ngolden: {shown}")  # noqa: T201 - the figures to quote


def test_torch_keeps_the_limits_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """But for one: .85 and .833 are a question of sixty apart, and on another processor it may be another.

    How near the engines are is measured on larger sets (bench/LOG.md).
    """
    monkeypatch.setenv("FOOTNOTE_ENGINE", "torch")
    monkeypatch.setenv("FOOTNOTE_INDEX", str(tmp_path / "index"))
    report = evaluation(tmp_path, right=0.8)
    with capsys.disabled():
        print(f"\ngolden, torch: {figures(report, 'right')}")  # noqa: T201


def foreign_words(record: Record, number: int, bot: Bot) -> set[str]:
    """Words of a sentence in neither its quotes, their headings nor, for rows and list items, the lines above them."""
    sentence = record.sentences[number]
    known = {"a", "an", "the", "that", "also"}
    for citation in (one for one in record.citations if one.number in sentence.citations):
        text = bot.articles[citation.article_id].text
        is_part = citation.quote.startswith(("| ", "- ")) or citation.quote[:1].isdigit()
        above = text[max(0, citation.start - 2000) : citation.start] if is_part else ""
        known.update(words(" ".join((citation.quote, citation.title, *citation.heading_path, above))))
    return set(words(sentence.text)) - known


def test_every_sentence_rests_on_the_words_it_cites(evaluated: Path, bot: Bot) -> None:
    for record in records(evaluated):
        for number, sentence in enumerate(record.sentences):
            assert sentence.support >= SUPPORTED
            assert sentence.citations
            assert not foreign_words(record, number, bot), sentence
        for citation in record.citations:
            assert bot.articles[citation.article_id].text[citation.start : citation.end] == citation.quote


def test_one_process_in_the_chat_gives_the_bytes_of_two_processes(evaluated: Path, bot: Bot) -> None:
    from bot.evaluate.ask import ask
    from bot.evaluate.questions import open_questions
    from bot.evaluate.sources import Sources

    sources = Sources(bot.articles)
    ours = [ask(bot, case, sources)[0] for case in open_questions(GOLDEN).cases()]
    assert ours == records(evaluated)


def test_a_run_killed_again_and_again_ends_with_the_same_bytes(evaluated: Path, tmp_path: Path) -> None:
    """Six kills at random moments, Ctrl-C and SIGKILL in turn, each followed by --resume."""
    chance, out = random.Random(7), tmp_path / "report"
    command = [sys.executable, "app.py", "evaluate", str(GOLDEN), "--out", str(out), "--workers", "2"]
    answered = 0
    for kill in range(6):
        resume = ["--resume"] if (out / "journal.jsonl").exists() else []
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        process = subprocess.Popen([*command, *resume], cwd=ROOT, **pipes, preexec_fn=hear_ctrl_c)
        wanted = answered + chance.randint(1, 2)
        while _lines(out) < wanted and process.poll() is None:
            time.sleep(0.02)
        time.sleep(chance.random() / 10)
        process.send_signal(signal.SIGINT if kill % 2 else signal.SIGKILL)
        _, told = process.communicate(timeout=PATIENCE)
        assert process.returncode == (130 if kill % 2 else -signal.SIGKILL), told
        assert _lines(out) >= answered  # nothing that was answered is lost
        answered = _lines(out)
    done = subprocess.run([*command, "--resume"], cwd=ROOT, capture_output=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
    assert not (out / "journal.jsonl").exists()
    for name in SAME:
        assert (out / name).read_bytes() == (evaluated / name).read_bytes(), name
    assert _without_times(out / "report.html") == _without_times(evaluated / "report.html")
    shutil.rmtree(out)


def _lines(out: Path) -> int:
    journal = out / "journal.jsonl"
    return max(0, journal.read_bytes().count(b"\n") - 1) if journal.exists() else 0


def _without_times(page: Path) -> str:
    return re.sub(r"<!--times-->.*?<!--/times-->", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)


def test_a_conversation_keeps_its_subject(bot: Bot) -> None:
    from bot.types import Turn

    first = bot.answer("What are well-known language models?")
    chunks = tuple(hit.chunk.id for hit in first.hits[:2])
    answer = bot.answer("and which of them are open?", [Turn(first.question, first.text, chunks)])
    assert answer.claims
    assert "open" in answer.text.casefold()


def test_the_same_question_gives_the_same_bytes(bot: Bot) -> None:
    first, second = (bot.answer("Which models can I download the weights of?") for _ in range(2))
    assert (first.claims, first.hits, first.confidence) == (second.claims, second.hits, second.confidence)
