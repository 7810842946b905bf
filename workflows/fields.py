"""Values that people type: days, instants, numbers, symbols; checked against the type a definition asks for."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime

from workflows import words
from workflows.calendar import VIETNAM, day_end
from workflows.errors import Incomplete
from workflows.offices import Offices

_DAY = re.compile(r"^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})$")
_SYMBOL = re.compile(r"^\d+[A-Za-z]?\s*[/-]\s*\S.*$")
TEXT_MAX = 20_000


def parse_day(text: str) -> date:
    """A day written 2023-08-31 or 31/08/2023. Raises ValueError."""
    found = _DAY.match(text.strip())
    if found:
        return date(int(found[3]), int(found[2]), int(found[1]))
    return date.fromisoformat(text.strip())


def parse_instant(text: str) -> datetime:
    """An instant in UTC. A day alone means its end; a time without a zone is Vietnam's. Raises ValueError."""
    try:
        return day_end(parse_day(text))
    except ValueError:
        found = datetime.fromisoformat(text.strip())
        return (found if found.tzinfo else found.replace(tzinfo=VIETNAM)).astimezone(UTC)


def show_day(day: date) -> str:
    return f"{day:%d/%m/%Y}"


def check_fields(asked: Mapping[str, str], given: Mapping[str, str], offices: Offices, what: str) -> None:
    """Every field asked for is there and of its type, and nothing else is. Raises Incomplete naming all that is wrong."""
    wrong = [f"{name} ({words.FIELDS[kind]}) is missing" for name, kind in asked.items() if not given.get(name)]
    wrong += [f"{name} is not asked for" for name in given if name not in asked]
    for name, kind in asked.items():
        fault = _fault(kind, given[name], offices) if given.get(name) else None
        if fault:
            wrong.append(f"{name}: {fault}")
    if wrong:
        raise Incomplete(what, "; ".join(wrong))


def _fault(kind: str, value: str, offices: Offices) -> str | None:
    """What is wrong with one value, or None."""
    if len(value) > TEXT_MAX:
        return f"longer than {TEXT_MAX} characters"
    if kind == "date":
        try:
            parse_day(value)
        except ValueError:
            return f"{value!r} is not a day; write 2023-08-31 or 31/08/2023"
    if kind == "number" and not (value.isascii() and value.isdigit()):
        return f"{value!r} is not a whole number"
    if kind == "document" and not _SYMBOL.match(value.strip()):
        return f"{value!r} is not a document symbol such as 61/SKHCN-VP"
    if kind == "office" and offices.find(value) is None:
        return f"no office {value!r} in the directory"
    return None if value.strip() else "is blank"
