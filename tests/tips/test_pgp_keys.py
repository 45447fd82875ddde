"""A reader's email is encrypted to a key they have proven to be theirs, or it is not sent."""

import io
import os
import re
import shutil
import subprocess
from datetime import timedelta

import pytest
import time_machine
from pysequoia import Cert, Tsk, decrypt

from board.db import now
from board.tips.crypto.pgp import BadKey, PublicKey
from board.web.request.body import RequestBody, TooManyUploads
from support.bodies import send
from tips.conftest import ReaderClient, notify

pytestmark = pytest.mark.slow

STORY = "과장이 장부를 두 권 씁니다."
YEAR = 365 * 24 * 3600


def make_key(seconds=YEAR):
    return Tsk.generate(user_id="Tess <tess@harbour.example>", validity_seconds=seconds)


def public(secret):
    return str(secret.extract_certificate())


@pytest.fixture(scope="module")
def mine():
    return make_key()


def decrypted(mail, secret):
    """The text of a PGP/MIME email, decrypted with the recipient's key."""
    control, sealed = mail.iter_parts()
    assert mail.get_content_type() == "multipart/encrypted"
    assert control.get_content_type() == "application/pgp-encrypted"
    armoured = sealed.get_content()
    whole = decrypt(armoured, secret.decryptor()).bytes.decode()
    head, _, body = whole.partition("\r\n\r\n")
    assert "text/plain" in head
    return body


def offer(desk, key):
    return desk.post("/desk/tips/mail", key=key)


def prove(desk, smtp_server, secret):
    code = re.search(r"\d{8}", decrypted(smtp_server.messages[-1][1], secret))[0]
    return desk.post("/desk/tips/mail/prove", code=code)


@pytest.fixture
def proven(desk, smtp_server, mine):
    """tess, with a proven key."""
    assert offer(desk, public(mine)).status_code == 303
    assert prove(desk, smtp_server, mine).status_code == 303
    smtp_server.messages.clear()
    return desk


def test_a_key_that_did_not_arrive_is_said_not_to_have_arrived(desk):
    body = RequestBody(1000, io.BytesIO(b"key="), problem=TooManyUploads())

    answer = send(desk.client, "/desk/tips/mail", body, "application/x-www-form-urlencoded")

    assert answer.status_code == 503
    assert "저장되지 않았습니다. 잠시 뒤 다시 시도해 주세요." in answer.text


def test_email_is_encrypted_once_the_key_is_proven(app, proven, smtp_server, mine, source):
    source.send(STORY)
    notify(app)

    ((_to, mail),) = smtp_server.messages
    assert mail["Subject"] == "[전체댓글] 확인할 것이 있습니다"
    assert decrypted(mail, mine).strip() == "데스크에서 확인할 것이 있습니다."
    raw = mail.as_bytes()
    assert "데스크에서".encode() not in raw
    assert b"base64" not in raw


def test_until_it_is_proven_nothing_changes(app, desk, smtp_server, mine, source):
    offer(desk, public(mine))
    assert desk.post("/desk/tips/mail/prove", code="00000000").status_code == 422
    smtp_server.messages.clear()
    source.send(STORY)
    notify(app)

    assert smtp_server.messages[0][1].get_content_type() == "text/plain"


def test_the_code_is_only_in_the_encrypted_email(desk, smtp_server, mine):
    offer(desk, public(mine))

    to, mail = smtp_server.messages[0]
    assert to == "tess@harbour.example"
    code = re.search(r"\d{8}", decrypted(mail, mine))[0]
    assert code not in mail.as_string()
    assert code not in desk.get("/desk/tips/mail").text


def test_after_five_wrong_codes_the_key_is_forgotten(desk, smtp_server, mine):
    offer(desk, public(mine))
    for _ in range(5):
        desk.post("/desk/tips/mail/prove", code="1234")

    assert prove(desk, smtp_server, mine).status_code == 422
    assert "열쇠가 본인 것인지" not in desk.get("/desk/tips/mail").text


def test_an_expired_key_stops_the_mail_and_the_desk_says_so(app, proven, smtp_server, source, as_):
    def inbox():
        desk = ReaderClient(proven.user, as_(proven.user), *proven.phrases)
        desk.unlock()
        return desk.get("/desk/tips").text

    source.send(STORY)
    with time_machine.travel(now() + timedelta(days=340)):
        assert "이후에는 메일이 가지 않습니다" in inbox()
        source.send(STORY)
    with time_machine.travel(now() + timedelta(days=366)):
        result = notify(app)
        assert smtp_server.messages == []
        assert "1 got no email" in result.output
        assert "암호화하지 않은 메일로 대신하지 않습니다" in inbox()


def test_a_revocation_stops_the_mail(app, proven, smtp_server, mine, source):
    revoked = Cert.from_bytes(bytes(mine.extract_certificate()) + bytes(
        mine.extract_certificate().revoke(mine.certifier())
    ))  # fmt: skip
    assert offer(proven, str(revoked)).status_code == 303
    source.send(STORY)
    notify(app)

    assert smtp_server.messages == []
    assert "만료됐거나 폐기" in proven.get("/desk/tips/mail").text


def test_another_key_replaces_the_first_when_it_is_proven(app, proven, smtp_server, source):
    other = make_key()
    offer(proven, public(other))
    prove(proven, smtp_server, other)
    smtp_server.messages.clear()
    source.send(STORY)
    notify(app)

    assert "확인할 것" in decrypted(smtp_server.messages[0][1], other)


def test_a_reader_stops_encrypting(app, proven, smtp_server, source):
    proven.post("/desk/tips/mail/remove")
    source.send(STORY)
    notify(app)

    assert smtp_server.messages[0][1].get_content_type() == "text/plain"


