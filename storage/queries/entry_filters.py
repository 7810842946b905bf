"""Which entries of the journal somebody asks for: what may be combined, as conditions in SQL, and the indexes that find few."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from storage import bulk, entry_texts
from storage.queries import paging
from storage.queries.sql import Sql, all_of, any_of, apart, read
from storage.rows import json_text
from workflows.commands import TIMER
from workflows.directive import ADMINISTRATION

FEW, SOME = (
    2_000,
    50_000,
)  # entries up to which an index is begun with; and up to which their keys are kept beside another's
# What every workflow has is taken by an action too, and is an entry of a kind of its own.
KIND_OF_ACTION: Mapping[str, str] = {
    "acknowledge": "Acknowledged",
    "request_extension": "ExtensionRequested",
    "grant_extension": "ExtensionGranted",
    "accept_counter": "ExtensionGranted",
    "refuse_extension": "ExtensionRefused",
    "counter_extension": "ExtensionCountered",
    "withdraw_extension": "ExtensionWithdrawn",
    "urge": "Urged",
    "take_offer": "OfferAnswered",
    "decline_offer": "OfferAnswered",
    "carry_over": "CarriedOver",
    "name_officer": "OfficerNamed",
    "record_task": "TaskRecorded",
    "set_event_day": "EventDaySet",
}
OVERRIDDEN = ("Corrected", "DirectiveMoved", "ItemAmended", "EventDaySet")  # what stood before was set aside
DENIED = ("ExtensionRefused", "OfferAnswered", "RenewalRefused")  # what was asked for was not given


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries; None, empty and False ask for all.

    `chain` is a cascade or the administration. `person` is a name as the directory gave it: who acted, the deputy where one
    did. `acted_for` is whose seat a deputy acted for, by name, or the office for which the host recorded; `deputies` are
    all such entries. `action` is one of a machine or one that every workflow has. `since` and `until` bound when they were
    recorded, `happened_since` and `happened_until` when they happened (days of Vietnam by their first instants; the second
    excluded). `late` are those recorded on a later day than they happened; `overridden`, by which something that stood was
    set aside: corrected, amended, revoked, another day; `denied`, by which something asked for was refused; `claimed`, whose
    actor is only what the command line said. `symbol` is that of a document: its own entries and those of all it gave.
    `about` is the kind of what an administrator changed, `account` the one that was changed.
    """

    chain: str | None = None
    obligation: int | None = None
    directive: int | None = None
    office: str | None = None
    role: str | None = None
    person: str | None = None
    kind: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    late: bool = False
    symbol: str | None = None
    action: str | None = None
    acted_for: str | None = None
    deputies: bool = False
    happened_since: datetime | None = None
    happened_until: datetime | None = None
    overridden: bool = False
    denied: bool = False
    claimed: bool = False
    about: str | None = None
    account: str | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """An index in which entries that are wanted lie together: what it asks for itself."""

    index: str
    where: Sql


def conditions(connection: Connection, wanted: Wanted) -> list[Sql]:
    """Everything an entry has to be, on `j`. Each way's own condition is among them in the same words."""
    dialect = connection.dialect.name
    equal: tuple[tuple[str, Any], ...] = (
        ("j.obligation = ?", wanted.obligation),
        ("j.directive = ?", wanted.directive),
        ("j.role = ?", wanted.role),
        ("j.happened_at >= ?", wanted.happened_since),
        ("j.happened_at < ?", wanted.happened_until),
    )
    parts = [Sql(text, (paging.stored(connection, value),)) for text, value in equal if value is not None]
    parts += _recorded(connection, wanted)
    parts += [way.where for way in _ways(connection, wanted) if way.index != "journal_time"]
    if wanted.office == TIMER.office:
        parts.append(Sql("j.office = ?", (wanted.office,)))
    if wanted.kind in entry_texts.COMMON:
        parts.append(Sql("j.kind = ?", (wanted.kind,)))
    if wanted.action in ("take_offer", "decline_offer"):
        parts.append(_holds(dialect, f'"taken":{"true" if wanted.action == "take_offer" else "false"}'))
    if wanted.overridden:
        parts.append(any_of([Sql("j.kind <> 'EventDaySet'"), _holds(dialect, '"before":')]))
    if wanted.denied:
        parts.append(any_of([Sql("j.kind <> 'OfferAnswered'"), _holds(dialect, '"taken":false')]))
    if wanted.about is not None:
        parts.append(_holds(dialect, f'"subject":"{as_json(wanted.about)}'))
    if wanted.account is not None:
        parts.append(_holds(dialect, f'"subject":"account {as_json(wanted.account)}"'))
    return parts


def ways(connection: Connection, wanted: Wanted) -> list[Way]:
    """The indexes that may find what is wanted, the likeliest to be narrow first."""
    recorded = all_of(_recorded(connection, wanted))
    found = _ways(connection, wanted)
    return [Way(one.index, all_of([one.where, recorded])) for one in found if one.index != "journal_time"] + [
        one for one in found if one.index == "journal_time"
    ]


