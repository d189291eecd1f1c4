"""Exchanges as HTML: pure functions, every string escaped, nothing a link but by `escape.link`."""

from collections import Counter
from collections.abc import Sequence

from bot.chat import icons, texts
from bot.chat.exchange import Exchange
from bot.markup.escape import contact_link, shown
from bot.markup.plain import Insert, Wrap, is_block, to_html
from bot.settings import Settings
from bot.types import Citation, Suggestion


def welcome(settings: Settings, starters: Sequence[Suggestion]) -> str:
    """What an empty conversation shows."""
    chips = _questions(starters, "starters")
    return f'<div class="welcome"><p class="greeting" dir="auto">{shown(settings.greeting)}</p>{chips}</div>'


def header(settings: Settings) -> str:
    """The page's title."""
    return f'<h1 dir="auto">{shown(settings.title)}</h1>'


def evaluate_link() -> str:
    """The way to the Evaluate page."""
    return f'<a href="/evaluate/" title="{texts.TO_EVALUATE}">{texts.EVALUATE}</a>'


def hint(line: str) -> str:
    """One line to the person typing."""
    return f'<p role="status">{shown(line)}</p>'


def panel() -> str:
    """The source panel, closed, and the place sentences are read aloud from."""
    steps = _button("previous", texts.PREVIOUS, icons.PREVIOUS) + _button("next", texts.NEXT, icons.NEXT)
    bar = f'<div class="bar"><p class="count"></p>{steps}{_button("close", texts.CLOSE, icons.CLOSE)}</div>'
    return (
        f'<aside id="fn-source" hidden tabindex="-1" aria-label="{texts.SOURCE}">{bar}'
        '<div class="content"></div></aside><div id="fn-said" class="unseen" aria-live="polite"></div>'
    )


def conversation(exchanges: Sequence[Exchange], contact: str, *, votes: bool) -> str:
    """Exchanges that are over, none of them the last."""
    return "".join(exchange_html(one, contact, votes=votes, last=False) for one in exchanges)


def exchange_html(exchange: Exchange, contact: str, *, votes: bool, last: bool = True) -> str:
    """One question with its answer; `last` offers to ask again, or further."""
    body = _declined(exchange, contact) if exchange.declined else _answer(exchange)
    actions = "" if exchange.busy else _actions(exchange, votes=votes, last=last)
    further = _further(exchange) if last else ""
    return (
        f'<section class="exchange" id="x{exchange.id}" data-progress="{exchange.progress}"'
        f' aria-busy="{str(exchange.busy).lower()}">'
        f'<div class="question"><p dir="auto">{shown(exchange.question)}</p></div>'
        f'<div class="answer">{body}{actions}{further}</div></section>'
    )


def as_text(exchange: Exchange) -> str:
    """The answer with numbered sources, as copied to the clipboard."""
    if exchange.declined:
        return exchange.declined_because
    said = []
    for claim in exchange.claims:
        said.append(claim.text + "".join(f" [{citation.number}]" for citation in claim.citations))
    sources = []
    for citations in _places(exchange.citations):
        numbers = "".join(f"[{one.number}]" for one in citations)
        first = citations[0]
        sources.append(f"{numbers} {_place(first)}" + (f" - {first.url}" if first.url else ""))
    between = "\n" if any(is_block(claim.text) for claim in exchange.claims) else " "
    return between.join(said) + ("\n\n" + "\n".join(sources) if sources else "")


def _place(citation: Citation) -> str:
    return texts.STEP.join((citation.title, *citation.heading_path))


def _answer(exchange: Exchange) -> str:
    return _said(exchange) + _uncovered(exchange) + _progress(exchange) + _sources(exchange)


def _said(exchange: Exchange) -> str:
    """The claims as running text, lists and tables as such, footnote marks after each."""
    text, wraps, inserts = "", [], []
    for number, claim in enumerate(exchange.claims):
        if number:
            stands_alone = is_block(claim.text) or is_block(exchange.claims[number - 1].text)
            text += "\n\n" if number in exchange.breaks else "\n" if stands_alone else " "
        start = len(text)
        text += claim.text.strip() or " "
        wraps.append(Wrap(start, len(text), "span", f' class="claim" data-claim="{number}"'))
        inserts.append(Insert(len(text), "".join(_mark(citation) for citation in claim.citations)))
    return f'<div class="said" dir="auto">{to_html(text, wraps=wraps, inserts=inserts)}</div>' if text else ""


def _mark(citation: Citation) -> str:
    name = f"Footnote {citation.number}: {_place(citation)}"
    return (
        f'<sup><button type="button" class="mark" data-do="source" data-number="{citation.number}"'
        f' aria-label="{shown(name)}">{citation.number}</button></sup>'
    )


def _places(citations: Sequence[Citation]) -> list[list[Citation]]:
    """Citations by the article and headings they stand under, so that each place is named once."""
    places: dict[tuple[str, str], list[Citation]] = {}
    for citation in citations:
        places.setdefault((citation.article_id, _place(citation)), []).append(citation)
    return list(places.values())


def _sources(exchange: Exchange) -> str:
    """Each article once, with its places; hidden while more is to come, so that nothing below the text is pushed."""
    if not exchange.citations:
        return ""
    articles: dict[str, list[Citation]] = {}
    for citation in exchange.citations:
        articles.setdefault(citation.article_id, []).append(citation)
    hidden = " hidden" if exchange.busy else ""
    items = "".join(map(_article, articles.values()))
    return f'<div class="sources"{hidden}><h2>{texts.SOURCES}</h2><ul>{items}</ul></div>'


