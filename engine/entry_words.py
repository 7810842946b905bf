"""An entry of the journal as one readable line: what happened, in words."""

from typing import Any

from engine.fact_words import fact_words
from engine.work_words import acted_words
from storage.journal import Entry
from workflows import facts as f
from workflows.calendar import last_day
from workflows.errors import NotFound
from workflows.fields import show_day
from workflows.text import say
from workflows.words import ROLES
from workflows.workflow import Workflows


def what(entry: Entry, workflows: Workflows | None = None) -> str:
    """What an entry says happened. One that cannot be read says so, and never raises. With `workflows` actions and states
    have the labels of the version it was done under; without, their names."""
    try:
        fact = entry.fact
    except (KeyError, ValueError, TypeError, AttributeError):
        return say("{kind}: this entry cannot be read; cascade journal verify says more", kind=entry.kind)
    if workflows and isinstance(fact, f.Acted):
        try:
            return acted_words(fact, workflows.get(entry.data["workflow"]).definition)
        except (KeyError, NotFound):  # one of an unknown version has its names
            pass
    return fact_words(fact)


def who(entry: Entry) -> str:
    """Who did it: an office and role, with the deputy who acted for it, or time, or whoever installed."""
    if entry.role not in ROLES:
        return entry.role
    deputy = by_of(entry).get("deputy")
    return f"{entry.office}/{entry.role}" + (f" ({deputy})" if deputy else "")


def on_behalf(entry: Entry) -> str:
    """Both names where a deputy acted; empty otherwise."""
    by = by_of(entry)
    if not by.get("deputy"):
        return ""
    holder, own = by.get("person"), by.get("deputy_person") or by["deputy"]
    return say("{own} for {holder}", own=own, holder=holder) if holder else say("{own}, the seat being vacant", own=own)


def by_of(entry: Entry) -> dict[str, Any]:
    """Who asked, as the body says; nothing where the body cannot be read."""
    try:
        found = entry.data["by"]
    except (KeyError, ValueError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}


def person(entry: Entry) -> str:
    """Who held the seat then, by the name in the directory; the account's name where an administrator acted; or empty."""
    found = by_of(entry).get("person")
    return found if isinstance(found, str) else ""


def late(entry: Entry) -> str:
    """Says when it happened where it was recorded on a later day; empty otherwise."""
    on = last_day(entry.happened_at)
    return say("recorded late, of {day}", day=show_day(on)) if on < last_day(entry.recorded_at) else ""


def days_late(entry: Entry) -> int:
    """How many days later than it happened it was recorded; 0 where that was the same day."""
    return (last_day(entry.recorded_at) - last_day(entry.happened_at)).days


def entry_data(entry: Entry) -> dict[str, Any]:
    """An entry as JSON shows it; `body` is None where it cannot be read."""
    try:
        body: Any = entry.data
    except ValueError:
        body = None
    return {
        "seq": entry.seq,
        "kind": entry.kind,
        "obligation": entry.obligation,
        "directive": entry.directive,
        "office": entry.office,
        "role": entry.role,
        "by": who(entry),
        "happened_at": entry.happened_at,
        "recorded_at": entry.recorded_at,
        "recorded_late": bool(late(entry)),
        "says": what(entry),
        "hash": entry.hash,
        "body": body,
    }
