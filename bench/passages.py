"""A passage of an evaluation set as an article of one section."""

import re

from corpus.types import Article, Section


def article(name: str, title: str, text: str) -> Article:
    """Paragraphs parted as the plain form wants it; the article's id is the passage's."""
    parts = re.split(r"\n\s*\n", text.replace("\r", ""))
    blocks = (re.sub(r"[ \t]+", " ", part).strip() for part in parts)
    text = "\n\n".join(block for block in blocks if block) or "-"
    return Article(name, title, "", text, (Section((), "", 0, 0, len(text)),))
