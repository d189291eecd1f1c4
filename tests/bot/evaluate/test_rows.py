"""Rows of every format, and one clear line for a file that is none."""

import contextlib
import csv
import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.evaluate import rows
from bot.evaluate.questions import open_questions
from bot.evaluate.rows import Row, Rows
from corpus.errors import EvaluationError
from tests.bot.evaluate.material import write

TWO = [Row(2, {"question": "Why?", "answer": "So."}), Row(3, {"question": "How?", "answer": ""})]


def sheet(*lines: Sequence[Any]) -> bytes:
    """An Excel file with these rows."""
    book, out = openpyxl.Workbook(), io.BytesIO()
    for line in lines:
        book.active.append(line)
    book.save(out)
    return out.getvalue()


def computed(content: bytes, formula: str, value: str) -> bytes:
    """The file as a spreadsheet that computed the formula would have saved it."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name.endswith("sheet1.xml"):
                before = f"<f>{formula}</f><v></v>".encode(), f"<f>{formula}</f><v />".encode()
                after = f"<f>{formula}</f><v>{value}</v>".encode()
                assert any(one in part for one in before)
                part = part.replace(before[0], after).replace(before[1], after)
            new.writestr(name, part)
    return out.getvalue()


def read(folder: Path, name: str, content: str | bytes) -> list[Row]:
    found = list(Rows(write(folder, name, content)))
    assert found == list(Rows(folder / name)), "can be gone through more than once"
    return found


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("name", ["q.csv", "Q.CSV"])
def test_tables_with_any_separator_and_any_line_end(tmp_path: Path, mark: str, end: str, name: str) -> None:
    content = end.join([f"question{mark}answer", f"Why?{mark}So.", f"How?{mark}", ""])
    assert read(tmp_path, name, content) == TWO


def test_tabs_part_cells_whatever_the_header_holds(tmp_path: Path) -> None:
    content = "question, in full;\tanswer\nWhy?\tSo.\n"
    assert read(tmp_path, "q.tsv", content) == [Row(2, {"question,_in_full;": "Why?", "answer": "So."})]


def test_quoted_cells_hold_marks_quotes_and_lines_and_rows_know_where_they_begin(tmp_path: Path) -> None:
    content = 'question,answer\n"Why, ""so""?\nReally?",a\n\nHow?,"b\n\nc"\nLast?,d\n'
    assert read(tmp_path, "q.csv", content) == [
        Row(2, {"question": 'Why, "so"?\nReally?', "answer": "a"}),
        Row(4, {}),
        Row(5, {"question": "How?", "answer": "b\n\nc"}),
        Row(8, {"question": "Last?", "answer": "d"}),
    ]


def test_the_header_may_stand_below_empty_lines(tmp_path: Path) -> None:
    assert read(tmp_path, "q.csv", "\n\nquestion,answer\nWhy?,So.\n") == [Row(4, {"question": "Why?", "answer": "So."})]


@pytest.mark.parametrize("mark", [";", "\t"])
def test_the_separator_is_told_from_the_header_and_not_from_an_empty_line(tmp_path: Path, mark: str) -> None:
    content = f"\nquestion{mark}answer\nWhy?{mark}So.\n"
    assert read(tmp_path, "q.csv", content) == [Row(3, {"question": "Why?", "answer": "So."})]


def test_column_names_are_compared_without_case_spaces_and_marks(tmp_path: Path) -> None:
    (row,) = read(tmp_path, "q.csv", "\ufeffQuestion ,Expected  answer,EXPECTED-SOURCE\na,b,c\n")
    assert row.fields == {"question": "a", "expected_answer": "b", "expected_source": "c"}


@pytest.mark.parametrize("name", ["q.jsonl", "q.ndjson"])
def test_json_lines(tmp_path: Path, name: str) -> None:
    content = '{"Question": "Why?", "answers": ["a", 1, null]}\n\n"How?"\n{"question": "\\ud83d\\ude00?"}'
    assert read(tmp_path, name, content) == [
        Row(1, {"question": "Why?", "answers": ["a", 1, None]}),
        Row(2, {}),
        Row(3, {"question": "How?"}),
        Row(4, {"question": "😀?"}),
    ]


@pytest.mark.parametrize("wrapped", [False, True])
def test_json(tmp_path: Path, wrapped: bool) -> None:
    entries = ["Why?", {"question": "How?", "Expected Answer": 3}]
    content = json.dumps({"questions": entries} if wrapped else entries)
    assert [row.fields for row in read(tmp_path, "q.json", content)] == [
        {"question": "Why?"},
        {"question": "How?", "expected_answer": 3},
    ]


@pytest.mark.parametrize("name", ["q.yaml", "q.yml"])
def test_yaml_of_texts_and_of_fields(tmp_path: Path, name: str) -> None:
    content = "# asked by visitors\n- Why?\n\n- question: How?\n  answers:\n    - a\n    - 2\n"
    content += "- question: |\n    Two\n    lines\n"
    assert read(tmp_path, name, content) == [
        Row(2, {"question": "Why?"}),
        Row(4, {"question": "How?", "answers": ["a", 2]}),
        Row(8, {"question": "Two\nlines\n"}),
    ]


def test_yaml_in_a_mapping(tmp_path: Path) -> None:
    assert [row.fields for row in read(tmp_path, "q.yaml", "questions:\n- Why?\n- How?\n")] == [
        {"question": "Why?"},
        {"question": "How?"},
    ]


def test_text(tmp_path: Path) -> None:
    content = "\ufeffWhy?\r\n\r\n  How, then? \nLast"
    assert read(tmp_path, "q.txt", content) == [
        Row(1, {"question": "Why?"}),
        Row(2, {"question": ""}),
        Row(3, {"question": "How, then?"}),
        Row(4, {"question": "Last"}),
    ]


def test_a_sheet_with_numbers_truth_dates_formulas_and_empty_rows(tmp_path: Path) -> None:
    lines = (
        ["Question", "Expected answer", "answerable", None],
        ["Why?", 12, True, None],
        [],
        ["How?", 1.5, False, None],
        ["Sum?", "=6*7", None, None],
    )
    content = computed(sheet(*lines), "6*7", "42")
    found = read(tmp_path, "q.xlsx", content)
    assert [row.line for row in found] == [2, 3, 4, 5]
    cells = [{name: value for name, value in row.fields.items() if name} for row in found]
    empty = dict.fromkeys(("question", "expected_answer", "answerable"))
    assert cells[0] == {"question": "Why?", "expected_answer": 12, "answerable": True}
    assert cells[1] in ({}, empty)
    assert cells[2] == {"question": "How?", "expected_answer": 1.5, "answerable": False}
    assert cells[3] == {"question": "Sum?", "expected_answer": 42, "answerable": None}


def test_the_header_of_a_sheet_may_stand_below_empty_rows(tmp_path: Path) -> None:
    found = open_questions(write(tmp_path, "q.xlsx", sheet([], [None, None], ["question", "answer"], ["Why?", "So."])))
    assert [(case.line, case.question, case.answers) for case in found.cases()] == [(4, "Why?", ("So.",))]


cells = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff") | st.sampled_from('\n\r\t,"'),
    max_size=12,
).filter(
    lambda cell: not cell.startswith("'")
)  # one before a formula is taken off: it keeps a spreadsheet from running it


@given(st.lists(st.tuples(cells, cells), max_size=5), st.sampled_from(("\n", "\r\n")))
def test_what_the_csv_module_writes_is_read(
    tmp_path_factory: pytest.TempPathFactory, lines: list[tuple[str, str]], end: str
) -> None:
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator=end)
    writer.writerows([("question", "answer"), *lines])
    found = read(tmp_path_factory.mktemp("r"), "q.csv", out.getvalue())
    assert [(row.fields["question"], row.fields["answer"]) for row in found] == lines


BAD: dict[str, tuple[str, str | bytes, str]] = {
    "many cells": ("q.csv", "question\nWhy?\nSo, so?\n", 'line 3 has 2 cells, the header has 1; put cells that'),
    "many cells with ;": ("q.csv", "question;answer\na;b;c\n", "line 2 has 3 cells, the header has 2"),
    "no question column": ("q.csv", "text,answer\nWhy?,So.\n", 'no column "question" (it has: text, answer)'),
    "header alone": ("q.csv", "question,answer\n", "holds no question"),
    "empty table": ("q.csv", "", "holds no question"),
    "empty text": ("q.txt", "\n \n", "holds no question"),
    "empty JSON lines": ("q.jsonl", "\n", "holds no question"),
    "empty JSON list": ("q.json", "[]", "holds no question"),
    "empty YAML list": ("q.yaml", "[]", "holds no question"),
    "empty YAML": ("q.yaml", "", "is no list of questions"),
    "empty JSON": ("q.json", "", "line 1 is no JSON"),
    "JSON that is no list": ("q.json", '{"a": 1}', "is no list of questions"),
    "JSON cut off": ("q.json", '[{"question": "Why?"},\n', "line 2 is no JSON"),
    "JSON entry that is a number": ("q.json", '["Why?", 3]', "is neither a question nor its fields"),
    "JSON line that is a number": ("q.jsonl", '"Why?"\n3\n', "line 2 is neither a question nor its fields"),
    "JSON line cut off": ("q.jsonl", '"Why?"\n{"question": \n', "line 2 is no JSON"),
    "JSON without question": ("q.jsonl", '{"question": "Why?"}\n{"text": "How?"}\n', "line 2 has no column"),
    "deep JSON": ("q.json", "[" * 100_000, "nested too deeply"),
    "deep JSON line": ("q.jsonl", '"Why?"\n' + '{"a":' * 100_000, "line 2 is no JSON (nested too deeply)"),
    "YAML cut off": ("q.yaml", "- question: [\n", "is no YAML"),
    "YAML in another encoding": ("q.yaml", "- Où?".encode("cp1252"), "is no YAML in UTF-8"),
    "YAML that would run code": ("q.yaml", "- !!python/object/apply:os.getcwd []\n", "is no YAML"),
    "binary": ("q.csv", bytes(range(256)) * 8, "is not text but binary data"),
    "no Excel file": ("q.xlsx", "question\nWhy?\n", "is no Excel file"),
    "Excel file cut off": ("q.xlsx", sheet(["question"], ["Why?"])[:-300], "is no Excel file"),
    "a ZIP archive, but no Excel file": ("q.xlsx", b"PK\x05\x06" + bytes(18), "is no Excel file"),
    "another format": ("q.docx", "Why?", "is no file of questions; save it as one of .csv .tsv"),
    "no extension": ("q", "Why?", "is no file of questions"),
    "old line ends": ("q.csv", "question,answer\rWhy?,So.\r", "line 1 is no row of a table"),
    "sheet without question": ("q.xlsx", sheet(["text"], ["Why?"]), 'no column "question" (it has: text)'),
    "empty sheet": ("q.xlsx", sheet(), "holds no question"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "content", "told"), BAD.values(), ids=BAD)
def test_a_file_that_cannot_be_used_is_one_line(tmp_path: Path, name: str, content: str | bytes, told: str) -> None:
    path = write(tmp_path, name, content)
    with pytest.raises(EvaluationError) as error:
        open_questions(path)
    assert str(error.value).startswith(f"{path}: ")
    assert told in str(error.value)
    assert "\n" not in str(error.value)


def damaged(content: bytes, part: str, change: Callable[[bytes], bytes]) -> bytes:
    """An Excel file with one of its parts changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(old.read(name)) if name.endswith(part) else old.read(name))
    return out.getvalue()


