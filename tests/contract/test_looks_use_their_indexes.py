"""Where a list must not read a whole table, it reads an index: told by the database's own plan, on every database."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Connection

from storage import bulk
from storage.database import Database
from storage.queries import at_the_door, history, my_work, obligations, registers, tree, troubles
from storage.queries import sight as sights
from storage.queries.filters import Wanted
from storage.queries.sight import EVERYTHING
from tests.support.databases import Databases
from tests.support.looking import SIGHTS, filled
from tests.support.plenty import NOW

Look = Callable[[Connection, str], object]
UNIT = SIGHTS["unit"]
WORK = my_work.Wanted(NOW, NOW)
LOOKS: dict[str, tuple[Look, str]] = {
    "by date": (lambda c, _: obligations.listed(c, NOW, EVERYTHING, Wanted()), "obligation_due"),
    "by date, overdue": (
        lambda c, _: obligations.listed(c, NOW, UNIT, Wanted(groups=("open_overdue",))),
        "obligation_due",
    ),
    "by holder": (lambda c, _: obligations.listed(c, NOW, EVERYTHING, Wanted(), "holder"), "obligation_holder"),
    "by change": (lambda c, _: obligations.listed(c, NOW, EVERYTHING, Wanted(), "changed"), "journal_time"),
    "of an office": (lambda c, _: obligations.listed(c, NOW, EVERYTHING, Wanted(office="d1-u2")), "obligation_holder"),
    "of an officer": (lambda c, _: obligations.listed(c, NOW, EVERYTHING, Wanted(officer="An")), "obligation_officer"),
    "what is seen": (lambda c, _: obligations.listed(c, NOW, UNIT, Wanted(), "number"), "obligation_parent"),
    "the tree": (lambda c, cascade: tree.children(c, NOW, UNIT, cascade, 1), "obligation_parent"),
    "entries": (lambda c, _: history.listed(c, EVERYTHING, history.Wanted()), "journal_time"),
    "entries, a rare kind": (
        lambda c, _: history.listed(c, EVERYTHING, history.Wanted(kind="Corrected")),
        "journal_kind",
    ),
    "entries of an office": (lambda c, _: history.listed(c, UNIT, history.Wanted(office="d1-u2")), "journal_office"),
    "entries, late": (lambda c, _: history.listed(c, EVERYTHING, history.Wanted(late=True)), "journal_late"),
    "entries of a person": (lambda c, _: history.listed(c, EVERYTHING, history.Wanted(person="An")), "journal_person"),
    "entries by an action": (lambda c, _: history.listed(c, EVERYTHING, history.Wanted(action="x")), "journal_action"),
    "entries, claimed": (lambda c, _: history.listed(c, EVERYTHING, history.Wanted(claimed=True)), "journal_claimed"),
    "entries for others": (
        lambda c, _: history.listed(c, EVERYTHING, history.Wanted(acted_for="An")),
        "journal_for_another",
    ),
    "dates missed": (
        lambda c, _: history.count(c, EVERYTHING, history.Wanted(kind="DeadlineMissed"), 9),
        "journal_kind",
    ),
    "what happened": (
        lambda c, _: history.listed(c, EVERYTHING, history.Wanted(happened_since=NOW, happened_until=NOW)),
        "journal_late",
    ),
    "who was turned away": (lambda c, _: at_the_door.listed(c, denied=True), "sign_in_denied"),
    "entries of one": (lambda c, x: history.listed(c, UNIT, history.Wanted(x, obligation=2)), "journal_obligation"),
    "the register": (lambda c, _: registers.listed(c, EVERYTHING, registers.Wanted()), "directive_issued"),
    "messages": (lambda c, _: troubles.outbox(c, EVERYTHING), "outbox_waiting"),
    "messages that failed": (lambda c, _: troubles.outbox(c, EVERYTHING, "failed"), "outbox_failed"),
    "incidents": (lambda c, _: troubles.incidents(c, NOW, EVERYTHING), "obligation_failing"),
    "to decide": (lambda c, _: my_work.listed(c, EVERYTHING, [("d1", None)], WORK, 50), "obligation_resting"),
    "to acknowledge": (lambda c, _: my_work.listed(c, EVERYTHING, [("d1", None)], WORK, 50), "obligation_told"),
}


@pytest.fixture(scope="module")
def office(databases: Databases, template: str) -> Iterator[tuple[Database, str]]:
    url = databases.copy(template)
    written = filled(url)
    database = Database(url)
    yield database, written.cascades[0].id
    database.close()
    databases.drop(url)


@pytest.mark.parametrize("name", LOOKS)
def test_a_list_reads_its_index(office: tuple[Database, str], monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    look, index = LOOKS[name]
    database, cascade = office
    asked: list[tuple[str, tuple[Any, ...]]] = []
    read = bulk.read

    def recorded(connection: Connection, sql: str, *values: Any) -> bulk.Rows:
        if sql.startswith(("SELECT", "WITH")) and "set_config" not in sql:
            asked.append((sql, values))
        return read(connection, sql, *values)

    if name != "what is seen":
        monkeypatch.setattr(sights, "FEW", 0)  # so that it walks
    with database.reading() as connection:
        if (
            not database.is_sqlite
        ):  # of a few hundred rows it would read the table; the question is whether it can do else
            read(connection, "SELECT set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true),"
                             " set_config('enable_sort', 'off', true)")  # fmt: skip
        with monkeypatch.context() as patched:
            patched.setattr(bulk, "read", recorded)
            look(connection, cascade)
        explain = "EXPLAIN QUERY PLAN " if database.is_sqlite else "EXPLAIN "
        plans = [str(row) for sql, values in asked for row in read(connection, explain + sql, *values)]
    assert any(index in line for line in plans), "\n".join(plans)
