from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.types import Article
from index.chunk import BUDGET, chunk_article
from tests.index.material import article

words = st.text(st.sampled_from("abcdé Zß.?!1,—日😀"), min_size=1, max_size=60).map(
    lambda text: " ".join(text.split()) or "x"
)
paragraphs = st.lists(words, min_size=1, max_size=60).map(". ".join)
lists = st.lists(words, min_size=1, max_size=25).map(lambda items: "\n".join(f"- {item}" for item in items))
tables = st.lists(words, min_size=1, max_size=25).map(lambda rows: "\n".join(f"| {row} | 1 |" for row in rows))
code = st.lists(words | st.just(""), min_size=1, max_size=25).map(lambda lines: "```\n" + "\n".join(lines) + "\n```")
bodies = st.lists(paragraphs | lists | tables | code, max_size=6).map("\n\n".join)
articles = st.lists(st.tuples(st.sampled_from(["", "Food", "Can it swim?"]), bodies), min_size=1, max_size=4).map(
    lambda parts: article("a.md", *parts)
)


@given(articles)
def test_chunks_are_exact_spans_of_one_section_and_hold_every_word_once(one: Article) -> None:
    chunks = chunk_article(one)
    held: Counter[int] = Counter()
    for chunk in chunks:
        assert one.text[chunk.start : chunk.end] == chunk.text
        assert chunk.text.strip() == chunk.text != ""
        assert len(chunk.text) <= BUDGET
        assert any(section.body <= chunk.start and chunk.end <= section.end for section in one.sections)
        held.update(at for at in range(chunk.start, chunk.end) if not one.text[at].isspace())
    bodies = {at for section in one.sections for at in range(section.body, section.end)}
    assert held == Counter(at for at in bodies if not one.text[at].isspace())
    assert [chunk.start for chunk in chunks] == sorted(chunk.start for chunk in chunks)
    assert len({chunk.id for chunk in chunks}) == len(chunks)


def test_the_same_text_in_two_places_has_two_ids() -> None:
    both = article("a.md", ("One", "Same words."), ("Two", "Same words."))
    other = article("b.md", ("One", "Same words."), ("Two", "Same words."))
    ids = [chunk.id for one in (both, other) for chunk in chunk_article(one)]
    assert len(set(ids)) == 4
    assert ids[:2] == [chunk.id for chunk in chunk_article(both)]


def test_a_short_section_is_one_chunk_under_its_heading() -> None:
    body = "A list follows:\n\n- one\n- two\n\nThe end."
    (chunk,) = chunk_article(article("a.md", ("Can it swim?", body), title="Cats"))
    assert (chunk.text, chunk.heading, chunk.is_faq) == (body, "Can it swim?", True)
    assert chunk.passage == f"Cats > Can it swim?\n{body}"


def test_a_list_that_fits_stays_whole_with_its_lead_in() -> None:
    before = " ".join(f"Sentence number {n} fills the room." for n in range(15))
    items = "\n".join(f"- item {n} of the list" for n in range(20))
    first, second = chunk_article(article("a.md", ("", f"{before}\n\nThese exist:\n\n{items}")))
    assert first.text == before
    assert second.text == f"These exist:\n\n{items}"
    assert second.context == ""


@pytest.mark.parametrize("lead", ["These exist:", "First a sentence. These exist:"])
def test_parts_of_a_long_list_carry_the_lead_in(lead: str) -> None:
    items = [f"- item {n} of a list that is far too long for one chunk" for n in range(60)]
    chunks = chunk_article(article("a.md", ("", f"{lead}\n\n" + "\n".join(items))))
    assert len(chunks) > 2
    assert "These exist:\n\n- item 0 " in chunks[0].text
    assert chunks[0].context == ""
    assert {chunk.context for chunk in chunks[1:]} == {"These exist:"}
    assert all(line in items for chunk in chunks[1:] for line in chunk.text.split("\n"))


def test_parts_of_a_long_table_carry_the_header_row() -> None:
    rows = [f"| model {n} | made by company number {n} |" for n in range(80)]
    chunks = chunk_article(article("a.md", ("", "\n".join(["| Name | Maker |", *rows]))))
    assert len(chunks) > 2
    assert chunks[0].text.startswith("| Name | Maker |\n| model 0 ")
    assert {chunk.context for chunk in chunks[1:]} == {"| Name | Maker |"}
    assert all(line in rows for chunk in chunks[1:] for line in chunk.text.split("\n"))


def test_parts_of_a_table_without_a_header_know_that_it_has_none() -> None:
    rows = [f"| model {n} | made by company number {n} |" for n in range(80)]
    chunks = chunk_article(article("a.md", ("", "\n".join(["|  |  |", *rows]))))
    assert chunks[0].text.startswith("|  |  |\n| model 0 ")
    assert {chunk.context for chunk in chunks[1:]} == {"|  |  |"}


def test_a_long_paragraph_is_cut_between_sentences() -> None:
    told = [f"Sentence number {n} is told by e.g. Dr. Smith." for n in range(60)]
    chunks = chunk_article(article("a.md", ("", " ".join(told))))
    assert len(chunks) > 2
    assert " ".join(chunk.text for chunk in chunks) == " ".join(told)
    assert all(chunk.text.endswith("Smith.") for chunk in chunks)


def test_code_is_cut_between_lines_and_blank_lines_stay() -> None:
    lines = [f"call({n})  # - not a list, not | a | table" if n % 5 else "" for n in range(1, 80)]
    chunks = chunk_article(article("a.md", ("", "```\n" + "\n".join(lines) + "\n```")))
    assert len(chunks) > 1
    assert all(line in ["```", *lines] for chunk in chunks for line in chunk.text.split("\n"))


def test_a_word_longer_than_a_chunk_is_cut_and_a_section_without_body_gives_none() -> None:
    assert [len(chunk.text) for chunk in chunk_article(article("a.md", ("", "x" * (2 * BUDGET + 5))))] == [
        BUDGET,
        BUDGET,
        5,
    ]
    assert chunk_article(article("a.md", ("Only a heading", ""))) == ()
