"""What becomes a link, and how control characters are shown."""

import pytest

from bot.markup.escape import contact_link, link, shown


@pytest.mark.parametrize(
    "url", ["https://a.org/x?y=1&z=2#t", "http://a.org", "mailto:a@b.org", "guide/x.html", "/x", "#top"]
)
def test_links_that_may_be_followed(url: str) -> None:
    assert link(url) == url.replace("&", "&amp;")


SCRIPTS = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "java\tscript:x",
    "\x01javascript:x",
    " javascript:x",
    "vbscript:x",
)
PLACES = ("//evil.org/x", "\\\\evil.org", "/\\evil.org", "file:///etc", "blob:https://a.org/1", "data:text/html,x")
BROKEN = ("", "https://", "http:x", "http://[x", "mailto:")


@pytest.mark.parametrize("url", SCRIPTS + PLACES + BROKEN)
def test_links_that_may_not(url: str) -> None:
    assert link(url) == ""


def test_a_contact_may_be_a_bare_mail_address() -> None:
    assert contact_link("help@example.org") == "mailto:help@example.org"
    assert contact_link("https://example.org/help@us") == "https://example.org/help@us"
    assert contact_link("javascript:alert('@')") == ""


def test_control_characters_are_shown_as_pictures() -> None:
    assert shown("a\x00b\x1b[31m\x7f") == "a␀b␛[31m␡"
    assert shown("half \ud800 pair") == "half ? pair"
