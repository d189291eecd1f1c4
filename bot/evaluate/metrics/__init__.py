"""Figures as pure functions, each with its formula and where it comes from."""
