"""Guests’ pages, cached whole in front of Flask."""
