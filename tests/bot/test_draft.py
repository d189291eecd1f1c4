"""A draft is cut into sentences as it arrives and its marks are checked at both bounds."""

from hypothesis import given
from hypothesis import strategies as st

from bot.draft import Drafted, drafted_sentences


def test_sentences_arrive_as_soon_as_the_next_begins() -> None:
    pieces = iter(["Whisper hears", ". Llama", " writes."])
    drafts = drafted_sentences(pieces, 3)
    assert next(drafts) == Drafted("Whisper hears.", ())
    assert next(pieces) == " writes."


def test_marks_outside_the_evidence_never_resolve() -> None:
    (drafted,) = drafted_sentences(["Whisper hears [0][1] audio [7] [999]."], 3)
    assert drafted == Drafted("Whisper hears audio.", (1,))


def test_the_mark_of_a_copied_list_item_goes() -> None:
    assert [drafted.text for drafted in drafted_sentences(["1. Press the key."], 1)] == ["Press the key."]


@given(st.lists(st.text(alphabet="ab. \n", max_size=8), max_size=8))
def test_however_the_text_is_cut_into_pieces_no_letter_is_lost(pieces: list[str]) -> None:
    said = "".join(drafted.text for drafted in drafted_sentences(pieces, 2))
    assert said.replace(" ", "") == "".join(pieces).replace(" ", "").replace("\n", "")
