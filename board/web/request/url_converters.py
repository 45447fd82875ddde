"""URL converters: a row's id in an address."""

from flask import Flask
from werkzeug.routing import BaseConverter

from board.web.forms import ROW_ID


class IdConverter(BaseConverter):
    """A row's id in a URL: ASCII digits that fit the column. Anything else is 404."""

    regex = ROW_ID

    def to_python(self, value: str) -> int:
        return int(value)


def init_app(app: Flask) -> None:
    app.url_map.converters["id"] = IdConverter
