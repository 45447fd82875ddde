"""What the desk does about a person: warnings, holds, notes, proposals to ban."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("user", sa.Column("held_until", sa.DateTime(), nullable=True))
    op.add_column("user", sa.Column("notices_seen", BIG, server_default="0", nullable=False))
    op.create_index(op.f("ix_ruling_undoes_id"), "ruling", ["undoes_id"], unique=False)
    op.create_table(
        "caution",
        sa.Column("ruling_id", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(["ruling_id"], ["ruling.id"], name=op.f("fk_caution_ruling_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_caution_user_id")),
        sa.PrimaryKeyConstraint("ruling_id", name=op.f("pk_caution")),
    )
    op.create_index(op.f("ix_caution_user_id"), "caution", ["user_id"], unique=False)
    op.create_table(
        "person_note",
        sa.Column("id", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("author_id", BIG, nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_person_note_user_id")),
        sa.ForeignKeyConstraint(["author_id"], ["user.id"], name=op.f("fk_person_note_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_note")),
    )
    op.create_index(
        op.f("ix_person_note_user_id_id"), "person_note", ["user_id", "id"], unique=False
    )
    op.create_table(
        "ban_proposal",
        sa.Column("id", BIG, nullable=False),
        sa.Column("proposed_by", BIG, nullable=False),
        sa.Column("user_ids", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("decided_by", BIG, nullable=True),
        sa.Column("decided_at", sa.DateTime(), nullable=True),
        sa.Column("approved", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(
            ["proposed_by"], ["user.id"], name=op.f("fk_ban_proposal_proposed_by")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["user.id"], name=op.f("fk_ban_proposal_decided_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ban_proposal")),
    )


def downgrade() -> None:
    op.drop_table("ban_proposal")
    op.drop_index(op.f("ix_person_note_user_id_id"), table_name="person_note")
    op.drop_table("person_note")
    op.drop_index(op.f("ix_caution_user_id"), table_name="caution")
    op.drop_table("caution")
    op.drop_index(op.f("ix_ruling_undoes_id"), table_name="ruling")
    op.drop_column("user", "notices_seen")
    op.drop_column("user", "held_until")
