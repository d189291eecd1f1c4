"""The commands as a person runs them: processes of their own, the real models, and Ctrl-C in the middle."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.generator import CONVERTED, load_generator
from index.tensors import WEIGHTS
from tests.app.conftest import LLAMA, WHISPER
from tests.models.ggufs import with_layers
from tests.models.test_generator import QUESTION, SKY

pytestmark = pytest.mark.models
ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE = 300  # seconds; a few are enough on an idle machine


@pytest.fixture
def place(tmp_path: Path) -> dict[str, str]:
    """An environment with articles and an index of its own; converted weights are shared with the checkout."""
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "whisper.md").write_text(WHISPER, encoding="utf-8")
    (tmp_path / "articles" / "llama.md").write_text(LLAMA, encoding="utf-8")
    ours = {"FOOTNOTE_CORPUS": str(tmp_path / "articles"), "FOOTNOTE_INDEX": str(tmp_path / "index")}
    return {**os.environ, **ours}


def _run(place: dict[str, str], *argv: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "app.py", *argv]
    return subprocess.run(
        command, cwd=ROOT, env=place, input=typed, capture_output=True, text=True, timeout=PATIENCE, check=False
    )


def hear_ctrl_c() -> None:
    """A shell's background jobs, and what they start, do not hear it: a test run there starts programs that do."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _wait(process: subprocess.Popen[str], ready: Callable[[], object]) -> None:
    """Until it is ready, or the process has ended."""
    end = time.monotonic() + PATIENCE
    while not ready() and process.poll() is None:
        assert time.monotonic() < end, "it is never ready"
        time.sleep(0.05)


def _interrupted(place: dict[str, str], seconds: float, *argv: str, after: Path | None = None) -> tuple[int, str, str]:
    """Run, wait so long once Footnote's code runs (and `after` holds a second generation), press Ctrl-C."""
    command = [sys.executable, "-X", "importtime", "app.py", *argv]  # a line on stderr once a module is imported
    told = Path(place["FOOTNOTE_INDEX"]).with_name("stderr")
    with told.open("w", encoding="utf-8") as stderr:
        pipes = {"stdout": subprocess.PIPE, "stderr": stderr}
        process = subprocess.Popen(command, cwd=ROOT, env=place, **pipes, text=True, preexec_fn=hear_ctrl_c)
        # Before the first module that is loaded with Ctrl-C told, Python itself starts, on a busy machine for seconds.
        _wait(process, lambda: re.search(r"\| +bot\n", told.read_text(encoding="utf-8")))
        _wait(process, lambda: after is None or len(list(after.glob("gen-*"))) >= 2)
        time.sleep(seconds)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=PATIENCE)
    lines = told.read_text(encoding="utf-8").splitlines(keepends=True)
    return process.returncode, out, "".join(line for line in lines if not line.startswith("import time:"))


def test_index_then_ask(place: dict[str, str]) -> None:
    built = _run(place, "index")
    assert (built.returncode, built.stderr) == (0, "")
    assert built.stdout.startswith("2 articles, 4 chunks: 4 embedded, 0 reused")
    asked = _run(place, "ask", "-", "--json", typed="How many hours of audio was Whisper trained on?\n")
    assert asked.returncode == 0, asked.stderr
    answer = json.loads(asked.stdout)
    assert "680,000 hours" in answer["claims"][0]["text"]
    off_topic = _run(place, "ask", "How long do I boil an egg?")
    assert off_topic.returncode == 3
    assert off_topic.stderr == ""
    assert off_topic.stdout.startswith("The articles do not cover this question.")


ASKED = """
import app
code = app.main(["ask", "--json", "At how many degrees is the sourdough bread baked?"])
assert code == 0
"""
SERVED = """
from starlette.testclient import TestClient
from bot.assemble import assemble
from bot.chat.server import build_app
from bot.settings import Settings
settings = Settings(keep=False)
with TestClient(build_app(assemble(settings), settings), base_url="http://127.0.0.1") as client:
    print(client.post("/api/ask", json={"question": "At how many degrees is the sourdough bread baked?"}).text)
"""
LOADED = """
import sys
print(*(name in sys.modules for name in ("torch", "transformers", "bot.llama")))
"""


