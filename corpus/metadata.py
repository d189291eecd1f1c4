"""What a file says about itself, under whichever of the usual names: title, url, updated, tags."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from corpus.clean import one_line

TITLE = ("title", "name", "linktitle", "subject")
URL = ("url", "link", "permalink", "canonical", "canonical_url", "source_url", "href")
UPDATED = (
    "updated",
    "lastmod",
    "last_modified",
    "last_updated",
    "updated_at",
    "modified",
    "date_modified",
    "date",
    "published",
)
TAGS = ("tags", "tag", "keywords", "categories", "category", "topics", "topic", "section")
# Anything else in a url's place ("javascript:", "data:") must never become a link.
_SAFE_URL = re.compile(r"^(?:https?://|/(?!/)|\./|\.\./|[\w-]+(?:[/.?#]|$))[^\s<>\"'`\\]*$", re.IGNORECASE)
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_ISO = re.compile(r"^(\d{4})-(\d{2})-(\d{2})(?!\d)")
_WRITTEN = ("%d.%m.%Y", "%Y/%m/%d", "%B %d, %Y", "%b %d, %Y", "%d %B %Y", "%d %b %Y", "%Y%m%d")
MAX_TAGS = 50


@dataclass(frozen=True, slots=True)
class About:
    """Title, address, date and tags of an article, each empty when the file does not say."""

    title: str = ""
    url: str = ""
    updated: str = ""
    tags: tuple[str, ...] = ()


def about(fields: Mapping[Any, object]) -> About:
    """The known fields of a mapping; names in any case, with spaces, dashes or underscores."""
    known = {re.sub(r"[\s-]+", "_", str(name).strip().lower()): value for name, value in fields.items()}
    return About(
        title=_first(known, TITLE),
        url=safe_url(_first(known, URL)),
        updated=iso_date(_first(known, UPDATED)),
        tags=next((found for name in TAGS if (found := _tags(known.get(name)))), ()),
    )


def safe_url(text: str) -> str:
    """A web address or a path, "" for anything else."""
    text = one_line(text)
    is_web = text.lower().startswith(("http://", "https://"))
    return text if _SAFE_URL.match(text) and (is_web or not _SCHEME.match(text)) else ""


def iso_date(text: str) -> str:
    """A date as YYYY-MM-DD, "" when it is none."""
    text = one_line(text)
    if not text:
        return ""
    iso = _ISO.match(text)
    try:
        if iso:
            return date(*map(int, iso.groups())).isoformat()
    except ValueError:
        return ""
    for form in _WRITTEN:
        try:
            return datetime.strptime(text, form).date().isoformat()
        except ValueError:
            continue
    return ""


def _first(known: Mapping[str, object], names: tuple[str, ...]) -> str:
    return next((text for name in names if (text := _text(known.get(name)))), "")


def _text(value: object) -> str:
    return one_line(str(value)) if isinstance(value, str | int | float | date) and not isinstance(value, bool) else ""


def _tags(value: object) -> tuple[str, ...]:
    texts = value if isinstance(value, list | tuple) else re.split(r"[,;|]", _text(value))
    return tuple(dict.fromkeys(text for item in texts if (text := _text(item))))[:MAX_TAGS]
