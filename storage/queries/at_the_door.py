"""Who came in and who was turned away as a list, a page after the other from either end."""

from datetime import datetime

from sqlalchemy import Connection

from storage import sign_ins
from storage.queries import paging
from storage.queries.paging import Page
from storage.sign_ins import SignIn


def listed(
    connection: Connection, limit: int = 50, cursor: str | None = None, newest_first: bool = True, *, account: str = "",
    denied: bool = False, since: datetime | None = None, until: datetime | None = None,
) -> Page[SignIn]:  # fmt: skip
    """A page of sign-ins: of one account, only who was turned away, between two instants (the second excluded). Raises
    NoSuchPage."""
    order = "sign-ins newest" if newest_first else "sign-ins"
    after: tuple[datetime, str] | None = None
    if cursor:
        at, last = paging.after(cursor, order, "it")
        after = (at, last)
    rows = sign_ins.listed(connection, limit + 1, account=account, denied=denied, since=since, until=until, after=after,
                           newest_first=newest_first)  # fmt: skip
    shown, further = paging.cut(rows, limit)
    return Page(shown, paging.cursor(order, [shown[-1].at, shown[-1].id]) if further else None)
