"""CLI: `doctor` checks the installation and says what to do about each problem."""

import os
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import click
from flask import current_app
from sqlalchemy import select

from board.accounts.auth import passkeys
from board.accounts.email import queue as email_queue
from board.accounts.email.findings import findings as email_findings
from board.accounts.sign_in_methods.identity_providers.findings import findings as provider_findings
from board.accounts.two_factor.models import SecondFactor
from board.api.webhooks.findings import findings as webhook_findings
from board.config import SETTINGS, instance_folder, settings
from board.db import PRAGMAS, db, schema, sqlite
from board.db.hash_chain import find_tampered_tail
from board.db.schema import State
from board.law import imprint
from board.law.terms import documents as terms_documents
from board.ops import events
from board.ops.background.findings import findings as background_findings
from board.ops.backup.schedule import findings as backup_findings
from board.ops.host_checks import findings as host_findings
from board.ops.host_checks import findings_of
from board.ops.logs import LOGS
from board.ops.version import is_safe_sqlite
from board.runtime.app import secret_keys
from board.tips import files
from board.tips.integrity.findings import findings as tip_findings
from board.tips.source import contact_channels


@click.command("doctor")
@click.option("--since", type=events.Period(), help="Sum up security events: 24h, 7d, 90m.")
def doctor(since: datetime | None) -> None:
    """Look whether this installation is healthy, and say what to do if it is not."""
    checks = (
        lambda: events.findings(since), _check_tables, _check_sqlite, host_findings, _check_logs,
        _check_second_factors, _check_passkeys, _check_tips, _check_email, provider_findings,
        _needs_tables(webhook_findings), _needs_tables(background_findings), backup_findings,
        _check_settings, _check_isolation,
    )  # fmt: skip
    findings = [finding for check in checks for finding in findings_of(check)]
    for is_good, sentence in findings:
        click.secho(f"{'ok ' if is_good else 'BAD'} {sentence}", fg=None if is_good else "red")
    if not all(is_good for is_good, _ in findings):
        raise SystemExit(1)


Finding = tuple[bool, str]
Check = Callable[[], list[Finding]]


def _needs_tables(check: Check) -> Check:
    """Skips a check of rows unless the tables are up to date; _check_tables says so."""
    return lambda: check() if schema.state(db.engine) is State.CURRENT else []


def _check_sqlite() -> list[Finding]:
    if db.engine.dialect.name != "sqlite" or schema.state(db.engine) is State.UNREADABLE:
        return []
    version = sqlite.sqlite_version_info
    safe = is_safe_sqlite(version)
    findings = [
        (safe, f"SQLite {sqlite.sqlite_version}" + _advice_unless(safe, "install pysqlite3"))
    ]
    with db.engine.connect() as connection:
        for name, value in PRAGMAS.items():
            actual = connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            findings.append((actual == value, f"PRAGMA {name} is {actual}"))
        intact = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar() == "ok"
    findings.append(
        (intact, "the file is sound" + _advice_unless(intact, "restore the last backup"))
    )
    mode = os.stat(str(db.engine.url.database)).st_mode & 0o077
    findings.append(
        (mode == 0, "only its owner can read it" + _advice_unless(mode == 0, "chmod 600"))
    )
    return findings


def _check_tables() -> list[Finding]:
    state = schema.state(db.engine)
    if problem := schema.describe_problem(state):
        return [(False, f"the {problem}")]
    current = state is State.CURRENT
    advice = _advice_unless(current, "start `serve` once")
    return [(current, f"the tables are {state.value}{advice}")]


@_needs_tables
def _check_logs() -> list[Finding]:
    """Verify the last thousand entries of each; `moderation verify` and `tips verify` read all."""
    findings = []
    for model, name in LOGS:
        tampered = find_tampered_tail(model, 1000)
        advice = f"entry {tampered} was changed behind the board's back"
        intact = tampered is None
        findings.append((intact, f"the log of {name} is whole" + _advice_unless(intact, advice)))
    return findings


@_needs_tables
def _check_second_factors() -> list[Finding]:
    """Check that second factors decrypt: without the secret key that encrypted them they do not."""
    factors = db.session.scalars(select(SecondFactor))
    keys = secret_keys()
    unreadable = [factor.user_id for factor in factors if not factor.can_decrypt(keys=keys)]
    advice = f"of {len(unreadable)} staff they do not: put the old secret_key back, or reset them"
    text = "second factors open with the secret key" + _advice_unless(not unreadable, advice)
    return [(not unreadable, text)]


