"""One case put to a bot over a small index: what its record says, and what becomes of a question that fails."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

import pytest

from bot.evaluate.ask import AROUND, ask
from bot.evaluate.crew import Alone
from bot.evaluate.sources import Sources
from bot.evaluate.types import FAILED, REFUSED, Case, Named, Record
from bot.pipeline import Bot
from bot.types import Event, Turn
from corpus.types import Article
from tests.bot.evaluate.material import case
from tests.bot.test_pipeline import ARTICLES, make_bot
from tests.fakes import ObedientGenerator

HOURS = "How many hours of audio was Whisper trained on?"
FILLING = "\n\n".join(f"Paragraph {at} says nothing about it, in so many words." for at in range(40))
LONG = f"# Kettle\n\n{FILLING}\n\nThe kettle boils two litres of water in three minutes.\n\n{FILLING}\n"


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Bot:
    return make_bot(tmp_path_factory.mktemp("bot"), ObedientGenerator(), ARTICLES | {"kettle.md": LONG})


@pytest.fixture(scope="module")
def asked(bot: Bot) -> Callable[..., Record]:
    sources = Sources(bot.articles)
    return lambda question, **fields: ask(bot, case(question=question, **fields), sources)[0]


def test_a_record_says_what_was_asked_and_what_was_answered(bot: Bot, asked: Callable[..., Record]) -> None:
    found = asked(
        HOURS, row=7, line=9, id="hours", answers=("680,000",), sources=(Named("whisper.md"), Named("gone", "words")),
        answerable=True, tags=("audio",), history=(Turn("Who made the Llama language models?", "Meta."),),
    )  # fmt: skip
    answer = bot.answer(HOURS)
    assert (found.row, found.line, found.id, found.question, found.tags) == (7, 9, "hours", HOURS, ("audio",))
    assert (found.answerable, found.history) == (True, ("Who made the Llama language models?",))
    assert found.expected_answers == ("680,000",)
    assert found.expected_sources == ("whisper.md", "gone: “words”")
    assert found.unknown_sources == ("gone: “words”",)
    assert found.relevant == 2, "a source that is not there can only be missed"
    assert (found.lane, found.answer, found.confidence) == ("generated", answer.text, answer.confidence)
    assert [sentence.text for sentence in found.sentences] == [claim.text for claim in answer.claims]
    assert [sentence.citations for sentence in found.sentences] == [(1,)]
    assert (found.declined_because, found.uncovered, found.answered) == ("", (), True)
    (cited,) = found.citations
    assert (cited.number, cited.article_id, cited.title) == (1, "whisper.md", "Whisper")
    assert (cited.url, cited.quote) == ("https://help.example/whisper", answer.citations[0].quote)
    assert (cited.is_verbatim, cited.is_expected) == (True, True)
    assert {place.article_id for place in found.ranking} == {"whisper.md", "llama.md", "kettle.md"}
    assert found.ranking[0].article_id == "whisper.md"
    assert [place.is_expected for place in found.ranking] == [True, False, False]


@pytest.mark.parametrize("question", [HOURS, "Is Whisper an LLM?", "price of Scribe tool", "Who made Llama?",
                                      "How many litres of water does the kettle boil?"])  # fmt: skip
def test_quotes_stand_in_their_article_with_the_words_around_them(
    bot: Bot, asked: Callable[..., Record], question: str
) -> None:
    found = asked(question)
    assert found.citations, question
    for cited in found.citations:
        text = bot.articles[cited.article_id].text
        assert text[cited.start : cited.end] == cited.quote
        assert cited.is_verbatim
        before, after = cited.before.removeprefix("… "), cited.after.removesuffix(" …")
        assert text[: cited.start].endswith(before)
        assert text[cited.end :].startswith(after)
        assert before + cited.quote + after in text
        assert (cited.before == text[: cited.start]) or cited.before.startswith("… ")
        assert (cited.after == text[cited.end :]) or cited.after.endswith(" …")
        assert max(len(cited.before), len(cited.after)) <= AROUND + 2


def test_of_a_long_article_whole_words_around_the_quote_are_kept(bot: Bot, asked: Callable[..., Record]) -> None:
    (cited, *_) = asked("How many litres of water does the kettle boil?").citations
    assert cited.quote == "The kettle boils two litres of water in three minutes."
    text = bot.articles["kettle.md"].text
    for words, around in ((cited.before, text[: cited.start]), (cited.after[::-1], text[cited.end :][::-1])):
        assert words.startswith("… ")
        assert AROUND - 20 < len(words) <= AROUND + 2
        assert around[-len(words) + 1] == " ", "what is left out ends before a word"


def test_the_author_s_answer_and_the_articles_section_are_ranked_when_a_section_is_expected(
    asked: Callable[..., Record],
) -> None:
    found = asked("is whisper an llm", sources=(Named("whisper.md#is-whisper-an-llm"),))
    assert (found.lane, found.relevant) == ("faq", 1)
    assert [place.anchor for place in found.ranking if place.is_expected] == ["is-whisper-an-llm"]
    assert found.ranking[0].is_expected
    assert all(cited.is_expected for cited in found.citations)
    other = asked("is whisper an llm", sources=(Named("whisper.md", "The weights of Whisper are open."),))
    assert not any(cited.is_expected for cited in other.citations)


def test_what_is_declined_has_a_ranking_and_a_reason(asked: Callable[..., Record]) -> None:
    found = asked("What is the capital of France?", sources=(Named("llama.md"),))
    assert (found.lane, found.answered, found.answer, found.sentences, found.citations) == (
        "declined",
        False,
        "",
        (),
        (),
    )
    assert found.declined_because
    assert len(found.ranking) == 3
    assert found.relevant == 1


def test_the_history_is_part_of_the_question(asked: Callable[..., Record]) -> None:
    history = (Turn("Who made the Llama language models?", "Meta."),)
    assert "images" in asked("and does it understand images?", history=history).answer
    assert asked("and does it understand images?").history == ()


def test_an_article_held_out_is_neither_cited_nor_ranked(asked: Callable[..., Record]) -> None:
    for name in ("whisper.md", "whisper", "Whisper", "https://help.example/whisper"):
        found = asked(HOURS, without=(name, "gone"), sources=(Named("whisper.md"),))
        assert "whisper.md" not in {one.article_id for one in (*found.citations, *found.ranking)}
        assert found.relevant == 1


@pytest.mark.parametrize(
    ("question", "told"), [("why " * 600, "2,400 characters"), ("?", "no question"), ("\x00", "no")]
)
def test_a_question_the_bot_will_not_take_is_refused_with_its_reason(
    asked: Callable[..., Record], question: str, told: str
) -> None:
    found = asked(question, tags=("odd",), answers=("x",))
    assert (found.lane, found.answered, found.confidence) == (REFUSED, False, 0)
    assert told in found.declined_because
    assert (found.question, found.tags, found.expected_answers) == (question, ("odd",), ("x",))


def test_the_same_case_has_the_same_record_and_its_times_lie_apart(bot: Bot) -> None:
    sources = Sources(bot.articles)
    one = case(question=HOURS, row=3, sources=(Named("whisper.md"),))
    (first, clock), (second, _) = (ask(bot, one, sources) for _ in range(2))
    assert first == second
    assert repr(first) == repr(second)
    assert clock.row == 3
    assert clock.first_sentence is not None
    assert 0 <= clock.first_sentence <= clock.finished
    silence = ask(bot, case(question="What is the capital of France?"), sources)[1]
    assert silence.first_sentence is None
    assert silence.finished >= 0


class Breaking:
    """A bot with a mistake in it that certain questions bring out."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    @property
    def articles(self) -> Mapping[str, Article]:
        return self._bot.articles

    def stream(
        self, question: str, history: Sequence[Turn] = (), without: Collection[str] = (), further: int = 0
    ) -> Iterator[Event]:
        if "break" in question:
            raise ZeroDivisionError("division by zero, of all things")
        for number, event in enumerate(self._bot.stream(question, history, without, further)):
            if "halfway" in question and number:
                raise KeyError(question)
            if "end" in question.split() and number:
                return
            yield event


