"""The full-text search index, filled from the comments there are."""

import re
import string
import unicodedata
from functools import cache

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TOKENIZER = "ascii tokenchars '{}'".format(string.punctuation.replace("'", "''"))
BATCH = 5000


def upgrade() -> None:
    connection = op.get_bind()
    quoted = TOKENIZER.replace('"', '""')
    connection.exec_driver_sql(
        "CREATE VIRTUAL TABLE comment_words USING fts5("
        f"words, content='', columnsize=0, detail=none, tokenize=\"{quoted}\")"
    )
    connection.exec_driver_sql(
        "INSERT INTO comment_words(comment_words, rank) VALUES ('secure-delete', 1)"
    )
    visible = sa.text(
        "SELECT id, article_id, author_id, body FROM comment "
        "WHERE hidden_for IS NULL AND deleted_at IS NULL"
    )
    add = sa.text("INSERT INTO comment_words(rowid, words) VALUES (:id, :words)")
    tokens = cache(_tokens)  # short comments recur
    for rows in connection.execute(visible).partitions(BATCH):
        connection.execute(
            add,
            [{"id": row.id, "words": _entry(row, tokens(row.body))} for row in rows],
        )


def downgrade() -> None:
    op.execute("DROP TABLE comment_words")


def _entry(row, tokens):
    return " ".join((f"in:{row.article_id}", f"by:{row.author_id}", *tokens))


# The tokens of a text as the board of that day made them: pairs of letters that stand side by side,
# and pairs of initial consonants.
INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
INITIAL_OF = {ord("가") + number: INITIALS[number // 588] for number in range(len(INITIALS) * 588)}
PAIRS = re.compile(r"(?=(\S\S))")
CONSONANT_PAIRS = re.compile("(?=([ㄱ-ㅎ]{2}))")


def _tokens(text):
    words = unicodedata.normalize("NFC", text.casefold()).split()
    folded = " ".join(set(words))
    return {*PAIRS.findall(folded), *CONSONANT_PAIRS.findall(folded.translate(INITIAL_OF))}
