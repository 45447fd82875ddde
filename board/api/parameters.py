"""Query parameters of the API, and their JSON schemas. An invalid value is a 400."""

import re

from flask import abort, request

from board.api.schemas import ID_MAX
from board.articles.models import Article
from board.comments.models import Comment
from board.comments.page_context import CURSOR, comment_from_query
from board.comments.thread.sort import Sort
from board.web.forms import ROW_ID

ID = {"type": "integer", "minimum": 1, "maximum": ID_MAX}
ROOTS_MAX = 50
ARTICLES_MAX = 100
LIMIT = {"type": "integer", "minimum": 1, "maximum": ROOTS_MAX, "default": Comment.PAGE_SIZE}
SORT = {"type": "string", "enum": [sort.value for sort in Sort], "default": Sort.LATEST.value}
CURSOR_PARAMETER = {"type": "string", "pattern": f"^{CURSOR.pattern}$"}
SLUG = {
    "type": "string",
    "minLength": 1,
    "maxLength": Article.SLUG_MAX,
    "pattern": r"^[^\u0000-\u001f/]+$",
}
# Any text: one that is no slug is that of no article, and left out of the answer.
_TEXT = {"type": "string", "pattern": r"^[^\u0000\ufffd]*$"}
SLUGS = {"type": "array", "items": _TEXT, "minItems": 1, "maxItems": ARTICLES_MAX}


def cursor_comment(name: str) -> Comment | None:
    """The comment after which a page starts; 404 if there is none."""
    value = request.args.get(name)
    if value is not None and not re.fullmatch(ROW_ID, value):
        abort(400)
    return comment_from_query(name)
