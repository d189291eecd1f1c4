"""Where an evaluation stands, as HTML and as words, without a server."""

import csv
import io

import pytest

from bot.chat import standing, texts
from bot.chat.evaluation import Counter
from bot.evaluate.figures import Figure
from bot.evaluate.shelf import FILES, ZIP, Stage, Standing
from bot.settings import Settings
from bot.types import Suggestion
from corpus.errors import EvaluationError

ID = "A" * 22
MARKUP = "<b>&\"'"


def test_progress_in_words() -> None:
    half = Standing("q.csv", 500, "asking", 123, seconds=51.25)
    html = standing.standing_html(half, ID)
    assert '<p class="counted">123 of 500 questions, 2.4 a second, 3 minutes left</p>' in html
    assert 'aria-valuenow="123"' in html
    assert 'style="width:24.6%"' in html
    assert standing.spoken(half) == "100 of 500 questions"  # at each tenth, not at each look
    begun = standing.standing_html(Standing("q.csv", 500, "asking"), ID)
    assert '<p class="counted">0 of 500 questions</p>' in begun
    ended = standing.standing_html(Standing("q.csv", 5, "asking", 5, seconds=1), ID)
    assert texts.REPORTING in ended
    assert texts.STOPPING in standing.standing_html(Standing("q.csv", 5, "asking", 3, seconds=1, stopping=True), ID)


def test_waiting_in_words() -> None:
    told = "Another evaluation is under way: 120 of 300 questions. Yours starts when it is done."
    assert told in standing.standing_html(Standing("q.csv", 5, "waiting", other=(120, 300)), ID)
    longer = standing.standing_html(Standing("q.csv", 5, "waiting", ahead=2, other=(120, 300)), ID)
    assert "120 of 300 questions, and 2 more before yours. Yours starts when they are done." in longer


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(0, "less than a minute"), (59, "less than a minute"), (60, "1 minute"), (100, "2 minutes"), (3600, "1 hour"),
     (4000, "1 hour 7 minutes"), (7260, "2 hours 1 minute")],
)  # fmt: skip
def test_times_as_one_says_them(seconds: float, said: str) -> None:
    assert standing.duration(seconds) == said


def test_figures_that_are_undefined_are_left_out() -> None:
    figures = (
        Figure("right", None, None, None, 0), Figure("answered", 0.5, 0.25, 0.75, 4),
        Figure("ndcg10", 1.0, None, None, 1),
    )  # fmt: skip
    html = standing.standing_html(Standing("q.csv", 4, "done", 4, figures=figures), ID)
    assert html.count("<dt>") == 2
    assert "0.500" in html
    assert "95 %: 0.250 – 0.750<br>4 questions" in html
    assert '1.000<span class="sure">1 question</span>' in html
    assert texts.UNJUDGED in html
    assert all(f'href="/evaluation/{ID}/{name}"' in html for name in (*FILES, ZIP))


@pytest.mark.parametrize("stage", ["waiting", "asking", "done", "stopped", "failed"])
def test_what_a_file_says_stays_text(stage: Stage) -> None:
    hostile = Standing(MARKUP, 2, stage, 1, trouble=MARKUP, remarks=(MARKUP,))
    assert "<b>" not in standing.standing_html(hostile, ID) + standing.line(standing.spoken(hostile))
    assert "<b>" not in standing.header(Settings(title=MARKUP)) + standing.introduction(Settings(title=MARKUP))


def test_the_example_is_made_of_the_articles_own_questions() -> None:
    text = standing.example_csv((Suggestion('Is "it", so?', "a.md"), Suggestion("Why?", "b.md"), Suggestion("No", "c")))
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert rows[1:3] == [['Is "it", so?', "", "a.md", "yes"], ["Why?", "", "b.md", "yes"]]
    assert len(rows) == 4
    assert len(standing.example_csv(()).splitlines()) == 2


class Refusing:
    """A desk that takes nothing and knows nothing."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def hand_in(self, given: object) -> str:
        raise self.error

    def look(self, run_id: str) -> None:
        return None

    def stop(self, run_id: str) -> None:
        return None


@pytest.mark.parametrize(
    ("error", "told"),
    [(EvaluationError("q.csv: is\nbad"), "q.csv: is bad"), (OSError("innermost detail"), texts.EVALUATION_TROUBLE)],
)
def test_a_refusal_is_one_line_above_the_form(error: Exception, told: str) -> None:
    *_, last = Counter(Refusing(error)).hand_in("q.csv")  # type: ignore[arg-type]
    assert (last.state, last.spoken, last.form, last.watching) == (standing.trouble(told), told, True, False)


@pytest.mark.parametrize("kept", [None, "", 3, [], {"id": ID}])
def test_nonsense_from_a_browser_shows_the_form(kept: object) -> None:
    counter = Counter(Refusing(OSError()))  # type: ignore[arg-type]
    assert (counter.look(kept).state, counter.stop(kept).form) == ("", True)
    assert texts.EVALUATION_GONE in counter.look(ID).state