GOOD_SHEET = sheet(["question", "answer"], *([f"Why {number}?", "So."] for number in range(50)))


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(damaged(GOOD_SHEET, "sheet1.xml", lambda part: part[:-40]), id="sheet cut off"),
        pytest.param(damaged(GOOD_SHEET, "sheet1.xml", lambda _: b""), id="sheet empty"),
        pytest.param(damaged(GOOD_SHEET, "workbook.xml", lambda part: part[:-10]), id="workbook cut off"),
        pytest.param(
            GOOD_SHEET.replace(GOOD_SHEET[600:640], b"\xff" * 40) if GOOD_SHEET[600:640] else b"", id="bytes changed"
        ),
    ],
)
def test_a_damaged_sheet_is_one_line(tmp_path: Path, content: bytes) -> None:
    path = write(tmp_path, "q.xlsx", content)
    with pytest.raises(EvaluationError, match="is no Excel file"):
        open_questions(path)


@given(st.integers(0, len(GOOD_SHEET) - 1), st.binary(min_size=1, max_size=12))
def test_an_excel_file_with_any_bytes_changed_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, at: int, changed: bytes
) -> None:
    content = (GOOD_SHEET[:at] + changed + GOOD_SHEET[at + len(changed) :])[: len(GOOD_SHEET)]
    path = write(tmp_path_factory.mktemp("x"), "q.xlsx", content)
    with contextlib.suppress(EvaluationError):
        assert open_questions(path).count


