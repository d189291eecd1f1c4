"""The official client of the OpenAI API against /v1 on a real local server."""

import re
from collections.abc import Iterator
from pathlib import Path

import openai
import pytest

from bot.web.chat_text import unmarked
from tests.bot.web.material import served
from tests.browser.fake_bot import KINDS, FakeBot

QUESTION = "What is a foundation model?"


@pytest.fixture
def bot() -> FakeBot:
    return FakeBot()


@pytest.fixture
def client(bot: FakeBot, tmp_path: Path) -> Iterator[openai.OpenAI]:
    with served(tmp_path, bot) as address, openai.OpenAI(base_url=f"{address}/v1", api_key="any", max_retries=0) as one:
        yield one


def test_the_answer_has_its_footnotes_in_the_text_its_sources_at_the_end_and_both_as_a_field(
    client: openai.OpenAI,
) -> None:
    done = client.chat.completions.create(model="footnote", messages=[{"role": "user", "content": QUESTION}])
    message = done.choices[0].message
    assert (message.role, done.choices[0].finish_reason, done.model) == ("assistant", "stop", "footnote")
    assert message.content is not None
    said, sources = message.content.split("\n\nSources:\n")
    assert re.findall(r"\[\d\]", said) == ["[1]", "[2]", "[1]", "[3]"]
    assert [line[:3] for line in sources.splitlines()] == ["[1]", "[2]", "[3]"]
    citations = message.model_extra["citations"] if message.model_extra else []
    first = citations[0]
    assert KINDS.text[first["start"] : first["end"]] == first["quote"]
    assert first["quote"] in sources.splitlines()[0]
    assert done.usage is not None
    assert done.usage.total_tokens == done.usage.prompt_tokens + done.usage.completion_tokens


def test_a_stream_says_the_same(client: openai.OpenAI) -> None:
    asked = [{"role": "user", "content": QUESTION}]
    whole = client.chat.completions.create(model="footnote", messages=asked)  # type: ignore[arg-type]
    stream = client.chat.completions.create(
        model="footnote", messages=asked, stream=True, stream_options={"include_usage": True}  # type: ignore[arg-type]
    )  # fmt: skip
    chunks = list(stream)
    text = "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)
    assert text == whole.choices[0].message.content
    assert chunks[0].choices[0].delta.role == "assistant"
    assert chunks[-2].choices[0].finish_reason == "stop"
    assert chunks[-1].usage == whole.usage
    more = [chunk.choices[0].delta.model_extra for chunk in chunks if chunk.choices]
    assert [len(each["citations"]) for each in more if each] == [3]


@pytest.mark.parametrize("question", ["Which kinds are there?", "Compare them", "What does Netflix use?", "Who won?"])
def test_lists_tables_parts_and_what_is_not_covered(client: openai.OpenAI, question: str) -> None:
    asked = [{"role": "user", "content": question}]
    whole = client.chat.completions.create(model="footnote", messages=asked)  # type: ignore[arg-type]
    stream = client.chat.completions.create(model="footnote", messages=asked, stream=True)  # type: ignore[arg-type]
    said = whole.choices[0].message.content or ""
    assert "".join(chunk.choices[0].delta.content or "" for chunk in stream) == said
    if question == "Who won?":
        assert said.startswith("The articles do not say anything about this.")
        assert "- Is CLIP an LLM?" in said
        assert "Sources" not in said
    if "Netflix" in question:
        assert "The articles do not cover: what does Netflix use?" in said


def test_earlier_messages_are_the_history_and_answers_are_read_without_their_marks(
    client: openai.OpenAI, bot: FakeBot
) -> None:
    first = client.chat.completions.create(model="footnote", messages=[{"role": "user", "content": QUESTION}])
    client.chat.completions.create(
        model="footnote",
        messages=[
            {"role": "system", "content": "Talk like a pirate."},
            {"role": "user", "content": QUESTION},
            {"role": "assistant", "content": first.choices[0].message.content},
            {"role": "user", "content": [{"type": "text", "text": "Is CLIP one?"}]},
        ],
        temperature=0.3,
    )
    [turn] = bot.histories[-1]
    assert turn.question == QUESTION
    assert turn.answer == bot.answer(QUESTION).text


def test_what_is_refused_is_an_error_of_the_client(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="one model here: footnote"):
        client.chat.completions.create(model="gpt-4o", messages=[{"role": "user", "content": "x"}])
    with pytest.raises(openai.UnprocessableEntityError, match="last one must be a user's"):
        client.chat.completions.create(model="footnote", messages=[{"role": "assistant", "content": "x"}])
    with pytest.raises(openai.UnprocessableEntityError, match="up to 2,000"):
        client.chat.completions.create(model="footnote", messages=[{"role": "user", "content": "x" * 2001}])
    with pytest.raises(openai.InternalServerError):
        client.chat.completions.create(model="footnote", messages=[{"role": "user", "content": "foundation crash"}])
    broken = client.chat.completions.create(
        model="footnote", messages=[{"role": "user", "content": "foundation crash"}], stream=True
    )
    with pytest.raises(openai.APIError, match="Something went wrong"):
        list(broken)


def test_a_key_is_the_clients_key(tmp_path: Path) -> None:
    with served(tmp_path, api_key="secret") as address:
        with (
            openai.OpenAI(base_url=f"{address}/v1", api_key="wrong", max_retries=0) as stranger,
            pytest.raises(openai.AuthenticationError),
        ):
            stranger.models.list()
        with openai.OpenAI(base_url=f"{address}/v1", api_key="secret") as known:
            assert [model.id for model in known.models.list()] == ["footnote"]
            assert known.models.retrieve("footnote").object == "model"
            with pytest.raises(openai.NotFoundError):
                known.models.retrieve("gpt-4o")


def test_marks_and_sources_go_and_other_brackets_stay() -> None:
    assert unmarked("One. [1][2] Two [sic]. [3]\n\nSources:\n[1] x") == "One. Two [sic]."
