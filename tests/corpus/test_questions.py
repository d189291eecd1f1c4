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
