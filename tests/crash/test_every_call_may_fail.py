"""A fault at the n-th database call, for every n, of everything that can be asked: before or after, and asked again, right."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from typing import Any, get_args

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError

from engine import administration
from engine.clock import SystemClock
from engine.deed_words import DEEDS as DEEDS_IN_WORDS
from engine.execute import Answer, Known
from engine.runtime import Runtime, opened
from storage import journal, migrate
from storage.database import Database
from storage.outbox import Message
from storage.queries.subjects import About
from storage.tables import metadata
from storage.verification import verify
from tests.crash.calls import FAILED, LOST, MET, watch_drivers, watched
from tests.crash.works import COMMANDS, DEEDS, REPEATED, ROUNDS, SAME, Work
from tests.support.databases import Databases
from tests.support.desk import Desk, desk_on
from workflows import words
from workflows.commands import Act, AnswerIncident, Command
from workflows.decide import deciding as law_says
from workflows.errors import CascadeError

pytestmark = pytest.mark.long
CALLS_MAX = 600
AGAIN_EVERY = 4  # on PostgreSQL
BY_THE_INSTALLER = {"upgraded", "copied"}  # tried by themselves: below, and where an office moves
EVERYTHING = COMMANDS | ROUNDS | DEEDS
HOW_IT_IS_SENT = {"available_at", "claimed_until", "attempts", "error", "sent_at"}


class Heard:
    """A channel that remembers the ids of what it was given."""

    def __init__(self) -> None:
        self.ids: list[str] = []

    def send(self, message: Message, about: About | None) -> None:
        self.ids.append(message.id)


@pytest.fixture(autouse=True)
def _watched(monkeypatch: pytest.MonkeyPatch) -> None:
    watch_drivers(monkeypatch)


@contextmanager
def node(url: str, known: Known | None = None) -> Iterator[Runtime]:
    with opened(url, node="node", channel=Heard()) as runtime:
        runtime.executor._known = known
        yield runtime


def world(database: Database, left_out: frozenset[str] = frozenset()) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table but the nodes', which no rule depends on."""
    with database.reading() as connection:
        found = {}
        for name, table in metadata.tables.items():
            if name != "node":
                columns = ", ".join(column.name for column in table.columns if column.name not in left_out)
                rows = connection.exec_driver_sql(f"SELECT {columns} FROM {name}").fetchall()
                found[name] = sorted(map(tuple, rows), key=repr)
        return found


def course(database: Database) -> dict[str, list[tuple[Any, ...]]]:
    """What has happened, whenever it did: work that waited for its claim to run out is done some minutes later."""
    asked = {
        "entries": "SELECT cascade_id, seq, kind, obligation, directive FROM journal ORDER BY 1, 2",
        "states": "SELECT cascade_id, number, holder, state, rung, due_at FROM obligation ORDER BY 1, 2",
        "messages": "SELECT cascade_id, seq, place FROM outbox ORDER BY 1, 2, 3",
        "unsent": "SELECT count(*) FROM outbox WHERE sent_at IS NULL",
    }
    with database.reading() as connection:
        return {name: list(map(tuple, connection.exec_driver_sql(sql).fetchall())) for name, sql in asked.items()}


def plain(answered: object) -> object:
    """An answer, whether it was given for the first time or again."""
    if isinstance(answered, Answer):
        return replace(answered, again=False)
    return [plain(one) for one in answered] if isinstance(answered, (list, tuple)) else answered


