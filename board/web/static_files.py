"""Static files: style sheets joined, scripts and styles minified, versioned addresses.

The version is a hash of the content, so browsers may cache a file for good. Imports in scripts
carry versions, too. The scripts that pages name are joined with the modules they need at once, as
style sheets are. Each file is built when a worker first needs it; there is no build step.
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
TEN_MINUTES = "public, max-age=600"  # for addresses without a version
FOLDER = Path(__file__).parents[1] / "frontend/static"
MIMETYPES = {".css": "text/css", ".js": "text/javascript"}
# The only forms of import in our files; tests/web/test_static_files.py checks it.
CSS_IMPORT = re.compile(r'@import url\("([\w./-]+)"\);')
# Scripts that pages name, by the address from which browsers resolve their imports.
ENTRY_POINTS = {"js/board.js": "/static/js/board.js", "js/embed.js": "/embed.js"}
EMBED_PATHS = {"/embed.js": "js/embed.js", "/embed.css": "css/thread/embed.css"}
STATIC_IMPORT = re.compile(r'^import \{[^}]+\} from "(\.{1,2}/[\w./-]+)";\n', re.M)
EXPORT = re.compile(r"^export (?=async function|function|const|class)", re.M)
JS_IMPORT = re.compile(r'(\bfrom |\bimport |\bimport\()"(\.{1,2}/[\w./-]+)"')


def init_app(app: Flask) -> None:
    for path, filename in EMBED_PATHS.items():
        app.add_url_rule(path, "static", defaults={"filename": filename})
    app.url_defaults(_add_version)
    app.view_functions["static"] = _serve
    app.after_request(_set_headers)


@cache
def minified(path: str) -> bytes:
    """The style sheet or script at `path` below static/, minified and with its imports resolved."""
    text = _read(path)
    if path.endswith(".css"):
        sheets = CSS_IMPORT.sub(lambda match: _read(_resolve(path, match[1])), text)
        return bytes(rcssmin.cssmin(sheets), "utf-8")
    script = _joined(path) if path in ENTRY_POINTS else _link(text, path, f"/static/{path}")
    return bytes(rjsmin.jsmin(script), "utf-8")


@cache
def version(path: str) -> str:
    content = minified(path) if path in _minifiable() else (FOLDER / path).read_bytes()
    return hashlib.sha256(content).hexdigest()[:12]


@cache
def _minifiable() -> frozenset[str]:
    """Paths of all style sheets and scripts. A requested path is only looked up in this set."""
    files = (file for file in FOLDER.rglob("*") if file.suffix in MIMETYPES)
    return frozenset(file.relative_to(FOLDER).as_posix() for file in files)


def _read(path: str) -> str:
    return (FOLDER / path).read_text(encoding="utf-8")


def _joined(path: str) -> str:
    """A script behind the modules that it imports statically, each once."""
    texts: dict[str, str] = {}

    def add(module: str) -> None:
        text = _read(module)
        for found in STATIC_IMPORT.finditer(text):
            if (imported := _resolve(module, found[1])) not in texts:
                add(imported)
        own = EXPORT.sub("", STATIC_IMPORT.sub("", text))
        texts[module] = _link(own, module, ENTRY_POINTS[path])

    add(path)
    return "".join(texts.values())


def _link(text: str, module: str, address: str) -> str:
    """The text of a module as it is served at `address`: its imports lead to the right files, and
    carry versions, so a changed module also changes all that import it."""

    def link(found: re.Match[str]) -> str:
        imported = _resolve(module, found[2])
        relative = posixpath.relpath(f"/static/{imported}", posixpath.dirname(address))
        prefix = "" if relative.startswith("../") else "./"
        return f'{found[1]}"{prefix}{relative}?v={version(imported)}"'

    return JS_IMPORT.sub(link, text)


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


def _set_headers(response: Response) -> Response:
    """How long files are good, and who may load them."""
    if request.endpoint == "static" and response.status_code in (200, 304):
        response.headers["Cache-Control"] = _cache_control()
        # Frames and pages of other sites load them, too: the same bytes for all, and no secrets.
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _cache_control() -> str:
    if request.path in EMBED_PATHS:
        return TEN_MINUTES
    return FOREVER if "v" in request.args else "public, no-cache"
