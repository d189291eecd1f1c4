"""Files in a folder become articles: one reader per format, one text form, one report of what could not be read."""
