"""Each format by a small file: what its reader keeps, in the plain form."""

from pathlib import Path

import pytest

from corpus.load import load_articles
from corpus.types import Article
from tests.corpus.written import docx, folder, paragraph, pdf

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


def test_docx_headings_bold_questions_and_tables(tmp_path: Path) -> None:
    row = "<w:tr><w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr>"
    table = "".join(row.format(paragraph(a), paragraph(b)) for a, b in (("Card", "Fee"), ("Debit", "0")))
    body = (
        paragraph("Payments", "Title")
        + paragraph("Fees", "H1")
        + f"<w:tbl>{table}</w:tbl>"
        + paragraph("Can I pay in cash?", bold=True)
        + paragraph("Only in our shops.")
    )
    article = one(folder(tmp_path, {"pay.docx": docx(body)}))
    assert article.title == "Payments"
    assert article.text == "Fees\n\n| Card | Fee |\n| Debit | 0 |\n\nCan I pay in cash?\n\nOnly in our shops."
    assert answers(article) == {"Can I pay in cash?": "Only in our shops."}


def test_pdf_headings_paragraphs_tables_and_page_furniture(tmp_path: Path) -> None:
    def page(number: int, *lines: tuple[float, float, float, str]) -> list[tuple[float, float, float, str]]:
        return [(50, 800, 9, "Acme manual"), *lines, (290, 20, 9, f"Page {number} of 3")]

    wide = "Bills are paid in the app and nowhere else, which is why the app is needed before"
    pages = [
        page(1, (50, 740, 24, "Pay a bill"), (50, 700, 12, wide), (50, 686, 12, "the first bill comes.")),
        page(
            2,
            (50, 740, 18, "Can I pay in cash?"),
            (50, 710, 12, "- Only in our shops."),
            (50, 696, 12, "- On weekdays."),
        ),
        page(
            3,
            (50, 740, 18, "Fees"),
            (50, 710, 12, "Card"),
            (200, 710, 12, "Fee"),
            (50, 696, 12, "Debit"),
            (200, 696, 12, "0"),
        ),
    ]
    article = one(folder(tmp_path, {"bill.pdf": pdf(pages)}))
    assert article.title == "Pay a bill"
    assert article.text == (
        f"{wide} the first bill comes.\n\nCan I pay in cash?\n\n- Only in our shops.\n- On weekdays.\n\n"
        "Fees\n\n| Card | Fee |\n| Debit | 0 |"
    )
    assert answers(article) == {"Can I pay in cash?": "- Only in our shops.\n- On weekdays."}


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


def test_code_and_placeholders_stay_data(tmp_path: Path) -> None:
    text = "Replace <your-domain> by `<script>`.\n\n<img src=x onerror=alert(1)>\n\n[link](javascript:alert(1))\n"
    assert one(folder(tmp_path, {"a.md": text})).text == "Replace <your-domain> by <script>.\n\nlink"


def test_site_generators_tags_go_their_titles_stay(tmp_path: Path) -> None:
    text = '{{% def name="Certificate Authority" abbr="CA" %}} Signs. {{% /def %}}\n\n> [!NOTE]\n> Careful.\n\n'
    text += "```\n{{< kept >}}\n```\n"
    expected = "Certificate Authority (CA): Signs.\n\nNote: Careful.\n\n```\n{{< kept >}}\n```"
    assert one(folder(tmp_path, {"a.md": text})).text == expected
