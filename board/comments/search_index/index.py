"""The search index: which comments hold which pairs of letters. All of its SQL is here.

An FTS5 table of SQLite that keeps no text, only pairs, and beside them the article (`in:7`) and the
author (`by:3`) of each comment, so that a search in one thread never walks through the others. It
holds what everyone can see and nothing else: a hidden or deleted comment leaves it in the same
transaction, physically. So its rows are taken out with the words they were put in with; the gentler
`contentless_delete` would leave the pairs in the file behind a mark. Whoever changes a text calls
`remove`, changes it, and calls `add`.
"""

import string
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Protocol

from sqlalchemy import Connection, TableClause, TextClause, column, table, text

from board.comments.search_index.tokenizer import index_tokens, query_tokens
from board.db import execute_core

BATCH = 5000
index: TableClause = table("comment_words", column("rowid"))

# Every sign is part of a token, so C++ and 100% are found; only white space ends one.
_TOKENIZER = "ascii tokenchars '{}'".format(string.punctuation.replace("'", "''"))
_CREATE = (
    "CREATE VIRTUAL TABLE comment_words USING fts5(words, content='', columnsize=0, detail=none, "
    'tokenize="{}")'.format(_TOKENIZER.replace('"', '""'))
)
_SECURE = "INSERT INTO comment_words(comment_words, rank) VALUES ('secure-delete', 1)"
_ADD = text("INSERT INTO comment_words(rowid, words) VALUES (:id, :words)")
_REMOVE = text(
    "INSERT INTO comment_words(comment_words, rowid, words) VALUES ('delete', :id, :words)"
)
_VISIBLE = text(
    "SELECT id, article_id, author_id, body FROM comment "
    "WHERE hidden_for IS NULL AND deleted_at IS NULL"
)


class IndexedComment(Protocol):
    """What the index reads of a comment."""

    id: Any
    article_id: Any
    author_id: Any
    body: Any


def add(comment: IndexedComment) -> None:
    """Everyone can see it from now on: it can be found. It has its id."""
    execute_core(_ADD, _entry_of(comment))


def remove(comment: IndexedComment) -> None:
    """Nobody sees it any longer. Call this while it still has the words it was added with."""
    execute_core(_REMOVE, _entry_of(comment))


def add_all(connection: Connection, rows: Iterable[Mapping[Any, Any]]) -> None:
    """Many at once; each has an id, article_id, author_id and body, and everyone can see it."""
    pairs = cache(index_tokens)  # what is said often is taken apart once
    entries = [
        _entry(row["id"], row["article_id"], row["author_id"], pairs(row["body"])) for row in rows
    ]
    if entries:
        connection.execute(_ADD, entries)


def matching(words: Iterable[str], *, article_id: int = 0, author_id: int = 0) -> TextClause:
    """Comments of an article, or of an author, that hold the pairs of all words: few too many, and
    none too few."""
    scope = f"in:{article_id}" if article_id else f"by:{author_id}"
    tokens = [scope, *sorted(query_tokens(words))]
    asked = " AND ".join('"{}"'.format(token.replace('"', '""')) for token in tokens)
    return text("comment_words MATCH :asked").bindparams(asked=asked)


def create(connection: Connection) -> None:
    """Make the table and fill it from the comments there are, when none could be held yet."""
    connection.exec_driver_sql(_CREATE)
    connection.exec_driver_sql(_SECURE)
    for rows in connection.execute(_VISIBLE).mappings().partitions(BATCH):
        add_all(connection, rows)


def _entry_of(comment: IndexedComment) -> dict[str, Any]:
    return _entry(comment.id, comment.article_id, comment.author_id, index_tokens(comment.body))


def _entry(id: int, article_id: int, author_id: int, pairs: set[str]) -> dict[str, Any]:
    words = (f"in:{article_id}", f"by:{author_id}", *pairs)
    return {"id": id, "words": " ".join(words)}
