"""The holder of a token: their account, and the comments they have written."""

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import selectinload

from board.accounts.auth.current_user import current_user
from board.accounts.sign_in_methods.personal_tokens.bearer import current_token
from board.accounts.sign_in_methods.personal_tokens.models import ME_READ
from board.api import schemas
from board.api.encoding import my_comment_json
from board.api.operation import answer, describe
from board.api.parameters import ID, cursor_comment
from board.articles.sharing import absolute
from board.comments.models import Comment
from board.comments.thread.search import search_own
from board.web.access import members, open_to

bp = Blueprint("api_me", __name__, url_prefix="/api/v1")


@bp.get("/me")
@open_to(members, scope=ME_READ)
@describe("Whose token this is", gives={200: schemas.MeJson})
def me() -> ResponseReturnValue:
    token, user = current_token(), current_user()
    scopes = token.scopes
    told = schemas.TokenJson(token.name, scopes, token.expires_at.isoformat())  # type: ignore[arg-type]
    return answer(schemas.MeJson(user.id, user.name, told))


@bp.get("/me/comments")
@open_to(members, scope=ME_READ, query=("before",))
@describe(
    "One’s own comments, newest first",
    gives={200: schemas.MyCommentsJson},
    query={"before": ID},
    problems=(404,),
)
def comments() -> ResponseReturnValue:
    page, more = search_own(
        current_user(),
        (),
        before=cursor_comment("before"),
        options=[selectinload(Comment.revisions)],
    )
    next = absolute(url_for(".comments", before=more)) if more else None
    return answer(schemas.MyCommentsJson([my_comment_json(each) for each in page], next), next=next)
