"""Writing by API: the forms and verbs of the pages, for programs with a personal token."""

import re

from flask import Blueprint, Flask, Response, url_for
from flask.typing import ResponseReturnValue
from flask_babel.speaklater import LazyString

from board.accounts.auth.current_user import current_user
from board.accounts.sign_in_methods.personal_tokens.models import COMMENTS_WRITE
from board.api import schemas
from board.api.encoding import stored_json
from board.api.operation import answer, describe
from board.api.request_body import PROBLEMS, idempotency_key, read_body, valid_form
from board.comments.error_messages import headers, message_for, refusal_messages, status
from board.comments.forms import CommentForm, EditForm
from board.comments.viewer import reactions
from board.comments.views import submissions
from board.comments.writing.errors import KeyReused, Refused
from board.moderation.reports.views import ReportForm, report_comment
from board.web.access import members, open_to
from board.web.errors import error_page_for
from board.web.response.error_texts import error_text, error_title
from board.web.response.problems import Problem, ProblemType, problem_types

bp = Blueprint("api_writing", __name__, url_prefix="/api/v1")

_VERBS = {"like": reactions.like, "dislike": reactions.dislike}
_REPLAYED = {"Idempotency_Replayed": "true"}


def init_app(app: Flask) -> None:
    problem_types.update(PROBLEMS)
    _add_refusals()


def _add_refusals() -> None:
    """A message that depends on the refusal is its detail; its title is that of the status."""
    for refusal_type, (code, message) in refusal_messages():
        title = LazyString(error_title, code) if callable(message) else message
        text = LazyString(error_text, code)
        problem_types[_name_of(refusal_type)] = ProblemType(code, title, text)


def _name_of(refusal_type: type[Refused]) -> str:
    """The type of its problem: ThreadClosed is `thread-closed`."""
    return re.sub("(?<!^)(?=[A-Z])", "-", refusal_type.__name__).lower()


@bp.errorhandler(Refused)
def explain(refusal: Refused) -> ResponseReturnValue:
    status(refusal)  # counts it
    name = _name_of(type(refusal))
    return error_page_for(Problem(name, message_for(refusal), headers=headers(refusal)))


@bp.post("/articles/<slug>/comments")
@open_to(members, scope=COMMENTS_WRITE)
@describe(
    "Post a comment",
    takes=schemas.NewComment,
    gives={201: schemas.StoredJson},
    needs_key=True,
    problems=(404, 409, 410),
)
def post(slug: str) -> ResponseReturnValue:
    key, new = idempotency_key(), read_body(schemas.NewComment)
    form = valid_form(CommentForm, body=new.body, parent=new.parent, sure=new.sure, key=key)
    comment = submissions.post_comment(slug, form, author_id=current_user().id)
    place = url_for("api.comment", id=comment.id)
    replayed = _REPLAYED if comment.is_replay else {}
    return answer(stored_json(comment), 201, Location=place, **replayed)


@bp.patch("/comments/<id:id>")
@open_to(members, scope=COMMENTS_WRITE)
@describe(
    "Edit a comment of one’s own",
    takes=schemas.CommentEdit,
    gives={200: schemas.StoredJson},
    problems=(404, 409, 410),
)
def edit(id: int) -> ResponseReturnValue:
    new = read_body(schemas.CommentEdit)
    form = valid_form(EditForm, body=new.body, version=new.version, sure=new.sure)
    return answer(stored_json(submissions.edit_comment(id, form)))


@bp.delete("/comments/<id:id>")
@open_to(members, scope=COMMENTS_WRITE, cannot_wait=True)
@describe("Delete a comment of one’s own", gives={204: None}, problems=(404, 410))
def delete(id: int) -> ResponseReturnValue:
    submissions.delete_comment(id)
    return Response(status=204)


@bp.put("/comments/<id:id>/reaction")
@open_to(members, scope=COMMENTS_WRITE)
@describe(
    "React to a comment",
    takes=schemas.NewReaction,
    gives={200: schemas.ReactionJson},
    problems=(404, 409, 410),
)
def react(id: int) -> ResponseReturnValue:
    kind = read_body(schemas.NewReaction).kind
    comment = submissions.react(id, _VERBS[kind])
    return answer(schemas.ReactionJson(kind, comment.like_count, comment.dislike_count))


@bp.delete("/comments/<id:id>/reaction")
@open_to(members, scope=COMMENTS_WRITE)
@describe("Remove one’s reaction", gives={204: None}, problems=(404, 409, 410))
def unreact(id: int) -> ResponseReturnValue:
    submissions.react(id, reactions.unreact)
    return Response(status=204)


@bp.post("/comments/<id:id>/reports")
@open_to(members, scope=COMMENTS_WRITE)
@describe(
    "Report a comment",
    takes=schemas.NewReport,
    gives={201: schemas.ReportJson},
    needs_key=True,
    problems=(404, 409, 410),
)
def report(id: int) -> ResponseReturnValue:
    """A person reports a comment once, so the comment itself is the key. Sent again with another
    reason, it is refused as a key that is used again."""
    idempotency_key()
    new = read_body(schemas.NewReport)
    form = valid_form(ReportForm, reason=new.reason, note=new.note)
    comment, stored = report_comment(id, form)
    if (stored.reason, stored.note) != (form.reason.data, form.note.data or ""):
        raise KeyReused
    value = schemas.ReportJson(comment.id, stored.reason, stored.note, stored.made_at.isoformat())
    return answer(value, 201, **(_REPLAYED if stored.is_replay else {}))
