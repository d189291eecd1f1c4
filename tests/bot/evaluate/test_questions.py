"""What a file of questions says, in every spelling; its mistakes all at once; and files of any size."""

import itertools
import json
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evaluate.columns import COLUMNS
from bot.evaluate.questions import MOST_TOLD, QuestionFile, open_questions
from bot.evaluate.types import Case, Named
from bot.types import Turn
from corpus.errors import EvaluationError
from index.digest import sha256_of
from tests.bot.evaluate.material import write


def opened(folder: Path, *entries: dict[str, Any] | str) -> QuestionFile:
    """A file of JSON lines."""
    return open_questions(write(folder, "q.jsonl", "".join(f"{json.dumps(one)}\n" for one in entries)))


def only(folder: Path, **fields: Any) -> Case:  # noqa: ANN401 - whatever a file holds
    (found,) = opened(folder, {"question": "Why?"} | fields).cases()
    return found


def refused(folder: Path, name: str, content: str | bytes) -> str:
    with pytest.raises(EvaluationError) as error:
        open_questions(write(folder, name, content))
    assert "\n" not in str(error.value)
    return str(error.value)


EXPECTED: dict[str, Any] = {
    "question": "Why?", "answers": ("So.",), "sources": (Named("cats.md"),), "answerable": True, "tags": ("faq",),
    "history": (Turn("Before?", ""),), "id": "a1", "without": ("dogs.md",),
}  # fmt: skip
VALUES = {
    "question": "Why?", "answers": "So.", "sources": "cats.md", "answerable": "yes", "tags": "faq",
    "history": "Before?", "id": "a1", "without": "dogs.md",
}  # fmt: skip


@pytest.mark.parametrize(("part", "spelling"), [(part, one) for part, names in COLUMNS.items() for one in names])
def test_every_spelling_of_a_column(tmp_path: Path, part: str, spelling: str) -> None:
    names = {other: spellings[0] for other, spellings in COLUMNS.items()} | {part: spelling.upper().replace("_", " ")}
    header, line = ",".join(names.values()), ",".join(VALUES[one] for one in names)
    (case,) = open_questions(write(tmp_path, "q.csv", f"{header}\n{line}\n")).cases()
    assert {name: getattr(case, name) for name in EXPECTED} == EXPECTED
    assert (case.row, case.line) == (1, 2)


def test_no_spelling_means_two_things() -> None:
    spellings = list(itertools.chain.from_iterable(COLUMNS.values()))
    assert len(spellings) == len(set(spellings))


@given(st.permutations(list(COLUMNS)))
def test_columns_come_in_any_order(tmp_path_factory: pytest.TempPathFactory, order: list[str]) -> None:
    header, line = ";".join(COLUMNS[part][-1] for part in order), ";".join(VALUES[part] for part in order)
    path = write(tmp_path_factory.mktemp("q"), "q.csv", f"{header}\n{line}\n")
    (case,) = open_questions(path).cases()
    assert {name: getattr(case, name) for name in EXPECTED} == EXPECTED


@pytest.mark.parametrize(
    ("value", "answers"),
    [
        ("So.", ("So.",)),
        ("One | other|  |third ", ("One", "other", "third")),
        ('["a | b", "c", 3, 4.0, true]', ("a | b", "c", "3", "4", "yes")),
        ("[sic] he said so", ("[sic] he said so",)),
        ("[1] is cited", ("[1] is cited",)),
        ('["never closed', ('["never closed',)),
        (["a | b", " c ", "", None, 2.0], ("a | b", "c", "2")),
        (17, ("17",)),
        (17.0, ("17",)),
        (0.5, ("0.5",)),
        (False, ("no",)),
        (None, ()),
        ("", ()),
        ([], ()),
        ("a, b; c\nd", ("a, b; c\nd",)),
    ],
)
def test_expected_answers(tmp_path: Path, value: object, answers: tuple[str, ...]) -> None:
    assert only(tmp_path, expected_answers=value).answers == answers


@pytest.mark.parametrize("field", ["question", "answers", "id"])
def test_what_is_neither_text_nor_number_is_a_mistake_and_not_shown_as_python(tmp_path: Path, field: str) -> None:
    """As {"text": [...], "answer_start": [...]} of SQuAD, and lists of lists."""
    entry = {"question": "Why?"} | {field: {"text": ["So."], "answer_start": [17]}}
    assert "line 1" in refused(tmp_path, "q.jsonl", json.dumps(entry))


