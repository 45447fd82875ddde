"""What is talked about: what the app is made of here."""

from board.articles import steered, views

PARTS = (
    steered,
    views,
)