@_needs_tables
def _check_passkeys() -> list[Finding]:
    """If none works where the board is, the origin is probably wrong."""
    host = urlsplit(current_app.config["ORIGIN"]).hostname
    if not host:
        return []
    counts = passkeys.count_by_host()
    lost = {name: counts[name] for name in counts if name not in passkeys.domains_of(host)}
    others = ", ".join(f"{count} for {name}" for name, count in lost.items())
    text = f"passkeys work at {host}" + (f", but not {others}" if lost else "")
    return [(not lost or len(lost) < len(counts), text)]


def _check_tips() -> list[Finding]:
    """The same as `tips verify`, but for the log, of which that reads all; and whether sources see
    another way to the newsroom."""
    ways = "see addresses of the newsroom" if contact_channels.have_addresses(current_app) else (
        "see no address of the newsroom beside the form: see docs/tips.md for tip-ways.toml"
    )  # fmt: skip
    findings = [*tip_findings()] if schema.state(db.engine) is State.CURRENT else []
    return [*findings, (True, f"sources {ways}")]


def _check_email() -> list[Finding]:
    has_tables = schema.state(db.engine) is State.CURRENT
    return email_findings() if has_tables or not email_queue.is_configured() else []


def _check_settings() -> list[Finding]:
    origin = current_app.config["ORIGIN"]
    instance = Path(current_app.instance_path)
    key = instance / "secret_key"
    private = not key.exists() or key.stat().st_mode & 0o077 == 0
    replaced = [f"{at:%Y-%m-%d}" for at, _key in instance_folder.old_secret_keys(instance)]
    terms = "the newsroom’s own" if terms_documents.has_own_terms(current_app) else (
        "those the board ships with; read them, and lay your own into the folder terms"
    )  # fmt: skip
    return [
        *((False, f"{name} is no setting of the board") for name in _unknown_variables()),
        *_only_in_the_environment(),
        (True, f"readers reach it at {origin or 'this machine only (BOARD_ORIGIN is not set)'}"),
        (True, f"the terms of use are {terms}"),
        *_check_imprint(),
        (private, "the secret key is private" + _advice_unless(private, f"chmod 600 {key}")),
        *(
            (True, f"the secret key of before {day} still verifies: see docs/running.md")
            for day in replaced[:1]
        ),
    ]


def _check_imprint() -> list[Finding]:
    """What a newspaper must say about itself (신문법 21조, 개인정보 보호법 30조): advice only."""
    return [
        (True, _lacks("the footer", imprint.ITEMS)),
        (True, _lacks("the privacy policy", ("PROCESSORS", "ACCESS_LOG_DAYS"))),
    ]


def _lacks(what: str, names: Iterable[str]) -> str:
    missing = [f"BOARD_{name}" for name in names if current_app.config[name] in ("", None)]
    return f"{what} lacks {', '.join(missing)}" if missing else f"{what} is complete"


def _check_isolation() -> list[Finding]:
    """Start a worker that tries what a file of a source, read by a faulty library, might."""
    layers, possible = files.isolation_report()
    if not files.FILE_LAYERS.intersection(layers):
        advice = "use Linux with Landlock or seccomp, on x86-64 or ARM64"
        return [(False, f"files of sources are only sealed, nobody looks into them: {advice}")]
    if possible:
        return [(False, f"files of sources are opened where they could {', '.join(possible)}")]
    missing = sorted(files.FILE_LAYERS.difference(layers))
    advice = f"{' and '.join(missing)} would be a second wall; see docs/tip-files.md"
    text = f"files of sources are opened in isolation ({', '.join(layers)})"
    return [(True, text + _advice_unless(not missing, advice))]


def _only_in_the_environment() -> list[Finding]:
    """Settings that cron would not find."""
    names = ", ".join(sorted(settings.only_in_the_environment(current_app)))
    advice = f"{names}: set in this environment only, which cron does not have; see board.toml"
    return [(True, advice)] if names else []


def _unknown_variables() -> list[str]:
    """BOARD_* environment variables that are no setting, such as misspelt ones."""
    names = (*(setting.name for setting in SETTINGS), "INSTANCE", "TESTS_SKIP_NOTHING")
    ours = {name for name in os.environ if name.startswith("BOARD_")}
    return sorted(ours - {f"BOARD_{name}" for name in names})


def _advice_unless(is_good: bool, advice: str) -> str:
    return "" if is_good else f": {advice}"
