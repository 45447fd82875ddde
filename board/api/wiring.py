"""Wiring of the API: JSON, Atom and security.txt."""

from flask import Flask

from board.api import atom_views, json_views, security_txt
from board.web.blueprints import register


def init_app(app: Flask) -> None:
    register(app, json_views, atom_views, security_txt)
