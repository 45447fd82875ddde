"""What goes wrong on a page of tips is logged by its kind and place, never by its words.

The message of an error often quotes what it stumbled over, and that may be a source's sentence.
"""

import logging
import traceback

from flask import Flask, has_request_context, request

from board.web.request.origins import is_source_request


class Discreet(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if error is not None and has_request_context() and _is_about_tips():
            frames = traceback.extract_tb(error.__traceback__)
            places = "\n".join(f"  {each.filename}:{each.lineno} {each.name}" for each in frames)
            record.msg = f"{record.getMessage()}\n{places}\n{type(error).__name__}"
            record.args, record.exc_info, record.exc_text = (), None, None
        return True


def init_app(app: Flask) -> None:
    app.logger.addFilter(Discreet())


def _is_about_tips() -> bool:
    return is_source_request() or request.path.startswith("/desk/tips")
