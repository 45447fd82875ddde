"""When a session of staff was last used, and when its password was typed."""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("session", sa.Column("seen_at", sa.DateTime(), nullable=True))
    op.add_column("session", sa.Column("password_at", sa.DateTime(), nullable=True))
    staff = 'SELECT id FROM "user" WHERE can_moderate OR can_edit OR can_read_tips'
    op.execute(f"UPDATE session SET seen_at = started_at WHERE user_id IN ({staff})")  # noqa: S608


def downgrade() -> None:
    op.drop_column("session", "password_at")
    op.drop_column("session", "seen_at")