def test_a_program_that_breaks_costs_one_answer(bot: Bot) -> None:
    questions = [HOURS, "break", f"halfway: {HOURS}", "never to end", "why " * 600, HOURS]
    cases = [case(question=question, row=row, id=f"q{row}") for row, question in enumerate(questions, 1)]
    records = [record for record, _ in Alone(Breaking(bot)).answers(cases)]
    assert [one.lane for one in records] == ["generated", FAILED, FAILED, FAILED, REFUSED, "generated"]
    assert records[1].declined_because == "ZeroDivisionError: division by zero, of all things"
    assert records[2].declined_because.startswith("KeyError: ")
    assert records[0].answer == records[5].answer
    assert [one.answered for one in records] == [True, False, False, False, False, True]


@pytest.mark.parametrize("question", ["break", "why " * 600])
def test_a_source_expected_of_a_question_that_fails_is_one_that_was_not_found(bot: Bot, question: str) -> None:
    """Else a program that breaks on the hard questions has a better nDCG."""
    found, _ = ask(Breaking(bot), case(question=question, sources=(Named("whisper.md"),)), Sources(bot.articles))
    assert found.expected_sources == ("whisper.md",)
    assert (found.relevant, found.ranking) == (1, ())


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_a_wish_to_stop_is_no_failed_question(bot: Bot, monkeypatch: pytest.MonkeyPatch, error: type) -> None:
    def stream(*_: object) -> Iterator[Event]:
        raise error

    breaking = Breaking(bot)
    monkeypatch.setattr(breaking, "stream", stream)
    with pytest.raises(error):
        ask(breaking, case(), Sources(bot.articles))


def test_answers_come_one_by_one_and_no_case_is_taken_ahead(bot: Bot) -> None:
    taken: list[int] = []

    def cases() -> Iterator[Case]:
        for row in range(1, 100):
            taken.append(row)
            yield case(row=row, question=HOURS)

    answers = Alone(bot).answers(cases())
    assert next(answers)[0].row == 1
    assert taken == [1]