def _article(citations: Sequence[Citation]) -> str:
    places, title = _places(citations), citations[0].title
    alike = Counter(_heading(group[0]) for group in places)
    chips = "".join(_chip(group, alone=alike[_heading(group[0])] == 1) for group in places)
    told = any(_heading(one) != title for one in citations)  # else the places say it themselves
    name = f'<span class="title" dir="auto">{shown(title)}</span>' if told else ""
    return f'<li>{name}<ul class="places">{chips}</ul></li>'


def _heading(citation: Citation) -> str:
    return citation.heading_path[-1] if citation.heading_path else citation.title


def _chip(citations: Sequence[Citation], *, alone: bool) -> str:
    """A place behind the numbers of its footnotes: by its last heading where it `alone` has that, else by all of them.

    The whole way there is its tooltip.
    """
    *others, last = citations
    heading = _heading(last) if alone else texts.STEP.join(last.heading_path) or last.title
    name = f'<span class="place" dir="auto">{shown(heading)}</span>'
    buttons = "".join(_source(one, f' aria-label="{shown(f"{one.number}: {heading}")}"') for one in others)
    named = _source(last, f' title="{shown(_place(last))}"', name)
    return f"<li>{buttons}{named}</li>"


def _source(citation: Citation, attributes: str, name: str = "") -> str:
    number = f'<span class="number">{citation.number}</span>'
    where = (
        f' data-article="{shown(citation.article_id)}" data-start="{citation.start}" data-end="{citation.end}"'
        f' data-title="{shown(citation.title)}" data-quote="{shown(citation.quote)}"'
    )
    return (
        f'<button type="button" class="source" data-do="source" data-number="{citation.number}"'
        f' data-cite="{citation.number}"{where}{attributes}>{number}{name}</button>'
    )


def _uncovered(exchange: Exchange) -> str:
    if not exchange.uncovered:
        return ""
    parts = "; ".join(exchange.uncovered)
    return f'<p class="uncovered" dir="auto">{shown(texts.UNCOVERED.format(parts=parts))}</p>'


def _declined(exchange: Exchange, contact: str) -> str:
    nearest = f"<p>{texts.NEAREST}</p>{_questions(exchange.suggestions, 'nearest')}" if exchange.suggestions else ""
    address = contact_link(contact)
    person = (
        f'<p><a class="contact" href="{address}" target="_blank" rel="noopener noreferrer">{texts.CONTACT}</a></p>'
        if address
        else ""
    )
    because = f'<p class="because" dir="auto">{shown(exchange.declined_because)}</p>'
    return f'<div class="declined"><h2>{texts.DECLINED}</h2>{because}{nearest}{person}</div>'


def _questions(suggestions: Sequence[Suggestion], kind: str) -> str:
    if not suggestions:
        return ""
    chips = "".join(
        f'<li><button type="button" class="chip" data-do="ask" data-question="{shown(one.question)}" dir="auto">'
        f"{shown(one.question)}</button></li>"
        for one in suggestions
    )
    return f'<ul class="chips {kind}">{chips}</ul>'


def _further(exchange: Exchange) -> str:
    """What to ask next, under an answer; a declined question has its own place for that."""
    if exchange.declined or exchange.progress != "done" or not exchange.suggestions:
        return ""
    return f'<div class="further"><h2>{texts.FURTHER}</h2>{_questions(exchange.suggestions, "followups")}</div>'


def _progress(exchange: Exchange) -> str:
    if exchange.busy:
        line = texts.WRITING if exchange.claims else texts.SEARCHING
        return f'<p class="progress"><span class="pulse" aria-hidden="true"></span>{line}</p>'
    if exchange.progress == "stopped":
        return f'<p class="note">{texts.STOPPED}</p>'
    if exchange.progress == "failed":
        return f'<p class="note trouble" dir="auto">{shown(exchange.trouble)}</p>'
    return ""


def _actions(exchange: Exchange, *, votes: bool, last: bool) -> str:
    buttons = []
    if votes and exchange.progress == "done":
        buttons.append(_thumb(exchange, 1))
        buttons.append(_thumb(exchange, -1))
    if exchange.claims or exchange.declined:
        copied = f' data-copy="{shown(as_text(exchange))}"'
        buttons.append(_button("copy", texts.COPY, icons.COPY, copied))
    if last:
        buttons.append(_button("retry", texts.RETRY, icons.RETRY))
    lane = texts.LANES.get(exchange.lane or "", "") if exchange.progress == "done" else ""
    return f'<div class="actions">{"".join(buttons)}<span class="lane">{lane}</span></div>'


def _thumb(exchange: Exchange, vote: int) -> str:
    pressed = str(exchange.vote == vote).lower()
    attributes = f' data-vote="{vote}" aria-pressed="{pressed}"'
    return _button("vote", texts.GOOD if vote > 0 else texts.BAD, icons.THUMB, attributes)


def _button(do: str, name: str, icon: str, attributes: str = "") -> str:
    return (
        f'<button type="button" class="action" data-do="{do}" aria-label="{name}" title="{name}"{attributes}>'
        f"{icon}</button>"
    )
