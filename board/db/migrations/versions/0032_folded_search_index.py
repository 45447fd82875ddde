"""Search index: comments with full-width characters or letters such as ㅄ, as they are folded now.

Only these have other tokens than before; FTS5 removes a row by the words it was added with.
"""

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

BATCH = 5000
REMOVE = sa.text(
    "INSERT INTO comment_words(comment_words, rowid, words) VALUES ('delete', :id, :words)"
)
ADD = sa.text("INSERT INTO comment_words(rowid, words) VALUES (:id, :words)")
VISIBLE = sa.text(
    "SELECT id, article_id, author_id, body FROM comment "
    "WHERE hidden_for IS NULL AND deleted_at IS NULL AND held_for IS NULL"
)


def upgrade() -> None:
    _replace(_fold_before, _fold)


def downgrade() -> None:
    _replace(_fold, _fold_before)


def _replace(old_fold, new_fold) -> None:
    connection = op.get_bind()
    for rows in connection.execute(VISIBLE).partitions(BATCH):
        changed = [row for row in rows if old_fold(row.body) != new_fold(row.body)]
        for statement, fold in ((REMOVE, old_fold), (ADD, new_fold)):
            entries = [{"id": row.id, "words": _entry(row, fold(row.body))} for row in changed]
            if entries:
                connection.execute(statement, entries)


def _entry(row, folded) -> str:
    return " ".join((f"in:{row.article_id}", f"by:{row.author_id}", *_tokens(folded)))


# Fold and tokens as the board of that day made them.
INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
MEDIALS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
FINALS = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
CLUSTERS = dict(
    zip("ㄳㄵㄶㄺㄻㄼㄽㄾㄿㅀㅄ", "ㄱㅅ ㄴㅈ ㄴㅎ ㄹㄱ ㄹㅁ ㄹㅂ ㄹㅅ ㄹㅌ ㄹㅍ ㄹㅎ ㅂㅅ".split(), strict=True)
)
SEPARATED = CLUSTERS | {
    chr(first + number): CLUSTERS.get(letter, letter)
    for first, letters in ((0x1100, INITIALS), (0x1161, MEDIALS), (0x11A8, FINALS))
    for number, letter in enumerate(letters)
}
JOINED = re.compile(f"[{''.join(SEPARATED)}]")
MAYBE_WIDE = re.compile("[^\x00-\x7f·‘’“”\u3131-\u318e가-힣]+")
INITIAL_OF = {ord("가") + number: INITIALS[number // 588] for number in range(len(INITIALS) * 588)}
PAIRS = re.compile(r"(?=(\S\S))")
CONSONANT_PAIRS = re.compile("(?=([ㄱ-ㅎ]{2}))")


def _fold_before(text) -> str:
    return unicodedata.normalize("NFC", text.casefold())


def _fold(text) -> str:
    text = MAYBE_WIDE.sub(lambda run: unicodedata.normalize("NFKC", run[0]), text)
    text = unicodedata.normalize("NFC", text.casefold())
    return JOINED.sub(lambda match: SEPARATED[match[0]], text)


def _tokens(folded) -> set[str]:
    folded = " ".join(set(folded.split()))
    return {*PAIRS.findall(folded), *CONSONANT_PAIRS.findall(folded.translate(INITIAL_OF))}
