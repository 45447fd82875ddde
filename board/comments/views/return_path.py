"""Return paths: the page on which somebody wanted to act on a comment, and the comment there."""

from urllib.parse import urlencode, urlsplit

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from board.comments.models import Comment
from board.comments.page_context import listed_comment
from board.db import db
from board.web.errors import page_before
from board.web.forms import safe_redirect_path


def return_path(id: int, given: str | None) -> str:
    """`given` if it is a page of ours, else the comment's own page; at this comment."""
    path = safe_redirect_path(given)
    if path == "/":
        path = url_for("comments.comment", id=id)
    return f"{path.split('#')[0]}#comment-{id}"


def return_path_of_page(id: int) -> str:
    """For the page of a form: `?next=`, which it hands on."""
    return return_path(id, request.args.get("next"))


def return_path_of_post(id: int) -> str:
    """For a form that was posted: the page it was on."""
    return return_path(id, page_before())


def with_notice(path: str, code: str) -> str:
    """The path with `?notice=`, in place of an older one."""
    parts = urlsplit(path)
    query = [each for each in parts.query.split("&") if each and not each.startswith("notice=")]
    return parts._replace(query="&".join([*query, urlencode({"notice": code})])).geturl()


def redirect_back(id: int, code: str) -> ResponseReturnValue | None:
    """After an act: to `next` of the form with a notice; None for a form without it."""
    given = request.form.get("next")
    return redirect(with_notice(return_path(id, given), code), 303) if given else None


def comment_or_way_back(id: int) -> Comment | ResponseReturnValue:
    """The comment somebody comes back to, or the page they came from if it is no longer shown."""
    comment = db.session.get(Comment, id)
    if comment is not None and comment.is_visible:
        return listed_comment(id)  # its article may have been withdrawn
    if not request.args.get("next"):
        return abort(404)
    path = return_path_of_page(id).split("#")[0]
    return redirect(f"{with_notice(path, 'comment_gone')}#thread", 303)
