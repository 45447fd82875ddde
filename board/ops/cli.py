"""CLI: registers the commands `flask --app wsgi serve | doctor | articles | accounts | …`."""

from flask import Flask

from board.accounts.cli import accounts_cli
from board.accounts.email.cli import mail_cli
from board.accounts.sites.cli import sites_cli
from board.api.openapi import openapi_command
from board.articles.importing.run import articles_cli
from board.db.schema import migration
from board.law.authorities.cli import law_cli
from board.moderation.alerts.cli import alerts_cli
from board.moderation.cli import moderation_cli, rules_cli
from board.ops.background.cli import work
from board.ops.backup.cli import backup, restore
from board.ops.backup.proof import prove_backup
from board.ops.doctor import doctor
from board.ops.logs import verify
from board.ops.sample.cli import sample_cli
from board.ops.secret_key import secret_key_cli
from board.ops.serve import serve
from board.ops.version import version
from board.runtime import jobs
from board.tips.cli import tips_cli


def init_app(app: Flask) -> None:
    groups = (
        accounts_cli,
        mail_cli,
        sites_cli,
        alerts_cli,
        articles_cli,
        rules_cli,
        moderation_cli,
        law_cli,
        tips_cli,
        sample_cli,
        secret_key_cli,
    )
    backups = (backup, restore, prove_backup)
    operations = (serve, work, jobs.run_jobs, doctor, verify, version, migration, openapi_command)
    for command in (*operations, *backups, *groups):
        app.cli.add_command(command)
