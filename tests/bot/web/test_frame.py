"""The frame page believes of its address only what can mislead nobody."""

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlencode

from bot.web.pages import FROM_ADDRESS, LONGEST_VALUE, given_by
from tests.bot.web.material import client

EVIL = "https://evil.example/help"
ADDRESS = {
    "title": "Desk", "greeting": f"Write to {EVIL}", "starters": f"Is {EVIL} the help?", "colour": "#ff0000",
    "scheme": "dark", "language": "de", "faq": "", "keep": "none", "contact": EVIL, "server": EVIL, "texts": EVIL,
    "page": EVIL, "onclick": "alert(1)",
}  # fmt: skip


class Widget(HTMLParser):
    """Attributes of the widget on a page."""

    def __init__(self) -> None:
        super().__init__()
        self.given: dict[str, str | None] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Remember those of the widget."""
        if tag == "footnote-chat":
            self.given = dict(attrs)


def framed(folder: Path, dest: str | None) -> dict[str, str | None]:
    """The widget's attributes when the browser opens the frame as `dest`."""
    headers = {"Sec-Fetch-Dest": dest} if dest else {}
    with client(folder, contact="help@example.org") as http:
        page = http.get(f"/frame?{urlencode(ADDRESS)}", headers=headers)
    widget = Widget()
    widget.feed(page.text)
    return widget.given


def test_no_address_names_the_contact_or_the_server(tmp_path: Path) -> None:
    for dest in ("iframe", "document", None):
        given = framed(tmp_path, dest)
        assert not given.keys() & {"data-contact", "data-server", "data-texts", "data-page", "onclick"}, dest
        assert given["data-colour"] == "#ff0000"


def test_a_link_to_the_frame_puts_no_words_into_its_mouth(tmp_path: Path) -> None:
    opened = framed(tmp_path, "document")
    assert EVIL not in str(opened)
    assert opened.keys() == {"data-inline", "data-colour", "data-scheme", "data-language", "data-faq", "data-keep"}


def test_a_page_that_may_hold_it_says_how_it_greets(tmp_path: Path) -> None:
    for dest in ("iframe", None):  # a browser tells nothing to a server without TLS
        given = framed(tmp_path, dest)
        assert (given["data-title"], given["data-greeting"]) == ("Desk", f"Write to {EVIL}")


def test_what_is_kept_of_it_is_told_apart_by_how_it_was_opened(tmp_path: Path) -> None:
    with client(tmp_path) as http:
        assert "Sec-Fetch-Dest" in http.get("/frame").headers["vary"].split(", ")
        assert "Sec-Fetch-Dest" not in http.get("/demo").headers["vary"]


def test_values_are_bounded() -> None:
    given = given_by(dict.fromkeys(FROM_ADDRESS, "x" * 9999), alone=False)
    assert given.keys() == set(FROM_ADDRESS)
    assert {len(value) for value in given.values()} == {LONGEST_VALUE}
