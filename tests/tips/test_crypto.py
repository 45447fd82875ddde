"""Ciphertexts open with one key, in one context, undamaged, and not otherwise."""

import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from board.runtime.limiter import Limiter, QueueFull
from board.tips.crypto import key_files, primitives
from board.tips.crypto.file_cipher import CHUNK, SealedFile, open_file, seal_file
from board.tips.crypto.primitives import DecryptionFailed, Key
from tips import known_vectors as known

SEED = bytes(range(32))


@pytest.mark.parametrize(
    ("alg", "sealed"),
    [(1, known.SEALED_X25519), (2, known.SEALED_HYBRID)],
    ids=["x25519", "hybrid"],
)
def test_older_ciphertexts_still_open(alg, sealed):
    key = Key(SEED, alg=alg)

    assert hashlib.sha256(key.public).hexdigest() == known.PUBLIC_SHA256[alg]
    assert key.open(bytes.fromhex(sealed), "item", "ab", 1) == b"known"
    assert primitives.decrypt_shared(SEED, bytes.fromhex(sealed), "item", "ab", 1) == b"known"


def test_older_ciphertexts_derived_keys_and_signing_keys_stay_valid(monkeypatch):
    monkeypatch.setattr(primitives, "_PASSES", 3)
    monkeypatch.setattr(primitives, "_KIB", 64 * 1024)
    assert primitives.decrypt(b"k" * 32, bytes.fromhex(known.LOCKED), "a") == b"known"
    assert primitives.decrypt_shared(SEED, bytes.fromhex(known.SHARED), "item", "ab", 1) == b"known"
    stretched = primitives.derive_from_passphrase("code", salt=b"s" * 16, pepper=b"p" * 32)
    assert tuple(part.hex() for part in stretched) == known.STRETCHED
    assert Key(SEED).verifier.hex() == known.VERIFIER


def test_new_ciphertexts_are_hybrid_and_say_so():
    sealed = primitives.hpke_encrypt(Key().public, b"words", "item")

    assert (sealed[0], len(sealed)) == (2, 1 + 1136 + len(b"words"))


@pytest.mark.parametrize("alg", [1, 2])
def test_hpke_opens_only_with_its_key_and_context_and_undamaged(alg):
    key = Key(alg=alg)
    sealed = primitives.hpke_encrypt(key.public, b"words", "item", "tip", 1)
    flipped = sealed[:-1] + bytes([sealed[-1] ^ 1])

    assert key.open(sealed, "item", "tip", 1) == b"words"
    for wrong in (
        lambda: key.open(sealed, "item", "tip", 2),
        lambda: key.open(sealed, "item", "other", 1),
        lambda: key.open(sealed, "note", "tip", 1),
        lambda: key.open(sealed),
        lambda: Key(alg=alg).open(sealed, "item", "tip", 1),
        lambda: Key(alg=3 - alg).open(sealed, "item", "tip", 1),
        lambda: key.open(flipped, "item", "tip", 1),
        lambda: key.open(sealed[:40], "item", "tip", 1),
        lambda: key.open(b"", "item", "tip", 1),
    ):
        with pytest.raises(DecryptionFailed):
            wrong()


def test_symmetric_encryption_opens_only_with_its_key_and_context():
    locked = primitives.encrypt(SEED, b"words", "wrap", 1)

    assert primitives.decrypt(SEED, locked, "wrap", 1) == b"words"
    for key, place in ((SEED, 2), (bytes(32), 1)):
        with pytest.raises(DecryptionFailed):
            primitives.decrypt(key, locked, "wrap", place)


def test_shared_encryption_opens_only_with_its_key_and_context_and_undamaged():
    made = primitives.encrypt_shared(SEED, b"words", "item", "tip", 1)

    assert primitives.decrypt_shared(SEED, made, "item", "tip", 1) == b"words"
    for secret, sealed, place in (
        (bytes(32), made, ("item", "tip", 1)),
        (SEED, made, ("item", "tip", 2)),
        (SEED, made[:-1], ("item", "tip", 1)),
        (SEED, b"\x04" + made[1:], ("item", "tip", 1)),
        (SEED, b"", ("item", "tip", 1)),
    ):
        with pytest.raises(DecryptionFailed):
            primitives.decrypt_shared(secret, sealed, *place)


def test_the_same_words_are_encrypted_to_other_bytes_each_time(tmp_path):
    """A repeated nonce would reveal the difference of two texts, and let anybody forge a third."""
    ways = [
        lambda _: primitives.encrypt(SEED, b"words"),
        lambda _: primitives.encrypt_shared(SEED, b"words"),
        lambda _: primitives.hpke_encrypt(Key(SEED).public, b"words"),
        lambda turn: seal_file(tmp_path / f"{turn}", b"words").path.read_bytes(),
    ]

    for encrypt in ways:
        texts = [encrypt(turn) for turn in range(20)]
        assert len({text[:12] for text in texts}) == len({text[12:] for text in texts}) == 20