@pytest.mark.parametrize("code", [ASKED, SERVED], ids=["ask", "server"])
def test_a_generated_answer_needs_neither_torch_nor_transformers(code: str, place: dict[str, str]) -> None:
    # Two ways to say it, so that there is something to choose.
    bread = (
        "# Bread\n\nHowever, the sourdough bread is baked at 230 degrees for forty minutes. It needs salt and water.\n"
    )
    Path(place["FOOTNOTE_CORPUS"], "bread.md").write_text(bread, encoding="utf-8")
    _run(place, "index")
    for engine, loaded in (("openvino", "False False True"), ("torch", "True True False")):
        ours = {**place, "FOOTNOTE_ENGINE": engine}
        command = [sys.executable, "-c", code + LOADED]
        ran = subprocess.run(command, cwd=ROOT, env=ours, capture_output=True, text=True, timeout=PATIENCE, check=False)
        *answer, watched = ran.stdout.splitlines()
        assert json.loads("\n".join(answer))["lane"] == "generated", ran.stderr
        assert watched == loaded


def test_a_reader_that_has_seen_enough_and_a_full_disk_are_no_traceback(place: dict[str, str]) -> None:
    _run(place, "index")
    shell = f'"{sys.executable}" app.py ask "Is Whisper an LLM?" '
    for where, code, said in (("| true", 0, ""), ("> /dev/full", 1, "footnote: standard output: No space left")):
        if where.endswith("full") and not Path("/dev/full").exists():
            continue
        script = f"set -o pipefail; {shell} {where}"
        ran = subprocess.run(["bash", "-c", script], cwd=ROOT, env=place, capture_output=True, text=True, check=False)
        assert ran.returncode == code
        assert ran.stderr.startswith(said)
        assert len(ran.stderr.splitlines()) == bool(said)


@pytest.mark.parametrize("embedding", [False, True], ids=["starting", "embedding"])
def test_ctrl_c_while_indexing_loses_nothing(place: dict[str, str], tmp_path: Path, embedding: bool) -> None:
    assert _run(place, "index").returncode == 0
    kept = sorted(path.name for path in (tmp_path / "index").glob("gen-*"))
    for number in range(400):  # more than can be embedded meanwhile
        text = f"# Note {number}\n\n" + f"Note {number} says that number {number} is a number. " * 40
        (tmp_path / "articles" / f"{number}.md").write_text(text, encoding="utf-8")
    after = tmp_path / "index" if embedding else None
    assert _interrupted(place, 1.0, "index", after=after) == (130, "", "footnote: stopped\n")
    assert sorted(path.name for path in (tmp_path / "index").glob("gen-*")) == kept
    for number in range(400):
        (tmp_path / "articles" / f"{number}.md").unlink()
    assert _run(place, "index").stdout.startswith("the index is up to date: 2 articles")


@pytest.mark.parametrize("seconds", [1.0, 5.0])
def test_ctrl_c_while_asking(place: dict[str, str], seconds: float) -> None:
    _run(place, "index")
    code, out, err = _interrupted(place, seconds, "ask", "How many hours of audio was Whisper trained on?")
    if code == 0:  # it was quicker
        assert "680,000" in out
    else:
        assert (code, out, err) == (130, "", "footnote: stopped\n")


def test_a_converted_model_that_was_cut_short_is_told_and_converted_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gguf, models = tmp_path / "shallow.gguf", tmp_path / "models"
    with_layers(gguf, 2)  # converted in a moment
    said = list(load_generator(str(gguf), models).choose(QUESTION, SKY))
    folder = next(models.glob("generator-*"))
    promised = (folder / CONVERTED).read_text()
    for name in (WEIGHTS, "tokenizer.json"):
        whole = (folder / name).stat().st_size
        with (folder / name).open("r+b") as file:
            file.truncate(1000)
        capsys.readouterr()
        assert list(load_generator(str(gguf), models).choose(QUESTION, SKY)) == said
        assert f"the converted model in {folder} is damaged, or of an earlier version" in capsys.readouterr().err
        assert (folder / name).stat().st_size == whole
        assert (folder / CONVERTED).read_text() == promised
    assert [path.name for path in models.iterdir()] == [folder.name]
