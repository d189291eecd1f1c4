"""What the verifier must let through and, above all, what it must never let through."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.types import Evidence
from bot.verifier import SUPPORTED, CutVerifier
from index.types import Chunk


def evidence(text: str, heading: str = "", lead: str = "") -> Evidence:
    path = (heading,) if heading else ()
    chunk = Chunk("c", "a", "Articles", path, "", text, 0, len(text))
    return Evidence(1, chunk, 0, len(text), text, 1.0, lead)


def supported(claim: str, text: str, heading: str = "", lead: str = "") -> bool:
    return CutVerifier().support(claim, evidence(text, heading, lead)) >= SUPPORTED


@pytest.mark.parametrize(
    ("claim", "text", "heading"),
    [
        ("Whisper works on audio.", "Whisper works on audio.", ""),
        ("Whisper works on audio.", "However, Whisper works on audio.", ""),
        ("Whisper heard 680,000 hours.", "Whisper heard 680,000 hours, in 2022.", ""),
        ("The term was coined by Stanford.", "The term was coined by Stanford (Bommasani et al., 2021).", ""),
        ("Whisper powers transcription tools.", "Whisper, a speech model, powers transcription tools.", ""),
        ("Llama is open.", "Llama is open, and people download it.", ""),
        (
            "CLIP learns joint embeddings but is not generative.",
            "No, it learns joint embeddings but is not generative.",
            "Is CLIP an LLM?",
        ),
        ("Cars are vehicles, but not all vehicles are cars.", "Cars are vehicles, but not all vehicles are cars.", ""),
        ("Image models draw, speech models listen.", "Image models draw, speech models listen.", ""),
        ("The models differ in size and in price.", "- Speed\n- The models differ in size and in price.", ""),
    ],
)
def test_the_same_said_with_harmless_cuts_is_supported(claim: str, text: str, heading: str) -> None:
    assert supported(claim, text, heading)


@pytest.mark.parametrize(
    ("claim", "text"),
    [
        # invented, or from the model's memory
        ("Netflix uses foundation models.", "Foundation models power many products."),
        ("The capital of France is Paris.", "Foundation models are adapted to many tasks."),
        ("Foundation models are large and blue.", "Foundation models are large."),
        # turned round
        ("Foundation models are not a foundation model.", "Foundation models are a base."),
        ("All LLMs are foundation models.", "Not all LLMs are foundation models."),
        ("All foundation models are LLMs.", "All LLMs are foundation models."),
        ("Vehicles are cars.", "Cars are vehicles, but not all vehicles are cars."),
        ("Cars are vehicles.", "It is a myth that cars are vehicles."),
        ("Fine-tuning fixes every weakness.", "Fine-tuning does not fix every weakness."),
        # limits lost or gained
        ("LLMs are foundation models.", "Most LLMs are foundation models."),
        ("All models are closed.", "Models are closed."),
        ("Training is cheap.", "Training is cheap if the data is small."),
        ("Training is cheap.", "Training is cheap, but only for small models."),
        ("The model can reason.", "The model may reason."),
        # numbers and names
        ("GPT-3 used 400 billion tokens.", "GPT-3 used 300 billion tokens."),
        ("GPT-4 used 300 billion tokens.", "GPT-3 used 300 billion tokens."),
        ("Whisper was trained on 680 hours.", "Whisper was trained on 680,000 hours."),
        # two statements mixed
        ("Stable Diffusion is closed.", "Stable Diffusion is open; DALL-E is closed."),
        ("Llama is closed.", "Llama and Mistral are open, GPT is closed."),
        ("Llama is made by Anthropic.", "Llama is made by Meta, GPT is made by OpenAI, Claude is made by Anthropic."),
        (
            "In 2020, models train on trillions of tokens.",
            "In 2020, GPT-3 used 300 billion tokens, by 2026, models train on trillions of tokens.",
        ),
        ("A drug helps cats.", "A drug helps dogs and harms cats."),
        ("Whisper works on text.", "Whisper works on audio. Llama works on text."),
        ("Models are free.", "Models are free to use for companies with few users."),
        # small words that matter
        ("The model was built by Llama.", "The model was built on Llama."),
        ("The model is trained for text.", "The model was trained on text."),
        # answers nothing
        ("Yes.", "Yes. It is."),
        ("It is.", "It is a model."),
        ("", "It is a model."),
    ],
)
def test_what_the_evidence_does_not_say_is_not_supported(claim: str, text: str) -> None:
    assert not supported(claim, text)


def test_cells_of_different_rows_or_columns_do_not_make_a_sentence() -> None:
    header = "| Aspect | Foundation model | LLM |"
    assert not supported("The scope of a foundation model is narrow.", "| Scope | broad | narrow |", lead=header)


def test_a_list_supports_its_lead_in_with_some_of_its_items() -> None:
    text = "These models are open:\n\n- Llama\n- Mistral"
    assert supported("These models are open: Llama, Mistral.", text)


WORDS = "models are not all open closed GPT-4 Llama and , ; ( ) but only text images 300".split()
sentence = st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join)


@given(sentence, sentence)
def test_support_is_a_share_and_a_supported_claim_keeps_every_negation(claim: str, text: str) -> None:
    support = CutVerifier().support(claim, evidence(text))
    assert 0.0 <= support <= 1.0
    if support >= SUPPORTED and "not" in text.split():
        assert "not" in claim.split()


@given(sentence)
def test_a_sentence_with_facts_supports_itself(text: str) -> None:
    claim = "Language models " + text
    assert supported(claim, claim)
