"""Tables of data: what their cells hold, which row is the header, and keys that touch."""

from pathlib import Path

import pytest

from corpus.lines import blocks_of_lines
from corpus.plain import plain
from tests.corpus.test_readers import one
from tests.corpus.written import folder

LEAD = "<h1>Keys</h1><p>All of them.</p>"


def text(path: Path, html: str) -> str:
    """The plain form of a page with this in it."""
    return one(folder(path, {"a.html": LEAD + html})).text.removeprefix("All of them.\n\n")


def test_cells_with_paragraphs_and_lists_are_cells(tmp_path: Path) -> None:
    keys = "<tr><td><p>Save</p></td><td><p>Ctrl S</p><p>or the menu</p></td></tr>"
    more = "<tr><td><p>Quit</p></td><td><ul><li>Ctrl Q</li><li>Alt F4</li></ul></td></tr>"
    table = f"<table><tr><th>What</th><th>How</th></tr>{keys}{more}</table>"
    assert text(tmp_path, table) == "| What | How |\n| Save | Ctrl S or the menu |\n| Quit | Ctrl Q; Alt F4 |"


def test_headings_between_rows_head_tables_of_their_own(tmp_path: Path) -> None:
    table = "<table><h2>Move</h2><tr><td>a</td><td>b</td></tr><h2>Close</h2><tr><td>c</td><td>d</td></tr></table>"
    article = one(folder(tmp_path, {"a.html": LEAD + table}))
    assert article.text.endswith("Move\n\n|  |  |\n| a | b |\n\nClose\n\n|  |  |\n| c | d |")
    assert [section.heading for section in article.sections] == ["", "Move", "Close"]


def test_cells_with_pages_are_layout(tmp_path: Path) -> None:
    column = "<p>This is the answer that readers came for.</p>" * 40
    assert "|" not in text(tmp_path, f"<table><tr><td>{column}</td><td>Menu</td></tr></table>")
    assert "|" not in text(tmp_path, "<table><tr><td>1\n2</td><td><pre>one\ntwo</pre></td></tr></table>")


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        ("<tr><th>A</th><th>B</th></tr>", "| A | B |"),
        ("<tr><td></td><th>B</th></tr>", "|  | B |"),
        ("<thead><tr><td>A</td><td>B</td></tr></thead>", "| A | B |"),
        ("<tr><td><b>A</b></td><td><p><strong>B</strong></p></td></tr>", "| A | B |"),
        ("<tr><td>A</td><td>B</td></tr>", "|  |  |\n| A | B |"),
        ("<tr><th>A</th><td>B</td></tr>", "|  |  |\n| A | B |"),  # names its row, not the columns
    ],
)
def test_which_row_is_the_header(tmp_path: Path, first: str, expected: str) -> None:
    assert text(tmp_path, f"<table>{first}<tr><td>1</td><td>2</td></tr></table>") == f"{expected}\n| 1 | 2 |"


def test_an_empty_header_is_read_again(tmp_path: Path) -> None:
    table = "|  |  |\n| 1 | 2 |"
    assert [plain(block) for block in blocks_of_lines(table)] == [table]
    assert one(folder(tmp_path, {"a.md": "Lead.\n\n|  |  |\n|---|---|\n| 1 | 2 |\n"})).text == f"Lead.\n\n{table}"


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<span><kbd>Super</kbd><kbd>Tab</kbd></span>", "Super+Tab"),
        ("<kbd><kbd>Ctrl</kbd><kbd>C</kbd></kbd>", "Ctrl+C"),
        ("<kbd>Ctrl</kbd>+<kbd>C</kbd>", "Ctrl+C"),
        ("<kbd>Esc</kbd> <kbd>Esc</kbd>", "Esc Esc"),
        ("<kbd>Ctrl</kbd>Arrow keys", "Ctrl Arrow keys"),
        ("two <kbd>Enter</kbd>s", "two Enters"),
        ('<span class="btn">File</span><span class="btn btn-small">Open</span>.', "File Open."),
        ("<b>f</b>oo<i>b</i><i>ar</i>", "foobar"),
    ],
)
def test_boxes_that_touch_are_parted_and_words_are_not(tmp_path: Path, html: str, expected: str) -> None:
    assert text(tmp_path, f"<p>{html}</p>") == expected
