"""Sealed tips, and who may read them."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table('tip_roster',
    sa.Column('id', BIG, nullable=False),
    sa.Column('body', sa.String(length=20000), nullable=False),
    sa.Column('signer_id', BIG, nullable=False),
    sa.Column('signature', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tip_roster'))
    )
    op.create_table('tip_ticket',
    sa.Column('token_hash', sa.LargeBinary(), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('made_on', sa.Date(), nullable=False),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_tip_ticket'))
    )
    op.create_index(op.f('ix_tip_ticket_made_on'), 'tip_ticket', ['made_on'], unique=False)
    op.create_table('tip',
    sa.Column('id', BIG, nullable=False),
    sa.Column('ref', sa.String(length=32), nullable=False),
    sa.Column('state', sa.String(length=10), nullable=False),
    sa.Column('epoch', BIG, nullable=False),
    sa.Column('last_number', BIG, nullable=False),
    sa.Column('received_on', sa.Date(), nullable=False),
    sa.Column('active_on', sa.Date(), nullable=False),
    sa.Column('read_on', sa.Date(), nullable=True),
    sa.Column('promised_on', sa.Date(), nullable=True),
    sa.Column('held_until', sa.Date(), nullable=True),
    sa.Column('erasure_asked_on', sa.Date(), nullable=True),
    sa.Column('awaits_reader', sa.Boolean(), nullable=False),
    sa.Column('assignee_id', BIG, nullable=True),
    sa.ForeignKeyConstraint(['assignee_id'], ['user.id'], name=op.f('fk_tip_assignee_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tip')),
    sa.UniqueConstraint('ref', name=op.f('uq_tip_ref'))
    )
    op.create_index(op.f('ix_tip_active_on'), 'tip', ['active_on'], unique=False)
    op.create_table('tip_erasure',
    sa.Column('id', BIG, nullable=False),
    sa.Column('made_on', sa.Date(), nullable=False),
    sa.Column('reason', sa.String(length=20), nullable=False),
    sa.Column('user_id', BIG, nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_tip_erasure_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tip_erasure'))
    )
    op.create_table('tip_holder',
    sa.Column('id', BIG, nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('public', sa.LargeBinary(), nullable=False),
    sa.Column('wrapped', sa.LargeBinary(), nullable=False),
    sa.Column('tag', sa.LargeBinary(), nullable=True),
    sa.Column('visits', sa.LargeBinary(), nullable=True),
    sa.Column('user_id', BIG, nullable=True),
    sa.Column('verifier', sa.LargeBinary(), nullable=True),
    sa.Column('salt', sa.LargeBinary(), nullable=True),
    sa.Column('wrapped_recovery', sa.LargeBinary(), nullable=True),
    sa.Column('second', sa.LargeBinary(), nullable=True),
    sa.Column('has_news', sa.Boolean(), nullable=True),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_tip_holder_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tip_holder')),
    sa.UniqueConstraint('tag', name=op.f('uq_tip_holder_tag')),
    sa.UniqueConstraint('user_id', name=op.f('uq_tip_holder_user_id'))
    )
    op.create_table('tip_item',
    sa.Column('id', BIG, nullable=False),
    sa.Column('tip_id', BIG, nullable=False),
    sa.Column('purpose', sa.String(length=10), nullable=False),
    sa.Column('epoch', BIG, nullable=False),
    sa.Column('number', BIG, nullable=False),
    sa.Column('kind', sa.String(length=10), nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('file', sa.String(length=32), nullable=True),
    sa.ForeignKeyConstraint(['tip_id'], ['tip.id'], name=op.f('fk_tip_item_tip_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tip_item')),
    sa.UniqueConstraint('tip_id', 'number', name=op.f('uq_tip_item_tip_id_number'))
    )
    op.create_table('tip_key',
    sa.Column('id', BIG, nullable=False),
    sa.Column('tip_id', BIG, nullable=False),
    sa.Column('purpose', sa.String(length=10), nullable=False),
    sa.Column('epoch', BIG, nullable=False),
    sa.Column('public', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['tip_id'], ['tip.id'], name=op.f('fk_tip_key_tip_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tip_key')),
    sa.UniqueConstraint('tip_id', 'purpose', 'epoch', name=op.f('uq_tip_key_tip_id_purpose_epoch'))
    )
    op.create_table('tip_opening',
    sa.Column('id', BIG, nullable=False),
    sa.Column('tip_id', BIG, nullable=False),
    sa.Column('user_id', BIG, nullable=False),
    sa.Column('act', sa.String(length=10), nullable=False),
    sa.Column('made_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['tip_id'], ['tip.id'], name=op.f('fk_tip_opening_tip_id')),
    sa.ForeignKeyConstraint(['user_id'], ['user.id'], name=op.f('fk_tip_opening_user_id')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tip_opening')),
    sa.UniqueConstraint('tip_id', 'user_id', 'act', 'made_on', name=op.f('uq_tip_opening_tip_id_user_id_act_made_on'))
    )
    op.create_table('tip_unlocked',
    sa.Column('token_hash', sa.LargeBinary(), nullable=False),
    sa.Column('holder_id', BIG, nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.Column('made_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['holder_id'], ['tip_holder.id'], name=op.f('fk_tip_unlocked_holder_id')),
    sa.PrimaryKeyConstraint('token_hash', name=op.f('pk_tip_unlocked'))
    )
    op.create_index(op.f('ix_tip_unlocked_holder_id'), 'tip_unlocked', ['holder_id'], unique=False)
    op.create_table('tip_grant',
    sa.Column('key_id', BIG, nullable=False),
    sa.Column('holder_id', BIG, nullable=False),
    sa.Column('sealed', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['holder_id'], ['tip_holder.id'], name=op.f('fk_tip_grant_holder_id')),
    sa.ForeignKeyConstraint(['key_id'], ['tip_key.id'], name=op.f('fk_tip_grant_key_id')),
    sa.PrimaryKeyConstraint('key_id', 'holder_id', name=op.f('pk_tip_grant'))
    )
    op.create_index(op.f('ix_tip_grant_holder_id'), 'tip_grant', ['holder_id'], unique=False)
    op.add_column('user', sa.Column("can_read_tips", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column('user', 'can_read_tips')
    op.drop_index(op.f('ix_tip_grant_holder_id'), table_name='tip_grant')
    op.drop_table('tip_grant')
    op.drop_index(op.f('ix_tip_unlocked_holder_id'), table_name='tip_unlocked')
    op.drop_table('tip_unlocked')
    op.drop_table('tip_opening')
    op.drop_table('tip_key')
    op.drop_table('tip_item')
    op.drop_table('tip_holder')
    op.drop_table('tip_erasure')
    op.drop_index(op.f('ix_tip_active_on'), table_name='tip')
    op.drop_table('tip')
    op.drop_index(op.f('ix_tip_ticket_made_on'), table_name='tip_ticket')
    op.drop_table('tip_ticket')
    op.drop_table('tip_roster')
