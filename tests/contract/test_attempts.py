"""Every try to send is on the record, what is sent again keeps its id, what is given up can be taken up, on both databases."""

import threading
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.exc import DBAPIError

from engine import administration
from engine.hooks import subscribe, unsubscribe
from engine.notify.links import acknowledgement, verify
from engine.notify.secrets import Secrets
from engine.notify.webhooks import Declined, Sender
from engine.runtime import Runtime
from engine.scheduler.hooks import HookRound
from storage import attempts, bulk, guards, outbox, webhooks
from storage.attempts import Attempt
from storage.outbox import TRIES_MAX
from storage.queries import health, messages
from tests.contract.test_outbox import Postbox, waiting
from tests.support.desk import Desk
from tests.support.mailbox import Mailbox, address_of, mail_server
from tests.support.offices import directory
from tests.support.posts import KEY, delivery, mail, with_addresses
from workflows.errors import NotFound, Unmet

ON_PARTITIONS = True


@pytest.fixture
def office(desk: Desk) -> Desk:
    desk.order("2023-08-25", "unit-1", "unit-2", "unit-3")
    return desk


def log_of(desk: Desk) -> list[Attempt]:
    with desk.runtime.database.reading() as connection:
        rows = bulk.read(connection, f"{attempts.ROWS.select} ORDER BY at, cascade_id, seq, place, number")
        return [attempts.ROWS.from_row(row, desk.runtime.database.is_sqlite) for row in rows]


def post(desk: Desk, box: Mailbox, **more: Any) -> None:
    delivery(desk.runtime, mail(address_of(box), **more)).run()


def test_every_e_mail_is_on_the_record_with_what_the_server_said(office: Desk) -> None:
    with mail_server() as box:
        post(office, box)
    found = [one for one in log_of(office) if one.channel == "mail"]
    assert [(one.number, one.outcome, one.node) for one in found] == [(1, "sent", "node-1")] * len(box.letters)
    assert sorted(one.answer or "" for one in found) == sorted(f"250 taken as {n + 1}" for n in range(len(box.letters)))
    assert sorted(f"<{one.message}@office.example.vn>" for one in found) == sorted(box.ids)
    assert waiting(office) == 0


def test_a_delivery_that_dies_between_sending_and_marking_sends_again_under_the_same_message_ids(
    office: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_: Any) -> None:
        raise KeyboardInterrupt

    with mail_server() as box:
        with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
            patched.setattr(outbox, "mark", die)
            post(office, box)
        first = list(box.ids)
        assert first
        assert not log_of(office)
        office.at("2023-08-14T09:03")
        post(office, box)
    assert box.ids == first + first
    assert waiting(office) == 0


def test_a_server_that_is_away_costs_no_message_its_tries_and_ends_the_round(office: Desk) -> None:
    start, box = office.runtime.now(), Mailbox(port=9)  # the port of discard: nobody listens
    for hours in range(0, 24 * 6, 6):
        office.runtime.move_to(start + timedelta(hours=hours, minutes=hours))
        post(office, box)
    assert waiting(office) > 0
    assert {one.outcome for one in log_of(office)} == {"away"}
    assert max(one.number for one in log_of(office)) > TRIES_MAX
    with office.runtime.database.reading() as connection:
        assert health.undelivered(connection, 3).dead == 0


def given_up(office: Desk) -> Postbox:
    """A message to unit-1 that was refused as often as it is tried, over days."""
    postbox, start = (
        Postbox(lambda message: message.obligation == 2 and message.kind == "Assigned"),
        office.runtime.now(),
    )
    for step in range(TRIES_MAX + 1):
        office.runtime.move_to(start + timedelta(hours=7 * step))
        delivery(office.runtime, postbox).run()
    return postbox


def test_what_is_refused_again_and_again_is_given_up_and_lets_others_pass(office: Desk) -> None:
    postbox = given_up(office)
    office.at("2023-08-22T09:00").round()
    delivery(office.runtime, postbox).run()
    assert any(one.obligation == 2 for one in postbox.sent)  # what stood behind it
    assert waiting(office) == 0
    with office.runtime.database.reading() as connection:
        listed, total = messages.listed(connection, "dead", None, 10)
        assert (total, listed[0].state, listed[0].attempts) == (1, "dead", TRIES_MAX)
        assert health.undelivered(connection, 3).dead == 1
        found = attempts.of_message(connection, *(messages.key_of(listed[0].id) or ("", 0, 0)), 100)
        assert [one.number for one in found] == list(range(1, TRIES_MAX + 1))
        assert {one.answer for one in found} == {"ConnectionError: the post office is closed"}
        assert len(attempts.failures(connection, 5)) == 5


