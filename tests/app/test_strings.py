"""Every hostile string we know of, as a question and as an article: nothing breaks, nothing invisible comes out."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.assemble import assemble
from bot.settings import read_settings
from bot.terminal import as_json, as_text
from corpus.errors import QuestionError
from tests.app.conftest import Run

ROOT = Path(__file__).resolve().parent.parent.parent
STRINGS = Path(os.environ.get("EVAL_DATA", ROOT.parent / "shared" / "eval")) / "strings" / "strings.jsonl"
PER_ARTICLE = 40
# One in so many for the quick check; all of them take minutes and run with the real models.
EVERY = pytest.mark.parametrize("every", [20, pytest.param(1, marks=pytest.mark.models)], ids=["some", "all"])


@pytest.fixture(scope="module")
def strings() -> list[str]:
    if not STRINGS.is_file():
        pytest.skip(f"NOT TRIED: there are no hostile strings at {STRINGS}; set EVAL_DATA")
    return [json.loads(line)["text"] for line in STRINGS.read_text(encoding="utf-8").split("\n") if line]


def _ask(questions: list[str]) -> Iterator[str]:
    """What the terminal shows for each question."""
    bot = assemble(read_settings())
    for question in questions:
        try:
            answer = bot.answer(question)
        except QuestionError as error:
            yield str(error)
            continue
        assert json.loads(as_json(answer))["lane"] == answer.lane
        yield as_text(answer)


def _write(folder: Path, strings: list[str]) -> None:
    """Each string as title, heading, text, item and cell, in every format that is text."""
    for number in range(0, len(strings), PER_ARTICLE):
        some = strings[number : number + PER_ARTICLE]
        body = "\n\n".join(
            f"## {text}?\n\n{text}\n\n- {text}\n\n| a | b |\n|---|---|\n| {text} | {text} |" for text in some
        )
        (folder / f"{number}.md").write_text(f"---\ntitle: {some[0]}\n---\n\n{body}\n", encoding="utf-8")
        page = "".join(f"<h2>{text}</h2><p>{text}</p><ul><li>{text}</li></ul>" for text in some)
        (folder / f"{number}.html").write_text(f"<title>{some[0]}</title><main>{page}</main>", encoding="utf-8")
        (folder / f"{number}.txt").write_text("\n\n".join(some), encoding="utf-8")
    pairs = (json.dumps({"question": f"{text}?", "answer": text, "url": text, "title": text}) for text in strings)
    (folder / "pairs.jsonl").write_text("\n".join(pairs), encoding="utf-8")


def _plain(text: str) -> bool:
    return not any((ord(char) < 32 and char != "\n") or 127 <= ord(char) < 160 for char in text)


@EVERY
def test_strings_as_questions(run: Run, strings: list[str], every: int) -> None:
    assert run("index").code == 0
    assert all(_plain(shown) for shown in _ask(strings[::every]))


@EVERY
def test_strings_as_articles(run: Run, corpus: Path, strings: list[str], every: int) -> None:
    _write(corpus, strings[::every])
    built = run("index")
    assert built.code in (0, 4)
    assert _plain(built.out + built.err)
    assert run("index").out.startswith("the index is up to date")
    assert all(_plain(shown) for shown in _ask(strings[::700]))
