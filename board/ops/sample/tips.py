"""A tip reader for the sample board, and one tip in the inbox."""

import json
from dataclasses import dataclass
from pathlib import Path

import click
from flask import current_app
from sqlalchemy import select

from board.accounts.models import User
from board.db import db
from board.tips.crypto import key_files, passphrases
from board.tips.crypto.primitives import Key
from board.tips.models import roster
from board.tips.models.key_holders import TipReader
from board.tips.readers.recovery_sheet import RecoverySheet
from board.tips.sealed import messages

TIP = (
    "어시장 위판장 저울이 한 상자에 300그램씩 더 나가게 맞춰져 있습니다. "
    "지난달부터 세 번 확인했습니다. "
    "상인회 사무실에 있는 점검표에는 늘 ‘이상 없음’으로 적힙니다."
)


@dataclass(frozen=True, slots=True)
class SamplePapers:
    """The passphrase and recovery sheet of tess, and her source's code. Slow to make, so made
    before the database is written."""

    reader: RecoverySheet
    source_code: str
    tag: bytes
    source_kek: bytes


def make_papers() -> SamplePapers:
    code = passphrases.new_code()
    return SamplePapers(RecoverySheet.new(), code, *key_files.stretch(code))


def add_tip_reader(user: User, papers: SamplePapers) -> None:
    """Make `user` the first tip reader, with a tip to read; save the words for this machine."""
    key = Key()
    reader = TipReader.create(user, key, papers.reader.passphrase_keys)
    db.session.flush()
    roster.add(reader, by=reader, key=key)
    messages.submit_tip(TIP, "", [], to=[reader], tag=papers.tag, kek=papers.source_kek)
    words = {
        "passphrase": papers.reader.passphrase, "recovery": papers.reader.recovery,
        "source": papers.source_code,
    }  # fmt: skip
    path = _path()
    path.touch(mode=0o600)
    path.write_text(json.dumps(words, ensure_ascii=False, indent=1), encoding="utf-8")


def print_passphrase() -> None:
    if _path().exists() and db.session.scalar(select(TipReader.id)):
        words = json.loads(_path().read_text(encoding="utf-8"))
        click.echo(f"tess reads tips with the passphrase: {words['passphrase']}")


def _path() -> Path:
    return Path(current_app.instance_path) / "sample-tips.json"
