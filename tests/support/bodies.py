"""Requests whose body is not there, or not all of it, as the server hands them to the app."""

from typing import Any

from flask.testing import FlaskClient

from board.web.request.body import RequestBody


def send(
    client: FlaskClient, path: str, body: RequestBody, content_type: str, **headers: str
) -> Any:
    """A form; `body` is what the server has of it. `headers`: with underscores."""
    environ = {
        "wsgi.input": body,
        "wsgi.input_terminated": True,
        "CONTENT_LENGTH": str(body.length),
        "CONTENT_TYPE": content_type,
    }
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return client.post(path, headers=names, environ_overrides=environ)
