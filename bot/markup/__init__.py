"""The border between text and page: escaping, the plain article form as HTML, colours; every page uses it."""