@pytest.mark.parametrize(
    ("value", "sources"),
    [
        ("cats.md", [Named("cats.md")]),
        ("cats.md#food | dogs", [Named("cats.md#food"), Named("dogs")]),
        ("cats.md\ndogs.md", [Named("cats.md"), Named("dogs.md")]),
        ("Cats, dogs; and birds", [Named("Cats, dogs; and birds")]),
        (["cats.md", "A cat eats | fish."], [Named("cats.md"), Named("A cat eats | fish.")]),
        ({"article": "cats.md", "quote": " eats fish "}, [Named("cats.md", "eats fish")]),
        ([{"article": "cats.md", "quote": "eats fish"}, "dogs.md", {"article": "b"}],
         [Named("cats.md", "eats fish"), Named("dogs.md"), Named("b")]),
        ([{"quote": "eats fish"}], [Named("eats fish")]),
        ('[{"article": "cats.md", "quote": "eats fish"}]', [Named("cats.md", "eats fish")]),
        ('["cats.md", "dogs.md"]', [Named("cats.md"), Named("dogs.md")]),
        ([{"article": "cats.md"}, "", None], [Named("cats.md")]),
        (None, []),
        ("", []),
    ],
)  # fmt: skip
def test_expected_sources(tmp_path: Path, value: object, sources: list[Named]) -> None:
    assert list(only(tmp_path, sources=value).sources) == sources


def test_a_source_with_a_quote_in_a_cell_of_a_table(tmp_path: Path) -> None:
    cell = json.dumps({"article": "cats.md", "quote": "eats fish"}).replace('"', '""')
    (case,) = open_questions(write(tmp_path, "q.csv", f'question,source\nWhy?,"[{cell}]"\n')).cases()
    assert case.sources == (Named("cats.md", "eats fish"),)


@pytest.mark.parametrize(
    ("value", "answerable"),
    [
        *((said, True) for said in (True, 1, 1.0, "yes", " YES ", "True", "1", "1.0", "ja", "sí", "answerable")),
        *((said, False) for said in (False, 0, 0.0, "no", "No", "FALSE", "n", "0", "nein", "unanswerable")),
        *((said, None) for said in (None, "", "  ")),
    ],
)
def test_answerable(tmp_path: Path, value: object, answerable: bool | None) -> None:
    assert only(tmp_path, answerable=value).answerable is answerable


@pytest.mark.parametrize(
    ("value", "history"),
    [
        (None, []),
        ("", []),
        ("  ", []),
        ([], []),
        ("[]", []),
        ("Who?\nWhat?\n", [("Who?", ""), ("What?", "")]),
        ("[sic] who?", [("[sic] who?", "")]),
        (["Who?", "What?"], [("Who?", ""), ("What?", "")]),
        ('["Who?", "What?"]', [("Who?", ""), ("What?", "")]),
        ([["user", "Who?"], ["assistant", "Me."], ["User", "What?"]], [("Who?", "Me."), ("What?", "")]),
        ([{"role": "user", "content": "Who?"}, {"role": "assistant", "content": "Me."}], [("Who?", "Me.")]),
        ([{"role": "system", "content": "Be kind."}, {"role": "human", "content": "Who?"}], [("Who?", "")]),
        ([{"role": "user", "content": "Who?"}, {"role": "assistant", "content": "I"},
          {"role": "assistant", "content": "am."}], [("Who?", "I am.")]),
        ([{"question": "Who?", "answer": "Me."}, {"question": "What?"}], [("Who?", "Me."), ("What?", "")]),
        ('[{"question": "Who?", "answer": null}]', [("Who?", "")]),
    ],
)  # fmt: skip
def test_history(tmp_path: Path, value: object, history: list[tuple[str, str]]) -> None:
    assert [(turn.question, turn.answer) for turn in only(tmp_path, history=value).history] == history


@pytest.mark.parametrize("value", [3, {"question": "Who?"}, [3], [["a", "b", "c"]], [{"text": "Who?"}], [None]])
def test_a_history_that_cannot_be_read_is_a_mistake(tmp_path: Path, value: object) -> None:
    assert "line 1 has a history" in refused(tmp_path, "q.jsonl", json.dumps({"question": "Why?", "history": value}))


def test_a_history_of_question_and_answer_pairs_is_read_or_refused_but_never_dropped(tmp_path: Path) -> None:
    entry = {"question": "Why?", "history": [["Who made Llama?", "Meta made it."]]}
    try:
        (case,) = opened(tmp_path, entry).cases()
    except EvaluationError:
        return
    assert case.history == (Turn("Who made Llama?", "Meta made it."),)


@pytest.mark.parametrize(
    ("value", "tags"),
    [("a, b;c|d\ne", "abcde"), (["a", "b"], "ab"), ("near  domain", ["near domain"]), (3, "3"), (None, ""), (",", "")],
)
def test_tags(tmp_path: Path, value: object, tags: str | list[str]) -> None:
    assert only(tmp_path, tags=value).tags == tuple(tags)


