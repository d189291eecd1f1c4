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
        ("whisper works on audio", "Whisper works on audio.", ""),
        ("Whisper works on audio.", "However, Whisper works on audio.", ""),
        ("The term was coined by Stanford.", "The term was coined by Stanford (Bommasani et al., 2021).", ""),
        ("An LLM predicts words.", "An LLM predicts words, which are sampled one by one.", ""),
        ("A large language model predicts words.", "A large language model (LLM) predicts words.", ""),
        ("DALL-E makes pictures.", "DALL-E, an image model, makes pictures.", ""),
        ("It runs on many phones.", "It runs on many phones, such as the newer ones.", ""),
        ("Cars are vehicles, but not all vehicles are cars.", "Cars are vehicles, but not all vehicles are cars.", ""),
        ("Image models draw, speech models listen.", "Image models draw, speech models listen.", ""),
        ("Not quite. It is a base model.", "Not quite. It is a base model.", ""),
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
        ("Keep it at 5 °C.", "Keep it at –5 °C."),
        ("The side is 2 metres long.", "The side is √2 metres long."),
        ("The loop ends when x = 5 holds.", "The loop ends when x != 5 holds."),
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


@pytest.mark.parametrize(
    ("claim", "text", "heading", "lead"),
    [
        ("Llama is free for commercial use.", "Llama is free for non-commercial use.", "", ""),
        ("In 2024, five models are open.", "In 2024, two of five models are open.", "", ""),
        ("The plan costs 5 dollars a month.", "The plan costs 3 to 5 dollars a month.", "", ""),
        ("The plan costs 5 dollars a month.", "The plan costs 3-5 dollars a month.", "", ""),
        ("LLMs know math well.", "LLMs know little math well.", "", ""),
        ("A few models are open.", "Few models are open.", "", ""),
        ("Few models are open.", "A few models are open.", "", ""),
        ("Models are closed today.", "Other models are closed today.", "", ""),
        ("Prompts work well.", "Short prompts work well.", "", ""),
        ("Prompts are free.", "Example prompts are free.", "", ""),
        ("The models from here are open.", "The models from China here are open.", "", ""),
        ("Models are open.", "Models from China are open.", "", ""),
        ("The gun is harmless.", "The toy gun is harmless.", "", ""),
        ("The temperature is 5 degrees.", "The temperature is -5 degrees.", "", ""),
        ("The plan costs $300.", "The plan costs €300.", "", ""),
        ("Revenue grew by 5.", "Revenue grew by 5%.", "", ""),
        ("Accuracy > 90 in tests.", "Accuracy < 90 in tests.", "", ""),
        ("C is a safe language.", "C++ is a safe language.", "", ""),
        ("Dogs eat meat and hay.", "Dogs eat meat, cows eat grass, and hay.", "", ""),
        ("OpenAI trains GPT and Whisper.", "OpenAI trains GPT, Meta trains Llama, and Whisper.", "", ""),
        ("LLMs understand language.", "LLMs understand language, critics argue.", "", ""),
        ("LLMs understand language.", "LLMs understand language?", "", ""),
        ("LLMs understand language.", "So LLMs understand language?", "", ""),
        ("An LLM learns joint embeddings.", "No, it learns joint embeddings.", "Is CLIP an LLM?", ""),
        ("LLM learns joint embeddings.", "It learns joint embeddings.", "Is CLIP an LLM?", ""),
        (
            "A foundation model predicts the next word.",
            "It predicts the next word.",
            "What is the difference between an LLM and a foundation model?",
            "",
        ),
        ("Not LLMs predict words.", "They predict words.", "Why LLMs do not think", ""),
        ("CLIP generates images.", "CLIP is compared with DALL-E. It generates images.", "Is CLIP an LLM?", ""),
        ("LLMs think like humans.", "- LLMs think like humans.", "", "These are common misconceptions:"),
        ("LLMs think like humans.", "These beliefs are false:\n\n- LLMs think like humans.", "", ""),
        ("LLMs think.", "| LLMs think |", "", "| Myth |"),
        ("Copilot is free.", "Only for students:\n\n- Copilot is free.", "", ""),
        ("No Llama models are open.", "No, Llama models are open.", "", ""),
        ("Training is free.", "Training is free (for students).", "", ""),
        ("Training is free.", "Training is free, provided that you are a student.", "", ""),
        ("Training is free.", "Training is free, as long as you are a student.", "", ""),
        ("Training is free.", "Training is free, assuming you are a student.", "", ""),
        ("Students tuition is free.", "For students tuition is free.", "", ""),
        ("The limit is 5 dollars.", "The limit is 5 (thousand) dollars.", "", ""),
        ("The model is not good.", "The model is not very good.", "", ""),
        ("Llama beats GPT.", "Llama nowhere near beats GPT.", "", ""),
        ("The open models are safe.", "The so-called open models are safe.", "", ""),
        ("Llama runs on 8 GB.", "Llama runs on 8 TB.", "", ""),
        ("Llama is larger than GPT.", "GPT is larger than Llama.", "", ""),
        ("Llama is larger.", "Llama is larger than GPT.", "", ""),
        ("The scope of LLM is broad.", "| Scope | broad | narrow |", "", "| Aspect | Foundation model | LLM |"),
        ("Whisper is open and DALL-E.", "Whisper is open and free; DALL-E is closed.", "", ""),
        ("Supervised learning is cheap here.", "Here self-supervised learning is cheap.", "", ""),
        ("Training uses supervised learning.", "Training uses self-supervised learning.", "", ""),
        ("The shot learning works.", "The zero-shot learning works.", "", ""),
        ("Models can run on phones.", "Models can not run on phones.", "", ""),
        ("The president of OpenAI left.", "The former president of OpenAI left.", "", ""),
        (
            "The final version has 7 billion parameters.",
            "The final version has 7, and later 70, billion parameters.",
            "",
            "",
        ),
        ("LLMs are a kind of foundation model.", "LLMs are a kind of foundation model, or so they say.", "", ""),
        ("Llama and GPT are open.", "Llama, unlike Claude, and GPT are open.", "", ""),
        ("GPT was trained in 2020 and released.", "GPT was trained in 2020, Llama in 2023, and released.", "", ""),
        ("Models learn from labels.", "Models learn from unlabelled data, not from labels.", "", ""),
    ],
)
def test_what_a_cut_or_a_name_would_turn_into_another_statement_is_not_supported(
    claim: str, text: str, heading: str, lead: str
) -> None:
    assert not supported(claim, text, heading, lead)


