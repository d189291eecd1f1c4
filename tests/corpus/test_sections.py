"""What holds for every article, whatever its file looks like: tiles, anchors, the plain form, the same on every run."""

import re
import string
import tempfile
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from corpus.blocks import Block, Code, Draft, Heading, Item, List, Paragraph, Table
from corpus.build import build
from corpus.clean import clean
from corpus.errors import CorpusError
from corpus.load import load_articles
from corpus.types import Article
from tests.corpus.written import folder

words = st.text(alphabet=string.ascii_letters + "äß?.!|`-*#<>&\\\u200b\u202e\u00ad\u00a0\x00\n ", max_size=30)
items = st.builds(Item, words, st.integers(0, 9), st.none() | st.integers(0, 99))
blocks = st.one_of(
    st.builds(Heading, st.integers(1, 7), words, st.sampled_from(["", "top", "a b"])),
    st.builds(Paragraph, words),
    st.builds(lambda some: List(tuple(some)), st.lists(items, max_size=4)),
    st.builds(lambda rows: Table(tuple(map(tuple, rows))), st.lists(st.lists(words, max_size=3), max_size=3)),
    st.builds(Code, words),
)
documents = st.lists(blocks, max_size=12).map(tuple)


def check(article: Article) -> None:
    sections = article.sections
    assert sections[0].start == 0
    assert sections[-1].end == len(article.text)
    assert all(one.end == next_.start for one, next_ in pairwise(sections))
    assert all(section.start <= section.body <= section.end for section in sections)
    anchors = [section.anchor for section in sections]
    assert len(set(anchors)) == len(anchors)
    for section in sections:
        heading = article.text[section.start : section.body].strip()
        assert heading == section.heading.replace("```", "'''") or not section.heading_path
        if section.is_faq:
            assert article.text[section.body : section.end].strip()
    assert is_plain(article.text)


def is_plain(text: str) -> bool:
    """Whether a text keeps to the plain form of corpus/types.py."""
    if text != text.strip() or text != clean(text):
        return False
    outside = re.sub(r"^```\n.*?\n```$", "code", text, flags=re.MULTILINE | re.DOTALL)
    lines = outside.split("\n")
    for above, line in pairwise(lines):
        if not above and not line:
            return False
        if above and line and not all(re.match(r" *(?:- |\d+\. )\S|\| .* \|$", one) for one in (above, line)):
            return False
    return "```" not in outside and not any(map(_has_stray_space, lines))


def _has_stray_space(line: str) -> bool:
    return line != line.rstrip() or ("  " in line.strip() and not line.startswith("| "))


@given(documents, st.sampled_from(["", "Title", "Is it free?"]))
@example((List((Item("a", 9),)),), "")
@example((Paragraph("```"), Paragraph("x")), "")
def test_any_document_becomes_a_plain_text_with_tiles(document: tuple[Block, ...], title: str) -> None:
    article = build(Draft(document, title), "a.md", "A")
    if article is not None:
        check(article)
        assert build(Draft(document, title), "a.md", "A") == article


def check_load(path: Path) -> None:
    try:
        corpus = load_articles(path)
    except CorpusError as error:
        told = str(error)
    else:
        told = "".join(map(str, corpus.problems))
        for article in corpus.articles:
            check(article)
    assert "\n" not in told


@given(
    st.text(alphabet=string.printable + "é?•\u200d", max_size=300),
    st.sampled_from(["a.md", "a.html", "a.txt", "a.csv"]),
)
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_any_text_loads_or_is_told(text: str, name: str) -> None:
    with tempfile.TemporaryDirectory() as path:
        check_load(folder(Path(path), {name: text}))


@given(st.binary(max_size=300), st.sampled_from([".md", ".html", ".txt", ".csv", ".jsonl", ".pdf", ".docx"]))
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None, max_examples=150)
def test_any_bytes_load_or_are_told(data: bytes, suffix: str) -> None:
    with tempfile.TemporaryDirectory() as path:
        check_load(folder(Path(path), {f"a{suffix}": data}))


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("e\u0301", "é"),
        ("a\u00a0b", "a b"),
        ("in\u00advisi\u200bble", "invisible"),
        ("\u202eabc\u2066", "abc"),
        ("a\x00\x1b[0m", "a[0m"),
        ("a\u200db", "ab"),
        ("👩\u200d💻", "👩\u200d💻"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("a\ud800b", "ab"),
        ("x\U000e0041y", "xy"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
    ],
)
def test_clean_text(raw: str, shown: str) -> None:
    assert clean(raw) == shown
    assert clean(shown) == shown
