"""Atom: what the app is made of here."""

from board.feeds import views

PARTS = (views,)