def branches(connection: Connection, wanted: Wanted, way: Way | None) -> list[tuple[str, list[Sql]]]:
    """In which orders what is wanted lies when there is much of it: by index, each with what is in this one only.

    Several are merged as they are read: kinds that stand for one question, or what happened in some days, which is either
    recorded in them or later."""
    if way is not None and way.index == "journal_kind":
        return [("journal_kind", [Sql("j.kind = ?", (kind,))]) for kind in _kinds(wanted) or ("",)]
    if way is not None and way.index != "journal_time":
        return [(way.index, [])]
    since, until = wanted.happened_since, wanted.happened_until
    if since is None and until is None:
        return [("journal_time", [])]
    within = [Sql("j.recorded_at >= ?", (paging.stored(connection, since),))] if since else []
    if until is None:
        return [("journal_time", within)]
    end = (paging.stored(connection, until),)
    later = [Sql(entry_texts.late(connection.dialect.name, "j.")), Sql("j.recorded_at >= ?", end)]
    return [("journal_time", [*within, Sql("j.recorded_at < ?", end)]), ("journal_late", later)]


def narrowest(connection: Connection, found: list[Way]) -> tuple[Way | None, list[Way]]:
    """The way on which the fewest entries lie, where those are few; or else the narrowest one and all the others that are
    narrow enough to ask first what lies on all of them."""
    if counted := _counted(connection, found, FEW):
        return min(counted, key=lambda one: one[1])[0], []
    if len(found) < 2:
        return None, found
    some = sorted(_counted(connection, found, SOME), key=lambda one: one[1])
    return None, [way for way, _ in some] or found[:1]


def _counted(connection: Connection, found: list[Way], most: int) -> list[tuple[Way, int]]:
    """How many entries lie on each way, of those where they are less than so many."""
    counts = []
    for way in found:
        table = apart(connection, "journal AS j", way.index)
        inner = Sql(f"SELECT 1 FROM {table} WHERE ") + way.where + f" LIMIT {most}"
        [(count,)] = read(connection, Sql("SELECT count(*) FROM (") + inner + ") AS found")
        if count < most:
            counts.append((way, int(count)))
        if not count:
            break
    return counts


def as_json(text: str) -> str:
    """A text as it stands between its quotes in an entry, as far as an index looks."""
    return json_text(text)[1:-1][: entry_texts.NAME_MAX]


def chain_of(wanted: Wanted) -> str | None:
    """The one chain in which everything that is wanted lies; what administrators did lies in theirs."""
    administered = wanted.about is not None or wanted.account is not None or wanted.kind == "Administered"
    return ADMINISTRATION if administered and wanted.chain is None else wanted.chain


def _ways(connection: Connection, wanted: Wanted) -> list[Way]:
    dialect, found = connection.dialect.name, list[Way]()
    kinds = _kinds(wanted)
    if kinds is not None:
        named = Sql(f"j.kind IN ({bulk.marks(len(kinds))})", kinds) if kinds else Sql("1 = 0")
        found.append(Way("journal_kind", all_of([named, Sql(f"j.{entry_texts.UNCOMMON}")])))
    if wanted.person is not None:
        named = Sql(f"{entry_texts.acted_by(dialect, 'j.')} = ?", (as_json(wanted.person),))
        found.append(Way("journal_person", all_of([named, Sql("j.role <> 'timer'")])))
    if wanted.action is not None and wanted.action not in KIND_OF_ACTION:
        named = Sql(f"{entry_texts.action(dialect, 'j.')} = ?", (as_json(wanted.action),))
        found.append(Way("journal_action", all_of([named, Sql("j.kind = 'Acted'")])))
    if wanted.deputies or wanted.acted_for is not None:
        another = [Sql(entry_texts.for_another("j."))]
        if wanted.acted_for is not None:
            another.append(Sql(f"{entry_texts.for_whom(dialect, 'j.')} = ?", (as_json(wanted.acted_for),)))
        found.append(Way("journal_for_another", all_of(another)))
    if wanted.late:
        found.append(Way("journal_late", Sql(entry_texts.late(dialect, "j."))))
    if wanted.claimed:
        found.append(Way("journal_claimed", Sql(entry_texts.claimed(dialect, "j."))))
    if wanted.office not in (None, TIMER.office):
        named = Sql("j.office = ?", (wanted.office,))
        found.append(Way("journal_office", all_of([named, Sql("j.role <> 'timer'")])))
    if wanted.since is not None or wanted.until is not None:
        found.append(Way("journal_time", all_of(_recorded(connection, wanted))))
    return found


def _kinds(wanted: Wanted) -> tuple[str, ...] | None:
    """The rare kinds to which what is asked for is bound, in every way it is; None where nothing binds it to such."""
    asked: list[tuple[str, ...]] = []
    if wanted.kind is not None and wanted.kind not in entry_texts.COMMON:
        asked.append((wanted.kind,))
    if wanted.action in KIND_OF_ACTION:
        asked.append((KIND_OF_ACTION[wanted.action or ""],))
    asked += [kinds for kinds, flag in ((OVERRIDDEN, wanted.overridden), (DENIED, wanted.denied)) if flag]
    if not asked:
        return None
    return tuple(kind for kind in asked[0] if all(kind in other for other in asked))


def _recorded(connection: Connection, wanted: Wanted) -> list[Sql]:
    asked = (("j.recorded_at >= ?", wanted.since), ("j.recorded_at < ?", wanted.until))
    return [Sql(text, (paging.stored(connection, value),)) for text, value in asked if value is not None]


def _holds(dialect: str, text: str) -> Sql:
    """Does the entry's text hold this piece of canonical JSON? In values its quotes would be escaped."""
    place = "instr" if dialect == "sqlite" else "strpos"
    return Sql(f"{place}(j.body, ?) > 0", (text,))
