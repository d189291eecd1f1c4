"""Files as they come: each fault one line, the good files still there, nothing raised but CorpusError."""

import io
import os
import warnings
import zipfile
from pathlib import Path

import pytest

from corpus import load
from corpus.errors import CorpusError
from corpus.load import load_articles
from corpus.types import Corpus
from tests.corpus.written import docx, folder, paragraph, pdf

GOOD = "# Good\n\nStill here.\n"


def loaded(path: Path, name: str, content: str | bytes) -> Corpus:
    corpus = load_articles(folder(path, {"good.md": GOOD, name: content}))
    assert "good.md" in {article.id for article in corpus.articles}
    assert all("\n" not in str(problem) for problem in corpus.problems)
    return corpus


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * (65 * 2**20))
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.md", "", "is empty"),
        ("a.txt", "  \n", "is empty"),
        ("a.md", bytes(range(256)) * 4, "binary data"),
        ("a.md", "---\ntitle: [\n---\n", "malformed"),
        ("a.html", "<script>alert(1)</script>", "no text"),
        ("a.html", "<div>" * 3000 + "deep", "too deeply"),
        ("a.pdf", b"%PDF-1.4\nrubbish", "damaged PDF"),
        ("a.pdf", pdf([[]]), "OCR"),
        ("a.docx", b"PK\x03\x04rubbish", "damaged DOCX"),
        ("a.docx", bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "password"),
        ("a.docx", docx("<w:p"), "damaged DOCX"),
        ("a.docx", bomb(), "unpacks to more than"),
        ("a.csv", "name,age\nx,1\n", 'no columns "question" and "answer" (it has: name, age)'),
        ("a.csv", "question,answer\n", "no rows"),
        ("a.csv", "question,answer\nWhy?,\nHow?,So.\n", "line 2 has no answer"),
        ("a.jsonl", '{"question": "How?", "answer": "So."}\nnonsense\n', "line 2 is no JSON"),
        ("a.jsonl", "[1]\n", "line 1 is no JSON object"),
        ("a.jsonl", "[" * 100_000, "nested too deeply"),
    ],
)
def test_a_bad_file_is_one_error(tmp_path: Path, name: str, content: str | bytes, told: str) -> None:
    corpus = loaded(tmp_path, name, content)
    (problem,) = corpus.problems
    assert problem.path == name
    assert problem.is_error
    assert told in problem.message
    with pytest.raises(CorpusError, match="has 1 problem: "):
        load_articles(tmp_path, strict=True)


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("a.xyz", "hello", ".xyz is not an article format"),
        ("z.md", GOOD, "says the same as"),
        ("a.md", '---\ntitle: He said "no"\nurl: "a "b" c"\n---\nBody.', "line by line"),
        ("a.md", "---\ntitle: A list the site makes\n---\n", "no text"),
        ("a.txt", "Où est-il ? À côté, très près.".encode("cp1252"), "read as cp1252"),
        ("a.txt", "Words without a mark, wide.".encode("utf-16-le"), "read as utf-16-le"),
        ("a.pdf", pdf([[(50, 700, 12, "Some words.")], []]), "1 of 2 pages hold no text"),
    ],
)
def test_a_remark_is_no_error(tmp_path: Path, name: str, content: str | bytes, told: str) -> None:
    corpus = loaded(tmp_path, name, content)
    (problem,) = corpus.problems
    assert told in problem.message
    assert not corpus.has_errors
    load_articles(tmp_path, strict=True)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_encodings_with_a_mark_need_no_remark(tmp_path: Path, encoding: str) -> None:
    corpus = loaded(tmp_path, "a.md", "---\ntitle: Größe\n---\nÄpfel\u00a0wie Öl.".encode(encoding))
    assert corpus.problems == ()
    assert (corpus.articles[0].title, corpus.articles[0].text) == ("Größe", "Äpfel wie Öl.")


def test_html_says_its_encoding(tmp_path: Path) -> None:
    corpus = loaded(tmp_path, "a.html", '<meta charset="iso-8859-1"><p>Crème brûlée</p>'.encode("latin-1"))
    assert corpus.problems == ()
    assert corpus.articles[0].text == "Crème brûlée"


