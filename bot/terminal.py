"""An answer as the terminal shows it: text with numbered sources, or JSON."""

import dataclasses
import json

from bot.types import Answer, Citation, Claim


def as_text(answer: Answer) -> str:
    """The answer for reading; a declined one says so and names the nearest questions."""
    if not answer.claims:
        lines = [answer.declined_because]
        if answer.suggestions:
            lines += ["", "The articles do answer:", *(f"  - {nearest.question}" for nearest in answer.suggestions)]
        return "\n".join(lines)
    said = "\n".join(_claim(claim) for claim in answer.claims)
    notes = [f"The articles do not cover: {part}" for part in answer.uncovered]
    return "\n".join([said, *notes, "", "Sources", *(_source(citation) for citation in answer.citations)])


def as_json(answer: Answer) -> str:
    """The whole Answer, one object."""
    return json.dumps(dataclasses.asdict(answer), ensure_ascii=False, indent=2)


def _claim(claim: Claim) -> str:
    return f"{claim.text} {''.join(f'[{citation.number}]' for citation in claim.citations)}"


def _source(citation: Citation) -> str:
    place = " > ".join((citation.title, *citation.heading_path))
    address = f"\n      {citation.url}" if citation.url else ""
    quote = " ".join(citation.quote.split())
    return f"  [{citation.number}] {place}{address}\n      “{quote}”"
