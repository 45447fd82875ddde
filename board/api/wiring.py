"""Wiring of the API: JSON, Atom, oEmbed and webhooks, and threads for pages of other sites."""

from flask import Flask

from board.api import (
    atom_views,
    card_views,
    json_views,
    me_views,
    openapi,
    write_views,
)
from board.api.embed import views as embed_views
from board.api.webhooks import wiring as webhooks_wiring
from board.web.blueprints import register


def init_app(app: Flask) -> None:
    register(app, json_views, atom_views, card_views, write_views, me_views, openapi)
    register(app, embed_views)
    webhooks_wiring.init_app(app)
