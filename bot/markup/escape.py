"""The border every string from an article, a question or a model crosses on its way into the page."""

import html
from urllib.parse import urlsplit

# Control characters would vanish or, as NUL, be changed by the browser: show the picture Unicode has for each.
_PICTURES = {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\n\t"} | {0x7F: 0x2421}


def whole(text: str) -> str:
    """The text with each half of a surrogate pair replaced by "?": it could not be sent, stored or embedded."""
    return text.encode("utf-8", "replace").decode("utf-8")


def shown(text: str) -> str:
    """The text as HTML, for content and quoted attributes alike, that reads exactly as the text."""
    return html.escape(whole(text).translate(_PICTURES))


def link(url: str) -> str:
    """The address as an attribute when it is one a reader may follow, else an empty string.

    Followed are http, https and mailto addresses and relative paths; `//host/` names a server and is no path.
    """
    if not url or not url.isprintable() or any(mark in url for mark in " \\"):
        return ""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    web = parts.scheme in ("http", "https") and bool(parts.netloc)
    mail = parts.scheme == "mailto" and "@" in parts.path
    relative = (
        not parts.scheme and not parts.netloc and not url.startswith("//") and ":" not in parts.path.split("/")[0]
    )
    return html.escape(url) if web or mail or relative else ""


def contact_link(contact: str) -> str:
    """`link` of the settings' contact, where a bare mail address is as good as a mailto: link."""
    bare = "@" in contact and ":" not in contact and "/" not in contact
    return link(f"mailto:{contact}" if bare else contact)
