"""The chat page as Gradio blocks: which parts there are and what happens to them. What is in them comes from elsewhere.

Two HTML parts hold the conversation. `live` is the last exchange and changes with each sentence; `past` is everything
before it and changes once per question, so a sentence costs one exchange to send, however long the conversation is.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.chat import render, texts
from bot.chat.converse import Answering
from bot.chat.session import Frame, Session
from bot.chat.source import source_html
from bot.markup import colours
from bot.origins import OWN
from bot.records.feedback import Feedback
from bot.records.kept import Records
from bot.settings import Settings
from bot.web.admission import address_of
from bot.web.rates import Kind, Rates

if TYPE_CHECKING:
    import gradio as gr

STORAGE_KEY = "footnote-conversation"
# Not a secret: it only has to stay the same, or each start of the server would forget every conversation.
STORAGE_CIPHER = "footnote"

_HERE = Path(__file__).parent
# What the browser does around an answer: note that it is under way; that it has ended or its cancelling has returned,
# and which of ask and stop is seen; and let what ended it wait for that, or a sentence still on the way would be drawn
# over it. Where a stop and a new conversation both wait, the new conversation is drawn.
BEGIN = "(...given) => { window.fnAnswering = true; return given }"
END = """() => {
    window.fnAnswering = false
    document.getElementById('fn-stop')?.removeAttribute('aria-busy')
    dispatchEvent(new Event('fn-answered'))
    return [true, false].map((visible) => ({ visible, __type__: 'update' }))
}"""
AFTERWARDS = """(...given) => new Promise((go) => {
    const rank = %d
    window.fnEnding = Math.max(window.fnEnding ?? 0, rank)
    const draw = () => {
        if (rank !== window.fnEnding) return
        window.fnEnding = 0
        go(given)
    }
    if (!window.fnAnswering) return draw()
    document.getElementById('fn-stop')?.setAttribute('aria-busy', 'true')
    addEventListener('fn-answered', draw, { once: true })
})"""
BARE: dict[str, Any] = {"apply_default_css": False, "padding": False}  # HTML parts bring all their looks themselves


def _file(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def build_page(bot: Answering, settings: Settings, feedback: Feedback, records: Records, rates: Rates) -> "gr.Blocks":
    """The page; mount it with `looks(settings)`."""
    stay_at_home()
    import gradio as gr

    def seconds(kind: Kind, request: gr.Request) -> int:
        return rates.wait(kind, address_of(request.request, settings), OWN)

    session = Session(bot, settings, feedback, records)
    with gr.Blocks(title=settings.title, analytics_enabled=False, fill_width=True) as page:
        _wire(page, _parts(bot, settings), session, seconds)
    # An answer passes the queue, so that one place is the least there can be.
    page.queue(default_concurrency_limit=settings.concurrent, max_size=max(1, settings.waiting))
    return page


def stay_at_home() -> None:
    """Switch Gradio's calls home off; it reads this when it is imported."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"


def looks(settings: Settings, *sheets: str) -> dict[str, Any]:
    """Theme, style and head of the page, as the mount takes them; `sheets` are further files of rules."""
    import gradio as gr

    light, dark = (colours.variables(one, settings.colour) for one in (colours.LIGHT, colours.DARK))
    sans = ["ui-sans-serif", "system-ui", "-apple-system", "Segoe UI", "Roboto", "Liberation Sans", "sans-serif"]
    theme = gr.themes.Base(font=sans, font_mono=["ui-monospace", "Consolas", "Liberation Mono", "monospace"])
    theme = theme.set(
        body_background_fill=colours.LIGHT.paper,
        body_background_fill_dark=colours.DARK.paper,
        body_text_color=colours.LIGHT.ink,
        body_text_color_dark=colours.DARK.ink,
    )
    rules = "\n".join(map(_file, ("style.css", *sheets)))
    style = f":root{{{light}}}\n.dark{{{dark}}}\n{rules}"
    # In the head and not as `css`: Gradio puts a prefix before each comma's right side there, which breaks :is(a, b).
    return {"theme": theme, "head": f"<style>{style}</style><script>{_file('storage.js')}</script>"}


@dataclass(frozen=True, slots=True)
class _Parts:
    """Gradio's components, whose types mypy does not know."""

    new: Any
    past: Any
    live: Any
    box: Any
    ask: Any
    stop: Any
    hint: Any
    stored: Any  # the conversation, kept by the browser unless nothing is to be kept
    current: Any  # the last exchange, kept for this visit

    @property
    def outputs(self) -> list[Any]:
        """What a frame can change, in the order of `_drawn`."""
        return [self.box, self.hint, self.past, self.live, self.stored, self.current, self.ask, self.stop]


