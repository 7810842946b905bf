"""What a page is asked by its address, read forgivingly: words, days, offices and choices, and what is wrong with one of them.

A filter that cannot be read is left out and said to be wrong beside its field; it never ends a page.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from urllib.parse import urlencode

from starlette.datastructures import QueryParams

from engine.office_words import office_called
from workflows.fields import parse_day
from workflows.offices import Office, Offices
from workflows.text import Text, say

_LENGTH_MAX = 200
_NUMBER_MAX = 1 << 31
OFFICES_SHOWN = 300  # that a field offers while somebody types
_ALIKE = 3


class Address:
    """The filters of one request. `errors` says, by field, what could not be read."""

    def __init__(self, given: QueryParams) -> None:
        self._given = given
        self.errors: dict[str, Text] = {}

    def text(self, name: str) -> str:
        """Words as typed, on one line."""
        line = " ".join("".join(one if one.isprintable() else " " for one in self._given.get(name, "")).split())
        return line[:_LENGTH_MAX]

    def choice(self, name: str, known: Iterable[str]) -> str | None:
        value = self.text(name)
        return value if value in known else None

    def choices(self, name: str, known: Iterable[str]) -> tuple[str, ...]:
        """Those that were named, in the order in which they are known."""
        named = set(self._given.getlist(name))
        return tuple(one for one in known if one in named)

    def flag(self, name: str) -> bool:
        return self.text(name) in ("1", "on")

    def number(self, name: str) -> int | None:
        value = self.text(name)
        if not value:
            return None
        if value.isascii() and value.isdigit() and len(value) < 11 and 0 < int(value) < _NUMBER_MAX:
            return int(value)
        self.errors[name] = say("This is no number: {value}.", value=value)
        return None

    def day(self, name: str) -> date | None:
        value = self.text(name)
        if not value:
            return None
        try:
            return parse_day(value)
        except ValueError:
            self.errors[name] = say("Write a day as 31/08/2023; {value} is none.", value=value)
            return None

    def office(self, name: str, offices: Offices) -> Office | None:
        """An office by its id, its name or its short name, without accents too."""
        value = self.text(name)
        if not value:
            return None
        found = office_called(value, offices)
        if isinstance(found, Office):
            return found
        alike = [one.name for one in found[:_ALIKE]]
        if alike:
            self.errors[name] = say("Several offices are meant by {value}: {alike}. Write one whole name.",
                                    value=value, alike=alike)  # fmt: skip
        else:
            self.errors[name] = say("No office is called {value}. Part of its name will do.", value=value)
        return None


def way(path: str, filters: Mapping[str, object], **changes: object) -> str:
    """An address with these filters; what is empty is left out, a list is named again and again."""
    kept = {name: value for name, value in {**filters, **changes}.items() if value not in (None, "", (), False)}
    said = urlencode({name: "1" if value is True else value for name, value in kept.items()}, doseq=True)
    return f"{path}?{said}" if said else path
