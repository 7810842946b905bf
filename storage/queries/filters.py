"""Which obligations a list asks for, in SQL: its conditions, and the few keys with which it is best begun."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from storage.folding import words_of
from storage.queries import sight as sights
from storage.queries.groups import GROUP, at
from storage.queries.sight import FEW, Sight
from storage.queries.sql import Sql, all_of, any_of, apart, read

_MATCHES = 500  # documents and items up to which what is under them is gathered
_OUTCOMES = {
    "done_on_time": ("fulfilled",), "done_late": ("fulfilled",), "void": ("void",), "info": (None, "fulfilled"),
    "open_in_time": (None,), "open_overdue": (None,), "no_deadline": (None,),
}  # fmt: skip
OUTCOMES = (None, "fulfilled", "void")
NOT_CLOSED_BEFORE = "(o.closed_at IS NULL OR o.closed_at >= ?)"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which obligations a list shows; None and empty ask for all. `below` takes the offices under `office` as well; `due_from`
    and `due_to`, `assigned_from` and `assigned_to` are the first instant and the one after the last; `closed_from` leaves out
    what was closed before it, so that with `assigned_to` a list has what was at hand in a period; `text` are words in any
    order, without accents."""

    cascade: str | None = None
    directive: int | None = None
    office: str | None = None
    below: bool = False
    groups: tuple[str, ...] = ()
    state: str | None = None
    level: str | None = None
    part: str | None = None
    officer: str | None = None
    due_from: datetime | None = None
    due_to: datetime | None = None
    changed_since: datetime | None = None
    text: str = ""
    assigned_from: datetime | None = None
    assigned_to: datetime | None = None
    closed_from: datetime | None = None

    @property
    def outcomes(self) -> tuple[str | None, ...]:
        """The outcomes that what is wanted may have."""
        of = {outcome for group in self.groups for outcome in _OUTCOMES.get(group, OUTCOMES)}
        return tuple(one for one in OUTCOMES if one in of) if self.groups else OUTCOMES


@dataclass(frozen=True, slots=True)
class Asked:
    """The same in SQL: the tables to begin with, the conditions on `o`, and whether the keys in `picked` lead the way.
    `within` is set where all lie in one cascade or under one directive of it."""

    tables: tuple[Sql, ...]
    where: Sql
    picked: bool = False
    within: str | None = None

    @property
    def begun(self) -> bool:
        """Is it known where to begin, so that nothing has to be walked in its order?"""
        return self.picked or self.within is not None

    @property
    def start(self) -> str:
        """What a statement reads first where it does not walk in an order: the keys that lead, or the one cascade."""
        return "picked CROSS JOIN obligation AS o" if self.picked else "obligation AS o"

    @property
    def condition(self) -> Sql:
        leads = "o.cascade_id = picked.cascade_id AND o.number = picked.number AND " if self.picked else ""
        return Sql(leads) + self.where


def asked(connection: Connection, now: datetime, sight: Sight, wanted: Wanted) -> Asked:
    """How to find what is wanted within a sight. It counts a few rows first, to know what to begin with."""
    moment = at(connection, now)
    offices = subtree(connection, wanted.office) if wanted.office and wanted.below else None
    equal = {"cascade_id": wanted.cascade, "directive": wanted.directive, "state": wanted.state, "level": wanted.level,
             "part": wanted.part, "officer": wanted.officer, "holder": None if offices else wanted.office}  # fmt: skip
    parts = [Sql(f"o.{name} = ?", (value,)) for name, value in equal.items() if value is not None]
    if offices:
        parts.append(Sql("o.holder") + sights.in_these(connection, offices))
    if wanted.groups:
        named = ", ".join("?" * len(wanted.groups))
        parts.append(Sql(f"{GROUP} IN ({named})", (moment, moment, *wanted.groups)))
    for limit, says in ((wanted.due_from, "o.due_at >= ?"), (wanted.due_to, "o.due_at < ?"),
                        (wanted.assigned_from, "o.assigned_at >= ?"), (wanted.assigned_to, "o.assigned_at < ?"),
                        (wanted.closed_from, NOT_CLOSED_BEFORE)):  # fmt: skip
        if limit is not None:
            parts.append(Sql(says, (at(connection, limit),)))
    tables, keys = [], None
    words = words_of(wanted.text)
    if words:
        tables.append(_matching(connection, words))
        parts.append(Sql("(o.cascade_id, o.directive, o.item) IN (SELECT cascade_id, directive, item FROM matching)"))
        if wanted.cascade is None and _few_match(connection, tables[0]):
            keys = Sql("SELECT p.cascade_id, p.number FROM matching AS m CROSS JOIN ") + _under(connection)
    seen = sights.clause(connection, sight, wanted.cascade)
    tables += seen.before
    parts.append(seen.obligation())
    if wanted.cascade is None and keys is None:
        keys = _officers(connection, wanted) or _offices(connection, wanted, offices)
        if keys is None and seen.few is not None:
            keys = Sql("SELECT cascade_id, number FROM seen")
    if keys is not None:
        tables.append(Sql("picked AS MATERIALIZED (") + keys + ")")
    return Asked(tuple(tables), all_of(parts), keys is not None, wanted.cascade)


