"""Notices that the database of tips went back, or that something beside it is missing."""
