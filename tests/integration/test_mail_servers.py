"""E-mail meets real servers: encrypted, refusing, slow, hanging up, and gone."""

import socket
import threading
from dataclasses import replace

import pytest

from engine.notify.parcels import Outcome, Parcel
from engine.notify.smtp import MailServer, server_of
from storage.attempts import AWAY, FAILED, SENT
from storage.errors import Unavailable
from tests.support.mailbox import SENDER, address_of, mail_server
from tests.support.posts import ABOUT, mail, message, parcel


def sent(server: MailServer, parcels: list[Parcel], **more: bool) -> list[Outcome]:
    return [one for step in mail(server, **more).send_together(parcels) for one in step]


def several(count: int) -> list[Parcel]:
    return [parcel(seq=number, office=f"unit-{number % 7 + 1}") for number in range(1, count + 1)]


@pytest.mark.parametrize("security", ["none", "starttls", "tls"])
def test_a_batch_goes_over_one_connection(security: str) -> None:
    with mail_server(security) as box:
        outcomes = sent(address_of(box, security), several(20))
    assert [one.outcome for one in outcomes] == [SENT] * 20
    assert (len(box.letters), box.connections) == (20, 1)
    assert outcomes[0].answer == "250 taken as 1"
    assert box.ids[0] == "<c1-1-1@office.example.vn>"


def test_a_password_is_given_over_an_encrypted_line_and_a_wrong_one_says_so() -> None:
    with mail_server("starttls", password=b"right") as box:
        good = address_of(box, "starttls", user="cascade", password="right")
        assert sent(good, several(1))[0].outcome == SENT
        [refused] = sent(replace(good, password="wrong"), several(1))
    assert (refused.outcome, "535" in (refused.answer or ""), "wrong" in (refused.answer or "")) == (AWAY, True, False)


def test_a_server_without_encryption_is_given_nothing_where_encryption_is_asked() -> None:
    with mail_server("none") as box:
        [refused] = sent(replace(address_of(box), security="starttls"), several(1))
    assert (refused.outcome, "STARTTLS" in (refused.answer or "")) == (AWAY, True)
    assert not box.letters


def test_a_certificate_that_nobody_trusts_is_refused() -> None:
    with mail_server("starttls") as box:
        [refused] = sent(replace(address_of(box, "starttls"), trusted=None), several(1))
    assert (refused.outcome, "CERTIFICATE_VERIFY_FAILED" in (refused.answer or "")) == (AWAY, True)


def test_one_address_that_is_refused_keeps_no_other_waiting() -> None:
    with mail_server() as box:
        box.answers = lambda to: "550 no such user" if "unit-3" in to else None
        outcomes = sent(address_of(box), several(7))
    assert [one.outcome for one in outcomes] == [FAILED if one.message.office == "unit-3" else SENT for one in outcomes]
    assert [one.answer for one in outcomes if one.outcome == FAILED] == ["SMTPRecipientsRefused: 550 no such user"]
    assert (len(box.letters), box.connections) == (6, 1)


def test_a_server_that_is_gone_is_asked_once_for_the_whole_batch() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    outcomes = sent(MailServer("127.0.0.1", port, "none", SENDER, timeout=2), several(30))
    assert {one.outcome for one in outcomes} == {AWAY}
    assert len(outcomes) == 30


def test_a_server_that_never_answers_is_given_up_in_its_time() -> None:
    asked: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as silent:
        listening = threading.Thread(target=lambda: asked.append(silent.accept()[0]))
        listening.start()
        server = MailServer("127.0.0.1", silent.getsockname()[1], "none", SENDER, timeout=0.3)
        outcomes = sent(server, several(10))
        listening.join()
    for one in asked:
        one.close()
    assert [one.outcome for one in outcomes] == [AWAY] * 10
    assert "timed out" in (outcomes[0].answer or "")
    assert len(asked) == 1


