"""Errors on pages of tips are logged by type and place, without their message.

The message of an error often quotes its input, which may be a source's sentence.
"""

import logging
import traceback

from flask import Flask, has_request_context, request

from board.web.request.origins import is_source_request


class TipErrorFilter(logging.Filter):
    """Replaces the traceback by file names and lines, and drops the message."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and has_request_context() and _is_about_tips():
            trace = traceback.extract_tb(error.__traceback__)
            places = "\n".join(f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in trace)
            record.msg = f"{record.getMessage()}\n{places}\n{type(error).__name__}"
            record.args, record.exc_info, record.exc_text = (), None, None
        return True


def init_app(app: Flask) -> None:
    app.logger.addFilter(TipErrorFilter())


def _is_about_tips() -> bool:
    return is_source_request() or request.path.startswith("/desk/tips")
