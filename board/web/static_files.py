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
FOLDER = Path(__file__).parents[1] / "frontend/static"
MIMETYPES = {".css": "text/css", ".js": "text/javascript"}
# The only forms of import in our files; tests/web/test_static_files.py checks it.
CSS_IMPORT = re.compile(r'@import url\("([\w./-]+)"\);')
ENTRY_POINTS = ("js/board.js",)
STATIC_IMPORT = re.compile(r'^import \{[^}]+\} from "(\.{1,2}/[\w./-]+)";\n', re.M)
EXPORT = re.compile(r"^export (?=async function|function|const|class)", re.M)
JS_IMPORT = re.compile(r'(\bfrom |\bimport |\bimport\()"(\.{1,2}/[\w./-]+)"')


def init_app(app: Flask) -> None:
    app.url_defaults(_add_version)
    app.view_functions["static"] = _serve
    app.after_request(_set_cache_control)


@cache
def minified(path: str) -> bytes:
    """The style sheet or script at `path` below static/, minified and with its imports resolved."""
    text = _read(path)
    if path.endswith(".css"):
        sheets = CSS_IMPORT.sub(lambda match: _read(_resolve(path, match[1])), text)
        return bytes(rcssmin.cssmin(sheets), "utf-8")
    if path in ENTRY_POINTS:
        text = _joined(path)
    return bytes(rjsmin.jsmin(_add_versions(path, text)), "utf-8")


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
        texts[module] = EXPORT.sub("", _rebase(STATIC_IMPORT.sub("", text), module, path))

    add(path)
    return "".join(texts.values())


def _rebase(text: str, old: str, new: str) -> str:
    """Imports as they are written in `new`, from those in `old`."""

    def relative(found: re.Match[str]) -> str:
        target = posixpath.relpath(_resolve(old, found[2]), posixpath.dirname(new))
        return f'{found[1]}"{target if target.startswith("../") else f"./{target}"}"'

    return JS_IMPORT.sub(relative, text)


def _add_versions(path: str, text: str) -> str:
    """Add the version to each import: so a changed module also changes all that import it."""
    return JS_IMPORT.sub(
        lambda match: f'{match[1]}"{match[2]}?v={version(_resolve(path, match[2]))}"', text
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
        # Frames and pages of other sites load them, too: the same bytes for all, and no secrets.
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
