import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.sentences import sentences

# The text with "¦" where a sentence ends and another begins; the white space there belongs to neither.
HARD = [
    "One. ¦Two! ¦Three? ¦Four",
    "Some models, e.g. GPT-4, are large, i.e. costly. ¦Others are not.",
    "See Dr. Smith and Mr. J. Jones Jr. at 3 p.m. on Monday. ¦Then leave.",
    "The U.S. economy grew. ¦The E.U. followed.",
    "He lives in the U.S. ¦He works there.",
    "Version 3.1 is out. ¦Llama 3.x is open.",
    "We use v2.0.1. ¦It is new.",
    "See No. 5 for it. ¦It is there.",
    "No. ¦Chocolate is poison.",
    "Is it one? ¦No. ¦It is not.",
    "He says no. ¦She says yes.",
    "Yes. ¦Most cats can swim.",
    "Wait... what? ¦I see.",
    "It goes on… ¦Then it stops.",
    '"Is it?" he asked. ¦"Yes!"',
    "“Is it?” asked Bob. ¦“No.” ¦Then he left.",
    'He said "Stop." ¦Then he left.',
    "(See above.) ¦The next one.",
    "It is so (see above). ¦The next one.",
    "Go to https://example.com/a.b?c=d. ¦Then click.",
    "Mail a.b@example.org. ¦Then wait.",
    "GPT-4.5 vs. Claude: Fig. 3 shows it. ¦Smith et al. 2022 found it.",
    "Ph.D. students read pp. 5-7. ¦Others do not.",
    "It costs $3.50. ¦That is 1.5 million in all.",
    "It takes approx. 5 GB. ¦With ca. 10 more, incl. tax.",
    "J. K. Rowling wrote it. ¦St. Mary's stands.",
    "Open README.md now. ¦Use .NET or Node.js instead.",
    "Use `foo. Bar` here. ¦Done.",
    "See [1]. ¦Next [2].",
    "What?! ¦Really.",
    "Acme Inc. sells it. ¦Foo Ltd. does too.",
    "Founded in Jan. 2020 by A. Person. ¦It grew.",
    "Müller wohnt hier. ¦Über alles.",
    "日本語です。¦次の文。",
    "Smile 😀. ¦Next 😀 one.",
    "A\u00a0space. ¦And another.",
    "- First item. ¦Its second sentence.",
    "1. Do it. ¦Then that.",
    "  10) Deep item.",
    "| e.g. a. B | c. D |",
    "First line without a stop¦\nSecond line. ¦Third.",
    "A lead-in:¦\n\n- one¦\n- two¦\n\n| a. B | c |¦\n| d | e |",
    "iPhone is a brand. ¦macOS is another.",
    "The model has 7B parameters. ¦3 of them are shared.",
    "",
]


@pytest.mark.parametrize("marked", HARD)
def test_hard_cases(marked: str) -> None:
    text = marked.replace("¦", "")
    expected = [part.strip() for part in marked.split("¦") if part.strip()]
    assert [text[start:end] for start, end in sentences(text)] == expected


@given(st.text(st.sampled_from("aA.?! \n\t|-1\u2028\ud800é😀\"')([]"), max_size=80) | st.text(max_size=80))
def test_spans_are_in_order_and_hold_everything_but_white_space(text: str) -> None:
    found = sentences(text)
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in found)
    assert all("\n" not in text[start:end] for start, end in found)
    outside, at = "", 0
    for start, end in found:
        assert at <= start < end
        outside, at = outside + text[at:start], end
    assert not (outside + text[at:]).strip()
