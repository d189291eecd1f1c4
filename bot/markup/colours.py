"""The page's colours: one fixed palette per scheme, and the operator's accent made readable on each.

Contrast is that of WCAG 2.2 (relative luminance, section 1.4.3): 4.5 for text.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

READABLE = 4.5
_STEPS = 50  # of the way from the accent to black or white, tried one by one


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours of one scheme, each #rrggbb."""

    paper: str  # behind everything
    card: str  # bubbles, panel, input
    ink: str
    muted: str  # secondary text: readable on paper and card
    line: str  # borders that only decorate
    edge: str  # borders of things to press or type in: 3 to 1 against paper and card
    mark: str  # highlighter
    mark_ink: str
    bad: str


LIGHT = Palette("#faf9f6", "#ffffff", "#22262b", "#5b626b", "#e5e1d8", "#8a8f96", "#ffe9a3", "#2b2410", "#9c2f22")
DARK = Palette("#15171a", "#1e2124", "#e9e7e2", "#a6acb3", "#33373c", "#767c84", "#66541a", "#fff4d1", "#f2998d")


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb, 0..1."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, two: str) -> float:
    """Contrast ratio of two colours, 1..21."""
    low, high = sorted((luminance(one), luminance(two)))
    return (high + 0.05) / (low + 0.05)


def mixed(one: str, two: str, share: float) -> str:
    """`share` 0..1 of the way from one colour to another."""
    pairs = [(int(one[at : at + 2], 16), int(two[at : at + 2], 16)) for at in (1, 3, 5)]
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def readable(colour: str, *backgrounds: str) -> str:
    """The colour nearest to `colour`, towards black or white, that is readable on all backgrounds."""
    target = "#000000" if luminance(backgrounds[0]) > luminance("#767676") else "#ffffff"
    tries = (mixed(colour, target, step / _STEPS) for step in range(_STEPS))
    return next((one for one in tries if all(contrast(one, other) >= READABLE for other in backgrounds)), target)


def ink_on(colour: str) -> str:
    """Black or white, whichever is easier to read on `colour`."""
    return max("#ffffff", "#000000", key=lambda ink: contrast(ink, colour))


def variables(palette: Palette, accent: str) -> str:
    """The palette with the accent, as CSS custom properties."""
    wash = mixed(palette.card, accent, 0.12)
    own = readable(accent, palette.paper, palette.card, wash)
    values = {name: getattr(palette, name) for name in Palette.__slots__}
    values |= {"accent": own, "on-accent": ink_on(own), "wash": wash}
    return "".join(f"--fn-{name.replace('_', '-')}:{value};" for name, value in values.items())


@cache
def sheet(rules: Path, accent: str) -> str:
    """A style sheet's rules with the colours of both schemes before them."""
    light, dark = (variables(one, accent) for one in (LIGHT, DARK))
    both = f":root{{{light}}}@media (prefers-color-scheme: dark){{:root{{{dark}}}}}"
    return both + rules.read_text(encoding="utf-8")
