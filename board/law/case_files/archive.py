"""Case file: an archive that shows what was written and what the desk decided.

For a court, an authority or a colleague: the comment with all its versions, times in UTC and Korean
time, the decisions with the hashes that prove them, and a manifest with the SHA-256 of each file.
Of the author it has the account number and display name only: an email address is disclosed only
through the register of data requests. Reporters and claimants are left out, and so are claimants'
files, of which only the digests are listed.
"""

import hashlib
import io
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from board.accounts.models import User
from board.comments.models import Comment
from board.db import now
from board.law.authorities.orders import Order
from board.law.case_files.contents import (
    as_json,
    claim_as_dict,
    comment_files,
    in_both_zones,
    order_as_dict,
)
from board.law.claims.models import Claim
from board.moderation.rulings.models import Verdict, append_ruling

PURPOSES = ("court", "authority", "rights", "review")
FORMAT = 1
# Fixed, so that the same case gives the same bytes.
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


class CaseFile(NamedTuple):
    name: str
    data: bytes
    sha256: str  # of the archive


def of_comment(comment: Comment, **why: Any) -> CaseFile:
    return _export(f"comment-{comment.id}", [comment], {}, **why)


def of_claim(claim: Claim, **why: Any) -> CaseFile:
    files = {"claim.json": claim_as_dict(claim)}
    return _export(f"claim-{claim.receipt}", [claim.comment], files, **why)


def of_order(order: Order, **why: Any) -> CaseFile:
    comments = [target.comment for target in order.targets]
    return _export(f"order-{order.id}", comments, {"order.json": order_as_dict(order)}, **why)


def _export(
    name: str,
    comments: Iterable[Comment],
    files: Mapping[str, Any],
    *,
    by: User,
    purpose: str,
    says: str,
) -> CaseFile:
    """Make the archive, and log who exported it, what for, and its SHA-256."""
    comments = list(comments)
    entries = {name: as_json(value) for name, value in files.items()}
    for comment in comments:
        entries |= {f"comment-{comment.id}/{name}": data for name, data in comment_files(comment)}
    entries["manifest.json"] = _manifest(entries, name, by=by, purpose=purpose, says=says)
    data = _zip(entries)
    digest = hashlib.sha256(data).hexdigest()
    append_ruling(
        Verdict.EXPORT, by=by, reason="", note=says, purpose=purpose, file=name, sha256=digest,
        comments=[comment.id for comment in comments],
    )  # fmt: skip
    return CaseFile(f"{name}.zip", data, digest)


def _manifest(
    entries: Mapping[str, bytes], name: str, *, by: User, purpose: str, says: str
) -> bytes:
    return as_json(
        {
            "format": FORMAT,
            "case": name,
            "made_at": in_both_zones(now()),
            "made_by": {"account": by.id, "display_name": by.name},
            "purpose": purpose,
            "says": says,
            "log": "hash = SHA-256(previous_hash + JSON of the decision, keys sorted, no spaces); "
            "`moderation verify` checks the whole log, which names this archive by its SHA-256",
            "files": [
                {"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
                for name, data in entries.items()
            ],
        }
    )


def _zip(entries: Mapping[str, bytes]) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in entries.items():
            info = zipfile.ZipInfo(name, _ZIP_DATE)
            info.compress_type, info.external_attr = zipfile.ZIP_DEFLATED, 0o600 << 16
            file.writestr(info, data)
    return archive.getvalue()
