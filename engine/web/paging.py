"""Pages of a list: which one is shown, how many there are, and the addresses of the others."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

PAGES_MAX = 400  # nobody turns over more; filters find what lies behind


@dataclass(frozen=True, slots=True)
class Pager:
    """Page `number` of a list of `total` rows, `rows` a page, at an address with its filters."""

    number: int
    rows: int
    total: int
    path: str
    filters: Mapping[str, str]

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.rows))

    @property
    def first(self) -> int:
        return min((self.number - 1) * self.rows + 1, self.total)

    @property
    def last(self) -> int:
        return min(self.number * self.rows, self.total)

    def at(self, number: int) -> str:
        """The address of a page of the same list."""
        return f"{self.path}?{urlencode({**self.filters, 'page': number})}"


def page_number(text: str) -> int:
    """The page that an address asks for; what is none means the first."""
    return min(max(int(text), 1), PAGES_MAX) if text.isascii() and text.isdigit() and len(text) < 9 else 1
