"""Request bodies of the API: one JSON object of a declared type, and the idempotency key."""

import json
import re
from collections.abc import Iterable
from typing import Any, TypeVar

import msgspec
from flask import abort, request
from flask_babel import lazy_gettext as _
from werkzeug.datastructures import MultiDict

from board.comments.forms import TextForm
from board.text import is_readable
from board.web.forms import Form
from board.web.response.error_texts import error_text
from board.web.response.problems import Problem, ProblemType

T = TypeVar("T")
F = TypeVar("F", bound=Form)
KEY = re.compile("[!-~]{1,64}")
PROBLEMS = {
    "malformed-body": ProblemType(
        400,
        _("The body is not one JSON object"),
        _("It must be UTF-8 and name nothing twice."),
    ),
    "invalid-body": ProblemType(
        422, _("Something in the body cannot be accepted"), _("“errors” says what and where.")
    ),
    "advice": ProblemType(
        422,
        _("Please take another look before everyone sees it."),
        _("“warnings” says where. To store the same text all the same, send “sure” with it."),
    ),
    "no-idempotency-key": ProblemType(
        400,
        _("The header Idempotency-Key is missing"),
        _(
            "Send a new key of up to 64 visible ASCII characters with each thing you make, and the "
            "same one when you send it again."
        ),
    ),
}
_PATH = re.compile(r"(?P<text>.*) - at `\$\.(?P<path>\w+)[^`]*`", re.S)
_FIELD = re.compile("Object (?:contains unknown|missing required) field `(?P<path>.*)`.*", re.S)


def read_body(type: type[T]) -> T:
    """The body as this type. Raises Problem."""
    if request.mimetype != "application/json":
        abort(415)
    try:
        found = json.loads(
            request.get_data().decode(),
            object_pairs_hook=_object,
            parse_constant=_refuse,
            parse_float=_number,
        )
    except (ValueError, RecursionError):
        raise Problem("malformed-body") from None
    if not isinstance(found, dict):
        raise Problem("malformed-body")
    if unreadable := [name for name, value in found.items() if not is_readable(str(value))]:
        raise _invalid((name, error_text(422, "unreadable")) for name in unreadable)
    try:
        return msgspec.convert(found, type)
    except msgspec.ValidationError as error:
        raise _invalid([_located(str(error))]) from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Raises ValueError for a name that comes twice."""
    if len(found := dict(pairs)) < len(pairs):
        raise ValueError
    return found


def _number(text: str) -> float | int:
    """1.0 is an integer to JSON Schema."""
    number = float(text)
    return int(number) if number.is_integer() else number


def _refuse(constant: str) -> None:
    """NaN and Infinity are not JSON (RFC 8259 6)."""
    raise ValueError(constant)


def _located(message: str) -> tuple[str, str]:
    """The name and the message of an error of msgspec."""
    if match := _PATH.fullmatch(message):
        return match["path"], match["text"]
    match = _FIELD.fullmatch(message)
    return (match["path"] if match else ""), message


def _invalid(errors: Iterable[tuple[str, str]]) -> Problem:
    listed = [
        {
            "pointer": "/" + name.replace("~", "~0").replace("/", "~1") if name else "",
            "detail": detail,
        }
        for name, detail in errors
    ]
    return Problem("invalid-body", errors=listed)


def valid_form(form_type: type[F], **fields: Any) -> F:
    """The form of the page with these fields. Raises Problem with all that is wrong."""
    given = {name: str(value) for name, value in fields.items() if value is not None}
    form: F = form_type.of(MultiDict(given))
    if form.validate():
        return form
    if isinstance(form, TextForm) and form.text_warnings and set(form.errors) == {"sure"}:
        raise _advice(form)
    raise _invalid((field.name, str(text)) for field in form for text in field.errors)


def _advice(form: TextForm) -> Problem:
    names = ("start", "end", "about", "what", "why")
    warnings = [{name: getattr(each, name) for name in names} for each in form.text_warnings]
    pointed = [{"pointer": "/body", "detail": each["what"]} for each in warnings]
    return Problem("advice", errors=pointed, warnings=warnings, sure=form.confirmation_token)


def idempotency_key() -> str:
    """The key of this request. Raises Problem."""
    key = request.headers.get("Idempotency-Key", "")
    if not KEY.fullmatch(key):
        raise Problem("no-idempotency-key")
    return key