def test_several_mistakes_are_told_at_once_and_only_so_many(tmp_path: Path) -> None:
    lines = ["question,answerable,history"]
    lines += [",yes,", "Why?,perhaps,", 'How?,no,"[3]"', "Fine?,yes,", *[",no,"] * MOST_TOLD]
    told = refused(tmp_path, "q.csv", "\n".join(lines))
    assert 'line 2 has no question; write one or remove the line; line 3 says answerable "perhaps"' in told
    assert "line 4 has a history that cannot be read" in told
    assert "line 5" not in told
    assert told.endswith("; and 3 more")


def test_an_entry_without_a_question_is_told_beside_the_other_mistakes(tmp_path: Path) -> None:
    content = '{"text": "Why?"}\n{"question": "How?", "answerable": "perhaps"}\n'
    told = refused(tmp_path, "q.jsonl", content)
    assert "line 1" in told
    assert "line 2" in told


def test_empty_rows_are_left_out_and_told(tmp_path: Path) -> None:
    file = open_questions(write(tmp_path, "q.csv", "question,answer\n\nWhy?,So.\n , \nHow?,\n,\n"))
    assert [(case.row, case.line, case.question) for case in file.cases()] == [(1, 3, "Why?"), (2, 5, "How?")]
    assert file.count == 2
    assert "lines 2, 4, 6 are empty and left out" in file.remarks


def test_questions_asked_before_are_kept_and_told(tmp_path: Path) -> None:
    file = opened(tmp_path, "Why?", "How?", "Why?", {"question": "Why?", "history": ["Who?"]}, "Why?")
    assert file.count == 5
    assert [remark for remark in file.remarks if "asked before" in remark] == [
        "questions asked before, kept: line 3 (as 1), 5 (as 1)"
    ]
    ids = [case.id for case in file.cases()]
    assert len(set(ids)) == 5
    assert ids[2:] == [f"{ids[0]}-2", ids[3], f"{ids[0]}-3"]


def test_an_id_that_comes_again_gets_a_number_and_is_told(tmp_path: Path) -> None:
    file = opened(
        tmp_path, *({"id": name, "question": f"{at}?"} for at, name in enumerate(("a", "b", "a", "a-2", "a")))
    )
    ids = [case.id for case in file.cases()]
    assert ids[:3] == ["a", "b", "a-2"]
    assert len(set(ids)) == 5
    assert any(remark.startswith("lines 3, 4, 5 are given an id of an earlier line") for remark in file.remarks)


@given(st.lists(st.sampled_from(("a", "a-2", "a-3", "a-2-2", "b", "")), max_size=12))
def test_ids_are_unique_whatever_they_are(tmp_path_factory: pytest.TempPathFactory, ids: list[str]) -> None:
    file = opened(tmp_path_factory.mktemp("q"), "First?", *({"id": one, "question": "Why?"} for one in ids))
    given_ids = [case.id for case in file.cases()]
    assert len(set(given_ids)) == len(ids) + 1
    assert given_ids == [case.id for case in file.cases()]


@pytest.mark.parametrize("own", [" a1", "a1  ", "a  1", 7, 7.0])
def test_an_id_that_is_only_tidied_is_not_told_as_one_that_came_again(tmp_path: Path, own: object) -> None:
    file = opened(tmp_path, {"question": "Why?", "id": own})
    assert not [remark for remark in file.remarks if "id" in remark.split()]


def test_a_column_without_a_name_is_no_id(tmp_path: Path) -> None:
    file = open_questions(write(tmp_path, "q.csv", "question,\nWhy?,a note\n"))
    assert not [remark for remark in file.remarks if "an id" in remark]


def test_columns_that_are_not_used_are_told(tmp_path: Path) -> None:
    file = open_questions(write(tmp_path, "q.csv", "question,colour,Prompt,answer,\nWhy?,red,x,So.,\n"))
    assert file.remarks == ("columns that are not used: colour, prompt",)


