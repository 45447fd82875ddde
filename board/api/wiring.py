"""Read-only output for programs: what the app is made of here."""

from board.api import atom_views, json_views

PARTS = (json_views, atom_views)
