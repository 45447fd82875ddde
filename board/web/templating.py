"""Jinja environment: compiles a template once per language, with its texts and URLs folded in.

A page has some ninety texts and thirty URLs, and nearly all are the same each time it is rendered:
they are looked up when the template is compiled, which is at its first use in a language. Templates
are written as usual, with `_` and `url_for`.
"""

from collections.abc import Mapping, MutableMapping
from typing import Any

from flask import current_app, has_request_context, url_for
from flask.sansio.app import App
from flask.templating import Environment
from flask_babel import get_locale, gettext
from jinja2 import Template, nodes
from jinja2.visitor import NodeTransformer

from board.text import join_closing_quotes

# Placeholders for a slug or an id that is only known at rendering. Both consist of letters, digits
# and hyphens, so they go into a URL without quoting.
_PLACEHOLDERS: dict[str, Any] = {"slug": "slug-of-it", "id": 999_999_999_999}


class LocalizedEnvironment(Environment):
    """Flask's environment, with an overlay of itself for each language."""

    def __init__(self, app: App, **options: Any) -> None:
        super().__init__(app, **options)
        self._by_language: dict[str, LocalizedEnvironment] = {}

    def get_template(
        self,
        name: str | Template,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,
    ) -> Template:
        if self.overlayed:
            return super().get_template(name, parent, globals)
        language = str(get_locale())
        if language not in self._by_language:
            self._by_language[language] = self.overlay()
        return self._by_language[language].get_template(name, parent, globals)

    def compile(
        self,
        source: str | nodes.Template,
        name: str | None = None,
        filename: str | None = None,
        raw: bool = False,
        defer_init: bool = False,
    ) -> Any:
        if isinstance(source, str) and name and has_request_context():
            source = self.parse(source, name, filename)
            if self.app.select_jinja_autoescape(name):
                _ConstantFolder().visit(source)
        return super().compile(source, name, filename, raw, defer_init)  # type: ignore[call-overload]


class _ConstantFolder(NodeTransformer):
    """Replaces a call of `_` or `url_for` with its result."""

    def visit_Call(self, call: nodes.Call) -> nodes.Expr:
        self.generic_visit(call)
        kwargs = {pair.key: pair.value for pair in call.kwargs}
        match call:
            case nodes.Call(node=nodes.Name(name=name), args=[nodes.Const(value=str(argument))]):
                if name == "_":
                    return _translated(argument, kwargs)
                if name == "url_for" and not (argument.startswith(".") or call.dyn_kwargs):
                    return _url(argument, kwargs) or call
        return call


def _translated(msgid: str, kwargs: Mapping[str, nodes.Expr]) -> nodes.Expr:
    """The translation, marked as safe HTML because it is ours; its arguments are escaped."""
    values = [nodes.Pair(nodes.Const(name), value) for name, value in kwargs.items()]
    return nodes.Mod(
        nodes.MarkSafe(nodes.Const(join_closing_quotes(gettext(msgid)))), nodes.Dict(values)
    )


def _url(endpoint: str, kwargs: Mapping[str, nodes.Expr]) -> nodes.Expr | None:
    """The URL as a constant. None if more than one argument is known only at rendering, or if the
    URL depends on the request."""
    if kwargs.keys() & {"_external", "_scheme"}:
        return None
    known = {name: node.value for name, node in kwargs.items() if isinstance(node, nodes.Const)}
    unknown = [(name, node) for name, node in kwargs.items() if name not in known]
    if not unknown:
        return nodes.Const(url_for(endpoint, **known))
    name, value = unknown[0]
    is_path = current_app.url_map.is_endpoint_expecting(endpoint, name)
    if len(unknown) > 1 or name not in _PLACEHOLDERS or not is_path:
        return None
    placeholder = _PLACEHOLDERS[name]
    before, _, after = url_for(endpoint, **known, **{name: placeholder}).partition(str(placeholder))
    return nodes.Concat([nodes.Const(before), value, nodes.Const(after)])