def test_a_signature_is_valid_for_one_key_and_one_text():
    key = Key()

    assert primitives.is_signed(b"roster", key.sign(b"roster"), key.verifier)
    assert not primitives.is_signed(b"roster!", key.sign(b"roster"), key.verifier)
    assert not primitives.is_signed(b"roster", Key().sign(b"roster"), key.verifier)
    assert not primitives.is_signed(b"roster", b"", b"")


@given(st.binary(max_size=5000))
def test_padding_is_removed_again(data):
    padded = primitives.pad(data)

    assert primitives.unpad(padded) == data
    assert len(padded) >= 1024
    assert len(padded) == primitives.padded_size(len(padded))


def test_padded_sizes_are_few():
    assert [primitives.padded_size(n) for n in (0, 1, 10, 300, 5000, 123456)] == [
        0, 1, 10, 304, 5120, 124928,
    ]  # fmt: skip
    assert {len(primitives.pad(b"x" * n)) for n in range(1000)} == {1024}
    with pytest.raises(DecryptionFailed):
        primitives.unpad(b"no mark")


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 5 * CHUNK])
def test_a_file_comes_back_as_it_was(tmp_path, size):
    data = bytes(range(256)) * (size // 256 + 1)
    sealed = seal_file(tmp_path / "file", data[:size])

    assert b"".join(open_file(sealed.path, sealed.key, sealed.size)) == data[:size]
    assert sealed.path.stat().st_mode & 0o777 == 0o600


def test_small_files_have_one_size(tmp_path):
    sizes = {seal_file(tmp_path / str(n), b"x" * n).path.stat().st_size for n in (0, 1, 9000)}

    assert len(sizes) == 1


def test_a_file_that_was_cut_reordered_or_changed_does_not_open(tmp_path):
    sealed = seal_file(tmp_path / "file", b"x" * 3 * CHUNK)
    whole, piece = sealed.path.read_bytes(), CHUNK + 16
    swapped = whole[piece : 2 * piece] + whole[:piece] + whole[2 * piece :]
    for damaged in (whole[:-1], whole[:piece], whole[: 2 * piece], swapped, b"", whole + whole):
        sealed.path.write_bytes(damaged)
        with pytest.raises(DecryptionFailed):
            list(open_file(sealed.path, sealed.key, sealed.size))


def test_a_file_without_its_padding_does_not_open(tmp_path):
    """Only the mark on the last chunk tells: all bytes of the file itself are still there."""
    sealed = seal_file(tmp_path / "file", b"x" * (64 * CHUNK + 1000))
    whole, size = sealed.path.read_bytes(), sealed.size
    assert len(whole) == 66 * (CHUNK + 16)

    sealed.path.write_bytes(whole[: 65 * (CHUNK + 16)])
    with pytest.raises(DecryptionFailed):
        list(open_file(sealed.path, sealed.key, size))


def test_an_upload_is_never_readable_on_disk_and_leaves_nothing_when_dropped(tmp_path):
    upload = SealedFile(tmp_path / "file")
    for _ in range(5000):
        upload.write(b"the minister signed on Tuesday ")
    upload._file.flush()

    assert upload.path.stat().st_size > CHUNK
    assert b"minister" not in upload.path.read_bytes()
    upload.close()
    assert list(tmp_path.iterdir()) == []


def test_the_pepper_is_created_once_and_readable_by_the_board_only(app, tmp_path):
    key_files.stretch("code")
    pepper = tmp_path / "tips" / "pepper"
    first = pepper.read_bytes()

    assert key_files.stretch("code") == key_files.stretch("code")
    assert (pepper.read_bytes(), len(first)) == (first, 48)
    assert pepper.stat().st_mode & 0o777 == 0o600
    assert pepper.parent.stat().st_mode & 0o777 == 0o700


def test_another_pepper_derives_other_keys(app, tmp_path):
    before = key_files.stretch("code")
    (tmp_path / "tips" / "pepper").unlink()

    assert key_files.stretch("code") != before


def test_excess_key_derivations_wait_and_then_give_up(app, monkeypatch):
    """One at a time; here another thread has the turn, and whoever waits does so briefly."""
    monkeypatch.setattr(key_files, "derivations", Limiter("derivations", queue=1, wait=0.1))
    with key_files.derivations, ThreadPoolExecutor(1) as pool:

        def derive():
            with app.app_context():
                return key_files.stretch("code")

        with pytest.raises(QueueFull):
            pool.submit(derive).result()

    assert key_files.stretch("code")


def test_an_erased_tip_has_no_key(app):
    key = key_files.make_erase_key("ab")

    assert key_files.erase_key("ab") == key
    key_files.erase("ab")
    key_files.erase("ab")
    with pytest.raises(key_files.Erased):
        key_files.erase_key("ab")
