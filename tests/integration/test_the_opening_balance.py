"""The office's earlier list becomes obligations: whole documents, once each, whatever happens in between."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from engine.balance import Stored, Tried, carried_out, tried
from engine.exchange.opening import Choices, Document, Opening, read_opening
from engine.runtime import Runtime
from storage import bulk
from tests.support.databases import CASCADE_TABLES, tables
from tests.support.desk import Desk
from tests.support.lists import HEADERS, read, task_row, workbook
from tests.support.offices import DEPARTMENT, HOST_CLERK, PROVINCE
from workflows.commands import Issue
from workflows.obligation import Obligation

TASKS = [task_row(number) for number in range(1, 21)]


class Interrupted(Exception):
    """Somebody pulled the plug."""


def listed(runtime: Runtime, rows: Sequence[Sequence[Any]]) -> Opening:
    with runtime.database.reading() as connection:
        known = runtime.executor.known(connection)
    return read_opening(read(workbook(HEADERS, *rows)), known.offices, known.workflows, Choices(HOST_CLERK))


def nothing() -> None:
    """An advance that nobody watches."""


def taken(runtime: Runtime, rows: Sequence[Sequence[Any]]) -> tuple[Tried, Stored]:
    opening = listed(runtime, rows)
    outcome = tried(runtime.executor, opening.documents, "tasks", nothing)
    return outcome, carried_out(runtime.executor, outcome.new, "tasks", nothing)


def everything(url: str) -> dict[str, list[tuple[Any, ...]]]:
    return tables(url, *CASCADE_TABLES)


def count(runtime: Runtime, table: str) -> int:
    with runtime.database.reading() as connection:
        [(found,)] = bulk.read(connection, f"SELECT count(*) FROM {table}")
    return int(found)


def duties(runtime: Runtime, cascade: str) -> list[Obligation]:
    return Desk(runtime, cascade).obligations()


def test_the_same_list_again_adds_nothing(installation: Runtime, database_url: str) -> None:
    outcome, stored = taken(installation, TASKS)
    assert (len(outcome.new), len(outcome.known), len(stored.answers)) == (10, 0, 10)
    before = everything(database_url)
    outcome, stored = taken(installation, TASKS)
    assert (len(outcome.new), len(outcome.known), stored.answers) == (0, 10, [])
    assert everything(database_url) == before
    assert all(answer.again for answer in carried_out(installation.executor, outcome.known, "tasks", nothing).answers)
    assert everything(database_url) == before


def test_the_list_in_another_order_of_documents_adds_nothing(installation: Runtime) -> None:
    taken(installation, TASKS)
    outcome, _ = taken(installation, TASKS[10:] + TASKS[:10])
    assert (len(outcome.new), len(outcome.known)) == (0, 10)


def test_an_import_that_was_interrupted_goes_on_where_it_stopped(installation: Runtime, desk: Desk) -> None:
    documents = listed(installation, TASKS).documents
    steps = iter(range(5))

    def pulled() -> None:
        if next(steps, None) is None:
            raise Interrupted

    with pytest.raises(Interrupted):
        carried_out(installation.executor, documents, "tasks", pulled)
    assert count(installation, "cascade") == 5
    assert count(installation, "obligation") == 10
    outcome, stored = taken(installation, TASKS)
    assert (len(outcome.known), len(stored.answers)) == (5, 5)
    assert count(installation, "obligation") == 20
    assert desk.verdict().verified


def test_a_document_is_stored_whole_or_not_at_all(
    installation: Runtime, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    [first, *_], before = listed(installation, TASKS).documents, everything(database_url)
    insert, tables_written = bulk.insert, list[str]()

    def broken(connection: Any, table: str, *rest: Any) -> None:
        tables_written.append(table)
        if table == "obligation":
            raise Interrupted
        insert(connection, table, *rest)

    monkeypatch.setattr(bulk, "insert", broken)
    with pytest.raises(Interrupted):
        carried_out(installation.executor, [first], "tasks", nothing)
    monkeypatch.undo()
    assert "obligation" in tables_written
    assert everything(database_url) == before


def test_two_who_import_the_same_list_at_once_store_it_once(
    installation: Runtime, open_node: Callable[[], Runtime], desk: Desk
) -> None:
    documents = listed(installation, TASKS).documents
    with ThreadPoolExecutor(2) as pool:
        both = list(
            pool.map(lambda node: carried_out(node.executor, documents, "tasks", nothing), [installation, open_node()])
        )
    assert [len(stored.answers) for stored in both] == [10, 10]
    assert sum(not answer.again for stored in both for answer in stored.answers) == 10
    assert count(installation, "obligation") == 20
    assert desk.verdict().verified


def test_trying_stores_nothing_and_the_law_names_what_it_refuses(installation: Runtime, database_url: str) -> None:
    before = everything(database_url)
    rows = [task_row(1), task_row(3, lead=PROVINCE), task_row(5, issued_on="01/12/2023", due="31/12/2023")]
    outcome = tried(installation.executor, listed(installation, rows).documents, "tasks", nothing)
    assert len(outcome.new) == 1
    assert [(one.line, one.code) for one in outcome.refused] == [(3, "I301"), (4, "I301")]
    assert "is not at a level below" in outcome.refused[0].message
    assert "has not come yet" in outcome.refused[1].message
    assert everything(database_url) == before


def test_what_other_hands_did_in_the_meantime_is_told_and_the_rest_stored(installation: Runtime) -> None:
    documents = listed(installation, TASKS[:4]).documents
    others = listed(installation, [task_row(1, text="Việc khác"), TASKS[1]]).documents
    carried_out(installation.executor, others, "tasks", nothing)
    stored = carried_out(installation.executor, documents, "tasks", nothing)
    assert [(one.line, one.code) for one in stored.problems] == [(2, "I302")]
    assert len(stored.answers) == 1


def test_tasks_are_received_noted_and_late_ones_reminded_of_nothing_that_is_past(
    installation: Runtime, desk: Desk
) -> None:
    rows = [
        task_row(1, due="31/07/2023", lead="unit-1", remark="Gấp"),
        task_row(2, due="29/09/2023", lead="unit-2; unit-3"),
    ]
    _, stored = taken(installation, rows)
    [answer] = stored.answers
    late, *open_ones = duties(installation, answer.cascade)
    assert {one.state for one in (late, *open_ones)} == {"working"}
    assert all(one.opening and one.received_at for one in (late, *open_ones))
    assert (late.officer, late.note) == ("Chuyên viên", "Đang thực hiện\nGấp")
    assert late.due_at is not None
    assert late.due_at < installation.now()
    work = Desk(installation, answer.cascade)
    work.round()
    assert work.entries("ReceiptMissed") == []
    # Of what was before it was taken over nobody is reminded; those of the open ones are still to come.
    assert not [one for one in work.rungs(1) if one.endswith(("rung:1", "rung:2"))]
    assert [work.rungs(number) for number in (2, 3)] == [[], []]
    work.live_until("2023-09-27T12:00")
    assert work.rungs(2) == ["26/09 08:00 rung:1"]
    assert desk.verdict().verified


def test_the_commands_of_a_list_are_in_the_words_of_the_law(installation: Runtime) -> None:
    rows = [task_row(1, symbol="09/QĐ-UBND"), task_row(2, symbol="9/QĐ–UBND", due="", support="unit-1"),
            task_row(3, symbol="9/QĐ-UBND", issuer=DEPARTMENT, lead="unit-1")]  # fmt: skip
    first, second = listed(installation, rows).documents
    assert isinstance(first, Document)
    command: Issue = first.command
    assert (command.id, command.symbol, command.type) == ("opening:province:9/QĐ-UBND:2023", "09/QĐ-UBND", "QĐ")
    assert (command.means, command.issuer, command.workflow) == ("opening", PROVINCE, "government-notice")
    assert [(item.label, item.mode, item.support) for item in command.items] == [
        ("1", None, ()),
        ("2", "once", ("unit-1",)),
    ]
    assert second.command.id == "opening:department:9/QĐ-UBND:2023"
