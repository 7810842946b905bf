"""What indexes of the journal find in an entry's own text, in the words of each database: who acted, by which action, for whom.

The text is canonical: keys in order, no spaces, and `by` is always the first. So a few cuts find what a reading of the whole
as JSON would, at a tenth of its cost to whoever writes; and no text, however it was altered, makes them fail.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Text
from sqlalchemy.ext.compiler import compiles

ByDialect = Mapping[str, str]
DIALECTS = ("sqlite", "postgresql")
NAME_MAX = 200  # letters of a name by which an entry is found

# The day in Vietnam (UTC+7) that an instant belongs to, where 24:00 is still the day that ends: 17:00 UTC, to the
# microsecond. On SQLite by the text that is stored, since its own functions round to milliseconds.
DAY: ByDialect = {
    "sqlite": "date(substr({0}, 1, 10), CASE WHEN substr({0}, 12) > '17:00:00.000000' THEN '+1 day' ELSE '+0 days' END)",
    "postgresql": "CAST({0} AT TIME ZONE 'UTC' + INTERVAL '7 hours' - INTERVAL '1 microsecond' AS date)",
}
_BY: ByDialect = {  # the text up to the last key of `by`
    "sqlite": 'substr({0}body, 1, instr({0}body, \'"role":"\'))',
    "postgresql": "split_part({0}body, 'role\":\"', 1)",
}
_AFTER_PERSON = "substr({0}body, instr({0}body, 'person\":\"') + 9, 210)"
_AFTER_ACTION = 'substr({0}body, instr({0}body, \'"fact":{{"action":"\') + 18, 80)'

# Who acted: the deputy's name where a deputy did, which comes first, else the name of who held the seat. As JSON has it, and
# bounded, since PostgreSQL's indexes are: a longer text would refuse the entry.
_ACTED_BY: ByDialect = {
    "sqlite": f"substr({_AFTER_PERSON}, 1, instr({_AFTER_PERSON}, '\",\"') - 1)",
    "postgresql": "left(split_part(split_part({0}body, 'person\":\"', 2), '\",\"', 1), 200)",
}
# By which action of its machine, of an entry that is one.
_ACTION: ByDialect = {
    "sqlite": f"substr({_AFTER_ACTION}, 1, instr({_AFTER_ACTION}, '\"') - 1)",
    "postgresql": 'left(split_part(split_part({0}body, \'"fact":{{"action":"\', 2), \'"\', 1), 80)',
}
# For whom: of a deputy, who holds the seat; else the office for which the host recorded.
_HOLDER = 'substr({by}, instr({by}, \'"person":"\') + 10)'
_OFFICE = "substr({0}body, 22, 201)"  # after `{"by":{"acting_for":"`
_FOR_WHOM: ByDialect = {
    "sqlite": (
        f"CASE WHEN instr({{by}}, '\"deputy\":') > 0 THEN substr({_HOLDER}, 1, min(200, instr({_HOLDER}, '\",\"') - 1))"
        f" ELSE substr({_OFFICE}, 1, instr({_OFFICE}, '\"') - 1) END"
    ),
    "postgresql": (
        'coalesce(nullif(left(split_part(split_part(split_part({by}, \'"deputy":"\', 2), \'"person":"\', 2), \'","\', 1),'
        f" 200), ''), split_part({_OFFICE}, '\"', 1))"
    ),
}
_CLAIMED: ByDialect = {  # what is only claimed is the default, and not written
    "sqlite": 'instr({0}body, \'"known_by":"\') = 0',
    "postgresql": 'strpos({0}body, \'"known_by":"\') = 0',
}
# The first key of `by`: the office for which the host recorded it, or the deputy who acted for the seat.
_FOR_ANOTHER = "substr({0}body, 8, 9) IN ('\"acting_f', '\"deputy\":')"

# The kinds that are most of a journal wherever they are at all; the others are found by an index of theirs.
COMMON = ("Assigned", "Acted", "DueSet", "RungReached")
UNCOMMON = f"kind NOT IN ({', '.join(map(repr, COMMON))})"


def acted_by(dialect: str, alias: str = "") -> str:
    return _ACTED_BY[dialect].format(alias)


def action(dialect: str, alias: str = "") -> str:
    return _ACTION[dialect].format(alias)


def claimed(dialect: str, alias: str = "") -> str:
    """Is the actor only what somebody at the command line said?"""
    return _CLAIMED[dialect].format(alias)


def for_whom(dialect: str, alias: str = "") -> str:
    by = _BY[dialect].format(alias)
    return f"({_FOR_WHOM[dialect].replace('{by}', by).replace('{0}', alias)})"


def for_another(alias: str = "") -> str:
    """Did a deputy act for the seat, or the host for an office outside?"""
    return _FOR_ANOTHER.format(alias)


def late(dialect: str, alias: str = "") -> str:
    """Was it recorded on a later day than it happened? The first comparison costs little, and most entries end with it."""
    happened, recorded = (DAY[dialect].format(f"{alias}{name}_at") for name in ("happened", "recorded"))
    return f"{alias}happened_at < {alias}recorded_at AND {happened} < {recorded}"


class Found(ColumnElement[str]):
    """An expression of an index, each database's own."""

    inherit_cache = False
    type = Text()

    def __init__(self, texts: ByDialect) -> None:
        self.texts = texts


@compiles(Found)
def _compiled(element: Found, compiler: Any, **_: Any) -> str:
    return element.texts[compiler.dialect.name]


ACTED_BY = Found({name: acted_by(name) for name in DIALECTS})
ACTION = Found({name: action(name) for name in DIALECTS})
FOR_WHOM = Found({name: for_whom(name) for name in DIALECTS})
