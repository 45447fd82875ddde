"""An unlocked desk is not ownership: what outlasts the session asks for the words again, and what
somebody loses has to be typed.
"""

import pytest
from sqlalchemy import select

from board.accounts.auth.rate_limit import Attempt
from board.accounts.two_factor import models as two_factor
from board.accounts.two_factor.totp import new_secret
from board.db import db, writing
from board.tips.cli import tips_cli
from board.tips.models import roster
from board.tips.models.audit_log import AuditEntry
from board.tips.models.removal import RemovalRequest
from board.tips.models.tip import Tip
from conftest import person
from tips.conftest import form_fields, holder_id, is_locked, loss_sentence

pytestmark = pytest.mark.slow

STORY = "과장이 장부를 두 권 씁니다."


def logged():
    db.session.rollback()
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id))
    return [(entry.act, entry.user.name) for entry in entries if entry.user]


def backup_codes(app, user):
    """Give the user a second factor; codes that are each good once."""
    with writing():
        return two_factor.enrol(user, new_secret(), step=0, key=app.config["SECRET_KEY"])


def removal_path(reader):
    return f"/desk/tips/readers/{holder_id(reader.user)}/remove"


class TestRenewing:
    def test_it_takes_the_passphrase_and_is_logged(self, desk, sent):
        page = desk.get("/desk/tips/renew")
        assert page.status_code == 200
        for words in ("", "가격 " * 6, desk.passphrase + " 가격"):
            assert desk.post("/desk/tips/renew", passphrase=words).status_code == 422
        assert ("renew", "tess") not in logged()

        fields = {**form_fields(page), "passphrase": desk.passphrase}
        desk.remember_phrases(desk.post("/desk/tips/renew", **fields))

        assert logged().count(("renew", "tess")) == 1
        assert desk.unlock().status_code == 303
        assert "tess: 읽기 암호와 복구 용지 새로 만듦" in desk.get("/desk/tips/log").text

    def test_the_recovery_words_do_as_well(self, desk):
        old = desk.passphrase

        page = desk.post("/desk/tips/renew", passphrase=desk.recovery)

        desk.remember_phrases(page)
        assert desk.unlock(old).status_code == 422
        assert desk.unlock().status_code == 303

    @pytest.mark.parametrize("path", ["/desk/tips/renew", "/desk/tips/recover"])
    def test_it_takes_the_second_factor_of_whoever_has_one(self, app, desk, path):
        codes = backup_codes(app, desk.user)
        words = {"passphrase": desk.recovery}
        assert "인증번호" in desk.get(path).text
        for code in ({}, {"code": "000000"}, {"code": "AAAA-BBBB-CCCC"}):
            assert desk.post(path, **words, **code).status_code == 422
        assert desk.unlock().status_code == 303

        assert desk.post(path, **words, code=codes[0]).status_code == 200

        assert desk.unlock().status_code == 422

    def test_guessing_is_rate_limited(self, app, desk):
        codes = backup_codes(app, desk.user)
        with_code = [desk.post("/desk/tips/renew", passphrase="가격 " * 6).status_code
                     for _ in range(11)]  # fmt: skip
        with writing():
            db.session.query(Attempt).delete()
        desk.unlock()
        of_codes = [desk.post("/desk/tips/renew", passphrase=desk.passphrase, code="000000")
                    for _ in range(6)]  # fmt: skip

        assert with_code == [422] * 10 + [429]
        assert [page.status_code for page in of_codes] == [422] * 5 + [429]
        refused = desk.post("/desk/tips/renew", passphrase=desk.passphrase, code=codes[0])
        assert refused.status_code == 429


