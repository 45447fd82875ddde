"""Wiring of the API: JSON, Atom and oEmbed."""

from flask import Flask

from board.api import atom_views, card_views, json_views
from board.web.blueprints import register


def init_app(app: Flask) -> None:
    register(app, json_views, atom_views, card_views)