def test_a_colleague_gets_the_usual_mail(app, proven, second_desk, smtp_server, source):
    source.send(STORY)
    notify(app)

    kinds = {to: mail.get_content_type() for to, mail in smtp_server.messages}
    assert kinds == {
        "tess@harbour.example": "multipart/encrypted",
        "jin@harbour.example": "text/plain",
    }


def test_a_reader_who_starts_again_has_no_openpgp_key(proven):
    proven.restart()
    proven.unlock()

    assert "BEGIN PGP" in proven.get("/desk/tips/mail").text


BAD = {
    "nothing": ("hello", "OpenPGP 열쇠가 아닙니다"),
    "half": (lambda key: public(key)[:200], "OpenPGP 열쇠가 아닙니다"),
    "two": (lambda key: public(key) + "\n" + public(make_key()), "여러 개"),
    "secret": (lambda key: str(key), "비밀 열쇠"),
    "expired": (lambda _key: public(make_key(1)), "만료"),
    "a mark": ("-----BEGIN PGP PUBLIC KEY BLOCK-----\n\n\u200b", "OpenPGP 열쇠가 아닙니다"),
    "long": ("x" * 100_001, "100000"),
}


@pytest.mark.parametrize("name", BAD)
def test_an_unusable_key_is_refused_with_the_reason(desk, smtp_server, mine, name):
    key, message = BAD[name]
    text = key(mine) if callable(key) else key
    with time_machine.travel(now() + timedelta(seconds=5), tick=False):
        page = offer(desk, text)

    assert page.status_code == 422
    assert message in page.text
    assert "backtrace" not in page.text
    assert smtp_server.messages == []


def test_without_a_mail_server_there_is_nothing_to_encrypt(desk):
    assert "<textarea" not in desk.get("/desk/tips/mail").text


def test_a_reader_learns_that_the_email_could_not_be_sent(desk, smtp_server, mine):
    smtp_server.answer = "451 Later"

    assert offer(desk, public(mine)).status_code == 503
    assert "열쇠가 본인 것인지" not in desk.get("/desk/tips/mail").text


gpg = pytest.mark.skipif(not shutil.which("gpg"), reason="needs GnuPG")


@pytest.fixture
def keyring(tmp_path):
    """GnuPG with its own home folder."""
    home = tmp_path / "gnupg"
    home.mkdir(mode=0o700)

    def run(*args, data=None):
        command = ["gpg", "--batch", "--quiet", "--passphrase", "", "--pinentry-mode", "loopback"]
        return subprocess.run(
            [*command, *args], input=data, capture_output=True, check=True, timeout=60,
            env={**os.environ, "GNUPGHOME": str(home)},
        ).stdout  # fmt: skip

    yield run
    stop = ["gpgconf", "--homedir", str(home), "--kill", "all"]
    subprocess.run(stop, check=False, capture_output=True, timeout=60)


OLD = ("--faked-system-time", "20240101T000000!")


@gpg
class TestWithGnuPG:
    def test_it_reads_what_we_send(self, app, desk, smtp_server, source, keyring):
        keyring("--quick-generate-key", "Tess <tess@harbour.example>", "default", "default", "1y")
        offer(desk, keyring("--armor", "--export", "tess").decode())
        armoured = list(smtp_server.messages[-1][1].iter_parts())[1].get_content()
        code = re.search(rb"\d{8}", keyring("--decrypt", data=armoured))[0].decode()
        assert desk.post("/desk/tips/mail/prove", code=code).status_code == 303
        source.send(STORY)
        notify(app)

        armoured = list(smtp_server.messages[-1][1].iter_parts())[1].get_content()
        text = keyring("--decrypt", data=armoured).decode()
        assert text.endswith("데스크에서 확인할 것이 있습니다.\r\n")

    def test_an_extended_key_is_accepted_without_a_new_proof(
        self, app, desk, smtp_server, source, keyring
    ):
        keyring("--quick-generate-key", "Tess <tess@harbour.example>", "default", "default", "1y")
        offer(desk, keyring("--armor", "--export", "tess").decode())
        armoured = list(smtp_server.messages[-1][1].iter_parts())[1].get_content()
        code = re.search(rb"\d{8}", keyring("--decrypt", data=armoured))[0].decode()
        desk.post("/desk/tips/mail/prove", code=code)
        listed = keyring("--with-colons", "--list-keys").decode()
        print_ = re.search(r"^fpr:+(\w+):", listed, re.M)[1]
        for parts in ([], ["*"]):
            keyring("--quick-set-expire", print_, "5y", *parts)
        smtp_server.messages.clear()
        assert offer(desk, keyring("--armor", "--export", "tess").decode()).status_code == 303
        assert smtp_server.messages == []
        source.send(STORY)
        with time_machine.travel(now() + timedelta(days=400)):
            notify(app)

        assert len(smtp_server.messages) == 1

    def test_a_key_whose_part_for_encryption_has_expired_is_refused(self, keyring):
        keyring(*OLD, "--quick-generate-key", "Sub <s@harbour.example>", "ed25519", "sign", "never")
        listed = keyring("--with-colons", "--list-keys").decode()
        print_ = re.search(r"^fpr:+(\w+):", listed, re.M)[1]
        keyring(*OLD, "--quick-add-key", print_, "cv25519", "encr", "1y")

        with pytest.raises(BadKey, match="expired"):
            PublicKey.read(keyring("--export", "s@harbour.example"))

    def test_a_key_that_only_signs_is_refused(self, keyring):
        keyring("--quick-generate-key", "Sign <sign@harbour.example>", "ed25519", "sign", "1y")

        with pytest.raises(BadKey, match="cannot encrypt"):
            PublicKey.read(keyring("--export", "sign"))
