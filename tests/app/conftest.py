"""The command line in this process, on a folder of its own, with a fake embedder and no generator."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

import app
import bot.assemble
import bot.reader
import bot.settings
from tests.fakes import AgreeingReader, WordHashEmbedder

WHISPER = """# Whisper

Whisper was trained on 680,000 hours of audio in 99 languages.

## Is Whisper an LLM?

No. Whisper hears speech and writes it down.
"""
LLAMA = (
    "# Llama\n\nLlama is a family of language models made by Meta.\n\n## Who made Llama?\n\nMeta made Llama in 2023.\n"
)


class Ran(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Ran]


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """A folder with two good articles."""
    folder = tmp_path / "articles"
    folder.mkdir()
    (folder / "whisper.md").write_text(WHISPER, encoding="utf-8")
    (folder / "llama.md").write_text(LLAMA, encoding="utf-8")
    return folder


@pytest.fixture
def embedder(monkeypatch: pytest.MonkeyPatch) -> WordHashEmbedder:
    fake = WordHashEmbedder()
    monkeypatch.setattr(bot.assemble, "load_embedder", lambda path="", engine="auto": fake)
    monkeypatch.setattr(bot.reader, "load_reader", lambda engine="auto": AgreeingReader())
    return fake


@pytest.fixture
def run(
    tmp_path: Path,
    corpus: Path,
    embedder: WordHashEmbedder,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Run one command line, say `run("ask", "Why?")`: its exit code and what it printed."""
    for name, value in {"CORPUS": corpus, "INDEX": tmp_path / "index", "GENERATOR": "none"}.items():
        monkeypatch.setenv(f"FOOTNOTE_{name}", str(value))
    monkeypatch.setattr(bot.settings, "FILE", tmp_path / "footnote.toml")
    monkeypatch.setitem(bot.settings.Settings.model_config, "toml_file", tmp_path / "footnote.toml")
    monkeypatch.chdir(tmp_path)

    def command(*argv: str, typed: str = "") -> Ran:
        monkeypatch.setattr("sys.stdin", io.StringIO(typed))
        try:
            code = int(app.main(list(argv)))
        except SystemExit as left:  # argparse
            code = int(left.code or 0)
        return Ran(code, *capsys.readouterr())

    return command
