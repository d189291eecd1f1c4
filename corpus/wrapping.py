"""Text that was wrapped by hand gets its paragraphs back in one line each."""

from collections.abc import Iterator, Sequence

from corpus.marks import IS_ITEM, IS_UNDERLINE, is_row

# A text was wrapped by hand when its widest lines (but for long addresses) and their number say so.
WIDEST = 0.95
MIN_WRAP_WIDTH, MAX_WRAP_WIDTH = 45, 120  # characters
MIN_FILL = 0.6
MIN_FULL_LINES = 0.3
SLACK = 12  # characters: a line to which the next word would have fitted ends a paragraph


def _wrap_width(lines: Sequence[str]) -> int:
    """The width at which a text was wrapped by hand, 0 when each of its lines is a paragraph."""
    lengths = sorted(len(line) for line in lines if line.strip())
    if not lengths:
        return 0
    width = lengths[int(len(lengths) * WIDEST)]
    full = sum(length >= MIN_FILL * width for length in lengths)
    return width if MIN_WRAP_WIDTH <= width <= MAX_WRAP_WIDTH and full >= MIN_FULL_LINES * len(lengths) else 0


def unwrapped(lines: Sequence[str]) -> Iterator[str]:
    """Lines without the blank ones, each paragraph that was wrapped by hand in one."""
    width = _wrap_width(lines)
    joined, before = "", ""
    for line in lines:
        if joined and before.strip() and line.strip() and _continues(before, line, width):
            joined = f"{joined} {line.strip()}"
        else:
            if joined:
                yield joined
            joined = line.rstrip()
        before = line
    if joined:
        yield joined


def _continues(before: str, line: str, width: int) -> bool:
    """Whether a line goes on with the sentence of the line before it."""
    if any(is_row(text) or IS_UNDERLINE.match(text) for text in (before, line)) or IS_ITEM.match(line):
        return False
    indent, indent_before = (len(text) - len(text.lstrip()) for text in (line, before))
    if IS_ITEM.match(before) and indent > indent_before:
        return True  # hangs below the text of its item
    if not width or indent > indent_before + 3:
        return False
    return len(before) + len(line.split()[0]) >= width - SLACK or (
        line.lstrip()[:1].islower() and len(before) >= MIN_FILL * width
    )
