"""Security events: what an operator wants to know of attacks, in the terms of OWASP’s Logging
Vocabulary. No address, name, text or path; and nothing at all of a source’s pages.
"""

from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, request

from board.db import now
from board.runtime.event_log import EventLog
from board.runtime.metrics.families import Counter
from board.web.request.network import network_of
from board.web.request.observability.request_id import request_id
from board.web.request.origins import SAFE, is_about_tips, is_source_request


class SecurityEvent(StrEnum):
    LOGIN_SUCCEEDED = "authn_login_success"  # only counted
    LOGIN_FAILED = "authn_login_fail"
    TOKEN_REUSED = "authn_token_reuse"  # noqa: S105 - an event
    RATE_LIMITED = "excess_rate_limit_exceeded"
    FORBIDDEN = "authz_fail"
    FOREIGN_ORIGIN = "malicious_cors"
    STAFF_ACT = "authz_admin"


COUNTS = Counter("board_security_events_total", "Security events.", event=tuple(SecurityEvent))


def init_app(app: Flask) -> None:
    app.extensions["event_log"] = EventLog()
    app.after_request(_record_limit)


def folder() -> Path:
    return Path(current_app.instance_path) / "log"


def record(event: SecurityEvent, reason: str = "", *, actor: Any = None) -> None:
    """Write a line about this request, which may be called in a write. `reason`: a word of ours.
    `actor`: the user, of whom a mark is written that changes every day."""
    if is_source_request():
        return
    COUNTS.inc(event)
    if event is SecurityEvent.LOGIN_SUCCEEDED:
        return
    log: EventLog = current_app.extensions["event_log"]
    network = network_of(request.remote_addr or "") or "unknown"
    with suppress(OSError):  # a full disk loses the line, and no answer fails for it
        fields = {
            "time": _time(),
            "reason": reason,
            "route": request.endpoint or "none",
            "client": log.mark(folder(), network),
            "actor": log.mark(folder(), f"user {actor.id}") if actor and actor.id else "",
            "request": request_id(),
        }
        log.append(folder(), event, fields)


def record_command(command: str) -> None:
    """The same for a command of the operator that changes an account."""
    log: EventLog = current_app.extensions["event_log"]
    time = now().isoformat(timespec="milliseconds")
    with suppress(OSError):
        log.append(folder(), SecurityEvent.STAFF_ACT, {"time": time, "route": f"cli.{command}"})


def _time() -> str:
    """Now; but at the desk of tips the day only, as in all that is logged there."""
    moment = now()
    if is_about_tips():
        moment = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    return moment.isoformat(timespec="milliseconds")


def _record_limit(response: Response) -> Response:
    if response.status_code == 429:
        record(SecurityEvent.RATE_LIMITED)
    return response


def record_staff_act(response: Response, actor: Callable[[], Any]) -> Response:
    """A page on which staff act on accounts: reading it is no event, nor is a refused form."""
    if request.method not in SAFE and response.status_code < 400:
        record(SecurityEvent.STAFF_ACT, actor=actor())
    return response


def record_forbidden(reason: str | None, actor: Callable[[], Any]) -> None:
    """`reason`: that which was given to `abort(403)`."""
    if reason == "foreign":
        record(SecurityEvent.FOREIGN_ORIGIN)
    else:
        is_code_missing = reason == "second factor"
        record(SecurityEvent.FORBIDDEN, "second_factor" if is_code_missing else "", actor=actor())