class TestBeginningAgain:
    def test_it_takes_the_words_and_is_logged(self, desk, second_desk, sent):
        assert second_desk.set_up().status_code == 422
        assert second_desk.set_up(passphrase="가격 " * 6, again="yes").status_code == 422
        assert STORY in second_desk.get("/desk/tips/1").text

        assert second_desk.restart().status_code == 200

        assert ("restart", "jin") in logged()
        assert second_desk.unlock().status_code == 303
        assert second_desk.get("/desk/tips/1").status_code == 404

    def test_it_takes_the_second_factor_of_whoever_has_one(self, app, desk, second_desk):
        codes = backup_codes(app, second_desk.user)
        words = {"passphrase": second_desk.passphrase}
        assert second_desk.set_up(**words).status_code == 422
        assert second_desk.unlock().status_code == 303

        assert second_desk.set_up(**words, code=codes[0]).status_code == 200

    def test_a_sole_reader_types_what_will_be_lost(self, desk, sent, source):
        source.send("두 번째 제보")
        page = desk.get("/desk/tips/start")
        words = {"passphrase": desk.passphrase}
        assert loss_sentence(page) == "제보 2건을 잃습니다"
        for loss in ("", "yes", "제보 1건을 잃습니다"):
            refused = desk.set_up(**words, loss=loss)
            assert refused.status_code == 422
            assert "보이는 문장을 그대로 입력하세요" in refused.text
        assert STORY in desk.get("/desk/tips/1").text

        assert desk.set_up(**words, loss="  제보  2건을 잃습니다. ").status_code == 200

    def test_what_arrived_since_the_page_was_opened_counts(self, desk, sent, source):
        loss = loss_sentence(desk.get("/desk/tips/start"))
        source.send("두 번째 제보")

        refused = desk.set_up(passphrase=desk.passphrase, loss=loss)

        assert refused.status_code == 422
        assert loss_sentence(refused) == "제보 2건을 잃습니다"

    def test_a_reader_whose_tips_colleagues_can_open_types_nothing(self, desk, second_desk, sent):
        assert loss_sentence(second_desk.get("/desk/tips/start")) == ""

    def test_without_the_words_colleagues_decide(self, desk, second_desk, sent):
        """jin has lost both. A stranger at jin’s account changes nothing."""
        asked = second_desk.post("/desk/tips/start/ask")
        assert asked.status_code == 303
        assert second_desk.unlock().status_code == 303
        assert STORY in second_desk.get("/desk/tips/1").text
        assert "읽기 암호와 복구 용지를 잃어버려" in desk.get("/desk/tips").text

        assert desk.post(removal_path(second_desk)).status_code == 303

        assert second_desk.set_up().status_code == 200
        second_desk.unlock()
        assert desk.sign_for(second_desk.user).status_code == 303
        assert STORY in second_desk.get("/desk/tips/1").text

    def test_asking_colleagues_takes_the_second_factor(self, app, desk, second_desk):
        codes = backup_codes(app, second_desk.user)
        assert second_desk.post("/desk/tips/start/ask").status_code == 422
        assert desk.post(removal_path(second_desk)).location.endswith("?notice=removal_asked")
        with writing():
            db.session.query(RemovalRequest).delete()

        assert second_desk.post("/desk/tips/start/ask", code=codes[0]).status_code == 303

        assert db.session.scalars(select(RemovalRequest.asked_by_id)).all() == [
            holder_id(second_desk.user)
        ]

    def test_a_sole_reader_without_the_words_needs_an_administrator(self, app, desk, sent):
        assert desk.set_up(loss="제보 1건을 잃습니다").status_code == 422
        app.test_cli_runner().invoke(tips_cli, ["begin-roster", "--yes"])
        assert desk.set_up().status_code == 422

        assert desk.set_up(loss="제보 1건을 잃습니다").status_code == 200

        assert [reader.user.name for reader in roster.members()] == ["tess"]


class TestSigning:
    def test_it_takes_the_passphrase(self, desk, at_desk, sent):
        jin = at_desk(person("jin", can_read_tips=True))
        path = f"/desk/tips/readers/{holder_id(jin.user)}/add"
        assert desk.get(path).status_code == 200
        for words in ("", "가격 " * 6):
            assert desk.post(path, passphrase=words).status_code == 422
        assert jin.get("/desk/tips/1").status_code == 404

        assert desk.sign_for(jin.user).status_code == 303

        assert STORY in jin.get("/desk/tips/1").text

    def test_it_takes_the_second_factor_of_whoever_has_one(self, app, desk, at_desk):
        jin, codes = at_desk(person("jin", can_read_tips=True)), backup_codes(app, desk.user)
        assert desk.sign_for(jin.user).status_code == 422
        path = f"/desk/tips/readers/{holder_id(jin.user)}/add"

        assert desk.post(path, passphrase=desk.passphrase, code=codes[0]).status_code == 303


