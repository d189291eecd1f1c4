"""Colours that can be read on each other."""

import pytest

from bot.markup import colours


@pytest.mark.parametrize("accent", ["#2f5d50", "#ffff00", "#000000", "#ffffff", "#ff0000", "#1a1aff", "#808080"])
@pytest.mark.parametrize("palette", [colours.LIGHT, colours.DARK])
def test_every_accent_is_readable(accent: str, palette: colours.Palette) -> None:
    pairs = (part.split(":") for part in colours.variables(palette, accent).rstrip(";").split(";"))
    values = {name.removeprefix("--fn-"): value for name, value in pairs}
    for ground in ("paper", "card", "wash"):
        assert colours.contrast(values["accent"], values[ground]) >= colours.READABLE
        assert colours.contrast(values["ink"], values[ground]) >= colours.READABLE
    for one, two in (
        ("on-accent", "accent"),
        ("mark-ink", "mark"),
        ("muted", "paper"),
        ("muted", "card"),
        ("bad", "paper"),
    ):
        assert colours.contrast(values[one], values[two]) >= colours.READABLE
    assert colours.contrast(values["edge"], values["card"]) >= 3


def test_contrast_is_that_of_the_standard() -> None:
    assert colours.contrast("#000000", "#ffffff") == pytest.approx(21)
    assert colours.contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
