"""DOCX and PDF, written by hand: headings, tables, and what a page repeats."""

from pathlib import Path

from tests.corpus.test_readers import answers, one
from tests.corpus.written import docx, folder, paragraph, pdf


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
