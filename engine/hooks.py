"""Subscriptions of webhooks: checked, stored, and put on the administration's record."""

import re
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from engine.deeds import record
from engine.notify.todo import TO_DO
from engine.notify.webhooks import checked
from storage import webhooks
from storage.webhooks import Webhook
from workflows.commands import Actor
from workflows.errors import NotFound, Unmet
from workflows.offices import Offices
from workflows.text import say

HOOKS_MAX = 50
_NAME = re.compile(r"[a-z][a-z0-9-]{0,62}")


def subscribe(
    connection: Connection,
    known: Offices,
    address: tuple[str, str],
    offices: Sequence[str],
    kinds: Sequence[str],
    now: datetime,
    by: Actor,
    *,
    private: bool = False,
) -> Webhook:
    """Tell an address, (name, URL), of the messages to some offices (none named: all), of some kinds (all). Raises Unmet or
    NotFound."""
    name, url = address
    asked, there = say("add webhook {name}", name=name), webhooks.listed(connection)
    if not _NAME.fullmatch(name):
        raise Unmet(asked, say("a name is small letters, digits and -, and begins with a letter"))
    if any(one.name == name for one in there):
        raise Unmet(asked, say("there is one of that name"), [say("cascade webhook remove {name}", name=name)])
    if len(there) >= HOOKS_MAX:
        raise Unmet(asked, say("there are {count} already, the most", count=len(there)))
    checked(url, private=private)
    for office in offices:
        known.get(office)
    if wrong := [one for one in kinds if one not in TO_DO]:
        raise Unmet(asked, say("no message is of kind {kinds}; kinds are {known}", kinds=wrong, known=sorted(TO_DO)))
    made = Webhook(name, url, tuple(offices), tuple(kinds), now, str(by))
    webhooks.add(connection, made)
    details = [("url", url), *(("office", one) for one in offices), *(("kind", one) for one in kinds)]
    record(connection, "subscribed", f"webhook {name}", now, by, details)
    return made


def unsubscribe(connection: Connection, name: str, now: datetime, by: Actor) -> None:
    """Raises NotFound."""
    if all(one.name != name for one in webhooks.listed(connection)):
        raise NotFound(say("No webhook {name!r}. See: cascade webhook list", name=name))
    webhooks.remove(connection, name)
    record(connection, "unsubscribed", f"webhook {name}", now, by)
