"""Domains of e-mail addresses in punycode, as accounts store them from now on."""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0051"
branch_labels = None
depends_on = None


def upgrade() -> None:
    user = sa.table("user", sa.column("id", sa.BigInteger), sa.column("email", sa.String))
    bind = op.get_bind()
    emails = {row.id: row.email for row in bind.execute(sa.select(user)) if row.email}
    taken = set(emails.values())
    for id, email in emails.items():
        address = _ascii_domain(email)
        if address not in taken:
            bind.execute(user.update().where(user.c.id == id).values(email=address))
            taken.add(address)


def downgrade() -> None:
    """Nothing: mail servers understand both."""


def _ascii_domain(address: str) -> str:
    local, at, domain = address.rpartition("@")
    try:
        return f"{local}{at}{domain.encode('idna').decode()}" if not domain.isascii() else address
    except UnicodeError:
        return address
