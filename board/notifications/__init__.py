"""Notifications: what users are told of, on the page and by email. Nothing imports this slice."""
