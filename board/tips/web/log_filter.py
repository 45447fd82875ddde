"""Records about tips are logged by day, and errors by type and place, without their message.

The message of an error often quotes its input, which may be a source's sentence; the moment it
happened may be the moment somebody sent a tip.
"""

import logging
import traceback

from flask import Flask, has_request_context

from board.tips.dates import start_of_day
from board.web.request.origins import is_about_tips


class TipRecordFilter(logging.Filter):
    """Replaces a traceback by file names and lines, drops its message, and keeps only the day."""

    def filter(self, record: logging.LogRecord) -> bool:
        if not has_request_context() or not is_about_tips():
            return True
        record.created, record.msecs, record.relativeCreated = start_of_day().timestamp(), 0, 0
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            trace = traceback.extract_tb(error.__traceback__)
            places = "\n".join(f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in trace)
            record.msg = f"{record.getMessage()}\n{places}\n{type(error).__name__}"
            record.args, record.exc_info, record.exc_text = (), None, None
        return True


def init_app(app: Flask) -> None:
    app.logger.addFilter(TipRecordFilter())
