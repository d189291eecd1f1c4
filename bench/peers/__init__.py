"""Footnote beside its peers: the same articles, weights and questions, each peer built as its own quick start says."""
