"""Rebuilding a document from what is known to be harmless."""