class Tried:
    """A work on one kind of database: where it starts, the worlds between its transactions, and what it answers."""

    def __init__(self, work: Work, databases: Databases, template: str, known: Known) -> None:
        self._work, self._databases, self._known = work, databases, known
        self.start = databases.copy(template)
        with desk_on(self.start) as desk:
            work.prepare(desk)
            self.cascade = desk.cascade
        self._left_out = frozenset(HOW_IT_IS_SENT if work.carries else ())
        self.found: Counter[str] = Counter()
        with self._copied() as runtime:
            before = world(runtime.database, self._left_out)
            self.between, self._whole = [before], world(runtime.database)
            apart = Database(runtime.database.url.render_as_string(hide_password=False))
            commit = runtime.database.connections.dialect.do_commit

            def commits(connection: Any) -> None:
                commit(connection)
                self.between.append(world(apart, self._left_out))

            runtime.database.connections.dialect.do_commit = commits  # type: ignore[method-assign]
            with watched() as calls:
                self.answer = plain(self.do(runtime))
            runtime.database.connections.dialect.do_commit = commit  # type: ignore[method-assign]
            self.calls = calls.count
            self.after = world(apart, self._left_out)
            apart.close()
            assert self.after != before
            self.course = self._finished(runtime)

    def do(self, runtime: Runtime) -> object:
        return self._work.do(Desk(runtime, self.cascade, "work"))

    def _finished(self, runtime: Runtime) -> object:
        if self._work.finish:
            self._work.finish(Desk(runtime, self.cascade, "finish"))
        return course(runtime.database)

    @contextmanager
    def _copied(self) -> Iterator[Runtime]:
        url = self._databases.copy(self.start)
        try:
            with node(url, self._known) as runtime:
                yield runtime
        finally:
            self._databases.drop(url)

    def fail(self, runtime: Runtime, at: int, how: str, again: bool) -> tuple[bool, bool]:
        """Let the call `at` go wrong. Did it come before the work ended, and is the database as it was before?"""
        said = f"{how}, call {at}"
        error, answer = None, None
        with watched(at, how) as calls:
            try:
                answer = plain(self.do(runtime))
            except CascadeError as told:
                error = told
            except (psycopg.Error, sqlite3.Error, DBAPIError) as raw:
                pytest.fail(f"{said}: what came through is the driver's {raw!r}")
        now = world(runtime.database, self._left_out)
        assert now in self.between, f"{said}: neither before nor after"
        with runtime.database.reading() as connection:
            assert verify(connection).verified, said
        if not self._work.finish and error is None:
            assert now == self.after, f"{said}: it was answered, and not done"
            assert answer == self.answer, said
        met = error is None or "closed the connection" in str(error)  # in a pipeline it is the connection that goes
        assert met or how != MET, f"{said}: whoever meets another tries again"
        if not calls.happened:
            return False, False
        untouched = now == self.between[0]
        self.found["after" if now == self.after else "before" if untouched else "between"] += 1
        self.found["told"] += error is not None
        # A claim that was left behind counts as nothing done, and yet keeps the work from being done at once.
        if again or not untouched or (self._left_out and world(runtime.database) != self._whole):
            self._again(runtime, done=now == self.after, said=said)
            return True, False
        return True, True

    def fail_everywhere(self, how: str, again_every: int) -> None:
        """One call after the other goes wrong. What was asked is asked again wherever something was done, and elsewhere at
        every so many; until then the same node goes on on the same database, from one fault to the next."""
        at, more = 0, True
        while more:
            with self._copied() as runtime:
                more = untouched = True
                while more and untouched:
                    at += 1
                    assert at < CALLS_MAX, "it never ends"
                    more, untouched = self.fail(runtime, at, how, again=at % again_every == 0)

    def _again(self, runtime: Runtime, done: bool, said: str) -> None:
        """The same thing is asked again of the same node, which goes on."""
        if self._work.finish:
            assert self._finished(runtime) == self.course, f"{said}: what was left was not finished"
            return
        if done and self._work.again not in (SAME, REPEATED):
            with pytest.raises(CascadeError):
                self.do(runtime)
        else:
            assert plain(self.do(runtime)) == self.answer, f"{said}: asked again, it answered otherwise"
        if not (done and self._work.again == REPEATED):
            assert world(runtime.database, self._left_out) == self.after, f"{said}: asked again, it was done otherwise"
        with runtime.database.reading() as connection:
            assert verify(connection).verified, said

    def drop(self) -> None:
        self._databases.drop(self.start)


IN_BULK = ("issue a root directive", "revoke a whole tree", "a round")


@pytest.mark.parametrize(
    ("name", "bulk"), [*((name, False) for name in EVERYTHING), *((name, True) for name in IN_BULK)]
)
def test_a_fault_at_any_call_leaves_the_world_before_or_after_and_the_next_try_is_right(
    name: str,
    bulk: bool,
    databases: Databases,
    template: str,
    known: Known,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Callable[[str, object], None],
) -> None:
    if bulk:
        if "://" not in template:
            return  # SQLite has no COPY
        monkeypatch.setattr("storage.bulk.FEW", 1)
    tried = Tried(EVERYTHING[name], databases, template, known)
    server = "://" in template  # where copying a database costs more than all that is tried on it
    for how in (FAILED, LOST, *([MET] if server and name in COMMANDS else [])):
        tried.fail_everywhere(how, AGAIN_EVERY if server else 1)
    assert tried.found["before"] >= 3
    assert tried.found["after"] >= 1, f"no fault came after the commit: {tried.found}, {tried.calls} calls"
    record_property("calls", tried.calls)
    for what, count in tried.found.items():
        record_property(what, count)
    tried.drop()