@pytest.mark.parametrize("opening", ["[", "{a: ", "- "], ids=["list", "mapping", "block"])
def test_yaml_nested_too_deeply_is_one_line_and_does_not_end_the_program(tmp_path: Path, opening: str) -> None:
    """In a process of its own: it may take the test run with it."""
    path = write(tmp_path, "q.yaml", opening * 100_000)
    code = (
        "import sys; from pathlib import Path; from bot.evaluate.questions import open_questions\n"
        "from corpus.errors import EvaluationError\n"
        "try: open_questions(Path(sys.argv[1]))\nexcept EvaluationError: print('one line')"
    )
    run = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout) == (0, "one line\n"), run.stderr[-500:]


@pytest.mark.parametrize("name", ["q.csv", "q.jsonl", "q.json", "q.yaml", "q.xlsx", "q.txt"])
def test_a_folder_and_a_file_that_is_not_there_are_one_line(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    with pytest.raises(EvaluationError, match=r"cannot be read \(No such file or directory\)"):
        open_questions(path)
    path.mkdir()
    with pytest.raises(EvaluationError, match=r"cannot be read \(Is a directory\)"):
        open_questions(path)


@pytest.mark.parametrize("name", ["q.yaml", "q.xlsx", "q.json"])
def test_what_must_be_held_whole_must_not_be_too_large(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(rows, "MAX_WHOLE", 1000)
    path = write(tmp_path, name, json.dumps(["Why? " * 300]))
    with pytest.raises(EvaluationError, match=r"is too large .*save it as CSV or JSON lines"):
        open_questions(path)


def test_cells_beyond_the_header_are_refused_in_a_sheet_as_in_a_table(tmp_path: Path) -> None:
    path = write(tmp_path, "q.xlsx", sheet(["question", "answer"], ["Why?", "So.", "and this?"]))
    with pytest.raises(EvaluationError, match="line 2 has 3 cells, the header has 2"):
        open_questions(path)


def test_two_columns_of_one_name_are_told(tmp_path: Path) -> None:
    path = write(tmp_path, "q.csv", "question,Question\nWhy?,How?\n")
    with pytest.raises(EvaluationError, match="question"):
        open_questions(path)


def test_a_quote_that_is_never_closed_does_not_swallow_the_rest_of_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, "q.csv", 'question,answer\n"Why?,So.\nHow?,Thus.\nWhen?,Now.\n')
    with pytest.raises(EvaluationError, match="line 2"):
        open_questions(path)


def test_an_entry_of_json_is_told_by_its_line(tmp_path: Path) -> None:
    path = write(tmp_path, "q.json", '[\n  {"question": "Why?"},\n  {"question": "How?", "answerable": "perhaps"}\n]')
    with pytest.raises(EvaluationError, match=r"(line|entry) 3|entry 2"):
        open_questions(path)
