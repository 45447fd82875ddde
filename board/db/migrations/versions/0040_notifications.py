"""Notifications are rows, of which a user has so many unseen; decisions of 90 days become rows.

Emails about decisions that were not sent yet are left to the digests.
"""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UNSEEN = sa.text("seen_at IS NULL")
BATCH = 500

READ_BY_USER = """
    ruling.verdict IN ('hide', 'restore', 'keep', 'warn', 'hold', 'suspend', 'ban', 'lift',
                       'uphold', 'reject', 'rebut', 'disclose')
    AND (ruling.verdict <> 'keep' OR json_extract(ruling.detail, '$.was_held'))
    AND ruling.reason <> 'appeal'
    AND NOT EXISTS (SELECT 1 FROM ruling AS undo WHERE undo.undoes_id = ruling.id)
"""
COPY = f"""
    INSERT INTO notification (user_id, kind, about, made_at, seen_at, mailed_as)
    SELECT ruling.about_id, 'decision', ruling.id, ruling.made_at,
           CASE WHEN ruling.id <= "user".notices_seen THEN ruling.made_at END,
           CASE WHEN NOT EXISTS (SELECT 1 FROM letter WHERE kind = 'news'
                                 AND about = ruling.id AND due_at IS NOT NULL) THEN 0 END
    FROM ruling JOIN "user" ON "user".id = ruling.about_id
    WHERE ruling.id BETWEEN :first AND :last AND ruling.made_at > :since
          AND "user".left_on IS NULL AND {READ_BY_USER}
    ORDER BY ruling.id
"""  # noqa: S608 - constants
COUNT = """
    UPDATE "user" SET unseen_notifications = (
        SELECT count(*) FROM (
            SELECT id FROM notification
            WHERE notification.user_id = "user".id AND seen_at IS NULL LIMIT 100))
    WHERE id IN (SELECT user_id FROM notification)
"""


def upgrade() -> None:
    op.add_column(
        "user", sa.Column("unseen_notifications", BIG, server_default="0", nullable=False)
    )
    op.create_table(
        "notification",
        sa.Column("id", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("about", BIG, nullable=False),
        sa.Column("since", BIG, nullable=True),
        sa.Column("actor_id", BIG, nullable=True),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=True),
        sa.Column("mailed_as", BIG, nullable=True),
        sa.ForeignKeyConstraint(["actor_id"], ["user.id"], name=op.f("fk_notification_actor_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_notification_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
        sqlite_autoincrement=True,
    )
    _create_indexes()
    op.create_table(
        "notification_preference",
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("frequency", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_notification_preference_user_id")
        ),
        sa.PrimaryKeyConstraint("user_id", "kind", name=op.f("pk_notification_preference")),
    )
    _copy_decisions()


def _create_indexes() -> None:
    unmailed = sa.text("seen_at IS NULL AND mailed_as IS NULL")
    for name, columns, options in (
        ("uq_notification_unseen", ["about", "kind", "user_id"],
         {"unique": True, "sqlite_where": UNSEEN}),
        ("ix_notification_user", ["user_id", "id"], {}),
        ("ix_notification_unseen", ["user_id"], {"sqlite_where": UNSEEN}),
        ("ix_notification_unmailed", ["made_at"], {"sqlite_where": unmailed}),
        ("ix_notification_actor", ["actor_id", "made_at"], {}),
    ):  # fmt: skip
        op.create_index(name, "notification", columns, **options)


def _copy_decisions() -> None:
    connection = op.get_bind()
    since = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=90)
    since_text = since.isoformat(sep=" ")
    first = sa.text("SELECT min(id), max(id) FROM ruling WHERE made_at > :since")
    lowest, highest = connection.execute(first, {"since": since_text}).one()
    for id in range(lowest or 1, (highest or 0) + 1, BATCH):
        batch = {"first": id, "last": id + BATCH - 1, "since": since_text}
        connection.execute(sa.text(COPY), batch)
    connection.execute(sa.text(COUNT))
    connection.execute(sa.text("DELETE FROM letter WHERE kind = 'news' AND due_at IS NOT NULL"))


def downgrade() -> None:
    op.drop_table("notification_preference")
    op.drop_table("notification")
    op.drop_column("user", "unseen_notifications")
