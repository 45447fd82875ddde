"""The same reads for programs: what the app is made of here."""

from board.api import views

PARTS = (views,)
