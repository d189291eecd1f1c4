"""The table of figures in docs/evaluation.md, made from the catalogue.

python -m bench.figures     writes it between the two marks of the page
"""

import re
import sys
from pathlib import Path

from bot.evaluate.catalogue import GROUPS

PAGE = Path(__file__).resolve().parent.parent / "docs" / "evaluation.md"
_BETWEEN = re.compile(r"(?<=<!-- figures -->\n).*(?=<!-- /figures -->)", re.DOTALL)
_BETTER = {1: "higher", -1: "lower", 0: ""}


def table() -> str:
    """Markdown, a row a figure."""
    lines = ["| figure | name | better | what it is |", "|---|---|---|---|"]
    for group, metrics in GROUPS:
        lines.append(f"| **{group}** | | | |")
        lines += [f"| {one.title} | `{one.name}` | {_BETTER[one.better]} | {one.formula} |" for one in metrics]
    return "\n".join(lines) + "\n"


def with_table(page: str) -> str:
    """The page with the table as it is now."""
    return _BETWEEN.sub(lambda _: table(), page)


def main() -> int:
    """Write the page again."""
    PAGE.write_text(with_table(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
