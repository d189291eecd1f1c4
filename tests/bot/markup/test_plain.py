"""The plain article form as HTML."""

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from bot.markup.escape import shown
from bot.markup.plain import Insert, Wrap, to_html
from tests.browser.strings import hostile_strings

PLAIN_TAGS = {"p", "ul", "ol", "li", "div", "table", "tr", "th", "td", "pre", "code", "mark", "sup"}


class Reader(HTMLParser):
    """What a browser would make of HTML: its elements, attributes and text."""

    def __init__(self, html: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.names: set[str] = set()
        self.links: list[str] = []
        self.said: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.names.update(name for name, _ in attrs)
        self.links.extend(value or "" for name, value in attrs if name in ("href", "src"))
        self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.said.append(data)

    @property
    def text(self) -> str:
        return "".join(self.said)


def test_lists_nest_and_tables_have_a_header() -> None:
    html = to_html("Lead-in:\n\n- one\n  - inner\n- two\n\n3. third\n4. fourth\n\n| A | B |\n| 1 \\| 2 | x |")
    assert "<p>Lead-in:</p><ul><li>one<ul><li>inner</li></ul></li><li>two</li></ul>" in html
    assert '<ol start="3"><li>third</li><li>fourth</li></ol>' in html
    assert "<tr><th>A</th><th>B</th></tr><tr><td>1 | 2</td><td>x</td></tr>" in html


def test_the_empty_header_of_a_table_without_one_is_not_shown() -> None:
    html = to_html("|  |  |\n| A | B |\n| C |  |")
    assert html.count("<tr>") == 2
    assert "<th>" not in html


def test_code_keeps_its_lines_and_needs_no_end() -> None:
    assert to_html("```python\nif a < b:\n    go()\n```\nafter") == (
        "<pre><code>if a &lt; b:\n    go()</code></pre><p>after</p>"
    )
    assert to_html("```\nopen") == "<pre><code>open</code></pre>"


def test_a_mark_is_kept_across_blocks() -> None:
    text = "One two.\n\n- three\n- four\n\n| a | b |\n| c | d |"
    html = to_html(text, wraps=[Wrap(4, text.index("| c") + 4, "mark")])
    assert "<p>One <mark>two.</mark></p>" in html
    assert html.count("<mark>") == 6  # two., three, four, a, b, c
    assert "<td><mark>c</mark></td><td>d</td>" in html.replace(" </mark>", "</mark>").replace("<mark> ", "<mark>")


def test_footnotes_stand_inside_the_last_cell_and_item() -> None:
    for text in ("- one\n- two", "| a | b |\n| c | d |", "```\ncode\n```", "plain", ""):
        html = to_html(text, inserts=[Insert(len(text), "<sup>1</sup>")])
        assert html.count("<sup>1</sup>") == 1
    assert to_html("- one\n- two", inserts=[Insert(11, "<sup>1</sup>")]).endswith("two<sup>1</sup></li></ul>")
    assert "d<sup>1</sup></td>" in to_html("| a | b |\n| c | d |", inserts=[Insert(19, "<sup>1</sup>")])


LINES = st.lists(
    st.one_of(
        st.text(max_size=30), st.sampled_from(["- a", "      - b", "1. c", "| x | y |", "|---|", "```", "", "| |"])
    ),
    max_size=12,
).map("\n".join)


@given(LINES, st.integers(0, 60), st.integers(0, 60), st.integers(0, 80))
def test_any_text_gives_sound_html_of_plain_elements(text: str, start: int, length: int, at: int) -> None:
    html = to_html(text, wraps=[Wrap(start, start + length, "mark")], inserts=[Insert(at, "<sup>9</sup>")])
    page = Reader(html)
    assert set(page.tags) <= PLAIN_TAGS | {"sup"}
    assert not page.open
    assert page.tags.count("sup") == 1
    assert page.names <= {"class", "start"}


def test_deep_nesting_has_an_end() -> None:
    lines = "\n".join("  " * depth + "- x" for depth in range(200))
    assert to_html(lines).count("<ul>") == 6


def test_every_hostile_string_reads_as_itself() -> None:
    for text in hostile_strings():
        words = Reader(to_html(text)).text.split()
        assert set("".join(words)) <= set(Reader(f"<p>{shown(text)}</p>").text), text
