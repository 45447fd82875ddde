"""Backups: made while the board runs, proven by restoring each, kept by days, weeks and months."""
