"""Gaps as their operator gets them: a draft of FAQ entries as Markdown, and lines for the terminal."""

import re
from collections.abc import Sequence
from pathlib import Path

from bot.reading import trail
from bot.records.gaps import Gap
from bot.records.kept import Day
from corpus.clean import clean, one_line
from corpus.errors import RecordsError
from corpus.questions import MAX_QUESTION, bare_question, is_question
from index.types import Chunk

TITLE = "Frequently asked questions"
HOW = (
    "Write an answer under each question you want to answer, delete the others, and put this file into the folder of "
    "your articles. Notes like this one are not read."
)
OTHERS = 8  # further wordings named for one gap
_MARK = re.compile(r"([\\`*_{}\[\]<>#|~&])")  # what Markdown, or a site generator's tags, could take for a mark
_ENDS = ("?", "\uff1f", "\u061f")


def as_stub(gaps: Sequence[Gap]) -> str:
    """A Markdown file with each gap's question as a heading and nothing under it but notes."""
    parts = [f"# {TITLE}", f"<!-- {HOW} -->"]
    taken: set[str] = set()
    for gap in gaps:
        question = as_question(gap.question)
        if question in taken:  # two long questions may be cut to the same
            continue
        taken.add(question)
        parts += ["## " + _MARK.sub(r"\\\1", question), _note(gap)]
    return "\n\n".join(parts) + "\n"


def write_stub(gaps: Sequence[Gap], out: Path) -> str:
    """Write the draft to a new file; returns a line on what is in it."""
    if not gaps:
        return f"nothing to draft, so {out} is not written"
    out.parent.mkdir(parents=True, exist_ok=True)
    try:
        with out.open("x", encoding="utf-8") as file:
            file.write(as_stub(gaps))
    except FileExistsError:  # somebody may have worked on it
        raise RecordsError(f"{out}: exists; name another file with --out, or remove it") from None
    return f"{_questions(len(gaps))} to answer -> {out}"


def as_question(text: str) -> str:
    """A wording as a heading that the articles' reader takes for a question."""
    bare = bare_question(one_line(text))
    if len(bare) >= MAX_QUESTION:
        bare = f"{bare[: MAX_QUESTION - 20].rsplit(' ', 1)[0]}…"
    asked = bare if bare.endswith(_ENDS) else f"{bare.rstrip(' .,:;!')}?"
    if is_question(asked) and bare_question(asked) == asked:
        return asked
    subject = asked.rstrip("?").strip()
    return f"What about “{subject}”?" if subject else "What was asked?"


def _note(gap: Gap) -> str:
    """What is known of a gap, as a comment that ends where it should whatever was asked."""
    lines = [f"Asked {_times(gap.count)}.", *(f"- also: {wording.text}" for wording in gap.wordings[1 : OTHERS + 1])]
    lines += [f"- nearest passage now: {place(chunk)}" for chunk in gap.nearest]
    text = "\n".join(one_line(line).replace(">", "›") for line in lines)
    return f"<!-- {text}\n-->"


def as_lines(days: Sequence[Day], gaps: Sequence[Gap], span: int) -> str:
    """The same for reading in a terminal, after how much was answered."""
    answered, declined = sum(day.answered for day in days), sum(day.declined for day in days)
    asked = answered + declined
    last = "day" if span == 1 else f"{span:,} days"
    said = f"{_questions(asked)} in the last {last}: {answered:,} answered, {declined:,} not covered"
    share = f" ({answered / asked:.0%} answered)".replace("%", " %") if asked else ""
    lines = [said + share]
    for gap in gaps:
        lines += ["", f"{gap.count:>5,} × {one_line(gap.question)}"]
        lines += [f"        also: {one_line(wording.text)}" for wording in gap.wordings[1 : OTHERS + 1]]
        lines += [f"        nearest: {one_line(place(chunk))}" for chunk in gap.nearest]
    return clean("\n".join(lines))


def place(chunk: Chunk) -> str:
    """Where a passage stands."""
    return f"{' › '.join(trail(chunk.title, chunk.heading_path))} ({chunk.article_id})"


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count:,} times"


def _questions(count: int) -> str:
    return "1 question" if count == 1 else f"{count:,} questions"
