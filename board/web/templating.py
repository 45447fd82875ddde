"""Templates, compiled once for each language with its words and addresses written in.

A page asks for some ninety words and thirty addresses, and nearly all are the same each time it is
made: they are looked up when the template is compiled, which is when it is first used in a
language. Templates are written as ever, with `_` and `url_for`.
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

# What stands in an address for a slug or an id that is only known later; both are written in
# letters, digits and hyphens, so they go into an address as they are.
_STAND_INS: dict[str, Any] = {"slug": "slug-of-it", "id": 999_999_999_999}


class LocalizedEnvironment(Environment):
    """Flask's own, with an overlay of itself for each language."""

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
    """Puts in place of a call what it will answer."""

    def visit_Call(self, call: nodes.Call) -> nodes.Expr:
        self.generic_visit(call)
        named = {each.key: each.value for each in call.kwargs}
        match call:
            case nodes.Call(node=nodes.Name(name=name), args=[nodes.Const(value=str(said))]):
                if name == "_":
                    return _translated(said, named)
                if name == "url_for" and not (said.startswith(".") or call.dyn_kwargs):
                    return _address(said, named) or call
        return call


def _translated(said: str, named: Mapping[str, nodes.Expr]) -> nodes.Expr:
    """Marked as HTML, which our words are; what is put into them is escaped."""
    filled = [nodes.Pair(nodes.Const(name), value) for name, value in named.items()]
    return nodes.Mod(
        nodes.MarkSafe(nodes.Const(join_closing_quotes(gettext(said)))), nodes.Dict(filled)
    )


def _address(endpoint: str, named: Mapping[str, nodes.Expr]) -> nodes.Expr | None:
    """None where more than a slug or an id is only known later, or the request has a say."""
    if named.keys() & {"_external", "_scheme"}:
        return None
    known = {name: each.value for name, each in named.items() if isinstance(each, nodes.Const)}
    later = [(name, each) for name, each in named.items() if name not in known]
    if not later:
        return nodes.Const(url_for(endpoint, **known))
    name, value = later[0]
    is_path = current_app.url_map.is_endpoint_expecting(endpoint, name)
    if len(later) > 1 or name not in _STAND_INS or not is_path:
        return None
    stand_in = _STAND_INS[name]
    before, _, after = url_for(endpoint, **known, **{name: stand_in}).partition(str(stand_in))
    return nodes.Concat([nodes.Const(before), value, nodes.Const(after)])
