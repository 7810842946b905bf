"""A read database beside the primary: where looks go, if it is the same installation; how far it is behind.

Nothing is ever written through it, whatever the server would allow.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from engine.runtime import Runtime, check, opened
from storage import bulk, installation
from storage.database import Database
from storage.errors import Unavailable, WrongSchema
from storage.failures import MET
from storage.installation import Installation
from storage.queries import replication
from storage.queries.replication import Lag, Progress
from workflows.directive import ADMINISTRATION
from workflows.errors import Conflict
from workflows.text import Text, say

TOLD_FROM = 60.0  # seconds behind, from which everybody who looks is told


@contextmanager
def opened_to_look(primary: str, reads: str, tell: Callable[[str], None]) -> Iterator[tuple[Runtime, Connection]]:
    """The installation as the read database has it, at one moment. `tell` talks to the person.

    Raises Unavailable or Conflict, naming the primary as what is open instead; where the primary is away the read
    database is read all the same, and it is told that nobody could compare the two.
    """
    with ExitStack() as stack:
        first = stack.enter_context(_closing(primary))
        found = stack.enter_context(_reached(reads, first))
        try:
            check(first)
        except Unavailable as away:
            tell(say("The primary is away, so that nobody can say whether {database} is up to date: {why}",
                     database=found.database.shown, why=away.text))  # fmt: skip
        else:
            behind = compared(first, found.database)
            if behind and behind.bytes and (behind.seconds or 0.0) >= TOLD_FROM:
                tell(
                    say(
                        "{database} is behind the primary: {lag}.", database=found.database.shown, lag=lag_words(behind)
                    )
                )
        try:
            connection = stack.enter_context(found.database.reading())
            bulk.write(connection, "SET TRANSACTION READ ONLY")
            yield found, connection
        except OperationalError as met:
            if getattr(met.orig, "sqlstate", None) not in MET:
                raise
            said = say("{database} had to go on with what the primary sent, and took its answer back",
                       database=found.database.shown)  # fmt: skip
            raise _instead(said, first) from met


def standing(reads: str, primary: Database) -> Lag | None:
    """How far the read database of `primary` is behind, as `compared` says. Raises Unavailable or Conflict as well."""
    with _reached(reads, primary) as found:
        return compared(primary, found.database)


def compared(primary: Database, reads: Database) -> Lag | None:
    """How far the read database is behind; None where it is no standby but the same database by another address.

    Raises Conflict where it is another installation.
    """
    with primary.reading() as connection:
        written = replication.progress(connection)
    with reads.reading() as connection:
        replayed, theirs = replication.progress(connection), installation.read(connection)
    with primary.reading() as connection:  # after the standby: what that one has, this one has as well
        ours = installation.read(connection)
        if not (
            (written and replayed and _streams(written, replayed))
            and (ours and theirs and _begins(connection, ours, theirs))
        ):
            raise Conflict(
                say("read from {database}", database=reads.shown),
                say("it is no replica of {primary}: another installation, or one that went ways of its own",
                    primary=primary.shown),
                [_look_at(primary)],
            )  # fmt: skip
    return replication.lag(written, replayed) if replayed.standby else None


def _streams(primary: Progress, reads: Progress) -> bool:
    """Is it a standby of the same cluster, or the primary itself? One that was promoted writes a timeline of its own."""
    if (primary.cluster, primary.database) != (reads.cluster, reads.database):
        return False
    return reads.standby or (not primary.standby and primary.line == reads.line)


def _begins(connection: Connection, ours: Installation, theirs: Installation) -> bool:
    """Was it created in the same moment, and does its administration's chain begin ours?"""
    if (ours.created_at, ours.purpose) != (theirs.created_at, theirs.purpose):
        return False
    sql = "SELECT hash FROM journal WHERE cascade_id = ? AND seq = ?"
    return [theirs.admin_hash] == [row[0] for row in bulk.read(connection, sql, ADMINISTRATION, theirs.admin_seq)]


@contextmanager
def _reached(reads: str, primary: Database) -> Iterator[Runtime]:
    """The read database, opened. What keeps it from being opened is said with what is open instead."""
    with ExitStack() as stack:
        with _closing(reads) as address:
            if address.is_sqlite:
                raise Conflict(
                    say("read from {database}", database=address.shown),
                    say("it is SQLite, where nothing follows a primary"),
                    [_look_at(primary)],
                )
        try:
            found = stack.enter_context(opened(reads))
        except WrongSchema as other:  # nobody creates or upgrades a standby: it gets its schema from its primary
            raise Conflict(
                say("read from {database}", database=address.shown),
                say("it holds no installation of this program's schema, as a replica of one would"),
                [_look_at(primary)],
            ) from other
        except Unavailable as away:
            raise _instead(away.text, primary) from away
        yield found


def _instead(why: str, primary: Database) -> Unavailable:
    return Unavailable(say("The read database does not answer: {why}. Open to you now: {instead}.",
                           why=why.rstrip(".") if not isinstance(why, Text) else why, instead=_look_at(primary)))  # fmt: skip


def _look_at(primary: Database) -> Text:
    return say("the primary, by --read-database none (it is {primary})", primary=primary.shown)


@contextmanager
def _closing(url: str) -> Iterator[Database]:
    database = Database(url)
    try:
        yield database
    finally:
        database.close()


def lag_words(lag: Lag) -> Text:
    """How far behind, in words."""
    if not lag.bytes:
        return say("nothing is missing")
    if lag.seconds is None:
        return say("{bytes} bytes", bytes=f"{lag.bytes:,}")
    return say("{bytes} bytes, {seconds} s", bytes=f"{lag.bytes:,}", seconds=f"{lag.seconds:,.0f}")
