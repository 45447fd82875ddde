"""Problem types of the API’s errors (RFC 9457), and a page about each."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from flask import Blueprint, abort, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from board.web.access import everyone, open_to
from board.web.request.origins import expected_origin
from board.web.response.error_texts import error_text, error_title

bp = Blueprint("problems", __name__)


class ProblemType(NamedTuple):
    """What went wrong, in words that are the same each time."""

    status: int
    title: Any
    text: Any


# By name. Those of a status code are below; slices add their own in wiring.py.
problem_types: dict[str, ProblemType] = {}

_OF_STATUS = {
    400: "bad-request",
    401: "unauthorized",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    408: "request-timeout",
    409: "conflict",
    410: "gone",
    413: "content-too-large",
    414: "uri-too-long",
    415: "unsupported-media-type",
    422: "unprocessable-content",
    429: "too-many-requests",
    500: "internal-server-error",
    503: "service-unavailable",
}


class Problem(HTTPException):
    """An error of the API. `members` are further members of its JSON, RFC 9457 3.2."""

    def __init__(
        self,
        name: str,
        detail: str = "",
        *,
        headers: Mapping[str, str] | None = None,
        **members: Any,
    ) -> None:
        found = problem_types[name]
        self.code, self.title, self.message = found.status, str(found.title), str(found.text)
        self.message = detail or self.message
        self.type, self.headers, self.members = name, dict(headers or {}), members
        super().__init__()


def problem_of_status(code: int) -> str:
    """The name of the type that says no more than this status code."""
    return _OF_STATUS.get(code, "bad-request")


def problem_url(name: str) -> str:
    return expected_origin() + url_for("problems.page", type=name)


@bp.get("/problems/<type>")
@open_to(everyone)
def page(type: str) -> ResponseReturnValue:
    of_status = {each: code for code, each in _OF_STATUS.items()}
    if code := of_status.get(type):
        found = ProblemType(code, error_title(code), error_text(code))
    else:
        found = problem_types.get(type) or abort(404)
    return render_template("problem.html", name=type, problem=found)
