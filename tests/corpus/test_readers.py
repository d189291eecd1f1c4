"""Each format by a small file: what its reader keeps, in the plain form."""

from pathlib import Path

import pytest

from corpus.load import load_articles
from corpus.types import Article
from tests.corpus.written import folder

FIXTURES = Path(__file__).parent / "fixtures"

GUIDE = """\
Everything you wrote can be exported as one file.

Formats

| Format | Size limit |
| CSV | 10 MB |
| PDF | a \\| b |

1. Open Settings.
2. Choose Export:
  - as CSV
  - as PDF

```
export --all
```

3. Wait.

Can I export everything?

Yes, all of it.

Does it cost anything?

No.

How long does it take?

About <your-minutes> minutes."""

PAGE = """\
Bills are paid in the app. Fees grow by 10^6; see the note.

Cards

- Debit: Paid at once.
- Credit: Paid monthly.

What if my card is refused?

Call your bank.

Can I pay in cash?

Only in our shops.

Cash is refused on Sundays.

Fees

| Card | Fee |
| Debit | 0 |
| Debit | 1 |

Is it safe?

Yes, it is."""


def one(path: Path) -> Article:
    (article,) = load_articles(path, strict=True).articles
    return article


def answers(article: Article) -> dict[str, str]:
    return {s.heading: article.text[s.body : s.end].strip() for s in article.sections if s.is_faq}


@pytest.fixture(scope="module")
def fixtures() -> dict[str, Article]:
    return {article.id: article for article in load_articles(FIXTURES / "marked", strict=True).articles}


def test_markdown_in_plain_form(fixtures: dict[str, Article]) -> None:
    guide = fixtures["guide.md"]
    assert guide.text == GUIDE
    assert (guide.title, guide.url, guide.updated) == ("Export your data", "https://help.example/export", "2026-03-01")
    assert guide.tags == ("export", "data")
    assert [(s.heading_path, s.anchor, s.is_faq) for s in guide.sections] == [
        ((), "", False),
        (("Formats",), "kinds", False),
        (("Can I export everything?",), "can-i-export-everything", True),
        (("Does it cost anything?",), "does-it-cost-anything", True),
        (("How long does it take?",), "how-long-does-it-take", True),
    ]


def test_plain_text_reads_its_own_plain_form(fixtures: dict[str, Article]) -> None:
    guide = one(FIXTURES / "plain")
    assert guide.text == GUIDE
    assert guide.title == "Export your data"
    assert answers(guide) == answers(fixtures["guide.md"])


def test_html_main_content_only(fixtures: dict[str, Article]) -> None:
    page = fixtures["page.html"]
    assert page.text == PAGE
    assert (page.title, page.url, page.updated) == ("Pay a bill", "https://help.example/pay", "2026-02-03")
    assert page.sections[1].anchor == "cards"
    assert set(answers(page)) == {"What if my card is refused?", "Can I pay in cash?", "Is it safe?"}


def test_an_unlucky_class_name_costs_nothing(tmp_path: Path) -> None:
    words = "This is the answer that readers came for. " * 40
    page = f'<body><div class="related-sidebar-content"><h2>Topic</h2><p>{words}</p></div><p>More.</p></body>'
    assert words.strip() in one(folder(tmp_path, {"a.html": page})).text


def test_a_page_wrapped_in_one_form_is_kept(tmp_path: Path) -> None:
    page = "<body><form><h1>Refunds</h1><p>Refunds take three days.</p></form></body>"
    assert one(folder(tmp_path, {"a.html": page})).text == "Refunds take three days."


def test_a_table_for_layout_gives_its_blocks(tmp_path: Path) -> None:
    page = (
        "<title>Page</title><table><tr><td><h2>Left</h2><p>One.</p></td><td><h2>Right</h2><p>Two.</p></td></tr></table>"
    )
    assert one(folder(tmp_path, {"a.html": page})).text == "Left\n\nOne.\n\nRight\n\nTwo."


def test_a_question_as_title_is_a_faq_entry(tmp_path: Path) -> None:
    article = one(folder(tmp_path, {"a.md": '---\ntitle: "Is it free?"\n---\nYes.\n'}))
    assert article.text == "Is it free?\n\nYes."
    assert answers(article) == {"Is it free?": "Yes."}


def test_faq_pairs_are_articles(tmp_path: Path) -> None:
    table = 'Question;Answer;URL\nOpening hours;Nine to five.;https://x.example/h\nIs it free?;"Yes;\n- always";\n'
    first, second = load_articles(folder(tmp_path, {"faq.csv": table}), strict=True).articles
    by_title = {first.title: first, second.title: second}
    assert by_title["Opening hours"].url == "https://x.example/h"
    assert answers(by_title["Opening hours"]) == {"Opening hours": "Nine to five."}
    assert answers(by_title["Is it free?"]) == {"Is it free?": "Yes;\n\n- always"}
    assert all(article.id.startswith("faq.csv#") and len(article.sections) == 1 for article in (first, second))


def test_pairs_keep_their_ids_when_rows_move(tmp_path: Path) -> None:
    rows = ["a?\tone", "b?\ttwo", "a?\tthree"]
    ids = []
    for order in (rows, [rows[1], rows[0], rows[2]]):
        table = "\n".join(["question\tanswer", *order])
        ids.append({a.id: a.text for a in load_articles(folder(tmp_path, {"faq.tsv": table}), strict=True).articles})
    assert ids[0] == ids[1]
    assert len(ids[0]) == 3


def test_json_lines_hold_pairs_and_articles(tmp_path: Path) -> None:
    lines = (
        '{"question": "Is it free?", "answer": "Yes."}\n{"title": "Guide", "text": "# Part\\n\\nBody.", "topic": "t"}\n'
    )
    articles = load_articles(folder(tmp_path, {"all.jsonl": lines}), strict=True).articles
    assert {(a.title, a.text, a.tags) for a in articles} == {
        ("Is it free?", "Is it free?\n\nYes.", ()),
        ("Guide", "Part\n\nBody.", ("t",)),
    }


def test_code_and_placeholders_stay_data(tmp_path: Path) -> None:
    text = "Replace <your-domain> by `<script>`.\n\n<img src=x onerror=alert(1)>\n\n[link](javascript:alert(1))\n"
    assert one(folder(tmp_path, {"a.md": text})).text == "Replace <your-domain> by <script>.\n\nlink"


def test_site_generators_tags_go_their_titles_stay(tmp_path: Path) -> None:
    text = '{{% def name="Certificate Authority" abbr="CA" %}} Signs. {{% /def %}}\n\n> [!NOTE]\n> Careful.\n\n'
    text += "```\n{{< kept >}}\n```\n"
    expected = "Certificate Authority (CA): Signs.\n\nNote: Careful.\n\n```\n{{< kept >}}\n```"
    assert one(folder(tmp_path, {"a.md": text})).text == expected