# What a reviewer found that the first rules, lists of what must not be cut, let through.
@pytest.mark.parametrize(
    ("claim", "text"),
    [
        ("A refund takes 3.", "A refund takes 3–5 days."),
        ("Ibuprofen is safe at 200.", "Ibuprofen is safe at 200–400 mg per dose."),
        ("The price fell by 5.", "The price fell by 5 - 10 percent."),
        ("The dose is 5.", "The dose is 5 (five) mg."),
        ("You can cancel free of charge.", "You can cancel free of charge, with 30 days' notice."),
        ("Deliveries run every day.", "Deliveries run every day, weather permitting."),
        ("The shop is open every day.", "The shop is open every day, Sundays excepted."),
        ("The plan costs ten euros.", "The plan costs ten euros, plus VAT."),
        ("Anyone can join the beta.", "Anyone can join the beta, by invitation."),
        ("The drug cures cancer.", "The drug cures cancer (in mice)."),
        ("You can export your data.", "You can export your data (Enterprise plan)."),
        ("The drug cured all patients in the trial.", "The drug (a placebo) cured all patients in the trial."),
        ("He denied that it rained.", "He denied (falsely) that it rained."),
        ("The trial ends in 30 days.", "The trial ends in 30 days (14 in Germany)."),
        ("The trial ends in 30 days.", "The trial ends in 30 days (US)."),
        ("The model is conscious.", "The model is conscious, Lemoine wrote."),
        ("The model is conscious.", '"The model is conscious," Lemoine wrote.'),
        ("The model is free to use.", "The model is free to use; commercial use requires a licence."),
        ("Hold down the Ctrl.", "Hold down the Ctrl, Alt and Delete keys."),
        ("You need a passport.", "You need a passport, a visa and a ticket."),
        ("Only members of the red.", "Only members of the red, blue and green teams vote."),
        ("Most users, including admins.", "Most users, including admins, need a licence."),
        ("Users get phone support.", "Users, the paying ones, get phone support."),
        ("B, and C work well.", "A, B, and C work well."),
        ("It is a base model.", "Not quite. It is a base model."),
        ("The plan is free.", "The plan is free, which only holds for students."),
        ("The models are open.", "The models are open, such as never before."),
        ("GPT-4 and Llama write.", "GPT-4, a model, and Llama write."),
    ],
)
def test_what_the_articles_say_whole_is_not_said_by_half(claim: str, text: str) -> None:
    assert not supported(claim, text)


WORDS = "models are not all open closed GPT-4 Llama and , ; ( ) but only text images 300".split()
sentence = st.lists(st.sampled_from(WORDS), max_size=14).map(" ".join)


@given(sentence, sentence)
def test_support_is_a_share_and_a_supported_claim_keeps_every_negation(claim: str, text: str) -> None:
    support = CutVerifier().support(claim, evidence(text))
    assert 0.0 <= support <= 1.0
    if support >= SUPPORTED and "not" in text.split():
        assert "not" in claim.split()


@given(sentence)
def test_a_finished_sentence_with_facts_supports_itself(text: str) -> None:
    claim = f"Language models {text}."
    assert supported(claim, claim)


def test_a_verdict_is_said_with_the_question_it_decides() -> None:
    asked, text = "Should I run a relay at home?", "No. It may be seized by the police."
    assert supported(f"{asked} {text}", text, asked)
    assert not supported(text, text, asked)  # the visitor may have asked another thing
    assert supported(text, text, "Relays at home")
    assert supported("No relay may be seized.", "No relay may be seized.", asked)
