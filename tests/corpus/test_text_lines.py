"""Lines of a text file in whatever encoding, or encodings, it was saved."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.decode import TextLines, decode
from corpus.errors import CorpusError

GERMAN = "Größe und Gewicht der Geräte\r\nWie heißt die Straße in München?\r\nDie Tür öffnet sich nicht – „warum“?"
FRENCH = "Où est l’hôtel près de la gare ?\nIl est très près d’ici, à côté du café.\nÇa coûte 5 €.\n"


def lines(folder: Path, content: bytes) -> TextLines:
    path = folder / "a.txt"
    path.write_bytes(content)
    return TextLines(path)


def read(folder: Path, content: bytes) -> str:
    found = lines(folder, content)
    text = "".join(found)
    assert text == "".join(found), "can be gone through more than once"
    return text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
@pytest.mark.parametrize("text", [GERMAN, FRENCH])
def test_a_file_in_one_encoding_is_read_as_it_was_written_and_as_decode_reads_it(
    tmp_path: Path, encoding: str, text: str
) -> None:
    data = text.encode(encoding)
    assert read(tmp_path, data) == text == decode(data)[0]
    assert list(lines(tmp_path, data)) == text.splitlines(keepends=True)


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"\xff\xfe", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be"),
        (b"\xff\xfe\0\0", "utf-32-le"),
        (b"\0\0\xfe\xff", "utf-32-be"),
    ],
)
def test_the_mark_of_a_wide_file_is_no_part_of_its_first_line(tmp_path: Path, mark: bytes, encoding: str) -> None:
    data = mark + FRENCH.encode(encoding)
    assert read(tmp_path, data) == FRENCH == decode(data)[0]


def test_only_what_was_guessed_is_told(tmp_path: Path) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        assert lines(tmp_path, GERMAN.encode(encoding)).remark == ""
    assert lines(tmp_path, GERMAN.encode("cp1252")).remark.startswith("has 3 lines that are not UTF-8, read as cp1252")


def test_an_encoding_told_from_its_zeros_is_told(tmp_path: Path) -> None:
    data = GERMAN.encode("utf-16-le")
    assert "utf-16-le" in decode(data)[1]
    assert "utf-16-le" in lines(tmp_path, data).remark


@given(st.lists(st.tuples(st.sampled_from((*GERMAN.splitlines(), "plain")), st.booleans())))
def test_each_line_is_read_in_its_own_encoding(
    tmp_path_factory: pytest.TempPathFactory, mixed: list[tuple[str, bool]]
) -> None:
    mixed = [*mixed, *((line, True) for line in GERMAN.splitlines() * 4)]  # enough to tell the encoding by
    data = b"".join(f"{text}\n".encode("cp1252" if old else "utf-8") for text, old in mixed)
    found = lines(tmp_path_factory.mktemp("t"), data)
    assert list(found) == [f"{text}\n" for text, _ in mixed]
    count = sum(old and text != "plain" for text, old in mixed)
    assert found.remark == f"has {count} lines that are not UTF-8, read as cp1252; save it as UTF-8"


@pytest.mark.parametrize(
    "word", ["Größe", "señor", "naïve café", "Ärger\nÖl\nÜber", f"{GERMAN}\n{FRENCH}", "Preis: 5 €", "¿Cuál?", "Où ?"]
)
def test_a_few_words_in_another_encoding_are_most_likely_western(tmp_path: Path, word: str) -> None:
    """A line or two that came from an old spreadsheet is all the foreign text that such a file holds."""
    data = "Wo ist Köln?\n".encode() + word.encode("cp1252")
    assert read(tmp_path, data) == f"Wo ist Köln?\n{word}"


@pytest.mark.parametrize("ahead", [0, 70_000, 140_000])
def test_a_letter_may_stand_anywhere_in_a_long_line(tmp_path: Path, ahead: int) -> None:
    text = "x" * ahead + GERMAN
    assert read(tmp_path, text.encode("cp1252")) == text


def test_damaged_utf_8_stays_utf_8_and_is_told(tmp_path: Path) -> None:
    data = "Où est-il ? Très près, à côté.\n".encode() * 50
    cut = data.replace("è".encode(), b"\xc3", 1)
    found = lines(tmp_path, cut)
    first, *others = found
    assert first == "Où est-il ? Tr\ufffds près, à côté.\n"
    assert others == ["Où est-il ? Très près, à côté.\n"] * 49
    assert read(tmp_path, cut) == decode(cut)[0]
    assert "not UTF-8" in decode(cut)[1]
    assert "not UTF-8" in found.remark


@pytest.mark.parametrize("data", [bytes(range(256)) * 4, b"\x00\x01\x02" * 500, b"PK\x03\x04" + bytes(range(32)) * 9])
def test_what_is_no_text_is_refused_as_decode_refuses_it(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(CorpusError, match="is not text but binary data"):
        lines(tmp_path, data)
    with pytest.raises(CorpusError, match="is not text but binary data"):
        decode(data)


def test_an_empty_file_has_no_lines(tmp_path: Path) -> None:
    assert list(lines(tmp_path, b"")) == []
    assert "".join(lines(tmp_path, b"\xef\xbb\xbf")) == ""


def test_a_file_that_is_not_there_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        TextLines(tmp_path / "gone.txt")
    with pytest.raises(IsADirectoryError):
        TextLines(tmp_path)


@given(
    st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t")),
    st.sampled_from(("utf-8", "utf-8-sig")),
)
def test_any_text_in_utf_8_is_read_as_decode_reads_it(
    tmp_path_factory: pytest.TempPathFactory, text: str, encoding: str
) -> None:
    data = text.encode(encoding)
    found = lines(tmp_path_factory.mktemp("t"), data)
    assert "".join(found) == decode(data)[0]
    assert all(line.endswith("\n") for line in list(found)[:-1])
    assert found.remark == decode(data)[1]
