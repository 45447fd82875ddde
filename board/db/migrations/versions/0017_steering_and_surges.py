"""How threads are steered, and how much goes on in them."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_index(op.f("ix_article_section"), "article", ["section"])
    op.create_index(op.f("ix_reaction_made_at"), "reaction", ["made_at"])
    op.create_index(op.f("ix_report_made_at"), "report", ["made_at"])
    _steering()
    _pulse()
    _surge()


def _steering() -> None:
    op.create_table(
        "steering",
        sa.Column("id", BIG, nullable=False),
        sa.Column("article_id", BIG, nullable=True),
        sa.Column("sections", sa.JSON(), nullable=False),
        sa.Column("measures", sa.JSON(), nullable=False),
        sa.Column("seconds", BIG, nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("starts_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=True),
        sa.Column("noted_at", sa.DateTime(), nullable=True),
        sa.Column("made_by", BIG, nullable=False),
        sa.Column("made_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("ended_by", BIG, nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"], ["article.id"], name=op.f("fk_steering_article_id")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["user.id"], name=op.f("fk_steering_made_by")),
        sa.ForeignKeyConstraint(["ended_by"], ["user.id"], name=op.f("fk_steering_ended_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_steering")),
    )
    op.create_index(
        "ix_steering_open", "steering", ["article_id", "id"], sqlite_where=OPEN,
        postgresql_where=OPEN,
    )  # fmt: skip


def _pulse() -> None:
    op.create_table(
        "pulse",
        sa.Column("slot", BIG, nullable=False),
        sa.Column("article_id", BIG, nullable=False),
        sa.Column("comments", BIG, nullable=False),
        sa.Column("votes", BIG, nullable=False),
        sa.Column("reports", BIG, nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_pulse_article_id")),
        sa.PrimaryKeyConstraint("slot", "article_id", name=op.f("pk_pulse")),
    )
    op.create_index(op.f("ix_pulse_article_id_slot"), "pulse", ["article_id", "slot"])


def _surge() -> None:
    op.create_table(
        "surge",
        sa.Column("id", BIG, nullable=False),
        sa.Column("article_id", BIG, nullable=False),
        sa.Column("began_at", sa.DateTime(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(), nullable=True),
        sa.Column("acknowledged_by", BIG, nullable=True),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("steering_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"], name=op.f("fk_surge_article_id")),
        sa.ForeignKeyConstraint(
            ["acknowledged_by"], ["user.id"], name=op.f("fk_surge_acknowledged_by")
        ),
        sa.ForeignKeyConstraint(
            ["steering_id"], ["steering.id"], name=op.f("fk_surge_steering_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_surge")),
    )
    op.create_index(
        "uq_surge_open", "surge", ["article_id"], unique=True, sqlite_where=OPEN,
        postgresql_where=OPEN,
    )  # fmt: skip
    op.create_index(op.f("ix_surge_article_id"), "surge", ["article_id"])
    op.create_index(op.f("ix_surge_began_at"), "surge", ["began_at"])


def downgrade() -> None:
    op.drop_table("surge")
    op.drop_table("pulse")
    op.drop_table("steering")
    op.drop_index(op.f("ix_report_made_at"), table_name="report")
    op.drop_index(op.f("ix_reaction_made_at"), table_name="reaction")
    op.drop_index(op.f("ix_article_section"), table_name="article")
