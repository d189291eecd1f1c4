"""Batch evaluation: a file of questions in, answers and figures out."""