def test_malformed_front_matter_keeps_title_and_body(tmp_path: Path) -> None:
    corpus = loaded(tmp_path, "a.md", '---\ntitle: "What is "it"?"\ntopic: tbb\n---\nThis.')
    assert (corpus.articles[0].title, corpus.articles[0].text) == ('What is "it"?', 'What is "it"?\n\nThis.')


def test_an_address_is_a_web_address_or_none(tmp_path: Path) -> None:
    corpus = loaded(tmp_path, "a.md", "---\nurl: javascript:alert(1)\n---\nBody.")
    assert corpus.articles[0].url == ""


def test_yaml_aliases_are_no_bomb(tmp_path: Path) -> None:
    levels = "\n".join(f"l{at}: &l{at} [{', '.join([f'*l{at - 1}'] * 9)}]" for at in range(1, 20))
    corpus = loaded(tmp_path, "a.md", f"---\nl0: &l0 [x]\n{levels}\ntags: *l19\n---\nBody.")
    assert corpus.articles[0].text == "Body."


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.md").write_text("secret")
    articles = folder(tmp_path / "articles", {"good.md": GOOD})
    (articles / "out.md").symlink_to(tmp_path / "secret.md")
    (articles / "folder").symlink_to(tmp_path)
    (articles / "nowhere.md").symlink_to("missing")
    (articles / "again.md").symlink_to("good.md")
    corpus = load_articles(articles)
    assert [article.id for article in corpus.articles] == ["good.md"]
    assert [problem.path for problem in corpus.problems] == ["folder", "nowhere.md", "out.md"]


def test_only_regular_visible_files_are_read(tmp_path: Path) -> None:
    folder(tmp_path, {"good.md": GOOD, ".hidden.md": "x", ".git/a.md": "x", "~$a.docx": "x", "logo.png": b"x"})
    os.mkfifo(tmp_path / "pipe.md")
    corpus = load_articles(tmp_path)
    assert [article.id for article in corpus.articles] == ["good.md"]
    assert [str(problem) for problem in corpus.problems] == ["pipe.md: is no regular file, left out"]


def test_an_unreadable_file_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    folder(tmp_path, {"good.md": GOOD})
    monkeypatch.setattr(Path, "read_bytes", refused)
    with pytest.raises(CorpusError, match="Permission denied"):
        load_articles(tmp_path)


def test_a_file_above_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(load, "MAX_FILE", 2**20)
    (problem,) = loaded(tmp_path, "a.txt", "word " * 300_000).problems
    assert "is too large (1 MB" in problem.message


def test_missing_empty_and_mistaken_folders(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="does not exist"):
        load_articles(tmp_path / "missing")
    with pytest.raises(CorpusError, match="holds no article"):
        load_articles(tmp_path)
    with pytest.raises(CorpusError, match="is a file"):
        load_articles(folder(tmp_path, {"a.md": GOOD}) / "a.md")


def test_all_problems_are_in_one_report(tmp_path: Path) -> None:
    bad = {f"bad{at}.md": "" for at in range(9)}
    corpus = load_articles(folder(tmp_path, {"good.md": GOOD, **bad}))
    assert [problem.path for problem in corpus.problems] == sorted(bad)
    with pytest.raises(CorpusError, match=r"has 9 problems: bad0.md: .* \.\.\."):
        load_articles(tmp_path, strict=True)


def test_progress_sees_every_file(tmp_path: Path) -> None:
    seen: list[str] = []

    def progress(names: object) -> list[str]:
        seen.extend(names)  # type: ignore[call-overload]
        return seen

    load_articles(folder(tmp_path, {"b.md": GOOD, "a/c.md": "# C\n\nText."}), progress=progress)
    assert seen == ["a/c.md", "b.md"]


def test_readers_say_nothing_on_the_side(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    files = {
        "a.pdf": pdf([[(50, 700, 12, "Words.")]])[:-60],
        "b.docx": docx(paragraph("x", "NoSuchStyle")),
        "c.md": GOOD,
    }
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        load_articles(folder(tmp_path, files))
    assert capfd.readouterr() == ("", "")


def test_many_small_files_are_quick(tmp_path: Path) -> None:
    files = {
        f"{at % 10}/{at}.md": f"---\ntitle: Number {at}\n---\n\nText {at}.\n\n- one\n- two\n" for at in range(1000)
    }
    assert len(load_articles(folder(tmp_path, files)).articles) == 1000
