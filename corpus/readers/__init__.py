"""One reader per format; each takes a file's bytes and gives drafts."""
