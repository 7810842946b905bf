"""Messages are stored with the facts they tell, claimed by one node at a time, sent in order, and tried again."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from engine.runtime import Runtime
from engine.scheduler.delivery import Delivery
from storage import outbox
from storage.outbox import Message
from storage.queries.subjects import About
from tests.contract.test_many_writers import at_once
from tests.support.desk import Desk, task
from workflows.errors import Refused

ON_PARTITIONS = True


class Postbox:
    """A channel that keeps what it was given; it fails for the messages it is told to fail for."""

    def __init__(self, fails: Callable[[Message], bool] = lambda _: False) -> None:
        self.sent: list[Message] = []
        self.fails = fails

    def send(self, message: Message, about: About | None) -> None:
        if self.fails(message):
            raise ConnectionError("the post office is closed")
        self.sent.append(message)


@pytest.fixture
def office(desk: Desk) -> Desk:
    desk.order("2023-08-25", "unit-1", "unit-2", "unit-3")
    return desk


def delivery(node: Runtime, postbox: Postbox) -> Delivery:
    return Delivery(node.database, node.clock, postbox, node.executor)


def waiting(desk: Desk) -> int:
    with desk.runtime.database.reading() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM outbox WHERE sent_at IS NULL").scalar_one())


def test_messages_are_written_together_with_the_facts_they_tell(office: Desk) -> None:
    told = {f"{one.cascade_id}-{one.seq}" for one in office.entries() if getattr(one.fact, "told", ())}
    postbox = Postbox()
    report = delivery(office.runtime, postbox).run()
    assert {message.id.rpartition("-")[0] for message in postbox.sent} == told
    assert report.sent == len(postbox.sent) == 4
    assert [message.body for message in postbox.sent] == [
        office.entries()[message.seq - 1].body for message in postbox.sent
    ]


def test_a_refused_command_says_nothing_to_anybody(office: Desk) -> None:
    before = waiting(office)
    with pytest.raises(Refused):
        office.act("unit-1/leader", 2, "accept")
    assert waiting(office) == before


def test_a_message_is_sent_once_and_not_again(office: Desk) -> None:
    postbox = Postbox()
    delivery(office.runtime, postbox).run()
    assert delivery(office.runtime, postbox).run().sent == 0
    assert len({message.id for message in postbox.sent}) == len(postbox.sent)
    assert waiting(office) == 0


def test_four_nodes_that_deliver_at_once_send_each_message_once(desk: Desk, open_node: Callable[[], Runtime]) -> None:
    for turn in range(6):
        Desk(desk.runtime, name=f"turn-{turn}").order("2023-08-25", *(f"unit-{n}" for n in range(1, 7)))
    desk.at("2023-08-31T09:00").round()
    all_waiting, postbox = waiting(desk), Postbox()
    at_once(open_node, lambda node, _: delivery(node, postbox).run())
    delivery(desk.runtime, postbox).run()
    assert len(postbox.sent) == len({message.id for message in postbox.sent}) == all_waiting


def test_what_is_claimed_by_one_node_is_left_by_the_others_until_the_claim_ends(office: Desk) -> None:
    now, database = office.runtime.now(), office.runtime.database
    with database.transaction() as connection:
        first = outbox.claim(connection, now, 100)
    assert first
    for later, count in ((timedelta(seconds=119), 0), (timedelta(seconds=121), len(first))):
        with database.transaction() as connection:
            again = outbox.claim(connection, now + later, 100)
        assert len(again) == count
    assert [message.id for message in again] == [message.id for message in first]


def test_a_message_that_cannot_be_sent_is_tried_again_later_under_the_same_id(office: Desk) -> None:
    bad, postbox = office.entries("Assigned", about=2)[0].seq, Postbox(lambda message: message.obligation == 2)
    report = delivery(office.runtime, postbox).run()
    assert (report.sent, report.failed, waiting(office)) == (3, 1, 1)
    assert delivery(office.runtime, postbox).run().failed == 0  # not yet
    postbox.fails = lambda _: False
    office.at("2023-08-14T09:02")
    assert delivery(office.runtime, postbox).run().sent == 1
    assert postbox.sent[-1].id == f"{office.cascade}-{bad}-1"
    assert (postbox.sent[-1].attempts, waiting(office)) == (1, 0)


def test_a_message_that_fails_waits_longer_each_time_and_is_never_given_up(office: Desk) -> None:
    tries, postbox = [], Postbox(lambda message: message.obligation == 2)
    start = office.runtime.now()
    for minute in range(0, 33):
        office.runtime.move_to(start + timedelta(minutes=minute))
        if delivery(office.runtime, postbox).run().failed:
            tries.append(minute)
    assert tries == [0, 1, 3, 7, 15, 31]


def test_the_messages_to_one_seat_are_sent_in_order_and_one_that_fails_keeps_no_other_seat_waiting(
    office: Desk,
) -> None:
    office.at("2023-08-22T09:00").round()
    office.at("2023-08-25T09:00").round()
    postbox = Postbox(lambda message: message.obligation == 2 and message.kind == "ReceiptMissed")
    delivery(office.runtime, postbox).run()
    about = [message for message in postbox.sent if message.obligation == 2 and message.office.startswith("unit-")]
    assert {message.kind for message in about if message.role in ("clerk", "leader")} == {"Assigned"}
    assert "RungReached" in {message.kind for message in about if message.role == "officer"}
    assert "RungReached" in {message.kind for message in postbox.sent if message.obligation == 3}
    postbox.fails = lambda _: False
    office.at("2023-08-25T09:30")
    delivery(office.runtime, postbox).run()
    for number in (2, 3, 4):
        for seat in {(message.office, message.role) for message in postbox.sent}:
            mine = [one for one in postbox.sent if one.obligation == number and (one.office, one.role) == seat]
            assert [one.seq for one in mine] == sorted(one.seq for one in mine)
    assert waiting(office) == 0


def test_a_delivery_that_dies_after_sending_sends_again_under_the_same_id(office: Desk) -> None:
    """At least once: the reader tells a repeat by its id."""
    now, database, postbox = office.runtime.now(), office.runtime.database, Postbox()
    with database.transaction() as connection:
        for message in outbox.claim(connection, now, 100):
            postbox.send(message, None)  # and here it ends, before it could mark them
    office.at("2023-08-14T09:03")
    delivery(office.runtime, postbox).run()
    first, second = postbox.sent[: len(postbox.sent) // 2], postbox.sent[len(postbox.sent) // 2 :]
    assert [message.id for message in first] == [message.id for message in second]


def test_a_directive_to_nobody_inside_is_told_to_nobody(desk: Desk) -> None:
    desk.issue("gov", task("2023-09-29", "province"))
    assert waiting(desk) == 0
