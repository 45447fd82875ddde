"""A tip taken to a computer without a network: one archive, encrypted (age-encryption.org).

Whom it is encrypted to, each reader of tips says for themselves, and proves once that the other
computer can open it. That stands sealed under the reader's key, so nobody can exchange it.
"""

import hashlib
import io
import json
import secrets
import tarfile
import tempfile
from collections.abc import Iterable, Iterator
from typing import IO, Any

import pyrage
from pyrage.x25519 import Recipient

from board.tips.crypto import key_files
from board.tips.crypto.file_cipher import open_file
from board.tips.crypto.primitives import Key
from board.tips.dates import today
from board.tips.models.key_holders import TipReader
from board.tips.sealed.sealed_tip import Content, DecryptableTip

KINDS = ("message", "file", "story", "note", "facts", "hold")
DIGITS = 8  # of the code that proves it
_BLOCK = tarfile.BLOCKSIZE


class NotRecipient(ValueError):
    """No recipient of age. `is_secret`: it is the secret key, which has been shown to us now."""

    def __init__(self, *, is_secret: bool = False) -> None:
        super().__init__()
        self.is_secret = is_secret


def read_recipient(typed: str) -> str:
    """A recipient as age writes it: `age1` and 58 letters. Raises NotRecipient."""
    given = "".join(typed.split()).lower()
    if given.startswith("age-secret-key"):
        raise NotRecipient(is_secret=True)
    try:
        return str(Recipient.from_str(given))
    except pyrage.RecipientError as error:
        raise NotRecipient from error


def recipient(reader: TipReader, key: Key) -> str:
    """Whom exports of this reader are encrypted to; nothing until it is proven."""
    return str(_kept(reader, key)["to"])


def ask(reader: TipReader, key: Key, recipient: str) -> None:
    """A new one, to be proven. Until then exports go where they went before."""
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    kept = {"to": _kept(reader, key)["to"], "asked": recipient, "code": code}
    reader.export_to = reader.encrypt_for_self(key, "export", kept)


def riddle(reader: TipReader, key: Key) -> tuple[str, str] | None:
    """The recipient that is to be proven, and the code, encrypted to it, as lines of text."""
    kept = _kept(reader, key)
    if not kept["asked"]:
        return None
    to = Recipient.from_str(kept["asked"])
    told = f"{kept['code'][:4]} {kept['code'][4:]}\n".encode()
    return kept["asked"], pyrage.encrypt(told, [to], armored=True).decode()


def prove(reader: TipReader, key: Key, typed: str) -> bool:
    """Whether this is the code: then the other computer can open what is sent to it."""
    kept = _kept(reader, key)
    given = "".join(c for c in typed if c.isdecimal())
    if not kept["asked"] or not secrets.compare_digest(given.encode(), kept["code"].encode()):
        return False
    proven = {"to": kept["asked"], "asked": "", "code": ""}
    reader.export_to = reader.encrypt_for_self(key, "export", proven)
    return True


def pack(opened: DecryptableTip, to: str, *, by: str, contact: bool) -> IO[bytes]:
    """The archive, encrypted, in a file without a name; nothing readable ever stands on a disk.

    Raises BadSeal before anything is sent, when a part of the tip is damaged.
    """
    contents = opened.contents(*KINDS, *(("contact",) if contact else ()))
    flow = _Flow(_archive(opened, contents, by))
    packed = tempfile.TemporaryFile(dir=key_files.folder("drafts"))  # noqa: SIM115 - the caller's
    try:
        pyrage.encrypt_io(io.BufferedReader(flow), packed, [Recipient.from_str(to)])
    except Exception as error:
        packed.close()
        raise flow.failed or error from error
    packed.seek(0)
    return packed


def _kept(reader: TipReader, key: Key) -> dict[str, str]:
    empty = {"to": "", "asked": "", "code": ""}
    return (
        {**empty, **reader.decrypt_own(key, "export", reader.export_to)}
        if reader.export_to
        else empty
    )


def _archive(opened: DecryptableTip, contents: list[Content], by: str) -> Iterator[bytes]:
    """A tar: the files, then what was said, then the manifest with the hash of each file."""
    folder, sums, files = f"tip-{opened.tip.id}", {}, {}
    for content in contents:
        if content.kind == "file" and content.file:
            name = f"files/{content.number:03}-{content.data['name']}"
            sealed = open_file(
                key_files.folder("files") / content.file, content.file_key, content.data["size"]
            )
            digest = hashlib.sha256()
            yield from _member(f"{folder}/{name}", sealed, content.data["size"], digest)
            sums[name], files[content.number] = digest.hexdigest(), name
    for name, text in (
        ("talk.txt", _as_text(contents)),
        ("manifest.json", _manifest(opened, contents, by, files, sums)),
    ):
        data, digest = text.encode(), hashlib.sha256()
        yield from _member(f"{folder}/{name}", [data], len(data), digest)
        sums[name] = digest.hexdigest()
    listed = "".join(f"{digest}  {name}\n" for name, digest in sums.items()).encode()
    yield from _member(f"{folder}/SHA256SUMS", [listed], len(listed), hashlib.sha256())
    yield bytes(2 * _BLOCK)


def _member(name: str, chunks: Iterable[bytes], size: int, digest: Any) -> Iterator[bytes]:
    about = tarfile.TarInfo(name)
    about.size, about.mode = size, 0o600
    yield about.tobuf(tarfile.PAX_FORMAT)
    for chunk in chunks:
        digest.update(chunk)
        yield chunk
    yield bytes(-size % _BLOCK)


def _manifest(
    opened: DecryptableTip,
    contents: list[Content],
    by: str,
    files: dict[int, str],
    sums: dict[str, str],
) -> str:
    tip = opened.tip
    said = [
        {
            **{name: value for name, value in content.data.items() if name != "key"},
            "number": content.number,
            "kind": content.kind,
            **_file_of(content.number, files, sums),
        }
        for content in contents
    ]
    told = {
        "tip": tip.id, "state": tip.state, "received_on": tip.received_on.isoformat(),
        "exported_on": today().isoformat(), "exported_by": by, "contents": said,
    }  # fmt: skip
    return json.dumps(told, ensure_ascii=False, indent=1) + "\n"


def _file_of(number: int, files: dict[int, str], sums: dict[str, str]) -> dict[str, str]:
    name = files.get(number)
    return {"file": name, "sha256": sums[name]} if name else {}


def _as_text(contents: list[Content]) -> str:
    """To be read without a program; every word as it came, `by` nobody for the source."""
    parts = []
    for content in contents:
        data = content.data
        text = data.get("text") or data.get("link") or data.get("name") or data.get("title", "")
        head = f"[{content.number}] {data['at']} {content.kind} {data.get('by', '')}".rstrip()
        parts.append(f"{head}\n{text}\n")
    return "\n".join(parts)


class _Flow(io.RawIOBase):
    """Chunks as a file that is read once."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._left = chunks, b""
        self.failed: Exception | None = None  # what age tells in words of its own

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            while not self._left and (chunk := next(self._chunks, None)) is not None:
                self._left = chunk
        except Exception as error:
            self.failed = error
            raise
        part, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(part)] = part
        return len(part)
