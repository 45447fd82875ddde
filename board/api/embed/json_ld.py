"""JSON-LD of a thread in a page of another site, beside what that says of its article itself."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

from flask import url_for

from board.articles.models import Article
from board.articles.sharing import absolute
from board.comments.thread.public_comment import PublicComment
from board.web.i18n import isoformat

COMMENTS_MAX = 10
_WORD_JOINER = "\u2060"


def thread_json_ld(
    *, article: Article, address: str, is_shown: bool, comments: Sequence[PublicComment], **_: Any
) -> dict[str, Any]:
    """The NewsArticle with this address, the number of its comments and the first of them."""
    visible = islice(_visible(comments), COMMENTS_MAX)
    return {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "@id": address,
        "commentCount": article.comment_count if is_shown else 0,
        "comment": [_comment(each) for each in visible],
    }


def _visible(comments: Iterable[PublicComment]) -> Iterator[PublicComment]:
    """Comments with their replies, in the order of the page."""
    for comment in chain.from_iterable((root, *root.replies) for root in comments):
        if not comment.tombstone:
            yield comment


def _comment(comment: PublicComment) -> dict[str, Any]:
    return {
        "@type": "Comment",
        "text": comment.html.striptags().replace(_WORD_JOINER, ""),
        "author": {"@type": "Person", "name": comment.author_name},
        "datePublished": isoformat(comment.posted_at),
        "url": absolute(url_for("comments.comment", id=comment.id)),
    }
