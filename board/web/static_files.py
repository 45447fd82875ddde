"""Static files: style sheets joined, scripts and styles minified, addresses that carry a version.

The version is a hash of the content, so browsers may keep a file for good. What a script imports
carries its version, too. Each file is made when a worker first needs it; nobody runs a build.
"""

import hashlib
import posixpath
import re
from functools import cache
from pathlib import Path
from typing import Any

import rcssmin
import rjsmin
from flask import Flask, Response, current_app, request

FOREVER = "public, max-age=31536000, immutable"
FOLDER = Path(__file__).parents[1] / "static"
MIMETYPES = {".css": "text/css", ".js": "text/javascript"}
# Imports as our own files write them; tests/web/test_static_files.py holds the files to it.
CSS_IMPORT = re.compile(r'@import url\("([\w./-]+)"\);')
JS_IMPORT = re.compile(r'(\bfrom |\bimport |\bimport\()"(\.{1,2}/[\w./-]+)"')


def init_app(app: Flask) -> None:
    app.url_defaults(_add_version)
    app.view_functions["static"] = _serve
    app.after_request(_set_cache_control)


@cache
def minified(path: str) -> bytes:
    """The style sheet or script at `path` below static/, as browsers get it."""
    text = _read(path)
    if path.endswith(".css"):
        sheets = CSS_IMPORT.sub(lambda found: _read(_resolve(path, found[1])), text)
        return bytes(rcssmin.cssmin(sheets), "utf-8")
    return bytes(rjsmin.jsmin(_add_versions(path, text)), "utf-8")


@cache
def version(path: str) -> str:
    content = minified(path) if path in _minifiable() else (FOLDER / path).read_bytes()
    return hashlib.sha256(content).hexdigest()[:12]


@cache
def _minifiable() -> frozenset[str]:
    """Paths of all style sheets and scripts. What a request asks for is only looked up in it."""
    files = (file for file in FOLDER.rglob("*") if file.suffix in MIMETYPES)
    return frozenset(file.relative_to(FOLDER).as_posix() for file in files)


def _read(path: str) -> str:
    return (FOLDER / path).read_text(encoding="utf-8")


def _add_versions(path: str, text: str) -> str:
    """Versions of a module are part of what imports it, so a change reaches all the way up."""
    return JS_IMPORT.sub(
        lambda found: f'{found[1]}"{found[2]}?v={version(_resolve(path, found[2]))}"', text
    )


def _resolve(path: str, relative: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(path), relative))


def _serve(filename: str) -> Response:
    if filename not in _minifiable():
        return current_app.send_static_file(filename)
    response = Response(minified(filename), mimetype=MIMETYPES[Path(filename).suffix])
    response.set_etag(version(filename))
    response.make_conditional(request)
    return response


def _add_version(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == "static":
        values["v"] = version(values["filename"])


def _set_cache_control(response: Response) -> Response:
    if request.endpoint == "static" and response.status_code in (200, 304):
        response.headers["Cache-Control"] = FOREVER if "v" in request.args else "public, no-cache"
    return response
