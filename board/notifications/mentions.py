"""Mentions: `@name` of somebody who has written in the same thread."""

from collections.abc import Iterable
from datetime import timedelta

import regex
from sqlalchemy import exists, select

from board.accounts.display_names import KEY_MAX, name_key
from board.accounts.models import User
from board.comments.models import Comment
from board.db import db

MENTIONS_MAX = 3  # people in one comment
# Of an author’s comments only these are looked through; feeds may give an article a later date.
_BEFORE_ARTICLE = timedelta(days=30)
_TRIED_MAX = 5  # signs that are looked at; the rest of a long row of them is no mention
# Not within an address. A name may have spaces, so any length of what follows may be one.
_SIGN = regex.compile(rf"(?<![\p{{L}}\p{{N}}._\-])@(?=[\p{{L}}\p{{N}}])([^@\n]{{1,{KEY_MAX}}})")
# Inside a Latin word or a number no name ends; in Korean a particle follows it at once.
_WORD_GOES_ON = regex.compile(r"[\p{Latin}\p{N}]{2}")


def mentioned_users(comment: Comment) -> list[int]:
    """Ids of those whom a comment names, in order, each once; never its author."""
    if "@" not in comment.body:
        return []
    texts = _SIGN.findall(comment.body)[:_TRIED_MAX]
    candidates = [_possible_keys(each) for each in texts]
    ids = _users_of_thread(comment, {key for keys in candidates for key in keys})
    found = (next((ids[key] for key in keys if key in ids), None) for keys in candidates)
    return list(dict.fromkeys(filter(None, found)))[:MENTIONS_MAX]


def _possible_keys(text: str) -> list[str]:
    """Keys of the names that `text` may begin with, the longest first."""
    ends = (end for end in range(len(text), 1, -1) if not _WORD_GOES_ON.match(text, end - 1))
    return list(dict.fromkeys(name_key(text[:end]) for end in ends))


def _users_of_thread(comment: Comment, keys: Iterable[str]) -> dict[str, int]:
    """Those with a visible comment under the same article, by the keys of their names."""
    wrote = exists().where(
        Comment.author_id == User.id,
        Comment.article_id == comment.article_id,
        Comment.posted_at > comment.article.published_at - _BEFORE_ARTICLE,
        Comment.is_visible,
    )
    users = select(User.name_key, User.id).where(User.name_key.in_(keys), wrote)
    others = db.session.execute(users.where(User.id != comment.author_id))
    return {key: id for key, id in others}