def test_what_was_given_up_is_sent_once_it_is_taken_up_again_under_the_same_id(office: Desk) -> None:
    postbox, runtime = given_up(office), office.runtime
    with runtime.database.transaction() as connection:
        [key] = messages.dead_keys(connection, 10)
        outbox.revive(connection, [key], runtime.now())
    delivery(runtime, postbox).run()
    with runtime.database.transaction() as connection:
        assert messages.dead_keys(connection, 10) == [key]  # one more try, which failed
        outbox.revive(connection, [key], runtime.now())
    postbox.fails = lambda _: False
    delivery(runtime, postbox).run()
    assert postbox.sent[-1].id == f"{key[0]}-{key[1]}-{key[2]}"
    with runtime.database.reading() as connection:
        assert messages.dead_keys(connection, 10) == []
        found = messages.find(connection, key)
    assert found is not None
    assert (found.dead_at, found.sent_at is not None) == (None, True)


def test_the_log_takes_a_further_try_and_no_change(office: Desk) -> None:
    one = Attempt("c1", 1, 1, "mail", 1, "node-1", office.runtime.now(), "failed", "no")
    database = office.runtime.database
    for _ in range(2):  # a transaction whose end nobody heard of comes again
        with database.transaction() as connection:
            attempts.add(connection, [one])
    assert log_of(office) == [one]
    changes = ["UPDATE attempt SET outcome = 'sent'", "DELETE FROM attempt"]
    changes += ["INSERT OR REPLACE INTO attempt SELECT * FROM attempt"] if database.is_sqlite else ["TRUNCATE attempt"]
    for change in changes:
        refused = (
            nullcontext() if change.startswith("INSERT OR REPLACE") else pytest.raises(DBAPIError, match="append-only")
        )
        with refused, database.transaction() as connection:
            bulk.write(connection, change)
    assert log_of(office) == [one]
    with database.reading() as connection:
        assert guards.faults(connection) == []


def test_a_guard_of_the_log_that_is_gone_is_named(office: Desk) -> None:
    database = office.runtime.database
    name = "attempt_no_update" if database.is_sqlite else "attempt_no_change"
    with database.transaction() as connection:
        bulk.write(connection, f"DROP TRIGGER {name}{'' if database.is_sqlite else ' ON attempt'}")
    with database.reading() as connection:
        assert any(name in one for one in guards.faults(connection))


def test_addresses_stand_in_the_directory_and_are_replaced_with_it(office: Desk) -> None:
    database, now = office.runtime.database, office.runtime.now()
    for offices in (with_addresses(), directory()):
        with database.transaction() as connection:
            administration.import_offices(connection, offices, now, administration.INSTALLER)
        with database.reading() as connection:
            found = office.runtime.executor.known(connection).offices
        assert [(one.email, one.language) for one in found] == [(one.email, one.language) for one in offices]


def test_one_click_acknowledges_once_and_the_journal_says_how_the_seat_was_known(office: Desk) -> None:
    office.at("2023-08-22T09:00").round()
    with mail_server() as box:
        for minute in range(4):
            office.runtime.move_to(office.runtime.now() + timedelta(minutes=minute))
            post(office, box)
    links = [
        line.rpartition("/")[2] for one in box.letters for line in text_of(one).splitlines() if "/acknowledge/" in line
    ]
    claim = verify(KEY, links[0], office.runtime.now())
    [first] = office.runtime.executor.execute([acknowledgement(claim)])
    [again] = office.runtime.executor.execute([acknowledgement(claim)])
    assert (first.again, again.again, first.last_seq) == (False, True, again.last_seq)
    entry = office.entries("Acknowledged")[-1]
    assert (entry.office, entry.role, '"known_by":"link"' in entry.body) == (claim.office, claim.role, True)


def text_of(letter: Any) -> str:
    body = letter.get_body(("plain",))
    return str(body.get_content())


class Recording(Sender):
    """A sender that keeps what it was given, and refuses or is away for some addresses."""

    def send(self, url: str, secret: bytes, id_: str, body: bytes, now: Any) -> str:
        if "refusing" in url:
            raise Declined("410 gone")
        if "away" in url:
            raise ConnectionRefusedError("nobody there")
        SENT.append((url, id_))
        return "200"


SENT: list[tuple[str, str]] = []


def hook_round(node: Runtime, folder: Any) -> HookRound:
    return HookRound(node.database, node.clock, Recording(), Secrets(folder), "node-1")


