"""Refusals of forms as problems of the API: each has a type, named like its class."""

import re

from flask_babel.speaklater import LazyString

from board.comments.error_messages import refusal_messages
from board.comments.writing.errors import Refused
from board.web.response.error_texts import error_text, error_title
from board.web.response.problems import ProblemType, problem_types


def refusal_name(refusal_type: type[Refused]) -> str:
    """ThreadClosed is `thread-closed`."""
    return re.sub("(?<!^)(?=[A-Z])", "-", refusal_type.__name__).lower()


def add_problem_types() -> None:
    """A message that depends on the refusal is its detail; its title is that of the status."""
    for refusal_type, (status, message) in refusal_messages():
        title = LazyString(error_title, status) if callable(message) else message
        text = LazyString(error_text, status)
        problem_types[refusal_name(refusal_type)] = ProblemType(status, title, text)
