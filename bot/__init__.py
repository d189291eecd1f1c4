"""Hits become evidence, and evidence a grounded answer in which every sentence carries a footnote."""
