"""The desk"s rules: words and signals, innocent words, trials, and what was found."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table("rule_edition",
    sa.Column("id", BIG, nullable=False),
    sa.Column("number", BIG, nullable=False),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_edition"))
    )
    op.create_table("allowed_word",
    sa.Column("id", BIG, nullable=False),
    sa.Column("text", sa.String(length=40), nullable=False),
    sa.Column("made_by", BIG, nullable=True),
    sa.Column("made_at", sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(["made_by"], ["user.id"], name=op.f("fk_allowed_word_made_by")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_allowed_word")),
    sa.UniqueConstraint("text", name=op.f("uq_allowed_word_text"))
    )
    op.create_table("rule",
    sa.Column("id", BIG, nullable=False),
    sa.Column("kind", sa.String(length=10), nullable=False),
    sa.Column("text", sa.String(length=40), nullable=False),
    sa.Column("action", sa.String(length=10), nullable=False),
    sa.Column("state", sa.String(length=10), nullable=False),
    sa.Column("category", sa.String(length=20), nullable=False),
    sa.Column("severity", BIG, nullable=False),
    sa.Column("disguised", sa.Boolean(), nullable=False),
    sa.Column("threshold", BIG, nullable=False),
    sa.Column("note", sa.String(length=200), nullable=False),
    sa.Column("made_by", BIG, nullable=True),
    sa.Column("made_at", sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(["made_by"], ["user.id"], name=op.f("fk_rule_made_by")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_rule")),
    sa.UniqueConstraint("kind", "text", name=op.f("uq_rule_kind_text"))
    )
    op.create_table("comment_likeness",
    sa.Column("key", BIG, nullable=False),
    sa.Column("comment_id", BIG, nullable=False),
    sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("posted_at", sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_comment_likeness_comment_id")),
    sa.PrimaryKeyConstraint("key", "comment_id", name=op.f("pk_comment_likeness"))
    )
    op.create_index(op.f("ix_comment_likeness_comment_id"), "comment_likeness", ["comment_id"], unique=False)
    op.create_index(op.f("ix_comment_likeness_posted_at"), "comment_likeness", ["posted_at"], unique=False)
    op.create_table("rule_hit",
    sa.Column("id", BIG, nullable=False),
    sa.Column("comment_id", BIG, nullable=False),
    sa.Column("rule_id", BIG, nullable=False),
    sa.Column("start", BIG, nullable=False),
    sa.Column("end", BIG, nullable=False),
    sa.Column("value", BIG, nullable=False),
    sa.Column("shadow", sa.Boolean(), nullable=False),
    sa.Column("made_at", sa.DateTime(), nullable=False),
    sa.ForeignKeyConstraint(["comment_id"], ["comment.id"], name=op.f("fk_rule_hit_comment_id")),
    sa.ForeignKeyConstraint(["rule_id"], ["rule.id"], name=op.f("fk_rule_hit_rule_id")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_hit"))
    )
    op.create_index(op.f("ix_rule_hit_comment_id"), "rule_hit", ["comment_id"], unique=False)
    op.create_index(op.f("ix_rule_hit_rule_id_made_at"), "rule_hit", ["rule_id", "made_at"], unique=False)
    op.create_table("rule_trial",
    sa.Column("id", BIG, nullable=False),
    sa.Column("rule_id", BIG, nullable=True),
    sa.Column("kind", sa.String(length=10), nullable=False),
    sa.Column("text", sa.String(length=40), nullable=False),
    sa.Column("action", sa.String(length=10), nullable=False),
    sa.Column("category", sa.String(length=20), nullable=False),
    sa.Column("disguised", sa.Boolean(), nullable=False),
    sa.Column("note", sa.String(length=200), nullable=False),
    sa.Column("made_by", BIG, nullable=False),
    sa.Column("made_at", sa.DateTime(), nullable=False),
    sa.Column("since", sa.DateTime(), nullable=False),
    sa.Column("reached", BIG, nullable=False),
    sa.Column("looked", BIG, nullable=False),
    sa.Column("found", BIG, nullable=False),
    sa.Column("hidden", BIG, nullable=False),
    sa.Column("sample", sa.JSON(), nullable=False),
    sa.Column("is_done", sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(["made_by"], ["user.id"], name=op.f("fk_rule_trial_made_by")),
    sa.ForeignKeyConstraint(["rule_id"], ["rule.id"], name=op.f("fk_rule_trial_rule_id")),
    sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_trial"))
    )
    op.create_table("rule_change",
    sa.Column("ruling_id", BIG, nullable=False),
    sa.Column("rule_id", BIG, nullable=False),
    sa.ForeignKeyConstraint(["rule_id"], ["rule.id"], name=op.f("fk_rule_change_rule_id")),
    sa.ForeignKeyConstraint(["ruling_id"], ["ruling.id"], name=op.f("fk_rule_change_ruling_id")),
    sa.PrimaryKeyConstraint("ruling_id", name=op.f("pk_rule_change"))
    )
    op.create_index(op.f("ix_rule_change_rule_id"), "rule_change", ["rule_id"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_rule_change_rule_id"), table_name="rule_change")
    op.drop_table("rule_change")
    op.drop_table("rule_trial")
    op.drop_index(op.f("ix_rule_hit_rule_id_made_at"), table_name="rule_hit")
    op.drop_index(op.f("ix_rule_hit_comment_id"), table_name="rule_hit")
    op.drop_table("rule_hit")
    op.drop_index(op.f("ix_comment_likeness_posted_at"), table_name="comment_likeness")
    op.drop_index(op.f("ix_comment_likeness_comment_id"), table_name="comment_likeness")
    op.drop_table("comment_likeness")
    op.drop_table("rule")
    op.drop_table("allowed_word")
    op.drop_table("rule_edition")
