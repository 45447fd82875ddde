"""The steps of rights claims and their files, registers of orders and disclosures, barred texts."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# As board/moderation/takedowns.py says it.
MOVES = (
    "received>blocked received>removed received>rebutted received>rejected blocked>restored "
    "blocked>removed blocked>received removed>restored removed>received restored>blocked "
    "restored>removed"
).split()
# What may never change once it is written, by table.
FIXED = {
    "rights_step": "claim_id, state, basis, by_id, ruling_id, says, made_at",
    "authority_order": "kind, body, number, received_at, items, deadline_at, made_by, made_at",
    "disclosure": "kind, body, number, received_at, why, relation, asked, user_id, made_by, made_at",
}


def upgrade() -> None:
    op.add_column(
        "rights_claim",
        sa.Column("rebuttal", sa.String(length=1000), server_default="", nullable=False),
    )
    _make_steps()
    _make_evidence()
    _make_orders()
    _make_disclosures()
    _make_barred()
    _tell_steps_there_were()
    for statement in _guards():
        op.execute(statement)


def _id() -> sa.Column:
    return sa.Column("id", BIG, nullable=False)


def _user(table: str, name: str, *, nullable: bool = False) -> list:
    key = sa.ForeignKeyConstraint([name], ["user.id"], name=op.f(f"fk_{table}_{name}"))
    return [sa.Column(name, BIG, nullable=nullable), key]


def _moment(name: str, *, nullable: bool = False) -> sa.Column:
    return sa.Column(name, sa.DateTime(), nullable=nullable)


def _text(name: str, length: int) -> sa.Column:
    return sa.Column(name, sa.String(length=length), nullable=False)


def _reference(table: str, name: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([name], [f"{to}.id"], name=op.f(f"fk_{table}_{name}"))


def _key(table: str, *names: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*(names or ("id",)), name=op.f(f"pk_{table}"))


def _index(table: str, *names: str) -> None:
    op.create_index(op.f(f"ix_{table}_{'_'.join(names)}"), table, list(names))


def _make_steps() -> None:
    table = "rights_step"
    op.create_table(
        table,
        _id(),
        sa.Column("claim_id", BIG, nullable=False),
        _text("state", 20),
        _text("basis", 40),
        *_user(table, "by_id", nullable=True),
        sa.Column("ruling_id", BIG, nullable=True),
        _text("says", 200),
        _moment("made_at"),
        _moment("told_at", nullable=True),
        _reference(table, "claim_id", "rights_claim"),
        _reference(table, "ruling_id", "ruling"),
        _key(table),
    )
    _index(table, "claim_id", "id")
    _index(table, "told_at", "id")
    _index(table, "ruling_id")
    op.create_table(
        "notice_channel",
        *_user("notice_channel", "user_id"),
        _text("contact", 200),
        _moment("made_at"),
        _key("notice_channel", "user_id"),
    )


def _make_evidence() -> None:
    table = "rights_evidence"
    op.create_table(
        table,
        _id(),
        sa.Column("claim_id", BIG, nullable=False),
        _text("kind", 10),
        _text("name", 120),
        _text("media_type", 40),
        sa.Column("size", BIG, nullable=False),
        _text("sha256", 64),
        sa.Column("key", sa.LargeBinary(), nullable=False),
        _text("file", 40),
        _moment("made_at"),
        _reference(table, "claim_id", "rights_claim"),
        _key(table),
        sa.UniqueConstraint("file", name=op.f("uq_rights_evidence_file")),
    )
    _index(table, "claim_id")


def _make_orders() -> None:
    table = "authority_order"
    op.create_table(
        table,
        _id(),
        _text("kind", 20),
        _text("body", 120),
        _text("number", 80),
        _moment("received_at"),
        _text("items", 2000),
        _moment("deadline_at"),
        *_user(table, "made_by"),
        _moment("made_at"),
        _text("outcome", 20),
        *_user(table, "answered_by", nullable=True),
        _moment("answered_at", nullable=True),
        _text("says", 200),
        sa.CheckConstraint(
            "body <> '' AND number <> '' AND items <> ''",
            name=op.f("ck_authority_order_particulars"),
        ),
        _key(table),
    )
    _index(table, "answered_at", "deadline_at", "id")
    table = "order_target"
    op.create_table(
        table,
        sa.Column("order_id", BIG, nullable=False),
        sa.Column("comment_id", BIG, nullable=False),
        sa.Column("ruling_id", BIG, nullable=True),
        _reference(table, "order_id", "authority_order"),
        _reference(table, "comment_id", "comment"),
        _reference(table, "ruling_id", "ruling"),
        _key(table, "order_id", "comment_id"),
    )
    _index(table, "comment_id")


def _make_disclosures() -> None:
    table = "disclosure"
    op.create_table(
        table,
        _id(),
        _text("kind", 20),
        _text("body", 120),
        _text("number", 80),
        _moment("received_at"),
        _text("why", 500),
        _text("relation", 500),
        sa.Column("asked", sa.JSON(), nullable=False),
        *_user(table, "user_id"),
        *_user(table, "made_by"),
        _moment("made_at"),
        _text("outcome", 20),
        sa.Column("given", sa.JSON(), nullable=False),
        _text("says", 200),
        *_user(table, "answered_by", nullable=True),
        _moment("answered_at", nullable=True),
        _moment("tell_at", nullable=True),
        _moment("told_at", nullable=True),
        sa.CheckConstraint(
            "body <> '' AND number <> '' AND why <> '' AND relation <> ''",
            name=op.f("ck_disclosure_particulars"),
        ),
        sa.CheckConstraint(
            _is_given(),
            name=op.f("ck_disclosure_given"),
        ),
        _key(table),
    )
    _index(table, "answered_at", "id")
    _index(table, "tell_at", "told_at")
    _index(table, "user_id")


def _is_given() -> str:
    given = "given" if op.get_bind().dialect.name == "sqlite" else "CAST(given AS text)"
    return f"outcome <> 'given' AND outcome <> 'partly' OR {given} <> '[]'"


def _make_barred() -> None:
    table = "barred_text"
    op.create_table(
        table,
        _id(),
        _text("case", 120),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("comment_id", BIG, nullable=True),
        *_user(table, "made_by"),
        _moment("made_at"),
        _moment("ended_at", nullable=True),
        _reference(table, "comment_id", "comment"),
        _key(table),
    )
    _index(table, "ended_at", "id")
    table = "barred_key"
    op.create_table(
        table,
        sa.Column("key", BIG, nullable=False),
        sa.Column("barred_id", BIG, nullable=False),
        sa.Column("exact", sa.Boolean(), nullable=False),
        _reference(table, "barred_id", "barred_text"),
        _key(table, "key", "barred_id"),
    )


def _tell_steps_there_were() -> None:
    """Claims from before have come, and those answered have arrived at what they are."""
    columns = "claim_id, state, basis, says, made_at, told_at"
    basis = "CASE kind WHEN 'copyright' THEN '저작권법 103조' ELSE '정보통신망법 44조의2' END"
    op.execute(
        f"INSERT INTO rights_step ({columns}) SELECT id, 'received', {basis}, '', made_at, made_at "
        "FROM rights_claim ORDER BY id"
    )
    op.execute(
        f"INSERT INTO rights_step ({columns}) SELECT id, 'blocked', {basis}, says, blocked_at, "
        "blocked_at FROM rights_claim WHERE blocked_at IS NOT NULL ORDER BY id"
    )
    op.execute(
        f"INSERT INTO rights_step ({columns}) SELECT id, state, {basis}, says, ended_at, ended_at "
        "FROM rights_claim WHERE ended_at IS NOT NULL ORDER BY id"
    )


def _guards() -> list[str]:
    moves = ", ".join(f"'{move}'" for move in MOVES)
    if op.get_bind().dialect.name == "sqlite":
        return [
            "CREATE TRIGGER rights_claim_moves BEFORE UPDATE OF state ON rights_claim "
            f"WHEN OLD.state <> NEW.state AND OLD.state || '>' || NEW.state NOT IN ({moves}) "
            "BEGIN SELECT RAISE(ABORT, 'a claim does not move like this'); END",
            "CREATE TRIGGER rights_claim_begins BEFORE INSERT ON rights_claim "
            "WHEN NEW.state <> 'received' "
            "BEGIN SELECT RAISE(ABORT, 'a claim does not move like this'); END",
            *(
                f"CREATE TRIGGER {table}_fixed BEFORE UPDATE OF {names} ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'the register is append-only'); END"
                for table, names in FIXED.items()
            ),
            *(
                f"CREATE TRIGGER {table}_kept BEFORE DELETE ON {table} "
                "BEGIN SELECT RAISE(ABORT, 'the register is append-only'); END"
                for table in FIXED
            ),
        ]
    return [
        "CREATE FUNCTION rights_claim_moves() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF (TG_OP = 'INSERT' AND NEW.state <> 'received') OR (TG_OP = 'UPDATE' AND "
        f"OLD.state <> NEW.state AND OLD.state || '>' || NEW.state NOT IN ({moves})) THEN "
        "RAISE EXCEPTION 'a claim does not move like this'; END IF; RETURN NEW; END $$",
        "CREATE TRIGGER rights_claim_moves BEFORE INSERT OR UPDATE OF state ON rights_claim "
        "FOR EACH ROW EXECUTE FUNCTION rights_claim_moves()",
        "CREATE FUNCTION register_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'the register is append-only'; END $$",
        *(
            f"CREATE TRIGGER {table}_fixed BEFORE UPDATE OF {names} OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION register_append_only()"
            for table, names in FIXED.items()
        ),
    ]


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER rights_claim_moves")
        op.execute("DROP TRIGGER rights_claim_begins")
    else:
        op.execute("DROP TRIGGER rights_claim_moves ON rights_claim")
    for table in (
        "barred_key", "barred_text", "disclosure", "order_target", "authority_order",
        "rights_evidence", "notice_channel", "rights_step",
    ):  # fmt: skip
        op.drop_table(table)
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION rights_claim_moves")
        op.execute("DROP FUNCTION register_append_only")
    # An older board has no answers of claimants: the comment stays, as after a rejection.
    op.execute("UPDATE rights_claim SET state = 'rejected' WHERE state = 'rebutted'")
    op.drop_column("rights_claim", "rebuttal")
