"""What changed between two moments: the obligations of each walked side by side, a page at a time. Reads only."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from storage.queries import obligations
from storage.queries.filters import Wanted
from storage.queries.lines import ObligationLine
from storage.queries.paging import MOST
from storage.queries.sight import Sight
from workflows.obligation import GROUPS

NEW, ENDED, CHANGED, GONE = "new", "ended", "changed", "gone"
KINDS = (NEW, ENDED, CHANGED, GONE)
COMPARED = ("state", "group", "due_at", "planned_for", "waits_for", "received_at", "sent_at", "closed_at", "holder", "giver",
            "officer", "part", "mode", "workflow", "symbol", "label", "text")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Seen:
    """One of the two moments: where it is read, what `now` is there, and through which sight."""

    connection: Connection
    at: datetime
    sight: Sight


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one obligation. `before` is None where it is new, `after` where it is no longer among what is asked for;
    `fields` are those of COMPARED that differ."""

    kind: str
    before: ObligationLine | None
    after: ObligationLine | None
    fields: tuple[str, ...]

    @property
    def line(self) -> ObligationLine:
        """As it is, or as it was last."""
        found = self.after or self.before
        assert found is not None  # one of the two is there
        return found


@dataclass(slots=True)
class Changes:
    """The first changes in order of cascade and number, and the counts of all. Of each group `before` and what `came`, less
    what `went`, is `after`."""

    lines: list[Change] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    before: dict[str, int] = field(default_factory=lambda: dict.fromkeys(GROUPS, 0))
    came: dict[str, int] = field(default_factory=lambda: dict.fromkeys(GROUPS, 0))
    went: dict[str, int] = field(default_factory=lambda: dict.fromkeys(GROUPS, 0))
    after: dict[str, int] = field(default_factory=lambda: dict.fromkeys(GROUPS, 0))

    @property
    def total(self) -> int:
        return sum(self.kinds.values())


def between(earlier: Seen, later: Seen, wanted: Wanted, limit: int) -> Changes:
    """What changed of what is wanted. `limit` lines are kept; everything is counted."""
    found = Changes()
    for before, after in _side_by_side(_lines(earlier, wanted), _lines(later, wanted)):
        _count(found, before, after)
        fields = _differing(before, after)
        if not fields:
            continue
        change = Change(_kind(before, after), before, after, fields)
        found.kinds[change.kind] += 1
        if len(found.lines) < limit:
            found.lines.append(change)
    return found


def _count(found: Changes, before: ObligationLine | None, after: ObligationLine | None) -> None:
    if before:
        found.before[before.group] += 1
    if after:
        found.after[after.group] += 1
    if (before and before.group) != (after and after.group):
        if before:
            found.went[before.group] += 1
        if after:
            found.came[after.group] += 1


def _kind(before: ObligationLine | None, after: ObligationLine | None) -> str:
    if before is None:
        return NEW
    if after is None:
        return GONE
    return ENDED if before.closed_at is None and after.closed_at is not None else CHANGED


def _differing(before: ObligationLine | None, after: ObligationLine | None) -> tuple[str, ...]:
    return tuple(name for name in COMPARED if getattr(before, name, None) != getattr(after, name, None))


def _lines(seen: Seen, wanted: Wanted) -> Iterator[ObligationLine]:
    cursor: str | None = None
    while True:
        page = obligations.listed(seen.connection, seen.at, seen.sight, wanted, "number", MOST, cursor)
        yield from page.rows
        cursor = page.next
        if cursor is None:
            return


def _side_by_side(
    earlier: Iterator[ObligationLine], later: Iterator[ObligationLine]
) -> Iterator[tuple[ObligationLine | None, ObligationLine | None]]:
    """Two lists in the same order, each obligation beside itself."""
    before, after = next(earlier, None), next(later, None)
    while before or after:
        if before and after and _key(before) == _key(after):
            yield before, after
            before, after = next(earlier, None), next(later, None)
        elif before and (after is None or _key(before) < _key(after)):
            yield before, None
            before = next(earlier, None)
        else:
            yield None, after
            after = next(later, None)


def _key(line: ObligationLine) -> tuple[str, int]:
    return line.cascade, line.number
