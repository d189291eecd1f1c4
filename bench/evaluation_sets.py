"""Evaluation sets as what a user would have: a folder of articles and a file of questions.

SETS are the ones `make evaluate-sets` measures; OTHERS can be written and asked as well (bench/evaluate_sets.py).
"""

import csv
import random
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.data import load
from bot.evaluate.questions import open_questions
from bot.evaluate.types import Case
from corpus.load import load_articles
from index.build import build_index, open_index
from index.search import Index
from index.types import Embedder
from training.lines import write_lines
from training.split import SQUAD2_HELD_OUT

SEED = 1
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Set:
    """One set as articles and questions."""

    name: str
    articles: Rows  # rows of an articles.jsonl: {id, title, text} or {id, question, answer}
    questions: Rows  # rows of a questions.jsonl
    about: str


def articles(passages: Rows, *, faq: bool = False, titled: bool = True) -> Rows:
    """Passages as a file of articles, their titles questions, titles, or hidden."""
    names = ("question", "answer") if faq else ("title", "text")
    return [{"id": row["id"], names[0]: row["title"] if titled else "", names[1]: row["text"]} for row in passages]


def question(row: dict[str, Any], *tags: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - fields of JSON
    """A question as a row of a questions.jsonl; one without an answer in the articles expects no source."""
    answerable = bool(row["answerable"])
    expected = {"expected_answer": row.get("answers") or [], "expected_source": row["gold"]} if answerable else {}
    return {
        "id": row["id"],
        "question": row["question"],
        "answerable": answerable,
        "tags": list(tags),
        **expected,
        **more,
    }


def halves(rows: Rows, count: int) -> Rows:
    """A fixed sample, half of it answerable when the set has both."""
    chance = random.Random(SEED)
    yes, no = ([row for row in rows if bool(row["answerable"]) is kind] for kind in (True, False))
    half = min(count // 2, len(no))
    return chance.sample(yes, min(count - half, len(yes))) + chance.sample(no, half)


def stackfaq(*, titled: bool) -> Set:
    """FAQ threads: rephrasings of their questions, and of threads that are left out."""
    passages, rows = load.qa("stackfaq")
    asked = [question(row, "rephrased" if row["answerable"] else "near-domain") for row in rows]
    name = "stackfaq" if titled else "stackfaq, titles hidden"
    return Set(name, articles(passages, faq=titled, titled=titled), asked, "50 threads, 500 rephrasings, 120 left out")


def off_topic() -> Set:
    """Questions that have nothing to do with the articles of stackfaq."""
    rows = load.rows("clinc150", "oos_questions.jsonl") + load.rows("selfaware", "offtopic_questions.jsonl")
    rows += load.rows("banking77_oos", "ood-oos_valid.jsonl")
    unique = list({row["question"]: row for row in rows}.values())  # clinc150 and banking77 share some
    sample = random.Random(SEED).sample(unique, 300)
    asked = [
        {"id": row["id"], "question": row["question"], "answerable": False, "tags": ["off-topic"]} for row in sample
    ]
    return Set(
        "off topic", articles(load.qa("stackfaq")[0], faq=True), asked, "clinc150, selfaware, banking77 on stackfaq"
    )


def squad2() -> Set:
    """Paragraphs of 17 articles; half of the questions written to deceive."""
    passages, rows = load.qa("squad2")
    rows = [row for row in rows if row["article"] in SQUAD2_HELD_OUT]
    asked = [question(row, "answerable" if row["answerable"] else "adversarial") for row in halves(rows, 600)]
    return Set(
        "squad2",
        articles(passages),
        asked,
        "600 of 2,155 on six articles never trained on, all 17 in the index; half adversarially unanswerable",
    )


def clapnq() -> Set:
    """Search questions with long answers and gold sentences."""
    passages, rows = load.qa("clapnq")
    asked = []
    for row in rows:
        gold = row["gold"][0]
        quotes = [{"article": gold, "quote": said} for each in row["gold_sentences"] for said in each]
        sources = {"expected_source": quotes} if row["answerable"] and quotes else {}
        asked.append(question(row, "long" if row["answerable"] else "near-domain", **sources))
    return Set("clapnq", articles(passages), asked, "all 316; sources are the gold sentences")


def nq_open() -> Set:
    """Search questions with short answers, all answerable."""
    passages, rows = load.qa("nq_open")
    return Set("nq_open", articles(passages), [question(row) for row in halves(rows, 300)], "300 of 1,311")


def datatalks() -> Set:
    """A course's FAQ, all answerable, by source only."""
    passages, rows = load.qa("datatalks_faq")
    asked = [question(row, row["course"]) for row in halves(rows, 300)]
    return Set("datatalks_faq", articles(passages, faq=True), asked, "300 of 2,123")


def mtrag() -> Set:
    """Last turns of conversations with what was said before."""
    passages, rows = load.qa("mtrag")
    asked = []
    for row in rows:
        kind = row["answerability"]
        answerable = {"ANSWERABLE": True, "PARTIAL": True, "UNANSWERABLE": False}.get(kind)
        tags = [kind.lower(), "near-domain"] if answerable is False else [kind.lower()]
        made = question({**row, "answerable": answerable}, *tags, history=row["history"])
        asked.append({**made, "answerable": "" if answerable is None else made["answerable"]})
    return Set("mtrag", articles(passages), asked, "all 217, history given; underspecified ones are not judged")


SETS: tuple[Callable[[], Set], ...] = (
    lambda: stackfaq(titled=True), lambda: stackfaq(titled=False), off_topic, squad2, clapnq, nq_open, datatalks, mtrag,
)  # fmt: skip


def sets_named(names: Collection[str]) -> Iterator[Set]:
    """Those of SETS with these names, in its order; all of them where none is named."""
    for make in SETS:
        if (one := make()).name in names or not names:
            yield one


def scifact() -> Set:
    """Claims and the abstracts that bear on them."""
    passages, queries, judged = load.ir("scifact")
    asked = [
        {"id": row["id"], "question": row["text"], "expected_source": list(judged[row["id"]])}
        for row in queries
        if row["id"] in judged
    ]
    return Set("scifact", articles([{**row, "id": row["id"]} for row in passages]), asked, "300 claims")


def bankfaqs() -> Set:
    """Bank FAQ pairs, the question hidden in the articles."""
    passages = load.rows("bankfaqs", "passages.jsonl")
    asked = [
        {"id": row["id"], "question": row["title"], "expected_source": [row["id"]], "tags": [row["class"]]}
        for row in passages
    ]
    return Set("bankfaqs, titles hidden", articles(passages, titled=False), asked, "all 832")


def medquad() -> Set:
    """Health FAQ pairs, the question hidden in the articles."""
    passages = load.rows("medquad", "passages.jsonl")
    sample = random.Random(SEED).sample(passages, 300)
    asked = [{"id": row["id"], "question": row["title"], "expected_source": [row["id"]]} for row in sample]
    return Set("medquad, titles hidden", articles(passages, titled=False), asked, "300 of 2,686")


def xquad(language: str) -> Set:
    """SQuAD in another language."""
    passages = load.rows("xquad", f"passages.{language}.jsonl")
    asked = [question(row) for row in load.rows("xquad", f"questions.{language}.jsonl")]
    return Set(f"xquad {language}", articles(passages), asked, "all")


def rgb() -> Set:
    """News questions among passages that answer and passages that only look like it."""
    passages: Rows = []
    asked = []
    for row in load.rows("rgb", "en_fact.jsonl"):
        texts = [("p", text) for text in row["positive"]] + [("n", text) for text in row["negative"]]
        own = [
            {"id": f"{row['id']}-{kind}{number}", "title": "", "text": text}
            for number, (kind, text) in enumerate(texts)
        ]
        passages += own
        answers = row["answer"] if isinstance(row["answer"], list) else [row["answer"]]
        flat = [one for each in answers for one in (each if isinstance(each, list) else [each])]
        asked.append({"id": f"rgb{row['id']}", "question": row["query"], "expected_answer": flat})
    return Set("rgb", articles(passages), asked, "all, with positive and negative passages")


def covid() -> Set:
    """FAQ entries and questions that mean the same."""
    entries = load.rows("covid_deepset", "faq_en.jsonl")
    known = {row["title"]: row["id"] for row in entries}
    asked = []
    with (load.ROOT / "covid_deepset" / "question_pairs.csv").open(encoding="utf-8", newline="") as pairs:
        for number, row in enumerate(csv.DictReader(pairs)):
            if row["similar"] == "1" and row["question_1"] in known:
                source = [known[row["question_1"]]]
                asked.append({"id": f"cd{number}", "question": row["question_2"], "expected_source": source})
    return Set("covid_deepset", articles(entries, faq=True), asked, "pairs that mean the same")


OTHERS: tuple[Callable[[], Set], ...] = (
    scifact, bankfaqs, medquad, lambda: xquad("en"), lambda: xquad("de"), lambda: xquad("es"), rgb, covid,
)  # fmt: skip


def write(one: Set, folder: Path) -> tuple[Path, Path]:
    """The set's folder of articles and its file of questions."""
    place = folder / one.name.replace(", ", "-").replace(" ", "-")
    (place / "articles").mkdir(parents=True, exist_ok=True)
    write_lines(place / "articles" / "articles.jsonl", one.articles)
    write_lines(place / "questions.jsonl", one.questions)
    return place / "articles", place / "questions.jsonl"


def opened(one: Set, folder: Path, embedder: Embedder) -> tuple[Index, list[Case]]:
    """The set written below `folder`, its index, and its questions."""
    place, questions = write(one, folder)
    build_index(load_articles(place), place.parent / "index", embedder)
    return open_index(place.parent / "index", embedder), list(open_questions(questions).cases())


def spread(cases: Sequence[Case], most: int) -> list[Case]:
    """At most so many, spread evenly over all."""
    count = min(most, len(cases))
    return [cases[at * len(cases) // count] for at in range(count)]
