"""Footnote on other sites and for other programs: the API, what guards it, and the pages beside the chat."""
