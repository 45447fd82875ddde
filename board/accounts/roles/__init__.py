"""Roles of staff: who gives and takes capabilities, and the log of it."""
