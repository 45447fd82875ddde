"""Files attached to a claim: proof of identity, and evidence of the infringement.

Each is encrypted with a key of its own, which is in the database, and stored in instance/evidence/,
which is outside the web root and readable by its owner only. Neither a copy of the folder nor one
of the database reveals anything, and deleting the row makes every copy of the file unreadable.
"""

import hashlib
import os
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple, Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from sqlalchemy import ForeignKey, Index, Select, String, and_, func, or_, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from board.accounts.models import User
from board.config import durable_files
from board.db import Base, db, now
from board.law.claims.models import Claim, InvalidTransition
from board.moderation.rulings.models import Verdict, append_ruling
from board.runtime.app import instance_folder
from board.text import normalize_file_name

# Magic numbers of accepted files: (offset, bytes, media type). No type that a browser would run.
_SIGNATURES = (
    (0, b"%PDF-", "application/pdf"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (8, b"WEBP", "image/webp"),
    (4, b"ftyphei", "image/heic"),
    (4, b"ftypmif1", "image/heic"),
)
_NONCE = bytes(12)  # each key encrypts one file only
_ORPHAN_AGE = timedelta(hours=1)  # longer than any upload takes


class NotReadable(Exception):
    """The file is missing, or was changed."""


class Upload(NamedTuple):
    kind: str
    name: str
    data: bytes


class Evidence(Base):
    """A file of a claim. `kind` is "identity", which is deleted soon, or "proof"."""

    __tablename__ = "rights_evidence"
    FILES_MAX = 5  # of each kind
    BYTES_MAX = 10 * 1024**2  # of all together
    NAME_MAX = 120
    # After the case has ended. A copy of a passport has served its purpose then (개인정보 보호법
    # 21조); the month is for a suit that follows. Evidence is stored as long as the case.
    RETENTION = {"identity": timedelta(days=30), "proof": timedelta(days=3 * 365)}
    __table_args__ = (Index(None, "claim_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey(Claim.id))
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    media_type: Mapped[str] = mapped_column(String(40))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    key: Mapped[bytes]
    file: Mapped[str] = mapped_column(String(40), unique=True)
    made_at: Mapped[datetime] = mapped_column(default=now)

    claim: Mapped[Claim] = relationship()

    @classmethod
    def for_claims(cls, claim_ids: Iterable[int]) -> Select[Self]:
        """All files of these claims, in upload order."""
        return select(cls).where(cls.claim_id.in_(list(claim_ids))).order_by(cls.id)

    @classmethod
    def outdated(cls) -> Select[Self]:
        """Files past their retention period, in no order."""
        expired = (
            and_(cls.kind == kind, Claim.ended_at < now() - retention)
            for kind, retention in cls.RETENTION.items()
        )
        return select(cls).join(cls.claim).where(or_(*expired))

    def decrypt(self) -> bytes:
        """Raises NotReadable."""
        try:
            encrypted = (_folder() / self.file).read_bytes()
            return ChaCha20Poly1305(self.key).decrypt(_NONCE, encrypted, self.file.encode())
        except (OSError, InvalidTag) as error:
            raise NotReadable from error


def media_type(data: bytes) -> str | None:
    """Media type by contents; None for types that are not accepted."""
    matches = (kind for at, magic, kind in _SIGNATURES if data[at : at + len(magic)] == magic)
    return next(matches, None) or ("text/plain" if _is_text(data) else None)


def encrypt_uploads(uploads: Iterable[Upload]) -> list[Evidence]:
    """Write each to disk, before anything is written to the database. Raises OSError."""
    files = []
    for upload in uploads:
        name, key = secrets.token_hex(16), os.urandom(32)
        sealed = ChaCha20Poly1305(key).encrypt(_NONCE, upload.data, name.encode())
        durable_files.write_new(_folder() / name, sealed)
        file = Evidence(
            kind=upload.kind,
            name=normalize_file_name(upload.name, length_max=Evidence.NAME_MAX),
            size=len(upload.data),
            media_type=media_type(upload.data) or "", key=key, file=name, made_at=now(),
            sha256=hashlib.sha256(upload.data).hexdigest(),
        )  # fmt: skip
        files.append(file)
    return files


def attach(claim: Claim, files: Iterable[Evidence]) -> None:
    """Add the files to a claim that has an id."""
    for file in files:
        file.claim_id = claim.id
        db.session.add(file)


def delete_files(files: Iterable[Evidence]) -> None:
    """Delete files of a claim that was not stored after all."""
    for file in files:
        (_folder() / file.file).unlink(missing_ok=True)


def open_file(evidence: Evidence, *, by: User) -> bytes:
    """Decrypt the file, and log that `by` has opened it. Only while the case is open: raises
    InvalidTransition, or NotReadable."""
    if not evidence.claim.is_open:
        raise InvalidTransition
    data = evidence.decrypt()
    append_ruling(
        Verdict.OPEN_FILE, by=by, comment=evidence.claim.comment, reason="",
        claim=evidence.claim_id, file=evidence.id, sha256=evidence.sha256,
    )  # fmt: skip
    return data


def is_due() -> bool:
    return db.session.scalar(Evidence.outdated().limit(1)) is not None or bool(_orphans())


def delete_outdated() -> None:
    """Delete files past their retention, and orphans: uploads whose claim was never stored."""
    for evidence in db.session.scalars(Evidence.outdated()).all():
        db.session.delete(evidence)
        (_folder() / evidence.file).unlink(missing_ok=True)
    for path in _orphans():
        path.unlink(missing_ok=True)


def _is_text(data: bytes) -> bool:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return False
    return bool(text.strip()) and "\0" not in text


def _folder() -> Path:
    folder = instance_folder() / "evidence"
    durable_files.make_folder(folder)
    return folder


def _orphans() -> list[Path]:
    """Old files without a row; the folder is searched only when the counts differ."""
    paths = list(_folder().iterdir())
    if len(paths) == db.session.scalar(select(func.count()).select_from(Evidence)):
        return []
    limit = (now() - _ORPHAN_AGE).timestamp()
    old = [path for path in paths if path.stat().st_mtime < limit]
    known = set(db.session.scalars(select(Evidence.file)))
    return [path for path in old if path.name not in known]
