"""Words in small letters without accents, so that who types "khan cap" finds "KHẨN CẤP"; and their rows in the table `folded`.

A table of our own with plain text, not a full-text index: SQLite's does not fold đ and PostgreSQL's has no dictionary for
Vietnamese. It holds a row a document and a row an item, not one an obligation; a search reads it from end to end.
"""

import unicodedata
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from storage import bulk
from workflows.directive import Directive, Item

DIRECTIVE = 0  # the item under which the words of the document itself lie
_SEARCHED_MAX, _WORDS_MAX = 1_000, 20
_COLUMNS = ("cascade_id", "directive", "item", "text")


def folded(text: str) -> str:
    """The text in small letters without accents: "HOẢ TỐC" and "Hỏa tốc" become equal, OCR slips too."""
    decomposed = unicodedata.normalize("NFD", text.lower())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).replace("đ", "d")


def words_of(text: str) -> tuple[str, ...]:
    """The words that somebody searches for, folded: the first twenty, of as many letters as anybody types. What is no letter
    (a NUL, half of a surrogate pair) stands between words."""
    plain = "".join(" " if one == "\0" or "\ud800" <= one <= "\udfff" else one for one in text[:_SEARCHED_MAX])
    return tuple(dict.fromkeys(folded(plain).split()))[:_WORDS_MAX]


def of_directive(symbol: str, subject: str) -> str:
    return folded(f"{symbol} {subject}")


def of_item(label: str, text: str) -> str:
    return folded(f"{label} {text}")


def add(connection: Connection, cascade: str, directives: Iterable[Directive], items: Iterable[Item]) -> None:
    """The rows of documents and items that are new."""
    bulk.insert(connection, "folded", _COLUMNS, [(*key, text) for key, text in rows(cascade, directives, items)])


def change(connection: Connection, cascade: str, directives: Iterable[Directive], items: Iterable[Item]) -> None:
    """The same of those whose words may have changed."""
    changed = [(text, *key) for key, text in rows(cascade, directives, items)]
    bulk.update(connection, "folded", _COLUMNS[:3], ["text"], changed)


def rows(
    cascade: str, directives: Iterable[Directive], items: Iterable[Item]
) -> Sequence[tuple[tuple[str, int, int], str]]:
    """The rows of documents and items: their keys, and their words folded."""
    return [
        *(((cascade, one.number, DIRECTIVE), of_directive(one.symbol, one.subject)) for one in directives),
        *(((cascade, one.directive, one.number), of_item(one.label, one.text)) for one in items),
    ]
