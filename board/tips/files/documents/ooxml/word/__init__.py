"""DOCX: what a reader sees of its text."""
