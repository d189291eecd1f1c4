"""An article as a page of its own, for articles whose address is a path of this server, as the shipped ones' are."""

from collections.abc import Iterable
from pathlib import Path

from bot.chat import texts
from bot.markup import colours
from bot.markup.article import body_html
from bot.markup.escape import shown
from bot.settings import Settings
from corpus.types import Article

STYLE = Path(__file__).parent / "article.css"
PREFIX = "/articles/"  # addresses below this are answered here
# Nothing but text and its style: whatever an article says, the browser runs and loads nothing.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; {ancestors}"


def addresses(articles: Iterable[Article]) -> dict[str, str]:
    """The id of the first article at each address below PREFIX."""
    found: dict[str, str] = {}
    for one in articles:
        path = one.url.split("#", 1)[0]
        if path.startswith(PREFIX):
            found.setdefault(path, one.id)
    return found


def article_html(article: Article, settings: Settings) -> str:
    """The whole article; each section can be linked to by its anchor."""
    updated = f'<p class="updated">{shown(texts.UPDATED.format(date=article.updated))}</p>' if article.updated else ""
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{shown(article.title)}</title>"
        f"<style>{colours.sheet(STYLE, settings.colour)}</style></head>"
        f'<body><header><a href="/" dir="auto">{shown(settings.title)}</a></header>'
        f'<main dir="auto"><h1>{shown(article.title)}</h1>{updated}{body_html(article)}</main></body></html>'
    )
