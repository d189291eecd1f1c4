"""Which headings are questions with an answer."""

from pathlib import Path

import pytest

from tests.corpus.test_readers import one
from tests.corpus.written import folder


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("Is CLIP an LLM?", True),
        ("1.2. What is Debian GNU/Linux?", True),
        ("OK, now I know what Debian is... what is Linux?!", True),
        ("How do I reset my password", True),
        ("How to reset a password", True),
        ("Can I pay in cash", True),
        ("¿Cómo puedo pagar?", True),
        ("パスワードを変更するには？", False),  # one word by white space: not told from a fragment
        ("How They Relate", False),
        ("When the Distinction Matters", False),
        ("What to Remember", False),
        ("Why Foundation Models Matter", False),
        ("Formats", False),
    ],
)
def test_which_headings_are_questions(tmp_path: Path, heading: str, expected: bool) -> None:
    article = one(folder(tmp_path, {"a.md": f"# Title\n\nLead.\n\n## {heading}\n\nBody.\n"}))
    assert article.sections[-1].is_faq is expected


def test_a_question_without_an_answer_is_no_faq_entry(tmp_path: Path) -> None:
    article = one(folder(tmp_path, {"a.md": "# T\n\nLead.\n\n## Is it free?\n\n### Yes\n\nIt is.\n"}))
    assert [s.is_faq for s in article.sections] == [False, False, False]


LINKS = "".join(
    f'<li><a href="{href}">{name}?</a></li>' for name, href in (("A", "#a"), ("B", "b.html#b"), ("C", "#c"))
)
ENTRIES = "".join(f'<dt><a href="b.html#{n}">1.{n} What is {n}?</a></dt>' for n in range(4))


def page(path: Path, body: str) -> tuple[str, list[str]]:
    """The text of a page and its FAQ entries."""
    article = one(folder(path, {"a.html": f"<body><h1>Help</h1><p>Lead.</p>{body}</body>"}))
    return article.text, [section.heading for section in article.sections if section.is_faq]


@pytest.mark.parametrize(
    "contents",
    [
        f"<ul>{LINKS}</ul>",
        f"<h2>Contents</h2><ul>{LINKS}</ul>",
        f"<h2>What can I read here?</h2><ol>{LINKS}</ol>",
        f'<dl><dt><a href="b.html">1. What is here?</a></dt><dd><dl>{ENTRIES}</dl></dd></dl>',
        f'<ul><li><a href="b.html">All</a><ul>{LINKS}</ul></li></ul>',
    ],
)
def test_a_table_of_contents_is_left_out(tmp_path: Path, contents: str) -> None:
    assert page(tmp_path, f"{contents}<h2>Is it free?</h2><p>Yes.</p>") == (
        "Lead.\n\nIs it free?\n\nYes.",
        ["Is it free?"],
    )


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        (f"<h2>See also</h2><ul>{LINKS}<li>the manual</li></ul>", "- the manual"),
        (f"<h2>See also</h2><ul>{LINKS.replace('</li>', ': why</li>')}</ul>", "- B?: why"),
        (f"<p>These can be asked:</p><ul>{LINKS}</ul>", "- B?"),
        ("<ul>" + LINKS.replace('href="', 'href="https://forum.example/') + "</ul>", "- B?"),
        ('<ul><li><a href="#a">A</a></li><li><a href="#b">B</a></li></ul>', "- B"),
        ("<ul><li><a>A</a></li><li><a>B</a></li><li><a>C</a></li></ul>", "- B"),
    ],
)
def test_lists_of_links_that_say_something_stay(tmp_path: Path, body: str, kept: str) -> None:
    assert kept in page(tmp_path, body)[0].split("\n")


def test_a_page_that_is_only_a_table_of_contents_answers_nothing(tmp_path: Path) -> None:
    body = f"<body><h1>Help</h1><h2>What can I read here?</h2><ul>{LINKS}</ul></body>"
    article = one(folder(tmp_path, {"a.html": body}))
    assert article.text == "What can I read here?\n\n- A?\n- B?\n- C?"
    assert not any(section.is_faq for section in article.sections)
