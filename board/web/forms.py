"""Base form: normalises text, and has messages in the reader's language."""

import re
from typing import Any

from flask import request
from flask_babel import get_locale
from werkzeug.datastructures import MultiDict
from wtforms import Field, PasswordField, StringField, TextAreaField
from wtforms import Form as WTForm

from board.text import normalize, normalize_line

# A row's id in an address or a form: ASCII digits that fit 63 bits.
ROW_ID = "[1-9][0-9]{0,17}"
# A path on this site: one slash, not two, and no character that a browser would repair.
_OWN_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")

# Characters of one line that are looked at. Every field allows fewer.
_LINE_MAX = 64 * 1024


class Form(WTForm):
    """The base of all forms. Only the fields it names are ever read."""

    class Meta:
        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Field:
            kind = unbound_field.field_class
            filters = list(unbound_field.kwargs.get("filters", []))
            if issubclass(kind, TextAreaField):
                filters.append(_normalize)
            elif issubclass(kind, StringField) and not issubclass(kind, PasswordField):
                filters.append(_normalize_line)
            return unbound_field.bind(form=form, **{**options, "filters": filters})

    @classmethod
    def from_post(cls, **kwargs: Any) -> Any:
        """The form, bound to the body of this request."""
        return cls.of(request.form, **kwargs)

    @classmethod
    def of(cls, fields: MultiDict[str, str], **kwargs: Any) -> Any:
        """The form, bound to fields that were sent."""
        return cls(fields, meta=_meta(), **kwargs)

    @classmethod
    def from_query(cls, **kwargs: Any) -> Any:
        """The form, bound to the query string: a search, which changes nothing."""
        return cls(request.args, meta=_meta(), **kwargs)

    @classmethod
    def unbound(cls, **kwargs: Any) -> Any:
        """The form as it is shown first, without input."""
        return cls(None, meta=_meta(), **kwargs)


class SearchForm(Form):
    """The search of a list, in its address."""

    def filters(self) -> dict[str, str]:
        """The filters in use, by field. What is not valid is no filter."""
        self.validate()
        return {field.name: field.data for field in self if field.data and not field.errors}


def safe_redirect_path(path: str | None) -> str:
    """`path` if it leads to a page of ours, else the front page: no open redirect."""
    return path if path and len(path) < 2000 and _OWN_PATH.fullmatch(path) else "/"


def query_id(name: str) -> int | None:
    """The row id in the query string; None if there is none, or what is there is no id."""
    value = request.args.get(name, "")
    return int(value) if re.fullmatch(ROW_ID, value) else None


def _meta() -> dict[str, Any]:
    return {"locales": [str(get_locale())]}


def _normalize(value: Any) -> Any:
    return normalize(value) if isinstance(value, str) else value


def _normalize_line(value: Any) -> Any:
    return normalize_line(value[:_LINE_MAX]) if isinstance(value, str) else value
