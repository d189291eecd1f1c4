"""The chat page as Gradio blocks: which parts there are and what happens to them. What is in them comes from elsewhere.

Two HTML parts hold the conversation. `live` is the last exchange and changes with each sentence; `past` is everything
before it and changes once per question, so a sentence costs one exchange to send, however long the conversation is.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.chat import colours, icons, render, texts
from bot.chat.converse import Answering
from bot.chat.feedback import Feedback
from bot.chat.session import Frame, Session
from bot.chat.source import source_html
from bot.settings import Settings

if TYPE_CHECKING:
    import gradio as gr

CONCURRENT_ANSWERS = 8  # Gradio's default of 1 would make readers wait in turn; the bot decides what it does at once
WAITING = 64  # further questions held back before the page says that it is busy
STORAGE_KEY = "footnote-conversation"
# Not a secret: it only has to stay the same, or each start of the server would forget every conversation.
STORAGE_CIPHER = "footnote"

_HERE = Path(__file__).parent


def _file(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def build_page(bot: Answering, settings: Settings, feedback: Feedback) -> "gr.Blocks":
    """The page; mount it with `looks(settings)`."""
    stay_at_home()
    import gradio as gr

    session = Session(bot, settings, feedback)
    with gr.Blocks(title=settings.title, analytics_enabled=False, fill_width=True) as page:
        parts = _parts(bot, settings)
        _wire(page, parts, session)
    page.queue(default_concurrency_limit=CONCURRENT_ANSWERS, max_size=WAITING)
    return page


def stay_at_home() -> None:
    """Switch Gradio's calls home off; it reads this when it is imported."""
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"


def looks(settings: Settings) -> dict[str, Any]:
    """Theme, style and head of the page, as the mount takes them."""
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
    style = f":root{{{light}}}\n.dark{{{dark}}}\n{_file('style.css')}"
    # In the head and not as `css`: Gradio puts a prefix before each comma's right side there, which breaks :is(a, b).
    return {"theme": theme, "head": f"<style>{style}</style><script>{_file('storage.js')}</script>"}


def _parts(bot: Answering, settings: Settings) -> dict[str, Any]:
    import gradio as gr

    def source(asked: Any) -> str:  # noqa: ANN401 - whatever a browser sends
        return source_html(asked, bot.articles)

    plain: dict[str, Any] = {"apply_default_css": False, "padding": False}
    with gr.Row(elem_id="fn-top"):
        gr.HTML(render.header(settings), js_on_load=None, **plain)
        new = gr.Button(texts.NEW, elem_id="fn-new", size="sm")
    past = gr.HTML("", elem_id="fn-past", js_on_load=_file("transcript.js"), **plain)
    live = gr.HTML("", elem_id="fn-live", js_on_load=_file("transcript.js"), **plain)
    with gr.Column(elem_id="fn-foot", scale=0):
        with gr.Row(elem_id="fn-composer"):
            box = gr.Textbox(
                label=texts.ASK_PLACEHOLDER,
                placeholder=texts.ASK_PLACEHOLDER,
                show_label=False,
                container=False,
                lines=1,
                max_lines=6,
                autofocus=True,
                elem_id="fn-box",
                scale=1,
                html_attributes=None,
            )
            ask = gr.Button(texts.ASK, variant="primary", elem_id="fn-ask", scale=0, min_width=0)
            stop = gr.Button(texts.STOP, elem_id="fn-stop", scale=0, min_width=0, visible=False)
        hint = gr.HTML("", elem_id="fn-hint", js_on_load=None, **plain)
    gr.HTML(_panel(), elem_id="fn-panel", js_on_load=_file("panel.js"), server_functions=[source], **plain)
    stored = gr.BrowserState([], storage_key=STORAGE_KEY, secret=STORAGE_CIPHER)
    return {
        "new": new,
        "past": past,
        "live": live,
        "box": box,
        "ask": ask,
        "stop": stop,
        "hint": hint,
        "stored": stored,
        "current": gr.State(None),
    }


def _panel() -> str:
    return (
        f'<aside id="fn-source" hidden tabindex="-1" aria-label="{texts.SOURCE}">'
        f'<button type="button" class="action close" aria-label="{texts.CLOSE}" title="{texts.CLOSE}">{icons.CLOSE}'
        '</button><div class="content"></div></aside><div id="fn-said" class="unseen" aria-live="polite"></div>'
    )


def _wire(page: Any, parts: dict[str, Any], session: Session) -> None:  # noqa: ANN401
    import gradio as gr

    past, live, box, stored, current = (parts[name] for name in ("past", "live", "box", "stored", "current"))
    outputs = [box, parts["hint"], past, live, stored, current, parts["ask"], parts["stop"]]
    quiet = {"outputs": outputs, "show_progress": "hidden", "api_visibility": "private"}

    def drawn(frame: Frame) -> list[Any]:
        same = gr.skip()
        plain = [frame.box, frame.hint, frame.past, frame.live, frame.stored, frame.current]
        buttons = [same, same] if frame.busy is None else [gr.update(visible=v) for v in (not frame.busy, frame.busy)]
        return [same if value is None else value for value in plain] + buttons

    def answer(typed: str, kept: Any, event: gr.EventData) -> Iterator[list[Any]]:  # noqa: ANN401
        data = event._data if isinstance(event._data, dict) else {}
        frames = session.retry(kept) if data.get("retry") else session.ask(data.get("question", typed), kept)
        try:
            yield from map(drawn, frames)
        finally:
            frames.close()

    def vote(kept: Any, event: gr.EventData) -> list[Any]:  # noqa: ANN401
        data = event._data if isinstance(event._data, dict) else {}
        return drawn(session.vote(data.get("exchange"), data.get("vote"), kept))

    triggers = [box.submit, parts["ask"].click, past.example_select, live.example_select, live.retry]
    answering = gr.on(triggers, answer, [box, stored], trigger_mode="once", **quiet)
    gr.on([past.like, live.like], vote, [stored], **quiet)
    parts["stop"].click(lambda c, s: drawn(session.stop(c, s)), [current, stored], cancels=answering, **quiet)
    parts["new"].click(lambda: drawn(session.clear()), cancels=answering, **quiet)
    page.load(lambda s: drawn(session.restore(s)), [stored], **quiet)
