"""The journal replayed through the present law: what comes out otherwise is named, although its chain is sound."""

from collections.abc import Callable, Iterator
from typing import Any

import orjson
import pytest

from engine.replaying import Differs, Rules, replayed
from storage import verification
from storage.database import Database
from storage.journal import chain_hash
from storage.rows import json_text
from tests.support.databases import tamper
from tests.support.desk import Desk, desk_on

Body = dict[str, Any]
Forge = Callable[[str, int, Callable[[Body], Any]], tuple[Differs | None, bool]]


@pytest.fixture
def forged(database_url: str) -> Forge:
    """A chain in which the first entry of a kind was changed, with every hash after it and the head: whoever owns the database
    can do that. What the replay says, and whether the chain verifies."""

    def forge(kind: str, about: int, change: Callable[[Body], Any]) -> tuple[Differs | None, bool]:
        with desk_on(database_url) as desk:
            desk.order("2023-09-08", "unit-1", "unit-2")
            desk.report(2)
            desk.live_until("2023-08-21T09:00")
            desk.accept(2)
            cascade, statements = desk.cascade, list(_forged(desk, kind, about, change))
        tamper(database_url, *statements)
        database = Database(database_url)
        with database.reading() as connection:
            found = replayed(connection, cascade, Rules(connection))
            verified = verification.verify(connection, cascade).verified
        database.close()
        return found.differs, verified

    return forge


def _forged(desk: Desk, kind: str, about: int, change: Callable[[Body], Any]) -> Iterator[str]:
    last_hash, wanted = "", kind
    for entry in desk.entries():
        body = orjson.loads(entry.body)
        if entry.kind == wanted and entry.obligation == about:
            change(body["fact"])
            wanted = ""
        text = json_text(body)
        last_hash = chain_hash(last_hash, text)
        escaped = text.replace("'", "''")
        yield f"UPDATE journal SET body = '{escaped}', hash = '{last_hash}' WHERE {_key(entry)}"
    yield f"UPDATE cascade SET last_hash = '{last_hash}' WHERE id = '{desk.cascade}'"


def _key(entry: Any) -> str:
    return f"cascade_id = '{entry.cascade_id}' AND seq = {entry.seq}"


def test_a_chain_as_it_was_written_comes_out_as_it_is_stored(desk: Desk) -> None:
    desk.order("2023-09-08", "unit-1", "unit-2")
    desk.report(2)
    desk.correct("unit-1/leader", desk.entries("Acted", about=2)[-1].seq, "symbol", "8/BC")
    desk.act("unit-2/leader", 3, "dispute", reason="Not ours")
    desk.live_until("2023-09-12T09:00")
    with desk.runtime.database.reading() as connection:
        heard: list[int] = []
        found = replayed(connection, desk.cascade, Rules(connection), heard.append)
    assert found.differs is None
    assert found.entries == desk.head().last_seq
    assert found.decided > found.entries / 2


def test_a_deed_that_the_law_would_not_do_so_is_named_although_every_hash_and_state_fits(forged: Forge) -> None:
    differs, verified = forged(
        "Acted", 2, lambda fact: fact.__setitem__("after", "reported")
    )  # and reported it was, soon after
    assert verified
    assert differs == Differs(9, "after is written as 'reported', the law gives 'working' now")


def test_a_step_that_followed_from_an_issue_is_taken_by_the_machine_again(forged: Forge) -> None:
    differs, _ = forged("Acted", 1, lambda fact: fact.__setitem__("before", "working"))
    assert differs
    assert differs.says == "it was assigned before, and working is written"


def test_a_clock_that_ran_out_otherwise_is_named(forged: Forge) -> None:
    differs, _ = forged("ReceiptMissed", 3, lambda fact: fact.__setitem__("by", "2023-08-14T17:00:00.000000Z"))
    assert differs is not None
    assert differs.seq
    assert "by is written as" in differs.says


def test_who_was_told_is_no_state_but_its_messages_tell(forged: Forge) -> None:
    differs, verified = forged("ReceiptMissed", 3, lambda fact: fact.pop("told"))
    assert (differs, verified) == (None, False)


def test_a_state_that_was_changed_alone_is_named_without_an_entry(desk: Desk) -> None:
    desk.order("2023-09-08", "unit-1")
    with desk.runtime.database.transaction() as connection:
        connection.exec_driver_sql("UPDATE obligation SET due_at = first_due_at, state = 'working' WHERE number = 2")
    with desk.runtime.database.reading() as connection:
        found = replayed(connection, desk.cascade, Rules(connection))
    assert found.differs is not None
    assert found.differs.seq is None
    assert "obligation 2: state is stored as 'working', its entries give 'assigned'" in found.differs.says
