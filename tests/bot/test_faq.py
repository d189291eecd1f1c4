"""When a question is one of the articles' own."""

import pytest

from bot.faq import LIKE_QUESTION, SURE, heading_asked, paraphrased, same_question
from bot.types import Evidence
from index.types import Chunk


def entry(question: str, answer: str = "An answer.") -> Chunk:
    return Chunk(question, "a", "FAQ", (question,), "", answer, 0, len(answer), is_faq=True)


ALL_LLMS = entry("Are all LLMs foundation models?")
ALL_MODELS = entry("Are all foundation models LLMs?")


def test_the_order_of_words_decides_between_two_that_embed_alike() -> None:
    nearest = ((ALL_MODELS, 0.981), (ALL_LLMS, 0.980))
    assert same_question("are all llms foundation models", nearest) is ALL_LLMS
    assert same_question("So are all foundation models also LLMs?", nearest) is ALL_MODELS


def test_a_question_as_written_needs_no_cosine() -> None:
    assert same_question("Are all LLMs foundation models?", ((ALL_LLMS, 0.1),)) is ALL_LLMS
    reset = entry("How do I reset my password?")
    assert same_question("How can I reset my password, please?", ((reset, 0.1),)) is reset


@pytest.mark.parametrize(
    ("question", "heading"),
    [
        ("What would an LLM want?", "What can an LLM do?"),
        ("What do you want?", "What can you do?"),
        ("What do you know about me?", "What can you say about me?"),
        ("Do they share my data?", "Can they share my data?"),
        ("Would you delete my data?", "Can you delete my data?"),
        ("What do you do?", "What can you do?"),
        ("???", "!!!"),
    ],
)
def test_a_verb_that_is_no_auxiliary_makes_another_question(question: str, heading: str) -> None:
    assert heading_asked(question, ((entry(heading), 0.1),)) is None


def test_questions_that_differ_in_the_first_word_alone_are_two() -> None:
    for question, heading in (("Do they share my data?", "Can they share my data?"), ("Would I?", "Can I?")):
        assert same_question(question, ((entry(heading), 0.93),)) is None
    assert same_question("Please, do they share it?", ((entry("Can they share it?"), 0.93),)) is None
    for question, heading in (
        ("Could they share my data?", "Can they share my data?"),
        ("Which payment methods do you accept?", "What payment methods do you accept?"),
        ("Is there a discount?", "Are there a discount?"),
    ):
        found = entry(heading)
        assert same_question(question, ((found, 0.93),)) is found


@pytest.mark.parametrize(
    "question",
    [
        "Is Netflix based on an LLM?",
        "Is GPT-5 based on an LLM?",
        "Is ChatGPT not based on an LLM?",
        "Is ChatGPT always based on an LLM?",
    ],
)
def test_another_name_number_negation_or_limit_is_another_question(question: str) -> None:
    assert same_question(question, ((entry("Is ChatGPT based on an LLM?", "Yes, it uses an LLM."), 0.95),)) is None


def test_far_questions_and_no_entries_give_none() -> None:
    assert same_question("What is RLHF?", ((ALL_LLMS, 0.4),)) is None
    assert same_question("What is RLHF?", ()) is None


@pytest.mark.parametrize(
    ("question", "heading", "answer"),
    [
        ("Is Llama an LLM?", "Is CLIP an LLM?", "No. Unlike Llama, CLIP is none."),
        ("is netflix based on an llm?", "Is ChatGPT based on an LLM?", "Yes."),
        ("How do I disable the firewall?", "How do I enable the firewall?", "Press the switch."),
        ("When was Tor created?", "Why was Tor created?", "For privacy."),
        ("Should I use a VPN with Tor?", "Can I use a VPN with Tor?", "You can."),
        ("Are all foundation models LLMs?", "Are all LLMs foundation models?", "Yes."),
        ("How do I install Debian?", "How do I install Debian 12?", "So."),
        ("What changed in 2023?", "What changed in 2024?", "After 2023 all changed."),
    ],
)
def test_one_word_another_or_the_words_turned_round_is_another_question(
    question: str, heading: str, answer: str
) -> None:
    assert same_question(question, ((entry(heading, answer), 0.95),)) is None


def test_other_words_for_the_same_are_the_same_question() -> None:
    rlhf = entry("What is reinforcement learning from human feedback?", "RLHF trains on what people prefer.")
    assert same_question("What does RLHF mean?", ((rlhf, 0.85),)) is rlhf


REFUND = entry("How long does a refund take?", "Five days. Ask support when it takes longer.")
OTHER = entry("Is there a fee?", "No, a refund costs nothing.")


def found(chunk: Chunk) -> list[Evidence]:
    return [Evidence(1, chunk, 0, len(chunk.text), chunk.text, 3.0)]


def test_a_paraphrase_needs_entry_reader_and_gate_to_agree() -> None:
    asked, nearest = "when will I see the money of my refund again", ((REFUND, LIKE_QUESTION), (OTHER, 0.3))
    assert same_question(asked, nearest) is None
    assert paraphrased(asked, nearest, found(REFUND), SURE) is REFUND
    assert paraphrased(asked, nearest, found(OTHER), SURE) is None
    assert paraphrased(asked, nearest, found(REFUND), SURE - 0.01) is None
    assert paraphrased(asked, ((REFUND, LIKE_QUESTION - 0.01),), found(REFUND), SURE) is None
    assert paraphrased(asked, (), found(REFUND), SURE) is None
    assert paraphrased(asked, nearest, [], SURE) is None


@pytest.mark.parametrize(
    ("question", "heading"),
    [
        ("Is CLIP an LLM model?", "Is Llama an LLM?"),
        ("How do I disable the firewall?", "How do I enable the firewall?"),
        ("What must not stand in my profile?", "What can I put in my profile?"),
        ("Why would a refund take long?", "How long does a refund take?"),
        ("Can I cancel my booking after I have checked in?", "Can I cancel my booking?"),
        ("when do refunds reach me", "How do refunds reach me?"),
        ("How do I turn off two-factor authentication?", "How do I turn on two-factor authentication?"),
        ("How do I install a package?", "How do I install a source package?"),
        ("how to run a relay at home", "How do I run a relay in Windows?"),
        ("What did the update of 2023 change for users?", "What did the update of 2024 change?"),
    ],
)
def test_what_is_no_paraphrase_however_sure_the_reader(question: str, heading: str) -> None:
    one = entry(heading)
    assert paraphrased(question, ((one, 0.99),), found(one), 1.0) is None


def test_yes_or_no_does_not_answer_an_open_question() -> None:
    one, asked = (
        entry("Is the shop open at weekends?", "No. It is open from Monday to Friday."),
        "on which days can I find the shop open",
    )
    assert paraphrased(asked, ((one, 0.8),), found(one), 0.9) is None
    plain = entry("Is the shop open at weekends?", "It is open from Monday to Friday.")
    assert paraphrased(asked, ((plain, 0.8),), found(plain), 0.9) is plain
