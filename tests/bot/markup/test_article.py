"""What of an article is shown around a quote."""

from bot.markup.article import LONGEST_LINE, surroundings


def test_a_paragraph_without_end_is_cut_inside() -> None:
    first, last = surroundings("x" * 100_000, 50_000, 50_010)
    assert (first, last) == (50_000 - LONGEST_LINE, 50_010 + LONGEST_LINE)
