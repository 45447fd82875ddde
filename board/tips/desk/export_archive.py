"""The archive of an exported tip: one tar, encrypted with age (age-encryption.org)."""

import hashlib
import io
import json
import tarfile
import tempfile
import unicodedata
from collections.abc import Iterable, Iterator
from typing import IO, Any

import pyrage
from pyrage.x25519 import Recipient

from board.tips.crypto import key_files
from board.tips.crypto.file_cipher import open_file
from board.tips.crypto.primitives import common_size
from board.tips.dates import today
from board.tips.sealed.items import DecryptedItem
from board.tips.sealed.sealed_tip import DecryptableTip

EXPORTED_KINDS = ("message", "file", "story", "note", "facts", "hold")
_BLOCK = tarfile.BLOCKSIZE
_NAME_BYTES = 240  # and fifteen for the number in front
_EXTENSION_MAX = 10  # characters


def pack(opened: DecryptableTip, to: str, *, by: str, contact: bool) -> IO[bytes]:
    """The encrypted archive in an unnamed file; plaintext never touches the disk.

    Raises DecryptionFailed before anything is sent, if a part of the tip is damaged.
    """
    contents = opened.contents(*EXPORTED_KINDS, *(("contact",) if contact else ()))
    reader = _ChunkReader(_padded(_archive(opened, contents, by)))
    packed = tempfile.TemporaryFile(dir=key_files.folder("drafts"))  # noqa: SIM115 - the caller's
    try:
        pyrage.encrypt_io(io.BufferedReader(reader), packed, [Recipient.from_str(to)])
    except Exception as error:
        packed.close()
        raise reader.failed or error from error
    packed.seek(0)
    return packed


def _archive(opened: DecryptableTip, contents: list[DecryptedItem], by: str) -> Iterator[bytes]:
    """A tar of the files, the conversation and the manifest, with the hash of each file."""
    folder, hashes, files = f"tip-{opened.tip.id}", {}, {}
    for content in contents:
        if content.kind == "file" and content.file:
            name = f"files/{content.number:03}-{_short_name(content.data['name'])}"
            chunks = open_file(
                key_files.folder("files") / content.file, content.file_key, content.data["size"]
            )
            digest = hashlib.sha256()
            yield from _tar_member(f"{folder}/{name}", chunks, content.data["size"], digest)
            hashes[name], files[content.number] = digest.hexdigest(), name
    for name, text in (
        ("talk.txt", _conversation_text(contents)),
        ("manifest.json", _manifest(opened, contents, by, files, hashes)),
    ):
        data, digest = text.encode(), hashlib.sha256()
        yield from _tar_member(f"{folder}/{name}", [data], len(data), digest)
        hashes[name] = digest.hexdigest()
    lines = "".join(f"{digest}  {name}\n" for name, digest in hashes.items()).encode()
    yield from _tar_member(f"{folder}/SHA256SUMS", [lines], len(lines), hashlib.sha256())
    yield bytes(2 * _BLOCK)


def _padded(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The archive and zeros behind its end, which tar ignores, up to a common size."""
    size = 0
    for chunk in chunks:
        size += len(chunk)
        yield chunk
    yield bytes(common_size(size) - size)


def _short_name(name: str) -> str:
    """A name every file system takes, 255 bytes in Unicode's decomposed form, with its extension.

    The manifest has the whole name.
    """
    stem, dot, extension = name.rpartition(".")
    if not stem or len(extension) > _EXTENSION_MAX:
        stem, dot, extension = name, "", ""
    while len(unicodedata.normalize("NFD", stem + dot + extension).encode()) > _NAME_BYTES:
        stem = stem[:-1]
    return stem + dot + extension


def _tar_member(name: str, chunks: Iterable[bytes], size: int, digest: Any) -> Iterator[bytes]:
    header = tarfile.TarInfo(name)
    header.size, header.mode = size, 0o600
    yield header.tobuf(tarfile.PAX_FORMAT)
    for chunk in chunks:
        digest.update(chunk)
        yield chunk
    yield bytes(-size % _BLOCK)


def _manifest(
    opened: DecryptableTip,
    contents: list[DecryptedItem],
    by: str,
    files: dict[int, str],
    hashes: dict[str, str],
) -> str:
    tip = opened.tip
    entries = [
        {
            **{name: value for name, value in content.data.items() if name != "key"},
            "number": content.number,
            "kind": content.kind,
            **_file_entry(content.number, files, hashes),
        }
        for content in contents
    ]
    manifest = {
        "tip": tip.id, "state": tip.state, "received_on": tip.received_on.isoformat(),
        "exported_on": today().isoformat(), "exported_by": by, "contents": entries,
    }  # fmt: skip
    return json.dumps(manifest, ensure_ascii=False, indent=1) + "\n"


def _file_entry(number: int, files: dict[int, str], hashes: dict[str, str]) -> dict[str, str]:
    name = files.get(number)
    return {"file": name, "sha256": hashes[name]} if name else {}


def _conversation_text(contents: list[DecryptedItem]) -> str:
    """The conversation as plain text, unchanged. No name means the source."""
    parts = []
    for content in contents:
        data = content.data
        text = data.get("text") or data.get("link") or data.get("name") or data.get("title", "")
        head = f"[{content.number}] {data['at']} {content.kind} {data.get('by', '')}".rstrip()
        parts.append(f"{head}\n{text}\n")
    return "\n".join(parts)


class _ChunkReader(io.RawIOBase):
    """Wraps an iterator of chunks as a file that is read once."""

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks, self._left = chunks, b""
        self.failed: Exception | None = None  # age raises its own error instead

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            while not self._left and (chunk := next(self._chunks, None)) is not None:
                self._left = chunk
        except Exception as error:
            self.failed = error
            raise
        data, self._left = self._left[: len(buffer)], self._left[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)
