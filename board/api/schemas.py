"""Types of the API’s request bodies and answers, from which its OpenAPI description is made."""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

from board.comments.models import Comment
from board.moderation.reports.models import Report

TEXT_MAX = 16_000  # characters; the limit of readers’ characters is a setting
ID_MAX = 10**18 - 1
Id = Annotated[int, Meta(ge=1, le=ID_MAX)]
Count = Annotated[int, Meta(ge=0)]
Time = Annotated[str, Meta(extra_json_schema={"format": "date-time"})]
Url = Annotated[str, Meta(extra_json_schema={"format": "uri"})]
Text = Annotated[str, Meta(min_length=1, max_length=TEXT_MAX)]
Confirmation = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Scope = Literal["comments:write", "me:read"]


class NewComment(Struct, forbid_unknown_fields=True):
    """A comment, or with `parent` the answer to one."""

    body: Text
    parent: Id | None = None
    sure: Confirmation | None = None


class CommentEdit(Struct, forbid_unknown_fields=True):
    """`version`: how often the comment had been edited when its text was read."""

    body: Text
    version: Annotated[int, Meta(ge=0, le=99)]
    sure: Confirmation | None = None


class NewReaction(Struct, forbid_unknown_fields=True):
    kind: Literal["like", "dislike"]


class NewReport(Struct, forbid_unknown_fields=True):
    reason: Annotated[str, Meta(min_length=1, max_length=40)]
    note: Annotated[str, Meta(max_length=Report.NOTE_MAX)] = ""


class AuthorJson(Struct, omit_defaults=True):
    id: Id
    name: str
    badges: tuple[Literal["author", "reporter", "newsroom", "operations"], ...] = ()


class AddresseeJson(Struct):
    id: Id
    name: str


class CommentJson(Struct, omit_defaults=True):
    """A comment as every reader sees it; of one that is `gone` neither author nor text."""

    id: Id
    url: Url
    posted_at: Time
    gone: Literal["hidden", "deleted", "held"] | None
    author: AuthorJson | UnsetType = UNSET
    featured: bool = False
    html: str | UnsetType = UNSET
    edited_at: Time | UnsetType | None = UNSET
    like_count: Count | UnsetType = UNSET
    dislike_count: Count | UnsetType = UNSET
    reason: str | UnsetType = UNSET
    to: AddresseeJson | UnsetType | None = UNSET
    reply_count: Count | UnsetType = UNSET
    replies: "list[CommentJson] | UnsetType" = UNSET


class ArticleJson(Struct):
    slug: str
    title: str
    url: Url
    comment_count: Count
    takes_comments: bool


class NoticeJson(Struct):
    measures: list[str]
    says: list[str]
    reason: str
    until: Time | None


class SteeringJson(Struct):
    """The restrictions of a thread that are in force."""

    state: Literal["open", "closed", "read_only", "withdrawn"]
    holds: bool
    slow_seconds: Count
    latest_only: bool
    folded: bool
    told: list[NoticeJson]


class ThreadJson(Struct, omit_defaults=True):
    article: ArticleJson
    sort: Literal["latest", "oldest", "liked", "replied"]
    next: Url | None
    comments: list[CommentJson]
    steering: SteeringJson | UnsetType = UNSET
    featured: list[CommentJson] | UnsetType = UNSET


class ConversationJson(Struct):
    """One comment; a root with a page of its replies."""

    article: ArticleJson
    comment: CommentJson
    next: Url | None


class NewestJson(Struct, omit_defaults=True):
    newest: list[Id]
    steered: str | UnsetType = UNSET


class CountsJson(Struct, omit_defaults=True):
    counts: dict[str, Count]
    states: dict[str, Literal["closed", "read_only", "withdrawn"]] | UnsetType = UNSET


class StoredJson(Struct):
    """A comment that was stored. `held`: a moderator looks at it first."""

    id: Id
    url: Url
    posted_at: Time
    edited_at: Time | None
    version: Count
    held: bool


class ReactionJson(Struct):
    kind: Literal["like", "dislike"]
    like_count: Count
    dislike_count: Count


class ReportJson(Struct):
    comment: Id
    reason: str
    note: str
    made_at: Time


class TokenJson(Struct):
    name: str
    scopes: list[Scope]
    expires_at: Time


class MeJson(Struct):
    id: Id
    name: str
    token: TokenJson


class MyCommentJson(Struct):
    """One’s own comment, with its text as it was typed."""

    id: Id
    url: Url
    article: str
    parent: Id | None
    body: str
    state: Literal["visible", "held", "hidden"]
    posted_at: Time
    edited_at: Time | None
    version: Annotated[int, Meta(ge=0, le=Comment.EDITS_MAX)]
    like_count: Count
    dislike_count: Count
    reply_count: Count


class MyCommentsJson(Struct):
    comments: list[MyCommentJson]
    next: Url | None


class ErrorJson(Struct):
    """`pointer` (RFC 6901) leads to what is wrong in the body."""

    pointer: str
    detail: str


class WarningJson(Struct):
    """Why to look again at `body[start:end]`, in code points."""

    start: Count
    end: Count
    about: str
    what: str
    why: str


class ProblemJson(Struct, omit_defaults=True):
    """RFC 9457. `type` is the address of a page about it."""

    type: Url
    title: str
    status: Annotated[int, Meta(ge=400, le=599)]
    detail: str
    request_id: str
    errors: list[ErrorJson] | UnsetType = UNSET
    warnings: list[WarningJson] | UnsetType = UNSET
    sure: Confirmation | UnsetType = UNSET


Schema = Any  # one of these types