def test_no_command_no_action_and_no_deed_is_without_a_case(
    databases: Databases, template: str, known: Known, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever adds a command, an action of the shipped notice or a deed of an administrator adds it to the works."""
    asked: list[Command] = []

    def deciding(world: Any, command: Command, now: Any) -> Any:
        asked.append(command)
        return law_says(world, command, now)

    monkeypatch.setattr("engine.fold.deciding", deciding)
    monkeypatch.setattr("engine.fold.decide", lambda *given: list(deciding(*given)))
    tried: list[Command] = []
    deeds: set[str] = set()
    for work in EVERYTHING.values():
        url = databases.copy(template)
        with desk_on(url) as desk:
            work.prepare(desk)
            asked.clear()  # what only prepares is no case
            before = len(administered(desk.runtime))
            work.do(Desk(desk.runtime, desk.cascade, "work"))
            tried += asked
            deeds |= set(administered(desk.runtime)[before:])
        databases.drop(url)
    # An incident is answered where the law itself failed: tests/integration/test_incidents.py.
    assert {type(one) for one in tried} == set(get_args(Command)) - {AnswerIncident}
    actions = {one.action for one in tried if isinstance(one, Act)}
    rules = known.workflows.get("government-notice@1").definition.obligation
    by_issuing = {name for name, action in rules.actions.items() if "issue_below" in action.does}
    assert actions == (set(words.BUILT_IN) - {"elapse"}) | (set(rules.actions) - by_issuing)
    # Backups are interrupted anywhere in test_backups_that_fail.py.
    assert deeds == set(DEEDS_IN_WORDS) - BY_THE_INSTALLER - {"backed_up", "drilled", "restored"}


def administered(runtime: Runtime) -> list[str]:
    with runtime.database.reading() as connection:
        return [one.fact.what for one in journal.walk(connection, journal.ADMINISTRATION)]


# The installation itself


def test_a_fault_at_any_call_leaves_a_database_empty_or_an_installation(
    databases: Databases, record_property: Callable[[str, object], None]
) -> None:
    """Creating and upgrading go in one transaction, tables and triggers as well."""
    found: Counter[str] = Counter()
    url, at, happened = databases.empty(), 0, True
    while happened:
        at += 1
        with watched(at) as calls:
            created(url)
        happened = calls.happened
        whole = schema(url) == migrate.head()
        assert whole or schema(url) is None, f"call {at}: neither empty nor an installation"
        found["after" if whole else "before"] += happened
        if whole or at % 10 == 0:
            created(url)
            with opened(url) as runtime, runtime.database.reading() as connection:
                assert verify(connection).verified, f"call {at}"
            databases.drop(url)
            url = databases.empty()
    databases.drop(url)
    assert found["before"] > 100
    record_property("before", found["before"])
    record_property("after", found["after"])


def created(url: str) -> None:
    database = Database(url)
    with suppress(CascadeError):
        administration.create(database, SystemClock(), "tests")
    database.close()


def schema(url: str) -> str | None:
    database = Database(url)
    try:
        with database.reading() as connection:
            return migrate.current(connection)
    finally:
        database.close()


# The watch itself


def test_the_watch_sees_every_way_to_a_driver(template: str) -> None:
    with opened(template) as runtime, watched() as calls:
        with runtime.database.reading() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            for use in ways(driver):
                before = calls.count
                use()
                assert calls.count > before, use


def ways(driver: Any) -> list[Callable[[], Any]]:
    """Statements, many of them, rows, ends of a transaction; on PostgreSQL COPY and pipelines too."""

    def copied() -> None:
        with driver.cursor() as cursor, cursor.copy("COPY (SELECT 1) TO STDOUT") as rows:
            list(rows)

    def piped() -> None:
        with driver.pipeline() as pipeline:
            driver.execute("SELECT 1")
            pipeline.sync()

    common = [lambda: driver.execute("SELECT 1"), lambda: driver.cursor().execute("SELECT 1"), driver.commit]
    if isinstance(driver, sqlite3.Connection):
        many = "UPDATE cascade SET title = title WHERE id = ?"
        return [*common, lambda: driver.executemany(many, [("1",)]), lambda: driver.execute("SELECT 1").fetchall(),
                lambda: driver.executescript("SELECT 1"), driver.rollback]  # fmt: skip
    many = "UPDATE cascade SET title = title WHERE id = %s"
    return [*common, lambda: driver.cursor().executemany(many, [("1",)]), copied, piped, driver.rollback]
