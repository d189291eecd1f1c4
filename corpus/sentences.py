"""Where sentences begin and end: exact spans, by Wikimedia's sentencex, line by line."""

from functools import lru_cache


@lru_cache(maxsize=4096)
def sentences(text: str) -> tuple[tuple[int, int], ...]:
    """Spans (start, end) of the sentences of `text`, without the white space around them; a line always ends one."""
    import sentencex

    found: list[tuple[int, int]] = []
    offset = 0
    for line in text.split("\n"):
        if line.strip():
            for part in sentencex.get_sentence_boundaries("en", line):
                piece = line[part["start_index"] : part["end_index"]]
                start = offset + part["start_index"] + len(piece) - len(piece.lstrip())
                end = offset + part["end_index"] - len(piece) + len(piece.rstrip())
                if start < end:
                    found.append((start, end))
        offset += len(line) + 1
    return tuple(found)
