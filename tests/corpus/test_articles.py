"""The shipped articles: their form, and that their wording is our own."""

import os
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
ARTICLES = tuple(sorted((ROOT / "corpus" / "articles").glob("*.md")))
SEEDS = Path(os.environ.get("SEEDS_DATA") or ROOT.parent / "shared" / "seeds")
FRONT_MATTER_KEYS = {"title", "url", "updated", "tags"}
FAQ_HEADING = "## Frequently asked questions"
SHARED_WORDS = 8  # a run of words this long in a source counts as copied

each_article = pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.stem)


def split(path: Path) -> tuple[dict[str, object], str]:
    """Return an article's front matter and its Markdown body."""
    _, front, body = path.read_text(encoding="utf-8").split("---\n", 2)
    return yaml.safe_load(front), body


def faq_of(body: str) -> dict[str, str]:
    """Return question -> answer from the FAQ section that ends the body."""
    _, _, section = body.partition(FAQ_HEADING)
    parts = re.split(r"^### (.+)$", section, flags=re.MULTILINE)[1:]
    return {q.strip(): a.strip() for q, a in zip(parts[::2], parts[1::2], strict=True)}


def word_runs(text: str) -> set[tuple[str, ...]]:
    """Return every run of SHARED_WORDS consecutive words, case-folded."""
    words = re.findall(r"\w+", text.casefold())
    return set(zip(*(words[i:] for i in range(SHARED_WORDS)), strict=False))


def blocks_before(body: str, first: str) -> Iterator[str]:
    """Yield the block that precedes each block whose start matches `first`."""
    blocks = re.split(r"\n{2,}", body.strip())
    for before, block in pairwise(blocks):
        if re.match(first, block):
            yield before


def test_number_of_articles() -> None:
    assert 10 <= len(ARTICLES) <= 15


@each_article
def test_front_matter(path: Path) -> None:
    front, body = split(path)
    assert set(front) == FRONT_MATTER_KEYS
    assert front["url"] == f"/articles/{path.stem}"
    assert re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(front["updated"]))
    assert isinstance(front["tags"], list)
    assert not re.search(r"^# ", body, flags=re.MULTILINE), "the title is in the front matter"


@each_article
def test_every_list_has_a_lead_in(path: Path) -> None:
    lead_ins = list(blocks_before(split(path)[1], r"(- |\d+\. )"))
    assert lead_ins, "no list"
    assert [text for text in lead_ins if not text.endswith(":")] == []


@each_article
def test_every_table_is_introduced_and_has_a_header(path: Path) -> None:
    body = split(path)[1]
    lead_ins = list(blocks_before(body, r"\|"))
    assert lead_ins, "no table"
    assert [text for text in lead_ins if not re.search(r"\w.*[.:]$", text)] == []
    for table in re.findall(r"(?:^\|.*\n)+", body, flags=re.MULTILINE):
        rows = table.strip().split("\n")
        assert re.fullmatch(r"\|(-+\|)+", rows[1])
        assert len({row.count("|") for row in rows}) == 1


@each_article
def test_faq_section(path: Path) -> None:
    body = split(path)[1]
    assert body.count(FAQ_HEADING) == 1
    faq = faq_of(body)
    assert 3 <= len(faq) <= 7
    assert [question for question in faq if not question.endswith("?")] == []
    assert [question for question, answer in faq.items() if not answer] == []


def test_no_faq_question_occurs_twice() -> None:
    questions = [q.casefold() for path in ARTICLES for q in faq_of(split(path)[1])]
    assert sorted(q for q in set(questions) if questions.count(q) > 1) == []


@each_article
def test_no_html_and_no_external_link(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"<[a-zA-Z/!]", text)
    assert not re.search(r"https?:|www\.|\]\(\s*//|mailto:", text)


@each_article
def test_wording_is_our_own(path: Path) -> None:
    sources = sorted(SEEDS.glob("*.txt"))
    if not sources:
        pytest.skip(f"ORIGINALITY NOT CHECKED: no source texts in {SEEDS}; set SEEDS_DATA")
    runs = word_runs(path.read_text(encoding="utf-8"))
    copied = (runs & word_runs(source.read_text(encoding="utf-8")) for source in sources)
    assert sorted(" ".join(run) for run in set().union(*copied)) == []