def subtree(connection: Connection, office: str) -> list[str]:
    """An office and all below it."""
    rows = read(connection, Sql(
        "WITH RECURSIVE tree (id) AS (SELECT id FROM office WHERE id = ? UNION SELECT b.id FROM tree AS t, office AS b"
        " WHERE b.above = t.id) SELECT id FROM tree ORDER BY id", (office,),
    ))  # fmt: skip
    return [row[0] for row in rows] or [office]


def folded_holds(connection: Connection, alias: str, words: Sequence[str], also: str = "") -> Sql:
    """Does a folded text hold each of these words, or else that of `also`, the document it belongs to?"""
    place = "instr" if connection.dialect.name == "sqlite" else "strpos"
    texts = [alias, also] if also else [alias]
    return all_of([any_of([Sql(f"{place}({one}.text, ?) > 0", (word,)) for one in texts]) for word in words])


def _matching(connection: Connection, words: Sequence[str]) -> Sql:
    """The items that hold all the words, in their own text or in that of their document."""
    return (
        Sql("matching (cascade_id, directive, item) AS MATERIALIZED (SELECT f.cascade_id, f.directive, f.item"
            " FROM folded AS f JOIN folded AS d ON d.cascade_id = f.cascade_id AND d.directive = f.directive"
            " AND d.item = 0 WHERE f.item > 0 AND ")
        + folded_holds(connection, "f", words, also="d") + ")"
    )  # fmt: skip


def _few_match(connection: Connection, matching: Sql) -> bool:
    counted = Sql("WITH ") + matching + f" SELECT count(*) FROM (SELECT 1 FROM matching LIMIT {_MATCHES + 1}) AS found"
    [(found,)] = read(connection, counted)
    return bool(found <= _MATCHES)


def _under(connection: Connection) -> str:
    table = apart(connection, "obligation AS p", "obligation_directive")
    return f"{table} WHERE p.cascade_id = m.cascade_id AND p.directive = m.directive AND p.item = m.item"


def _officers(connection: Connection, wanted: Wanted) -> Sql | None:
    if wanted.officer is None:
        return None
    table = apart(connection, "obligation AS p", "obligation_officer")
    return Sql(f"SELECT p.cascade_id, p.number FROM {table} WHERE p.officer = ?", (wanted.officer,))


def _offices(connection: Connection, wanted: Wanted, offices: Sequence[str] | None) -> Sql | None:
    """What these offices hold, where that is little enough to be put in order; only the open where only that is asked for."""
    if not wanted.office:
        return None
    named = Sql("p.holder") + (sights.in_these(connection, offices) if offices else Sql(" = ?", (wanted.office,)))
    if wanted.outcomes != OUTCOMES:
        named = all_of([named, any_of([outcome_is("p", one) for one in wanted.outcomes])])
    held = Sql(f" FROM {apart(connection, 'obligation AS p', 'obligation_holder')} WHERE ") + named
    [(found,)] = read(connection, Sql("SELECT count(*) FROM (SELECT 1") + held + f" LIMIT {FEW + 1}) AS found")
    return Sql("SELECT p.cascade_id, p.number") + held if found <= FEW else None


def outcome_is(alias: str, one: str | None) -> Sql:
    return Sql(f"{alias}.outcome IS NULL") if one is None else Sql(f"{alias}.outcome = ?", (one,))
