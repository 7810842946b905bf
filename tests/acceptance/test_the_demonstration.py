"""`cascade demo` shows what it says it shows: every figure is computed again here, by plain SQL, on both databases."""

import io
import json
from collections.abc import Iterator
from contextlib import redirect_stdout
from typing import Any

import pytest
from sqlalchemy import text

from engine.cli.demo import demo
from storage.database import Database
from storage.verification import verify
from tests.support.databases import Databases
from workflows.errors import Conflict

END = {"sqlite": "2023-12-31 10:00:00.000000", "postgresql": "2023-12-31 10:00:00+00"}
COUNTS = """
SELECT CASE
    WHEN outcome = 'void' THEN 'void'
    WHEN part = 'info' OR mode = 'info' THEN 'info'
    WHEN outcome = 'fulfilled' AND due_at IS NOT NULL AND sent_at > due_at THEN 'done_late'
    WHEN outcome = 'fulfilled' THEN 'done_on_time'
    WHEN due_at IS NULL THEN 'no_deadline'
    WHEN coalesce(CASE WHEN rested_at IS NOT NULL THEN coalesce(sent_at, rested_at) END, '{end}') > due_at THEN 'open_overdue'
    ELSE 'open_in_time' END AS kind, count(*) FROM obligation GROUP BY kind"""


class Shown:
    """A demonstration that was run: what it printed as JSON, and its database."""

    def __init__(self, url: str, printed: str) -> None:
        self.json: dict[str, Any] = json.loads(printed)
        self.database = Database(url)

    def sql(self, statement: str) -> list[Any]:
        with self.database.reading() as connection:
            return [tuple(row) for row in connection.execute(text(statement))]


@pytest.fixture(scope="module")
def shown(databases: Databases) -> Iterator[Shown]:
    """Played once on each database; the tests only look."""
    url, printed = databases.empty(), io.StringIO()
    with redirect_stdout(printed):
        demo(database=url, full=False, as_json=True)
    found = Shown(url, printed.getvalue())
    yield found
    found.database.close()
    databases.drop(url)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The same demonstration told short and in full."""
    url, stories = str(tmp_path_factory.mktemp("demo") / "demo.db"), {}
    for name in ("short", "full"):
        printed = io.StringIO()
        with redirect_stdout(printed):
            demo(database=url, full=name == "full", as_json=False)
        stories[name] = printed.getvalue()
    return stories


def test_the_figures_are_those_of_the_database(shown: Shown) -> None:
    end = END[shown.database.url.get_backend_name()]
    counted = dict(shown.sql(COUNTS.format(end=end)))
    printed = dict(shown.json["obligations"])
    total = printed.pop("total")
    assert printed == {group: counted.get(group, 0) for group in printed}
    assert total == sum(printed.values()) == shown.sql("SELECT count(*) FROM obligation")[0][0]
    assert shown.json["journal"]["entries"] == shown.sql("SELECT count(*) FROM journal")[0][0]
    assert len(shown.json["escalations"]) == shown.sql("SELECT count(*) FROM journal WHERE kind = 'RungReached'")[0][0]
    requests = shown.sql("SELECT count(*) FROM journal WHERE kind = 'ExtensionRequested'")[0][0]
    assert len(shown.json["extensions"]) == requests
    assert shown.json["messages"] == shown.sql("SELECT count(*) FROM outbox WHERE sent_at IS NOT NULL")[0][0]
    assert shown.sql("SELECT count(*) FROM outbox WHERE sent_at IS NULL") == [(0,)]


def test_every_turn_the_story_promises_is_in_it(shown: Shown) -> None:
    assert {one["decided"] for one in shown.json["extensions"]} == {"granted", "refused"}
    assert [one["answered"] for one in shown.json["disputes"]] == ["reassign"]
    assert all(one["given_to"] for one in shown.json["disputes"])
    silent = [one["rung"] for one in shown.json["escalations"] if one["obligation"] == 9]
    assert silent == [1, 2, 3, 3, 4]
    assert [one["at"] for one in shown.json["escalations"] if one["obligation"] == 9] == [
        "2023-08-28T00:30:00.000000Z",
        "2023-08-31T00:30:00.000000Z",
        "2023-09-06T00:30:00.000000Z",
        "2023-09-13T00:30:00.000000Z",
        "2023-09-13T00:30:00.000000Z",
    ]
    actions = dict(shown.sql("SELECT kind, count(*) FROM journal GROUP BY kind"))
    assert {"ReceiptMissed", "DeadlineMissed", "Acknowledged", "Joined", "PeriodOpened", "DueSet"} <= set(actions)
    assert len(shown.json["refused"]) == 3
    assert any("Open to you now" in one["says"] for one in shown.json["refused"])
    received = shown.sql(
        "SELECT received_at <= receive_by FROM obligation WHERE receive_by IS NOT NULL AND number < 42"
    )
    assert {bool(on_time) for (on_time,) in received if on_time is not None} == {True, False}
    levels = shown.sql("SELECT DISTINCT level FROM obligation")
    assert {level for (level,) in levels} == {"province", "department", "unit"}


def test_the_killed_service_lost_nothing_and_did_nothing_twice(shown: Shown) -> None:
    [kill] = shown.json["killed"]
    assert kill == {"due": 3, "kept": 0, "fired": 3, "lost": 0, "twice": 0}


def test_the_journal_verifies_and_one_altered_byte_is_found(shown: Shown) -> None:
    assert shown.json["journal"]["verified"] is True
    assert shown.json["altered"]["found"] == shown.json["altered"]["entry"]
    with shown.database.reading() as connection:
        assert verify(connection).verified


def test_told_as_a_story_it_explains_a_date_across_a_holiday_and_ends_with_three_commands(told: dict[str, str]) -> None:
    joined = " ".join(told["short"].split())
    assert "05/09/2023: 1 working day more" in joined
    assert "01/09 (Quốc khánh" in joined
    assert "(exit -9)" in joined
    assert len([line for line in told["short"].split("NEXT")[1].splitlines() if line.startswith("cascade ")]) == 3
    story = told["short"].split("STORY")[1].split("COUNT")[0]
    assert max(map(len, story.splitlines())) <= 110


def test_the_full_story_tells_every_line_that_the_short_one_counts(told: dict[str, str]) -> None:
    short, full = told["short"], told["full"]
    left_out = int(short.split("...")[1].split("(")[1].split(" ")[0])
    entries = [line for line in full.split("STORY")[1].split("COUNT")[0].splitlines() if line[:2].isdigit()]
    kept = [line for line in short.split("STORY")[1].split("COUNT")[0].splitlines() if line[:2].isdigit()]
    assert len(entries) - len(kept) == left_out


def test_it_never_replaces_what_is_not_a_demonstration(database_url: str) -> None:
    with pytest.raises(Conflict, match="name a new database"):
        demo(database=database_url, full=False, as_json=True)


def test_it_never_writes_into_somebody_elses_database(empty_url: str) -> None:
    database = Database(empty_url)
    with database.transaction() as connection:
        connection.execute(text("CREATE TABLE payroll (id INTEGER)"))
    with pytest.raises(Exception, match="something else"):
        demo(database=empty_url, full=False, as_json=True)
    database.close()
