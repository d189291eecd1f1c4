"""The few line drawings of the page, as SVG that takes the colour of the text around it."""


def _icon(*paths: str) -> str:
    drawn = "".join(f'<path d="{path}"/>' for path in paths)
    return f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">{drawn}</svg>'


THUMB = _icon(
    "M7 10v11H4a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1z",
    "M7 10l4-8a3 3 0 0 1 3 3v4h5.5a2 2 0 0 1 2 2.3l-1.3 8a2 2 0 0 1-2 1.7H7",
)
COPY = _icon("M9 9h10a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H9a1 1 0 0 1-1-1V10a1 1 0 0 1 1-1z", "M5 15H4V4a1 1 0 0 1 1-1h11v2")
RETRY = _icon("M3 12a9 9 0 1 0 3-6.7L3 8", "M3 3v5h5")
PREVIOUS = _icon("M15 5l-7 7 7 7")
NEXT = _icon("M9 5l7 7-7 7")
CLOSE = _icon("M6 6l12 12", "M18 6L6 18")
OUT = _icon("M14 4h6v6", "M20 4l-9 9", "M18 14v5a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V7a1 1 0 0 1 1-1h5")
