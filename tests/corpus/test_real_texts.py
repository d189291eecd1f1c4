"""The raw texts and help centres that lie beside the project, where they do."""

import json
import os
from pathlib import Path

import pytest

from corpus.load import load_articles
from corpus.types import Corpus
from tests.corpus.test_sections import check
from tests.corpus.written import folder

SHARED = Path(__file__).resolve().parents[3] / "shared"
SEEDS = Path(os.environ.get("SEEDS_DATA", SHARED / "seeds"))
EVAL = Path(os.environ.get("EVAL_DATA", SHARED / "eval"))
BATCH = 40  # strings in one article: enough to meet each other, few enough to find the culprit


def present(path: Path, setting: str) -> Path:
    if not path.exists():
        reason = f"{path} is missing: set {setting} to run this test"
        pytest.skip(reason)
    return path


@pytest.fixture(scope="module")
def seeds() -> Corpus:
    return load_articles(present(SEEDS, "SEEDS_DATA"), strict=True)


def answers(corpus: Corpus) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for article in corpus.articles:
        for section in article.sections:
            if section.is_faq:
                found.setdefault(section.heading, []).append(article.text[section.body : section.end].strip())
    return found


def test_seeds_load_without_a_problem(seeds: Corpus) -> None:
    assert seeds.problems == ()
    for article in seeds.articles:
        check(article)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Is CLIP an LLM?", "No — it learns joint text-image embeddings but is not generative language."),
        ("Are all LLMs foundation models?", "Many modern LLMs fit the foundation model concept."),
        ("Is ChatGPT based on an LLM?", "Yes, it uses LLM technology."),
        ('Why the term "foundation"?', "Because downstream apps are built on top — the model is the foundation."),
    ],
)
def test_seeds_answer_their_questions(seeds: Corpus, question: str, answer: str) -> None:
    assert answer in answers(seeds)[question]


def test_seeds_lose_what_surrounds_them(seeds: Corpus) -> None:
    everything = "\n".join(article.text for article in seeds.articles)
    for gone in (
        "Skip to content",
        "More to Read",
        "Stay in the loop",
        "Supabase Auth",
        "Suggested Read",
        "min read",
        "Jason",
    ):
        assert gone not in everything


def test_seeds_keep_tables_and_endings(seeds: Corpus) -> None:
    everything = "\n".join(article.text for article in seeds.articles)
    assert "| Scope | Broad category | Specific subcategory |" in everything
    assert "If you understand this difference, you understand modern AI much more clearly." in everything
    assert "where the only cost is your electricity and hardware." in everything


@pytest.mark.parametrize(
    ("name", "articles", "faqs"), [("help_tor", 200, 120), ("help_gnome", 250, 30), ("debian_faq", 17, 100)]
)
def test_help_centres_load_without_an_error(name: str, articles: int, faqs: int) -> None:
    path = present(EVAL / name, "EVAL_DATA")
    corpus = load_articles(path / "articles" if (path / "articles").exists() else path, strict=True)
    assert len(corpus.articles) >= articles
    assert sum(map(len, answers(corpus).values())) >= faqs
    for article in corpus.articles:
        check(article)


def test_naughty_strings_are_data(tmp_path: Path) -> None:
    lines = present(EVAL / "strings" / "strings.jsonl", "EVAL_DATA").read_text(encoding="utf-8").split("\n")
    strings = [json.loads(line)["text"] for line in lines if line]
    files: dict[str, str] = {}
    for at in range(0, len(strings), BATCH):
        batch = strings[at : at + BATCH]
        text = "\n\n".join(f"## {one}\n\n{one}\n\n| {one} | x |" for one in batch)
        for suffix in ("md", "txt", "html"):
            files[f"{at}.{suffix}"] = text.encode("utf-8", "replace").decode("utf-8")
    files["all.jsonl"] = "\n".join(json.dumps({"question": one, "answer": one}) for one in strings)
    corpus = load_articles(folder(tmp_path, files))
    for article in corpus.articles:
        check(article)
