"""Readers for text with a format: markup, mail, data, source code."""
