"""What a driver or the pool says when something fails, in our own terms."""

import re
import sqlite3

from sqlalchemy import exc
from sqlalchemy.exc import DBAPIError, OperationalError

from storage.driver import COMMIT
from storage.errors import Away, Held, Met, Unavailable
from storage.transactions import BUSY_SECONDS
from workflows.text import say

MET = ("40001", "40P01")  # a serialization failure, a deadlock
_NOT_GIVEN = "55P03"  # a lock that did not come within lock_timeout
_READ_ONLY = "25006"  # a server that takes no writes: a standby, or what was the primary before a failover
_DRIVERS_WORDS = re.compile("^connection (is bad|failed): (?=connection )")  # before the same in the server's words


class Misdirected(Away):
    """The server at this address takes no writes; another one may have become the primary."""


def in_our_terms(error: BaseException, database: str, is_sqlite: bool) -> Unavailable | None:
    """The failure as ours, with the database's name as people know it; None where it is not the database's."""
    if isinstance(error, exc.TimeoutError):
        return Unavailable(
            say("All connections of this process to {database} are in use; try again.", database=database)
        )
    if not isinstance(error, DBAPIError):
        return None
    state, why = getattr(error.orig, "sqlstate", None), _first_line(error)
    if state in MET:
        return Met(say("Others were writing the same at the same time, and this gave way each time ({why}). Nothing"
                       " was stored; try again.", why=why))  # fmt: skip
    if state == _NOT_GIVEN:
        return Held(say("Somebody else is writing the same; nothing was stored. Try again."))
    if state == _READ_ONLY:
        return Misdirected(
            say("{database} is a replica, which is only read. Name the primary: --database", database=database)
        )
    if is_sqlite and "database is locked" in why:
        return Away(say("{database} is busy: another process has been writing it for {seconds} s. Nothing was"
                        " stored; try again.", database=database, seconds=BUSY_SECONDS))  # fmt: skip
    if error.connection_invalidated or isinstance(error, OperationalError):
        lost = say("The connection to {database} was lost: {why}", database=database, why=why)
        unusable = say("The database {database} cannot be used: {why}", database=database, why=why)
        away = Away(lost if error.connection_invalidated else unusable)
        away.unsure = error.statement == COMMIT and not is_sqlite
        away.unreached = not error.connection_invalidated
        return away
    if type(error.orig) is sqlite3.DatabaseError:  # the file itself: no database, or a damaged one
        return Unavailable(say("{database} cannot be used: {why}", database=database, why=why))
    return None


def _first_line(error: DBAPIError) -> str:
    return _DRIVERS_WORDS.sub("", str(error.orig or error).strip().splitlines()[0])
