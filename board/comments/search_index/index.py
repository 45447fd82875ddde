"""Search index: which comments contain which pairs of letters. All of its SQL is here.

A contentless FTS5 table of SQLite: no text, only pairs, with the article (`in:7`) and the author
(`by:3`) of each comment, so that a search in one thread never reads the others. It holds visible
comments only: a hidden or deleted one is physically removed in the same transaction. FTS5 removes
a row by the words it was added with; `contentless_delete` would only mark it and leave the pairs in
the file. To change a text, call `remove`, change it, and call `add`.
"""

import string
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Protocol

from sqlalchemy import Connection, TableClause, TextClause, column, table, text

from board.comments.search_index.tokenizer import index_tokens, query_tokens
from board.db import execute_core

BATCH = 5000
fts_table: TableClause = table("comment_words", column("rowid"))

# All punctuation is part of a token, so C++ and 100% are found; only white space ends one.
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
    """Index a comment that has become visible. It must have its id."""
    execute_core(_ADD, _entry_for(comment))


def remove(comment: IndexedComment) -> None:
    """Remove a comment. Call it while the comment still has the text it was added with."""
    execute_core(_REMOVE, _entry_for(comment))


def add_all(connection: Connection, rows: Iterable[Mapping[Any, Any]]) -> None:
    """Index many visible comments; each row has id, article_id, author_id and body."""
    tokens_of = cache(index_tokens)  # frequent texts are split once
    entries = [
        _entry(row["id"], row["article_id"], row["author_id"], tokens_of(row["body"]))
        for row in rows
    ]
    if entries:
        connection.execute(_ADD, entries)


def matching(words: Iterable[str], *, article_id: int = 0, author_id: int = 0) -> TextClause:
    """FTS condition: comments of an article or author with the pairs of all words.

    Never too few; the few too many are for `matches` to drop.
    """
    scope = f"in:{article_id}" if article_id else f"by:{author_id}"
    tokens = [scope, *sorted(query_tokens(words))]
    query = " AND ".join('"{}"'.format(token.replace('"', '""')) for token in tokens)
    return text("comment_words MATCH :query").bindparams(query=query)


def create(connection: Connection) -> None:
    """Create the table and fill it from existing comments (none could be held at that version)."""
    connection.exec_driver_sql(_CREATE)
    connection.exec_driver_sql(_SECURE)
    for rows in connection.execute(_VISIBLE).mappings().partitions(BATCH):
        add_all(connection, rows)


def _entry_for(comment: IndexedComment) -> dict[str, Any]:
    return _entry(comment.id, comment.article_id, comment.author_id, index_tokens(comment.body))


def _entry(id: int, article_id: int, author_id: int, tokens: set[str]) -> dict[str, Any]:
    words = (f"in:{article_id}", f"by:{author_id}", *tokens)
    return {"id": id, "words": " ".join(words)}
