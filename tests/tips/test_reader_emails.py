"""Tip readers are emailed that there is something new, and nothing more."""

import pytest

from board.db import db, writing
from board.runtime import smtp as mail
from board.runtime.smtp import DeliveryFailed
from board.tips.cli import tips_cli
from board.tips.models.key_holders import TipReader
from board.tips.notifications import emails as tip_emails
from board.tips.sealed import messages
from tips.conftest import notify

EACH = [(to, to) for to in ("jin@harbour.example", "tess@harbour.example")]
STORY = "과장이 장부를 두 권 씁니다."


def test_each_reader_gets_one_email_for_any_number_of_tips(
    app, smtp_server, desk, second_desk, source
):
    for number in range(3):
        source.send(f"{STORY} {number}")

    assert notify(app).exit_code == 0

    assert sorted((to, mail["To"]) for to, mail in smtp_server.messages) == EACH
    assert notify(app).exit_code == 0
    assert len(smtp_server.messages) == 2


def test_the_email_says_only_that_there_is_something_new(app, smtp_server, desk, source):
    source.send(STORY, contact="010-9999-0000")
    notify(app)

    mail = smtp_server.messages[0][1]
    assert mail["Subject"] == "[전체댓글] 확인할 것이 있습니다"
    assert mail.get_content().strip() == "데스크에서 확인할 것이 있습니다."
    assert mail["To"] == "tess@harbour.example"
    assert "제보" not in mail.as_string()
    assert set(mail.keys()) <= {
        "Subject", "From", "To", "Date", "Message-ID", "Content-Type", "MIME-Version",
        "Content-Transfer-Encoding", "X-Peer", "X-MailFrom", "X-RcptTo",
    }  # fmt: skip


def test_a_reader_who_has_unlocked_gets_no_email(app, smtp_server, desk, source):
    source.send(STORY)
    desk.unlock()
    notify(app)

    assert smtp_server.messages == []


def test_a_message_of_a_source_is_emailed_about_again(app, smtp_server, desk, sent):
    notify(app)
    sent.enter()
    sent.add_message("더 있습니다.")
    notify(app)

    assert len(smtp_server.messages) == 2


def test_an_email_the_server_refused_is_sent_next_time(app, smtp_server, desk, sent):
    smtp_server.answer = "451 Later"
    refused = notify(app)
    smtp_server.answer = "250 OK"
    notify(app)

    assert refused.exit_code == 1
    assert "451" in refused.output
    assert len(smtp_server.messages) == 1


def test_nothing_is_sent_unencrypted_to_another_machine(app, smtp_server, monkeypatch):
    """This mail server offers no TLS; on another machine it would get nothing."""
    monkeypatch.setattr(mail, "_LOOPBACK", ())

    email = tip_emails.ReaderEmail("c@d.example")
    with pytest.raises(DeliveryFailed):
        tip_emails.send(app.config["MAIL_SERVER"], "a@b.example", email, site="x")
    assert smtp_server.messages == []


def test_without_a_mail_server_the_command_says_what_to_set(app, desk):
    answer = notify(app)

    assert answer.exit_code == 1
    assert "BOARD_MAIL_SERVER" in answer.output


def test_the_tidy_command_deletes_outdated_tips(app, desk, sent):
    answer = app.test_cli_runner().invoke(tips_cli, ["tidy"])

    assert answer.output == "0 tips deleted. 0 files without a tip deleted.\n"


@pytest.mark.slow
def test_seven_hundred_tips_make_one_email_to_each(app, smtp_server, desk, second_desk):
    """What an automated flood would do to the newsroom's phones."""
    for batch in range(7):
        with writing():
            readers = list(db.session.scalars(TipReader.active()))
            for number in range(100):
                tag = f"{batch}-{number}".encode()
                messages.submit_tip(STORY, "", [], to=readers, tag=tag, kek=bytes(32))
    for _ in range(3):
        notify(app)

    assert sorted((to, mail["To"]) for to, mail in smtp_server.messages) == EACH