def test_an_answer_that_comes_too_late_is_no_answer_and_the_letter_keeps_its_id() -> None:
    with mail_server(slow=0.6) as box:
        impatient = replace(address_of(box), timeout=0.2)
        assert sent(impatient, several(1))[0].outcome == FAILED
        box.slow = 0
        assert sent(address_of(box), several(1))[0].outcome == SENT
    assert len(set(box.ids)) == 1


def test_who_has_no_address_is_told_by_the_other_channel() -> None:
    with mail_server() as box:
        outcomes = sent(address_of(box), [parcel(), parcel(seq=8, office="unit-8"), parcel(seq=9, office="nowhere")])
    assert sorted((one.channel, one.message.seq) for one in outcomes) == [("mail", 7), ("silent", 8), ("silent", 9)]
    assert box.to == ["leader@unit-1.example.vn"]


def test_a_deputy_hears_at_the_deputys_address_and_a_post_without_a_seat_at_the_offices_mailbox() -> None:
    mailbox = "all@unit-1.example.vn"
    meant = {"unit-2/leader": "leader@unit-2.example.vn", "Phó Giám đốc": mailbox, None: mailbox}
    with mail_server() as box:
        for deputy in meant:
            sent(address_of(box), [parcel(deputy=deputy, role="clerk")])
    assert box.to == list(meant.values())


def test_a_digest_puts_the_messages_to_one_address_into_one_letter() -> None:
    letters = [parcel(seq=number, office=office) for number in range(1, 5) for office in ("unit-1", "unit-2")]
    with mail_server() as box:
        outcomes = sent(address_of(box), letters, digest=True)
        again = sent(address_of(box), letters, digest=True)
        sent(address_of(box), letters[2:], digest=True)
    assert [one.outcome for one in (*outcomes, *again)] == [SENT] * 16
    assert len(box.letters) == 6
    assert box.ids[:2] == box.ids[2:4]  # the same messages: the same id
    assert box.ids[4] not in box.ids[:4]  # others: another one; each message in it keeps its own
    assert box.letters[0]["X-Cascade-Messages"] == "c1-1-1 c1-2-1 c1-3-1 c1-4-1"
    assert str(box.letters[0]["Subject"]).startswith("4 tin nhắn: ")
    body = box.letters[4].get_body(("plain",))
    assert body is not None
    assert [f"[c1-{number}-1]" in body.get_content() for number in (1, 2, 3, 4)] == [False, True, True, True]


def test_a_letter_that_cannot_be_written_stops_no_other() -> None:
    broken = Parcel(message(seq=1, body="{}"), ABOUT)
    with mail_server() as box:
        outcomes = sent(address_of(box), [broken, parcel(seq=2)])
    assert [one.outcome for one in outcomes] == [FAILED, SENT]


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (("mail:x", "starttls", "a@b.vn", None, None), "HOST:PORT"),
        (("mail", "starttls", None, None, None), "CASCADE_MAIL_FROM"),
        (("mail", "starttls", "a@b.vn\r\nBcc: c@d.vn", None, None), "CASCADE_MAIL_FROM"),
        (("mail", "starttls", "a@b.vn", "me", None), "mail-password"),
        (("mail", "none", "a@b.vn", "me", b"secret"), "not encrypted"),
    ],
)
def test_settings_that_do_not_fit_are_named(
    given: tuple[str, str, str | None, str | None, bytes | None], fault: str
) -> None:
    with pytest.raises(Unavailable, match=fault) as refused:
        server_of(*given, trusted=None)
    assert "secret" not in str(refused.value)


def test_settings_that_fit_give_a_server() -> None:
    found = server_of("mail.example.vn:2525", "starttls", "Sở KH&CN <cascade@example.vn>", "me", b"secret", None)
    assert (found.host, found.port, found.sender.addr_spec) == ("mail.example.vn", 2525, "cascade@example.vn")
    assert server_of("mail.example.vn", "tls", "cascade@example.vn", None, None, None).port == 465
