"""Wiring of the API: JSON, Atom, oEmbed and webhooks, threads for pages of other sites, and what
its problems are called."""

from flask import Flask

from board.api import (
    atom_views,
    card_views,
    json_views,
    me_views,
    openapi,
    refusals,
    request_body,
    write_views,
)
from board.api.embed import views as embed_views
from board.api.webhooks import wiring as webhooks_wiring
from board.web.blueprints import register
from board.web.response.problems import problem_types


def init_app(app: Flask) -> None:
    register(app, json_views, atom_views, card_views, write_views, me_views, openapi)
    register(app, embed_views)
    problem_types.update(request_body.PROBLEMS)
    refusals.add_problem_types()
    webhooks_wiring.init_app(app)
