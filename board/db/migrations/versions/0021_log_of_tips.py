"""The log of tips, which nobody can edit; readers' second factor is that of their account."""

import hashlib
import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LOG = "tip_log"
APPEND_ONLY = {
    "sqlite": [
        f"CREATE TRIGGER {LOG}_no_{verb} BEFORE {verb} ON {LOG} "
        "BEGIN SELECT RAISE(ABORT, 'the log is append-only'); END"
        for verb in ("update", "delete")
    ],
    "postgresql": [
        f"CREATE FUNCTION {LOG}_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the log is append-only'; END $$",
        f"CREATE TRIGGER {LOG}_append_only BEFORE UPDATE OR DELETE ON {LOG} "
        f"FOR EACH ROW EXECUTE FUNCTION {LOG}_append_only()",
    ],
}
OPENING = {"tip_id": BIG, "user_id": BIG, "act": sa.String(), "made_on": sa.Date()}


def upgrade() -> None:
    op.create_table(
        LOG,
        sa.Column("id", BIG, nullable=False),
        sa.Column("act", sa.String(length=10), nullable=False),
        sa.Column("tip_id", BIG, nullable=True),
        sa.Column("user_id", BIG, nullable=True),
        sa.Column("about_id", BIG, nullable=True),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f(f"fk_{LOG}_user_id")),
        sa.ForeignKeyConstraint(["about_id"], ["user.id"], name=op.f(f"fk_{LOG}_about_id")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{LOG}")),
        sa.UniqueConstraint("hash", name=op.f(f"uq_{LOG}_hash")),
    )
    op.create_index(op.f(f"ix_{LOG}_tip_id"), LOG, ["tip_id"], unique=False)
    _append_openings()
    op.drop_table("tip_opening")
    op.drop_column("tip_holder", "second")
    op.add_column("tip_holder", sa.Column("export_to", sa.LargeBinary(), nullable=True))
    for statement in APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)


def _append_openings() -> None:
    """Each sealed to the one before, as board/tips/log.py does it."""
    opening = sa.table("tip_opening", sa.column("id"), *(sa.column(*each) for each in OPENING.items()))
    log = sa.table(
        LOG, sa.column("about_id"), sa.column("hash"), *(sa.column(*each) for each in OPENING.items())
    )
    found = sa.select(*(opening.c[name] for name in OPENING)).order_by(opening.c.id)
    seal = b""
    for row in [dict(row) for row in op.get_bind().execute(found).mappings()]:
        told: dict[str, Any] = {**row, "about_id": None, "made_on": row["made_on"].isoformat()}
        text = json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        seal = hashlib.sha256(seal + text.encode()).digest()
        op.get_bind().execute(log.insert().values(**row, about_id=None, hash=seal))


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"DROP TRIGGER {LOG}_append_only ON {LOG}")
        op.execute(f"DROP FUNCTION {LOG}_append_only")
    op.drop_column("tip_holder", "export_to")
    op.add_column("tip_holder", sa.Column("second", sa.LargeBinary(), nullable=True))
    op.create_table(
        "tip_opening",
        sa.Column("id", BIG, nullable=False),
        sa.Column("tip_id", BIG, nullable=False),
        sa.Column("user_id", BIG, nullable=False),
        sa.Column("act", sa.String(length=10), nullable=False),
        sa.Column("made_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["tip_id"], ["tip.id"], name=op.f("fk_tip_opening_tip_id")),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_tip_opening_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tip_opening")),
        sa.UniqueConstraint(
            "tip_id", "user_id", "act", "made_on",
            name=op.f("uq_tip_opening_tip_id_user_id_act_made_on"),
        ),
    )  # fmt: skip
    # What an older board knows of: openings of tips that are still there.
    op.execute(
        "INSERT INTO tip_opening (tip_id, user_id, act, made_on) "
        f"SELECT DISTINCT tip_id, user_id, act, made_on FROM {LOG} "
        "WHERE act IN ('open', 'contact', 'file') AND user_id IS NOT NULL "
        "AND tip_id IN (SELECT id FROM tip)"
    )
    op.drop_index(op.f(f"ix_{LOG}_tip_id"), table_name=LOG)
    op.drop_table(LOG)
