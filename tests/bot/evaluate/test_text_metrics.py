"""Words against words: hand examples, SQuAD's own script and rouge-score as references."""

import re
import string
from collections import Counter
from collections.abc import Sequence

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from rouge_score.rouge_scorer import RougeScorer

from bot.evaluate.metrics.text import answer_hit, common_subsequence, normalised_words, rouge_l, token_f1
from tests.bot.evaluate.material import texts

# Everything a keyboard writes, and the marks a word processor puts in their place.
typed = st.text(st.sampled_from(string.printable), max_size=60)
prose = st.lists(st.sampled_from(["the", "a", "An", "cat", "l", "s", " ", " ", "’", "—", "“", "”", "…", "-", "é"])).map(
    "".join
)
ROUGE = RougeScorer(["rougeL"], use_stemmer=False)


def squad_words(text: str) -> list[str]:
    """normalize_answer of SQuAD's evaluate-v2.0.py, split as its get_tokens does."""
    kept = "".join(char for char in text.lower() if char not in set(string.punctuation))
    return re.sub(re.compile(r"\b(a|an|the)\b", re.UNICODE), " ", kept).split()


def squad_f1(expected: str, said: str) -> float:
    """compute_f1 of the same script."""
    gold, found = squad_words(expected), squad_words(said)
    common = sum((Counter(gold) & Counter(found)).values())
    if not gold or not found:
        return float(gold == found)
    if not common:
        return 0.0
    precision, recall = common / len(found), common / len(gold)
    return 2 * precision * recall / (precision + recall)


def slow_common_subsequence(one: Sequence[str], other: Sequence[str]) -> int:
    """The textbook's table."""
    row = [0] * (len(other) + 1)
    for word in one:
        before, row = row, [0]
        for at, theirs in enumerate(other):
            row.append(before[at] + 1 if word == theirs else max(before[at + 1], row[at]))
    return row[-1]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The Cat and a DOG.", ["cat", "and", "dog"]),
        ("It's the U.S.A. (1999)!", ["its", "usa", "1999"]),
        ("An  apple\tand\nTHE pear", ["apple", "and", "pear"]),
        ("theatre, anthem, aa", ["theatre", "anthem", "aa"]),
        ("3.5 % of well-known", ["35", "of", "wellknown"]),
        ("“quoted” – dash", ["“quoted”", "–", "dash"]),
        ("the a an ...", []),
        ("", []),
    ],
)
def test_words_are_normalised_as_squad_says(text: str, words: list[str]) -> None:
    assert normalised_words(text) == words
    assert squad_words(text) == words, "the reference agrees with the hand"


@given(typed)
def test_normalisation_is_that_of_squads_script(text: str) -> None:
    assert normalised_words(text) == squad_words(text)


@given(prose)
@example("the—cat")
@example("rock ’n’ roll’s a–b")
def test_normalisation_is_that_of_squads_script_beside_typographic_marks(text: str) -> None:
    assert normalised_words(text) == squad_words(text)


@pytest.mark.parametrize(
    ("answer", "expected", "f1"),
    [
        ("a cat eats fish", ["cat fish"], 2 * (2 / 3) * 1 / (2 / 3 + 1)),
        ("The cat.", ["cat!"], 1),
        ("cat cat dog", ["cat"], 2 * (1 / 3) * 1 / (1 / 3 + 1)),
        ("cat", ["dog", "a cat", "cat dog"], 1),
        ("dog", ["cat"], 0),
        ("dog", [], 0),
        ("the", ["a"], 1),
        ("the", ["cat"], 0),
        ("", ["cat"], 0),
    ],
)
def test_token_f1_by_hand(answer: str, expected: list[str], f1: float) -> None:
    assert token_f1(answer, expected) == pytest.approx(f1, abs=1e-9)


@settings(max_examples=200)
@given(typed | texts, st.lists(typed | texts, min_size=1, max_size=3))
def test_token_f1_is_that_of_squads_script(answer: str, expected: list[str]) -> None:
    assert token_f1(answer, expected) == pytest.approx(max(squad_f1(one, answer) for one in expected), abs=1e-9)


