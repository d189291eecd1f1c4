"""Exit codes, what goes where, and what the help teaches."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

import bot.assemble
from bot.pipeline import Bot
from bot.types import Answer
from tests.app.conftest import LLAMA, Run
from tests.fakes import WordHashEmbedder

ROOT = Path(__file__).resolve().parent.parent.parent


def test_index_says_in_a_plain_line_what_it_did(run: Run, corpus: Path, tmp_path: Path) -> None:
    first = run("index")
    assert first.code == 0
    assert first.err == ""
    assert first.out.startswith("2 articles, 4 chunks: 4 embedded, 0 reused, 0 removed, ")
    assert first.out.endswith(" s -> index\n")
    assert run("index").out == "the index is up to date: 2 articles, 4 chunks -> index\n"
    (corpus / "llama.md").unlink()
    elsewhere = run("index", "--index", str(tmp_path / "index"))
    assert "1 article, 2 chunks: 0 embedded, 2 reused, 2 removed" in elsewhere.out


def test_another_way_to_search_makes_the_index_over_without_embedding(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("index")
    monkeypatch.setenv("FOOTNOTE_SEARCH", "approximate")
    assert "4 chunks: 0 embedded, 4 reused" in run("index").out
    assert run("index").out.startswith("the index is up to date")
    assert run("ask", "Is Whisper an LLM?").out.startswith("No. Whisper hears speech")
    monkeypatch.setenv("FOOTNOTE_SEARCH", "quick")
    assert "setting search" in run("index").err


def test_rebuild_embeds_everything_again(run: Run, embedder: WordHashEmbedder) -> None:
    run("index")
    embedder.embedded.clear()
    assert "4 embedded, 0 reused" in run("index", "--rebuild").out
    assert len(embedder.embedded) == 6  # four chunks, two questions


def test_an_answer_has_numbered_sources(run: Run) -> None:
    ran = run("ask", "Is Whisper an LLM?")
    assert ran.code == 0
    assert ran.out.startswith("No. Whisper hears speech and writes it down. [1]\n\nSources\n  [1] Whisper > Is Whisper")
    assert ran.err.startswith("footnote: 2 articles, 4 chunks: 4 embedded")  # told because it took a moment
    assert run("ask", "Is Whisper an LLM?").err == ""


def test_a_question_that_is_not_covered_leaves_with_3(run: Run) -> None:
    ran = run("ask", "quantum broccoli umbrella?")
    assert ran.code == 3
    assert ran.out.startswith("The articles do not cover this question.\n\nThe articles do answer:\n  - ")


def test_json_is_the_answer_and_nothing_else(run: Run) -> None:
    ran = run("ask", "Is Whisper an LLM?", "--json")
    answer = json.loads(ran.out)
    assert set(answer) == set(Answer.__dataclass_fields__)
    assert answer["lane"] == "faq"
    assert answer["claims"][0]["citations"][0]["quote"] == "No. Whisper hears speech and writes it down."
    declined = run("ask", "quantum broccoli umbrella?", "--json")
    assert declined.code == 3
    assert json.loads(declined.out)["claims"] == []


def test_a_dash_reads_the_question_from_standard_input(run: Run) -> None:
    assert run("ask", "-", typed="Is Whisper\nan LLM?\n").out == run("ask", "Is Whisper an LLM?").out


@pytest.mark.parametrize("before", [True, False])
def test_options_work_before_and_after_the_command(run: Run, tmp_path: Path, before: bool) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "one.md").write_text(LLAMA, encoding="utf-8")
    (other / "bad.md").write_bytes(b"")
    options = ("--corpus", str(other), "--index", str(tmp_path / "built"))
    ran = run(*options, "index") if before else run("index", *options)
    assert ran.code == 4
    assert ran.out.startswith("1 article, 2 chunks")
    strict = run("--strict", *options, "index") if before else run("index", *options, "--strict")
    assert strict.code == 1
    assert "bad.md: is empty" in strict.err


@pytest.mark.parametrize(
    "argv", [("ask",), ("sing",), ("index", "--port", "1"), ("--port", "many"), ("ask", "a", "b"), ("--corpus",)]
)
def test_wrong_usage_leaves_with_2(run: Run, argv: tuple[str, ...]) -> None:
    ran = run(*argv)
    assert ran.code == 2
    assert ran.out == ""
    assert "usage:" in ran.err


@pytest.mark.parametrize("command", ["serve", "index", "ask", "questions", "evaluate", "gaps"])
def test_every_command_explains_itself(run: Run, command: str) -> None:
    ran = run(command, "--help")
    assert ran.code == 0
    assert "--corpus FOLDER" in ran.out
    assert command in run("--help").out


def test_what_was_freed_while_all_was_made_is_given_back(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []
    monkeypatch.setattr(bot.assemble, "give_back", lambda: done.append("given back"))
    monkeypatch.setattr(bot.assemble, "Bot", lambda *parts: done.append("served") or Bot(*parts))
    assert run("ask", "Who made Llama?").code == 0
    assert done == ["given back", "served"]


def test_ctrl_c_is_one_line_and_the_next_run_is_fine(run: Run, embedder: WordHashEmbedder, tmp_path: Path) -> None:
    def interrupted(texts: object) -> None:
        raise KeyboardInterrupt

    working = embedder.embed_passages
    embedder.embed_passages = interrupted  # type: ignore[method-assign, assignment]
    ran = run("index")
    assert (ran.code, ran.out, ran.err) == (130, "", "footnote: stopped\n")
    assert not list((tmp_path / "index").glob("gen-*"))
    embedder.embed_passages = working  # type: ignore[method-assign]
    assert run("ask", "Is Whisper an LLM?").code == 0


def test_serve_is_the_default_and_gets_the_settings(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    served = []
    monkeypatch.setattr("bot.chat.server.serve", lambda bot, settings: served.append(settings.port))
    assert run("--port", "7001").code == 0
    assert run("serve", "--port", "7002").code == 0
    assert run().code == 0
    assert served == [7001, 7002, 7860]


def test_help_is_quick() -> None:
    began = time.perf_counter()
    subprocess.run([sys.executable, "app.py", "--help"], cwd=ROOT, capture_output=True, check=True)
    assert time.perf_counter() - began < 2  # .05 s on an idle machine; the lazy imports are held by test_structure


def test_the_composition_root_fits_on_a_page() -> None:
    assert len((ROOT / "app.py").read_text(encoding="utf-8").splitlines()) < 100