class TestRemovingAColleague:
    @pytest.fixture
    def third_desk(self, desk, second_desk, at_desk):
        """sol, the third reader."""
        sol = at_desk(person("sol", can_read_tips=True))
        assert desk.sign_for(sol.user).status_code == 303
        return sol

    def test_one_reader_alone_can_only_ask(self, desk, second_desk, sent):
        path = removal_path(second_desk)
        assert "혼자서는 동료를 제외할 수 없습니다" in desk.get(path).text

        for _ in range(3):
            assert desk.post(path).location == f"{path}?notice=removal_asked"

        assert len(roster.members()) == 2
        assert logged().count(("ask_remove", "tess")) == 1
        assert STORY in second_desk.get("/desk/tips/1").text

    def test_a_third_reader_confirms(self, desk, second_desk, third_desk, sent):
        path = removal_path(second_desk)
        desk.post(path)
        assert (
            "tess 님이 jin 님을 명단에서 제외하자고 요청했습니다"
            in third_desk.get("/desk/tips").text
        )
        assert "tess 님이 요청했습니다" in third_desk.get(path).text

        assert third_desk.post(path).status_code == 303

        assert [reader.user.name for reader in roster.members()] == ["tess", "sol"]
        assert is_locked(second_desk.get("/desk/tips/1"))
        assert db.session.scalars(select(RemovalRequest)).all() == []

    def test_the_colleague_confirms_by_leaving(self, desk, second_desk, sent):
        desk.post(removal_path(second_desk))
        assert "내게 명단에서 나가 달라고 요청했습니다" in second_desk.get("/desk/tips").text

        assert second_desk.leave_roster().location == "/desk/tips/start?notice=reader_removed"

        assert [reader.user.name for reader in roster.members()] == ["tess"]
        assert "jin: 명단에서 나감" in desk.get("/desk/tips/log").text
        assert db.session.get(Tip, 1).epoch == 2

    def test_leaving_takes_the_words(self, app, desk, second_desk):
        path = removal_path(second_desk)
        assert second_desk.post(path).status_code == 422
        assert second_desk.post(path, passphrase="가격 " * 6).status_code == 422
        codes = backup_codes(app, second_desk.user)
        words = {"passphrase": second_desk.passphrase}
        assert second_desk.post(path, **words).status_code == 422
        assert len(roster.members()) == 2

        assert second_desk.post(path, **words, code=codes[0]).status_code == 303

    def test_the_last_reader_cannot_leave(self, desk):
        assert desk.get(removal_path(desk)).status_code == 403
        assert desk.post(removal_path(desk), passphrase=desk.passphrase).status_code == 403

    def test_a_request_is_withdrawn_by_whoever_made_it(self, desk, second_desk, third_desk):
        id = holder_id(second_desk.user)
        desk.post(f"/desk/tips/readers/{id}/remove")
        second_desk.post(f"/desk/tips/readers/{id}/keep")
        assert db.session.get(RemovalRequest, id)

        desk.post(f"/desk/tips/readers/{id}/keep")

        assert third_desk.post(f"/desk/tips/readers/{id}/remove").location.endswith(
            "?notice=removal_asked"
        )
        assert len(roster.members()) == 3

    def test_a_request_of_somebody_who_left_counts_no_more(self, desk, second_desk, third_desk):
        third_desk.post(removal_path(second_desk))
        third_desk.leave_roster()

        assert desk.post(removal_path(second_desk)).location.endswith("?notice=removal_asked")
        assert second_desk.user.name in [reader.user.name for reader in roster.members()]

    def test_a_request_of_somebody_who_may_not_read_tips_any_more_counts_no_more(
        self, desk, second_desk, third_desk
    ):
        third_desk.post(removal_path(second_desk))
        with writing():
            third_desk.user.revoke("can_read_tips")

        assert desk.post(removal_path(second_desk)).location.endswith("?notice=removal_asked")
        assert second_desk.user.name in [reader.user.name for reader in roster.members()]

    def test_tips_only_they_can_open_are_typed(self, desk, second_desk, third_desk, sent):
        for reader in (desk, third_desk):
            second_desk.post("/desk/tips/1/shut-out", reader=holder_id(reader.user))
        path = removal_path(second_desk)
        desk.post(path)
        page = third_desk.get(path)
        assert loss_sentence(page) == "제보 1건을 잃습니다"
        assert third_desk.post(path).status_code == 422

        assert third_desk.post(path, loss=loss_sentence(page)).status_code == 303

    def test_readers_not_on_the_roster_remove_nobody(self, desk, second_desk, at_desk):
        sol = at_desk(person("sol", can_read_tips=True))

        assert sol.post(removal_path(second_desk)).status_code == 403
        assert desk.post(removal_path(sol)).status_code == 404
        assert db.session.scalars(select(RemovalRequest)).all() == []

    def test_a_tip_the_confirming_reader_cannot_open_gets_new_keys_with_the_next_word(
        self, desk, second_desk, third_desk, sent
    ):
        desk.post("/desk/tips/1/shut-out", reader=holder_id(third_desk.user))
        epoch = db.session.get(Tip, 1).epoch
        desk.post(removal_path(second_desk))
        third_desk.post(removal_path(second_desk))
        assert db.session.get(Tip, 1).epoch == epoch

        sent.enter()
        sent.add_message("나중 이야기")

        assert db.session.get(Tip, 1).epoch == epoch + 1
        assert "나중 이야기" in desk.get("/desk/tips/1").text


def test_a_restarted_readers_old_key_opens_nothing_written_afterwards(desk, second_desk, sent):
    """Before any new signature: whoever finds the old sheet reads no later word."""
    second_desk.restart()

    sent.enter()
    sent.add_message("나중 이야기")

    assert db.session.get(Tip, 1).epoch == 2
    assert "나중 이야기" in desk.get("/desk/tips/1").text
