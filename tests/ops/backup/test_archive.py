"""An archive opens with the right key only, and only as it was written."""

import shutil
import stat
import subprocess
import tarfile
from io import BytesIO

import pyrage
import pytest
from pyrage.x25519 import Identity

from board.ops.backup import archive, contents
from board.ops.backup.archive import Damaged, WrongIdentity

NAMES = ("secret_key", "tips")
LAST_MEMBER = 3 * 512 + 200_192  # where SHA256SUMS begins, in a tar


@pytest.fixture
def source(tmp_path):
    folder = tmp_path / "source"
    (folder / "tips" / "files").mkdir(parents=True)
    (folder / "secret_key").write_text("secret")
    (folder / "tips" / "files" / "a").write_bytes(bytes(200_000))
    (folder / "tips" / "link").symlink_to("/etc/passwd")
    return folder


@pytest.fixture
def target(tmp_path):
    (tmp_path / "target").mkdir()
    return tmp_path / "target"


def written(source, age=None):
    path = source.parent / f"board.tar{'.age' if age else ''}"
    files = contents.files_of(source, *NAMES, "absent")
    recipients = [age.to_public()] if age else []
    archive.write(path, files, recipients=recipients, scratch=source.parent)
    return path


def names_in(folder):
    paths = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    return sorted(str(path.relative_to(folder)) for path in paths)


@pytest.mark.parametrize("encrypted", [False, True])
def test_files_come_back_private_and_without_links(source, target, encrypted, age, careless_umask):
    path = written(source, age if encrypted else None)
    archive.extract(path, target, identities=[age])

    assert names_in(target) == ["secret_key", "tips/files/a"]
    assert (target / "tips/files/a").read_bytes() == bytes(200_000)
    modes = {stat.S_IMODE(p.stat().st_mode) for p in [path, *target.rglob("*")] if p.is_file()}
    assert modes == {0o600}
    assert {stat.S_IMODE(p.stat().st_mode) for p in target.rglob("*") if p.is_dir()} == {0o700}


def test_nothing_of_an_encrypted_archive_can_be_read(source, age):
    path = written(source, age)

    assert b"secret" not in path.read_bytes()
    assert names_in(source.parent) == ["board.tar.age", "source/secret_key", "source/tips/files/a"]


def test_another_key_is_told_from_damage(source, target, age):
    path = written(source, age)

    with pytest.raises(WrongIdentity):
        archive.extract(path, target, identities=[Identity.generate()])


@pytest.mark.parametrize("encrypted", [False, True])
@pytest.mark.parametrize("size", [0, 20, 600, 5_000, 70_000, LAST_MEMBER])
def test_an_archive_that_was_cut_off_is_damaged(source, target, age, encrypted, size):
    path = written(source, age if encrypted else None)
    path.write_bytes(path.read_bytes()[:size])

    with pytest.raises(Damaged):
        archive.extract(path, target, identities=[age])


@pytest.mark.parametrize("encrypted", [False, True])
@pytest.mark.parametrize("place", [514, 1_600, 100_000])
def test_a_changed_byte_is_noticed(source, target, age, encrypted, place):
    path = written(source, age if encrypted else None)
    whole = bytearray(path.read_bytes())
    whole[place] ^= 1
    path.write_bytes(bytes(whole))

    with pytest.raises(Damaged):
        archive.extract(path, target, identities=[age])


def test_a_file_is_not_written_outside_the_folder(target, age):
    path = target.parent / "evil.tar"
    with tarfile.open(path, "w") as tar:
        member = tarfile.TarInfo("../outside")
        member.size = 1
        tar.addfile(member, BytesIO(b"x"))

    with pytest.raises(Damaged):
        archive.extract(path, target, identities=[])
    assert not (target.parent / "outside").exists()


def test_a_file_deleted_meanwhile_is_left_out(source, target):
    files = list(contents.files_of(source, *NAMES))
    (source / "tips/files/a").unlink()
    archive.write(source.parent / "board.tar", files, recipients=[], scratch=source.parent)
    archive.extract(source.parent / "board.tar", target, identities=[])

    assert names_in(target) == ["secret_key"]


@pytest.mark.skipif(not shutil.which("sha256sum"), reason="needs sha256sum")
def test_it_opens_without_the_board(source, target, age):
    """As docs/backups.md says; age itself is what pyrage is tested against."""
    plain = pyrage.decrypt(written(source, age).read_bytes(), [age])
    subprocess.run(["tar", "-x"], input=plain, cwd=target, check=True)

    result = subprocess.run(
        ["sha256sum", "-c", "SHA256SUMS"], cwd=target, capture_output=True, text=True, check=True
    )
    assert result.stdout == "secret_key: OK\ntips/files/a: OK\n"