def _parts(bot: Answering, settings: Settings) -> _Parts:
    """Everything on the page, in the order the Tab key takes."""
    import gradio as gr

    def source(asked: Any) -> str:  # noqa: ANN401 - whatever a browser sends
        return source_html(asked, bot.articles)

    with gr.Row(elem_id="fn-top"):
        gr.HTML(render.header(settings), js_on_load=None, **BARE)
        if settings.questions_to_evaluate:
            gr.HTML(render.evaluate_link(), elem_id="fn-evaluate", js_on_load=None, **BARE)
        new = gr.Button(texts.NEW, elem_id="fn-new", size="sm")
    past = gr.HTML("", elem_id="fn-past", js_on_load=_file("transcript.js"), **BARE)
    live = gr.HTML("", elem_id="fn-live", js_on_load=_file("transcript.js"), **BARE)
    with gr.Column(elem_id="fn-foot", scale=0):
        box, ask, stop = _composer()
        hint = gr.HTML("", elem_id="fn-hint", js_on_load=None, **BARE)
    gr.HTML(render.panel(), elem_id="fn-panel", js_on_load=_file("panel.js"), server_functions=[source], **BARE)
    # Where nothing is to be kept, the browser keeps nothing either: the conversation ends with the visit.
    stored = gr.BrowserState([], storage_key=STORAGE_KEY, secret=STORAGE_CIPHER) if settings.keep else gr.State([])
    return _Parts(new, past, live, box, ask, stop, hint, stored, gr.State(None))


def _composer() -> tuple[Any, Any, Any]:
    import gradio as gr

    label: dict[str, Any] = {"label": texts.ASK_PLACEHOLDER, "placeholder": texts.ASK_PLACEHOLDER, "show_label": False}
    button: dict[str, Any] = {"scale": 0, "min_width": 0}
    with gr.Row(elem_id="fn-composer"):
        box = gr.Textbox(**label, container=False, lines=1, max_lines=6, autofocus=True, elem_id="fn-box", scale=1)
        ask = gr.Button(texts.ASK, variant="primary", elem_id="fn-ask", **button)
        stop = gr.Button(texts.STOP, elem_id="fn-stop", visible=False, **button)
    return box, ask, stop


def _wire(page: "gr.Blocks", parts: _Parts, session: Session, seconds: Callable[[Kind, "gr.Request"], int]) -> None:
    import gradio as gr

    quiet = {"show_progress": "hidden", "api_visibility": "private"}
    drawn = {"outputs": parts.outputs, **quiet}

    def answer(typed: str, kept: Any, event: gr.EventData, request: gr.Request) -> Iterator[list[Any]]:  # noqa: ANN401
        said, door = _sent(event), partial(seconds, "ask", request)
        asked = said.get("question", typed)
        frames = session.retry(kept, door) if said.get("retry") else session.ask(asked, kept, door)
        with closing(frames):
            yield from map(_drawn, frames)

    def vote(kept: Any, event: gr.EventData, request: gr.Request) -> list[Any]:  # noqa: ANN401
        said, door = _sent(event), partial(seconds, "feedback", request)
        return _drawn(session.vote(said.get("exchange"), said.get("vote"), kept, door))

    # One listener for every way to ask, so that a second question waits for the first answer whichever way it comes.
    ways = [parts.box.submit, parts.ask.click, parts.past.example_select, parts.live.example_select, parts.live.retry]
    answering = gr.on(ways, answer, [parts.box, parts.stored], trigger_mode="once", js=BEGIN, **drawn)
    # Not with the last frame: Gradio takes no question before it has ended the answer, a while later.
    for over in (answering.then, answering.failure):
        over(None, None, [parts.ask, parts.stop], js=END, **quiet)
    # All else is done at once, beside the queue: Gradio ends its stream with the last answer under way, and what joins
    # the queue in that moment is done and never told of.
    at_once = {**drawn, "queue": False}
    # A listener of its own, and the first: one that both ends an answer and draws draws first.
    gr.on([parts.stop.click, parts.new.click], None, cancels=answering, **quiet)
    stop, new = ({"js": AFTERWARDS % rank, **at_once} for rank in (1, 2))
    parts.stop.click(lambda current, kept: _drawn(session.stop(current, kept)), [parts.current, parts.stored], **stop)
    parts.new.click(lambda: _drawn(session.clear()), **new)
    gr.on([parts.past.like, parts.live.like], vote, [parts.stored], **at_once)
    parts.box.input(None, None, parts.hint, js="() => ''", **quiet)
    page.load(lambda kept: _drawn(session.restore(kept)), [parts.stored], **at_once)


def _sent(event: "gr.EventData") -> dict[str, Any]:
    """What the page's script sent with an event; Gradio's own events bring nothing of use."""
    data = event._data
    return data if isinstance(data, dict) else {}


def _drawn(frame: Frame) -> list[Any]:
    """A frame as values for `_Parts.outputs`."""
    import gradio as gr

    same = gr.skip()
    values = [frame.box, frame.hint, frame.past, frame.live, frame.stored, frame.current]
    buttons = [same, same]
    if frame.busy:
        buttons = [gr.update(visible=False), gr.update(visible=True)]
    return [same if value is None else value for value in values] + buttons
