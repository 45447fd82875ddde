"""Threads in pages of other sites."""