@given(st.lists(st.sampled_from([f"question {at}?" for at in range(30)]), unique=True, min_size=1), st.data())
def test_ids_stay_when_other_rows_are_put_in(
    tmp_path_factory: pytest.TempPathFactory, asked: list[str], data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("q")
    before = {case.question: case.id for case in opened(folder, *asked).cases()}
    longer = [*asked]
    for other in ("new one?", "new two?", ""):
        longer.insert(data.draw(st.integers(0, len(longer))), other)
    after = {case.question: case.id for case in opened(folder, *longer).cases()}
    assert {question: after[question] for question in before} == before


def test_what_makes_another_question_makes_another_id(tmp_path: Path) -> None:
    asked = {"question": "Why?"}
    file = opened(tmp_path, asked, asked | {"history": ["Who?"]}, asked | {"without": "cats"}, asked | {"answer": "x"})
    first, later, held_out, same = (case.id for case in file.cases())
    assert len({first, later, held_out}) == 3
    assert same == f"{first}-2", "what is expected of it is no part of the question"


def test_mixed_encodings_in_one_file(tmp_path: Path) -> None:
    content = (
        "question,answer\nWo ist Köln?,am Rhein\n".encode()
        + "Où est Orléans ?,sur la Loire – près d’ici\n".encode("cp1252")
    )
    file = open_questions(write(tmp_path, "q.csv", content))
    cases = list(file.cases())
    assert [case.question for case in cases] == ["Wo ist Köln?", "Où est Orléans ?"]
    assert cases[1].answers == ("sur la Loire – près d’ici",)
    assert any("1 lines that are not UTF-8, read as cp1252" in remark for remark in file.remarks)


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("name", ["q.csv", "q.jsonl", "q.json", "q.txt"])
def test_any_encoding_a_program_saves(tmp_path: Path, encoding: str, name: str) -> None:
    content = {
        "q.csv": "question,answer\r\nWo ist Köln?,Rhein\r\n",
        "q.jsonl": '{"question": "Wo ist Köln?"}\r\n',
        "q.json": '["Wo ist Köln?"]',
        "q.txt": "Wo ist Köln?\r\n",
    }[name]
    (case,) = open_questions(write(tmp_path, name, content.encode(encoding))).cases()
    assert case.question == "Wo ist Köln?"


def test_halves_of_characters_are_replaced_wherever_they_stand(tmp_path: Path) -> None:
    half = "\ud800"
    entry = {
        "question": f"{half} why?", "answers": [half], "sources": [{"article": f"a{half}", "quote": half}, f"b{half}"],
        "tags": f"{half}x", "id": half, "without": [half], "history": [half, ["user", half]], half: 1,
    }  # fmt: skip
    (case,) = opened(tmp_path, entry).cases()
    assert case.question == "? why?"
    assert not [text for text in texts_of(case) if text.encode("utf-8", "ignore").decode() != text]


def texts_of(value: object) -> list[str]:
    """Every text in a case, however deep."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, tuple):
        return [text for one in value for text in texts_of(one)]
    slots = getattr(type(value), "__slots__", ())
    return [text for name in slots for text in texts_of(getattr(value, name))]


def test_null_bytes_in_a_cell_are_no_end(tmp_path: Path) -> None:
    (case,) = open_questions(write(tmp_path, "q.csv", "question,answer\nWh\x00y?,So.\x00\n")).cases()
    assert case.question.replace("\x00", "") == "Why?"
    assert [answer.replace("\x00", "") for answer in case.answers] == ["So."]


@pytest.mark.parametrize("name", ["q.csv", "q.jsonl", "q.txt"])
def test_a_cell_of_ten_megabytes(tmp_path: Path, name: str) -> None:
    huge = "word " * 2_000_000 + "?"
    content = {"q.csv": f'question\n"{huge}"\nWhy?\n', "q.jsonl": f'"{huge}"\n"Why?"\n', "q.txt": f"{huge}\nWhy?\n"}[
        name
    ]
    file = open_questions(write(tmp_path, name, content))
    assert [len(case.question) for case in file.cases()] == [len(huge), 4]


@pytest.mark.parametrize("ahead", [100, 140_000])
def test_a_long_line_in_another_encoding_is_read_wherever_its_first_letter_stands(tmp_path: Path, ahead: int) -> None:
    line = b"x" * ahead + (" Wie heißt die Straße in München?" * 5).encode("cp1252")
    (case,) = open_questions(write(tmp_path, "q.csv", b"question,answer\nWhy?," + line + b"\n")).cases()
    assert case.answers[0].endswith(" Wie heißt die Straße in München?")


def test_a_hundred_thousand_rows_are_never_all_held(tmp_path: Path) -> None:
    path, answer = tmp_path / "q.csv", "because of this and that, " * 24
    with path.open("w", encoding="utf-8") as out:
        out.write("id,question,answer\n")
        out.writelines(f'{at},why {at}?,"{answer}"\n' for at in range(100_000))
    size = path.stat().st_size
    assert size > 60 * 2**20
    cases = QuestionFile(path, 100_000, sha256_of(path), ()).cases()
    tracemalloc.start()  # over a fifth of them: tracing is slow
    try:
        assert sum(1 for _ in itertools.islice(cases, 20_000)) == 20_000
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < size / 5 / 2, "no more than the ids, to tell those that come again"
    last = max(cases, key=lambda case: case.row)
    assert (last.row, last.line, last.id) == (100_000, 100_001, "99999")


def test_many_rows_are_looked_through_and_come_in_their_order(tmp_path: Path) -> None:
    file = open_questions(write(tmp_path, "q.txt", "".join(f"why {at}?\n" for at in range(5000))))
    assert file.count == 5000
    assert file.remarks == ()
    assert [(case.row, case.line, case.question) for case in file.cases()] == [
        (at + 1, at + 1, f"why {at}?") for at in range(5000)
    ]