def subscribed(desk: Desk, folder: Any, *hooks: tuple[str, str], offices: list[str] | None = None) -> None:
    runtime = desk.runtime
    with runtime.database.transaction() as connection:
        known = runtime.executor.known(connection).offices
        for hook in hooks:
            subscribe(connection, known, hook, offices or [], [], runtime.now(), administration.INSTALLER)
            Secrets(folder).make_for_webhook(hook[0])


def test_a_webhook_is_told_whatever_becomes_of_the_e_mail(desk: Desk, tmp_path: Any) -> None:
    SENT.clear()
    hooks = [
        ("good", "https://good.example.vn/"),
        ("refusing", "https://refusing.example.vn/"),
        ("away", "https://away.vn/"),
    ]
    subscribed(desk, tmp_path, *hooks)
    subscribed(desk, tmp_path, ("one", "https://one.example.vn/"), offices=["unit-1"])
    desk.order("2023-08-25", "unit-1", "unit-2")
    failing = Postbox(lambda message: message.office == "unit-1")
    delivery(desk.runtime, failing).run()
    desk.runtime.move_to(desk.runtime.now() + timedelta(minutes=5))
    delivery(desk.runtime, failing).run()  # the second try is told to nobody again
    assert hook_round(desk.runtime, tmp_path).run() == len(SENT)
    ids = [id_ for url, id_ in SENT if "good" in url]
    assert {one.id for one in failing.sent} < set(ids)
    assert len(ids) == len(set(ids)) == len(failing.sent) + 1
    assert len([url for url, _ in SENT if "one" in url]) == 1
    hooked = [one for one in log_of(desk) if one.channel.startswith("webhook:")]
    assert {(one.channel, one.outcome) for one in hooked} == {
        ("webhook:good", "sent"), ("webhook:one", "sent"), ("webhook:refusing", "failed"), ("webhook:away", "away")
    }  # fmt: skip
    assert hook_round(desk.runtime, tmp_path).run() == 0


def test_a_webhook_that_never_takes_is_given_up_and_taken_up_again_and_one_that_is_removed_hears_no_more(
    desk: Desk, tmp_path: Any
) -> None:
    subscribed(desk, tmp_path, ("refusing", "https://refusing.example.vn/"))
    desk.order("2023-08-25", "unit-1")
    delivery(desk.runtime, Postbox()).run()
    start, database = desk.runtime.now(), desk.runtime.database
    for step in range(TRIES_MAX + 2):
        desk.runtime.move_to(start + timedelta(hours=7 * step))
        hook_round(desk.runtime, tmp_path).run()
    with database.transaction() as connection:
        assert health.undelivered(connection, 3).dead == webhooks.revive(connection, desk.runtime.now(), "refusing") > 0
        assert webhooks.revive(connection, desk.runtime.now()) == 0
        unsubscribe(connection, "refusing", desk.runtime.now(), administration.INSTALLER)
    with database.reading() as connection:
        assert bulk.read(connection, "SELECT count(*) FROM webhook_message") == [(0,)]
        with pytest.raises(NotFound):
            unsubscribe(connection, "refusing", start, administration.INSTALLER)


def test_two_nodes_tell_a_webhook_each_message_once(desk: Desk, open_node: Any, tmp_path: Any) -> None:
    SENT.clear()
    subscribed(desk, tmp_path, ("good", "https://good.example.vn/"))
    desk.order("2023-08-25", *(f"unit-{n}" for n in range(1, 8)))
    delivery(desk.runtime, Postbox()).run()
    nodes = [open_node() for _ in range(2)]
    for node in nodes:
        node.move_to(desk.runtime.now())
    running = [threading.Thread(target=hook_round(node, tmp_path).run) for node in nodes]
    for one in running:
        one.start()
    for one in running:
        one.join()
    assert len(SENT) == len(set(SENT)) == 8


@pytest.mark.parametrize(
    ("name", "url", "offices", "kinds"),
    [("Bad name", "https://a.vn/", [], []), ("x", "http://a.vn/", [], []), ("x", "https://a.vn/", [], ["Nothing"]),
     ("twice", "https://a.vn/", [], [])],
)  # fmt: skip
def test_a_subscription_that_makes_no_sense_is_refused(
    desk: Desk, tmp_path: Any, name: str, url: str, offices: list[str], kinds: list[str]
) -> None:
    subscribed(desk, tmp_path, ("twice", "https://a.vn/"))
    with pytest.raises(Unmet), desk.runtime.database.transaction() as connection:
        known = desk.runtime.executor.known(connection).offices
        subscribe(connection, known, (name, url), offices, kinds, desk.runtime.now(), administration.INSTALLER)
