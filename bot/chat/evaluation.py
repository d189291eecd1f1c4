"""The Evaluate page as Gradio blocks: a file goes to the desk, and a timer shows where its evaluation stands.

The page holds nothing but the evaluation's id, which the browser keeps: it can be closed and found again.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.chat import standing, texts
from bot.chat.page import BARE, STORAGE_CIPHER, stay_at_home
from bot.evaluate.desk import Desk
from bot.evaluate.shelf import Standing
from bot.settings import Settings
from corpus.errors import EvaluationError

if TYPE_CHECKING:
    import gradio as gr

log = logging.getLogger(__name__)

PATH = "/evaluate"
STORAGE_KEY = "footnote-evaluation"
WAITING = 64  # actions held back before the page says that it is busy
EVERY = 1.0  # seconds between two looks
READERS = 2  # files looked through at once: each may cost seconds of a core
HOUR, DAY = 3600, 86_400  # seconds: how often uploads are looked through, and how old they get


@dataclass(frozen=True, slots=True)
class Frame:
    """What the page shows."""

    state: str = ""  # HTML
    spoken: str = ""  # for screen readers
    kept: str = ""  # the evaluation's id
    form: bool = True  # there is a file to choose
    stop: bool = False
    again: bool = False
    watching: bool = False  # it changes by itself


class Counter:
    """The page's actions."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def hand_in(self, given: str | None) -> Iterator[Frame]:
        """A file to be evaluated."""
        if not given:
            yield _refused(texts.NO_FILE)
            return
        yield Frame(standing.pulse(texts.READING), texts.READING, form=False)
        try:
            yield self.look(self._desk.hand_in(Path(given)))
        except EvaluationError as error:
            yield _refused(" ".join(str(error).split()))
        except Exception:
            log.exception("a file could not be taken")
            yield _refused(texts.EVALUATION_TROUBLE)

    def look(self, kept: object) -> Frame:
        """Where the evaluation stands whose id the browser kept."""
        if not isinstance(kept, str) or not kept:
            return Frame()
        found = self._desk.look(kept)
        if found is None:
            return Frame(standing.note(texts.EVALUATION_GONE))
        return _frame(found, kept)

    def stop(self, kept: object) -> Frame:
        """The visitor has seen enough."""
        if isinstance(kept, str):
            self._desk.stop(kept)
        return self.look(kept)


def _frame(found: Standing, kept: str) -> Frame:
    done = found.stage == "done"
    return Frame(
        state=standing.standing_html(found, kept),
        spoken=standing.spoken(found),
        kept=kept,
        form=not (found.busy or done),
        stop=found.busy and not found.stopping,
        again=done,
        watching=found.busy,
    )


def _refused(line: str) -> Frame:
    return Frame(standing.trouble(line), line)


@dataclass(frozen=True, slots=True)
class _Parts:
    """Gradio's components, whose types mypy does not know."""

    form: Any
    file: Any
    evaluate: Any
    state: Any
    stop: Any
    again: Any
    spoken: Any
    timer: Any
    kept: Any

    @property
    def outputs(self) -> list[Any]:
        """In the order of `_drawn`."""
        return [self.form, self.state, self.stop, self.again, self.spoken, self.timer, self.kept]


def build_evaluation(desk: Desk, settings: Settings) -> "gr.Blocks":
    """The page; mount it with `looks(settings, "evaluation.css")`."""
    stay_at_home()
    import gradio as gr

    title = f"{texts.EVALUATE} – {settings.title}"
    with gr.Blocks(title=title, analytics_enabled=False, fill_width=True, delete_cache=(HOUR, DAY)) as page:
        _wire(page, _parts(settings), Counter(desk))
    page.queue(max_size=WAITING)
    return page


def _parts(settings: Settings) -> _Parts:
    """Everything on the page, in the order the Tab key takes."""
    import gradio as gr

    with gr.Row(elem_id="fn-top"):
        gr.HTML(standing.header(settings), js_on_load=None, **BARE)
    with gr.Column(elem_id="fn-sheet"):
        gr.HTML(standing.introduction(settings), elem_id="fn-intro", js_on_load=None, **BARE)
        # Not before the page has looked for an evaluation of this visitor's: until then Gradio may lose a press.
        with gr.Column(elem_id="fn-form", scale=0, visible=False) as form:
            file = gr.File(label=texts.QUESTION_FILE, elem_id="fn-file", height=140)
            evaluate = gr.Button(texts.EVALUATE, variant="primary", elem_id="fn-start")
        state = gr.HTML("", elem_id="fn-state", js_on_load=None, **BARE)
        stop = gr.Button(texts.STOP, elem_id="fn-halt", visible=False)
        again = gr.Button(texts.ANOTHER, elem_id="fn-again", visible=False)
        live = "element.setAttribute('role', 'status')"  # once, around what changes: a new region is not read aloud
        spoken = gr.HTML("", elem_id="fn-spoken", js_on_load=live, **BARE)
    kept = gr.BrowserState("", storage_key=STORAGE_KEY, secret=STORAGE_CIPHER)
    return _Parts(form, file, evaluate, state, stop, again, spoken, gr.Timer(EVERY, active=False), kept)


def _wire(page: "gr.Blocks", parts: _Parts, counter: Counter) -> None:
    drawn = {"outputs": parts.outputs, "show_progress": "hidden", "api_visibility": "private"}

    def start(given: str | None) -> Iterator[list[Any]]:
        yield from map(_drawn, counter.hand_in(given))

    def look(kept: Any) -> list[Any]:  # noqa: ANN401 - whatever a browser sends
        return _drawn(counter.look(kept))

    def stop(kept: Any) -> list[Any]:  # noqa: ANN401
        return _drawn(counter.stop(kept))

    parts.evaluate.click(start, [parts.file], concurrency_limit=READERS, **drawn)
    at_once = {**drawn, "queue": False}  # beside the queue, for bot/chat/page.py's reason
    parts.stop.click(stop, [parts.kept], **at_once)
    parts.again.click(lambda: _drawn(Frame()), **at_once)
    parts.again.click(None, None, parts.file, js="() => null", api_visibility="private")
    parts.timer.tick(look, [parts.kept], **at_once)
    loaded = page.load(look, [parts.kept], **at_once)
    loaded.failure(None, None, parts.form, js="() => ({ visible: true, __type__: 'update' })", api_visibility="private")


def _drawn(frame: Frame) -> list[Any]:
    """A frame as values for `_Parts.outputs`."""
    import gradio as gr

    shown = [gr.update(visible=frame.form), frame.state, gr.update(visible=frame.stop), gr.update(visible=frame.again)]
    return [*shown, standing.line(frame.spoken), gr.update(active=frame.watching), frame.kept]