@pytest.mark.parametrize(
    ("answer", "expected", "hit"),
    [
        ("It was trained on 680,000 hours of audio.", ["680000 hours"], 1),
        ("It was trained on the 680,000 hours.", ["on 680,000 Hours"], 1),
        ("A caterpillar eats.", ["cat"], 0),
        ("A cat eats and a dog drinks.", ["cat dog"], 0),
        ("A dog, not a cat.", ["fish", "a cat"], 1),
        ("fish cat", ["cat fish"], 0),
        ("Yes.", ["yes"], 1),
        ("", ["yes"], 0),
        ("anything", [], 0),
        ("plan a or b", ["A"], 1),
        ("plan b", ["A"], 0),
        ("use + to add", ["+"], 1),
        ("use - to add", ["+"], 0),
        ("", [""], 0),
        ("I listen to The The at night", ["The The"], 1),
        ("the best", ["The The"], 0),
    ],
)
def test_an_answer_hits_when_it_says_an_expected_one_in_one_piece(answer: str, expected: list[str], hit: int) -> None:
    assert answer_hit(answer, expected) == hit


@given(texts, texts, texts)
def test_what_is_said_is_hit_wherever_it_stands(before: str, said: str, after: str) -> None:
    wanted = normalised_words(said)
    assert answer_hit(f"{before} {said} {after}", [said]) == 1 or not wanted
    apart = normalised_words(f"{before} {after}")
    inside = any(apart[at : at + len(wanted)] == wanted for at in range(len(apart)))
    assert answer_hit(f"{before} {after}", [said]) == float(inside) or not wanted


@pytest.mark.parametrize(
    ("answer", "expected", "f1"),
    [
        ("police killed the gunman", ["police kill the gunman"], 0.75),  # Lin 2004, section 3.1
        ("the gunman kill police", ["police kill the gunman"], 0.5),
        ("a b c d", ["b d"], 2 * 0.5 * 1 / 1.5),
        ("b d", ["x", "a b c d"], 2 * 0.5 * 1 / 1.5),
        ("same words", ["Same, words!"], 1),
        ("", ["a"], 0),
        ("a", [""], 0),
        ("a", [], 0),
        ("Кошка ест рыбу", ["кошка ест мясо"], 2 / 3),
    ],
)
def test_rouge_l_by_hand(answer: str, expected: list[str], f1: float) -> None:
    assert rouge_l(answer, expected) == pytest.approx(f1, abs=1e-9)


@settings(max_examples=200)
@given(typed | texts | prose, typed | texts | prose)
def test_rouge_l_is_that_of_rouge_score(answer: str, expected: str) -> None:
    if re.search("[a-z0-9]", expected.lower()) and re.search("[a-z0-9]", answer.lower()):
        reference = ROUGE.score(expected, answer)["rougeL"].fmeasure
        assert rouge_l(answer, [expected]) == pytest.approx(reference, abs=1e-9)


words = st.lists(st.sampled_from("abcde"), max_size=90)


@settings(max_examples=200)
@given(words, words)
def test_the_common_subsequence_is_that_of_the_textbooks_table(one: list[str], other: list[str]) -> None:
    assert common_subsequence(one, other) == slow_common_subsequence(one, other) == common_subsequence(other, one)


@given(texts, st.lists(texts, max_size=3))
def test_every_metric_is_a_share_and_one_for_the_expected_answer_itself(answer: str, expected: list[str]) -> None:
    for metric in (answer_hit, token_f1, rouge_l):
        assert 0 <= metric(answer, expected) <= 1
        assert metric(answer, [*expected, answer]) == pytest.approx(1, abs=1e-12)


def test_a_cell_of_a_megabyte_takes_no_minutes() -> None:
    huge = "cat dog fish " * 80_000
    assert rouge_l(huge, ["the cat eats fish"]) < 1e-4
    assert token_f1(huge, ["cat"]) < 1e-4
    assert answer_hit(huge, ["dog cat"]) == 0
