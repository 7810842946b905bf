"""Saved views: a list as somebody keeps it, the query string of its page under a name. Nothing follows from them."""

from dataclasses import dataclass

from sqlalchemy import Connection

from storage import bulk
from workflows.errors import Unmet
from workflows.text import say

MOST = 50  # of one account
_LENGTH_MAX, _NAME_MAX = 2_000, 80


@dataclass(frozen=True, slots=True)
class View:
    """A list under its name."""

    name: str
    query: str


def listed(connection: Connection, account: str) -> list[View]:
    """The views of an account by their names."""
    rows = bulk.read(
        connection, f"SELECT name, query FROM saved_view WHERE account = ? ORDER BY name LIMIT {MOST}", account
    )
    return [View(name, query) for name, query in rows]


def save(connection: Connection, account: str, name: str, query: str) -> None:
    """Keep a list under a name; another one of this name is replaced. Raises Unmet."""
    asked = say("save the view {name}", name=repr(name))
    if not name.strip() or len(name) > _NAME_MAX or len(query) > _LENGTH_MAX or "\0" in name + query:
        said = say("a name has {name} characters at most, a query {query}", name=_NAME_MAX, query=_LENGTH_MAX)
        raise Unmet(asked, said)
    known = listed(connection, account)
    if len(known) >= MOST and name not in {one.name for one in known}:
        raise Unmet(asked, say("there are {most} already; forget one first", most=MOST))
    bulk.write(
        connection,
        "INSERT INTO saved_view (account, name, query) VALUES (?, ?, ?)"
        " ON CONFLICT (account, name) DO UPDATE SET query = excluded.query",
        account, name, query,
    )  # fmt: skip


def forget(connection: Connection, account: str, name: str) -> None:
    """Take a view away; nothing where there is none."""
    bulk.write(connection, "DELETE FROM saved_view WHERE account = ? AND name = ?", account, name)
