"""What a person may write as the `due` of an item, and what it means to the law: a day, a term, an event, at once."""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from engine.exchange.written_dates import date_in
from engine.exchange.yaml_fields import Faults
from workflows.fields import parse_instant
from workflows.item_dates import read_rule
from workflows.strict_yaml import Path, Plain
from workflows.text import say

AT_ONCE = "at_once"
_COUNTED = ("issue", "receipt")
_BEFORE = re.compile(r"before (?P<day>\S.*)")
_FROM_TO = re.compile(r"from (?P<first>\S.*?) to (?P<last>\S.*)")
_MONTH = re.compile(r"(?P<month>\d{1,2})/(?P<year>\d{4})", re.ASCII)
_TIME = re.compile(r"(?P<day>\S+)[ T](?P<hour>\d{1,2}:\d{2})", re.ASCII)
# "trước ngày 20/8", "chậm nhất trước ngày 20/8"; "trước hết" and "trước 16 giờ" leave no day in doubt.
_BEFORE_A_DAY = re.compile(r"\btrước (?:là )?(?:ngày |[0-9]{1,2} ?(?:/|tháng))(?!khi)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Terms:
    """A deadline as an ItemDraft takes it."""

    due: datetime | None = None
    form: str | None = None
    rule: str | None = None
    first: date | None = None


def due_field(value: Plain, path: Path, faults: Faults) -> str | None:
    """A deadline in its one spelling (`2026-09-30`, `2026-09-30T17:00`, `before 2026-09-30`, `from … to …`, `at_once`,
    `5 working days after receipt`, `event`), or null."""
    if value is None:
        return None
    found = spelled(" ".join(value.split())) if isinstance(value, str) else None
    if found is None:
        what = say(
            'a day (2026-09-30, 30/9/2026, 9/2026, "30/9/2026 17:00", before 30/9/2026, from 1/7/2026 to 31/7/2026),'
            " a time (5 working days after receipt, 3 days after event, event) or at_once"
        )
        faults.expected(path, what, value)
    return found


def spelled(text: str) -> str | None:
    """The one spelling of a deadline that a person typed, or None."""
    if text == AT_ONCE:
        return text
    rule = read_rule(text)
    if rule is not None:
        return str(rule) if rule.event in (*_COUNTED, "event") else None
    for pattern, spell in _SPELLINGS:
        found = pattern.fullmatch(text)
        if found:
            return spell(found)
    day = date_in(text)
    return day.isoformat() if day else None


def _before(found: re.Match[str]) -> str | None:
    day = date_in(found["day"])
    return f"before {day.isoformat()}" if day else None


def _from_to(found: re.Match[str]) -> str | None:
    first, last = date_in(found["first"]), date_in(found["last"])
    return between(first, last) if first and last and first <= last else None


def between(first: date, last: date) -> str:
    """The spelling of an interval."""
    return f"from {first.isoformat()} to {last.isoformat()}"


def _month(found: re.Match[str]) -> str | None:
    """Within a month: by its last day (Civil Code 2015, art. 148)."""
    year, month = int(found["year"]), int(found["month"])
    known = 1 <= month <= 12 and 1900 <= year <= 2200
    return date(year, month, monthrange(year, month)[1]).isoformat() if known else None


def _time(found: re.Match[str]) -> str | None:
    day, hour = date_in(found["day"]), found["hour"].rjust(5, "0")
    return f"{day.isoformat()}T{hour}" if day and hour[:2] < "24" and hour[3:] < "60" else None


_SPELLINGS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str | None]], ...] = (
    (_BEFORE, _before),
    (_FROM_TO, _from_to),
    (_MONTH, _month),
    (_TIME, _time),
)


def terms_of(due: str | None, wording: str | None = None, *, soft: bool = False) -> Terms:
    """The deadline that its spelling means; of a plain day the words of the document say whether it is "before" it."""
    if due is None or due == AT_ONCE:
        return Terms(form=AT_ONCE if due else "soft" if soft else None)
    rule = read_rule(due)
    if rule is not None:
        of_event = "until_event" if not rule.count else "after_event"
        return Terms(form=of_event if rule.event == "event" else "counted", rule=due)
    before, interval = _BEFORE.fullmatch(due), _FROM_TO.fullmatch(due)
    if interval:
        first = date.fromisoformat(interval["first"])
        return Terms(parse_instant(interval["last"]), "soft" if soft else "interval", first=first)
    day = before["day"] if before else due
    form = "before" if before or ("T" not in day and before_by_words(wording)) else None
    return Terms(parse_instant(day), "soft" if soft else form)


class Dated(Protocol):
    """What gives its date as a draft does: `due` in its one spelling, `follows` the document whose dates it goes by."""

    @property
    def due(self) -> str | None: ...
    @property
    def due_wording(self) -> str | None: ...
    @property
    def mode(self) -> str | None: ...
    @property
    def event(self) -> str | None: ...
    @property
    def soft(self) -> bool: ...
    @property
    def follows(self) -> str | None: ...


def item_dates_of(item: Dated) -> dict[str, Any]:
    """How an item gives its date, as an ItemDraft takes it."""
    terms = terms_of(item.due, item.due_wording, soft=item.soft)
    return {
        "mode": "linked" if item.follows else None if item.due else item.mode,
        "due": terms.due,
        "due_form": "by_reference" if item.follows and not item.due else terms.form,
        "due_rule": terms.rule,
        "due_event": item.event,
        "due_from": terms.first,
        "due_wording": item.due_wording,
    }


def before_by_words(wording: str | None) -> bool:
    """Do the words say "before day X", so that X itself is in doubt?"""
    return bool(wording and _BEFORE_A_DAY.search(wording))
