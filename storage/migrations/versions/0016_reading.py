"""What auditors read the journal by: who acted, by which action, for whom, known by a claim alone, recorded on a later day;
dates missed are among the rare kinds now. And who was turned away.

The expressions cut an entry's canonical text; the program says them in storage/entry_texts.py. What each costs whoever writes
is told in storage/README.md.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"

_ENTRY = ("cascade_id", "seq")
_RARE = "kind NOT IN ('Assigned', 'Acted', 'DueSet', 'RungReached')"
_CAME_IN = "('signed_in', 'signed_out', 'password_changed', 'link_used', 'token_made', 'token_revoked')"
_FOR_ANOTHER = """substr(body, 8, 9) IN ('"acting_f', '"deputy":')"""
_SQLITE_DAY = "date(substr({0}, 1, 10), CASE WHEN substr({0}, 12) > '17:00:00.000000' THEN '+1 day' ELSE '+0 days' END)"
_POSTGRES_DAY = "CAST({0} AT TIME ZONE 'UTC' + INTERVAL '7 hours' - INTERVAL '1 microsecond' AS date)"
_LATE = "happened_at < recorded_at AND {day_happened} < {day_recorded}"
_SQLITE_BY = """substr(body, 1, instr(body, '"role":"'))"""
_SQLITE_PERSON = """substr(body, instr(body, 'person":"') + 9, 210)"""
_SQLITE_HOLDER = f"""substr({_SQLITE_BY}, instr({_SQLITE_BY}, '"person":"') + 10)"""
_POSTGRES_BY = """split_part(body, 'role":"', 1)"""
_OFFICE = "substr(body, 22, 201)"
_SQLITE_ACTION = """substr(body, instr(body, '"fact":{"action":"') + 18, 80)"""
_TEXTS = {
    "sqlite": {
        "late": _LATE.format(
            day_happened=_SQLITE_DAY.format("happened_at"), day_recorded=_SQLITE_DAY.format("recorded_at")
        ),
        "claimed": """instr(body, '"known_by":"') = 0""",
        "person": f"""substr({_SQLITE_PERSON}, 1, instr({_SQLITE_PERSON}, '","') - 1)""",
        "for_whom": (
            f"""(CASE WHEN instr({_SQLITE_BY}, '"deputy":') > 0"""
            f""" THEN substr({_SQLITE_HOLDER}, 1, min(200, instr({_SQLITE_HOLDER}, '","') - 1))"""
            f""" ELSE substr({_OFFICE}, 1, instr({_OFFICE}, '"') - 1) END)"""
        ),
        "action": f"""substr({_SQLITE_ACTION}, 1, instr({_SQLITE_ACTION}, '"') - 1)""",
    },
    "postgresql": {
        "late": _LATE.format(
            day_happened=_POSTGRES_DAY.format("happened_at"), day_recorded=_POSTGRES_DAY.format("recorded_at")
        ),
        "claimed": """strpos(body, '"known_by":"') = 0""",
        "person": """left(split_part(split_part(body, 'person":"', 2), '","', 1), 200)""",
        "for_whom": (
            f"""(coalesce(nullif(left(split_part(split_part(split_part({_POSTGRES_BY}, '"deputy":"', 2),"""
            f""" '"person":"', 2), '","', 1), 200), ''), split_part({_OFFICE}, '"', 1)))"""
        ),
        "action": """left(split_part(split_part(body, '"fact":{"action":"', 2), '"', 1), 80)""",
    },
}


def upgrade() -> None:
    texts = _TEXTS[op.get_bind().dialect.name]
    for name in ("journal_time", "journal_office", "journal_kind", "journal_late"):
        op.drop_index(name, "journal")
    op.create_index("journal_time", "journal", ["recorded_at", *_ENTRY, "kind", "role"])
    _made("journal_office", "journal", ["office", "recorded_at", *_ENTRY, "kind"], "role <> 'timer'")
    _made("journal_kind", "journal", ["kind", "recorded_at", *_ENTRY], _RARE)
    _made("journal_late", "journal", ["recorded_at", *_ENTRY, "happened_at"], texts["late"])
    _made("journal_claimed", "journal", ["recorded_at", *_ENTRY], texts["claimed"])
    _made("journal_for_another", "journal", ["recorded_at", *_ENTRY, sa.text(texts["for_whom"])], _FOR_ANOTHER)
    _made("journal_person", "journal", [sa.text(texts["person"]), "recorded_at", *_ENTRY], "role <> 'timer'")
    _made("journal_action", "journal", [sa.text(texts["action"]), "recorded_at", *_ENTRY], "kind = 'Acted'")
    _made("sign_in_denied", "sign_in", ["at", "id"], f"what NOT IN {_CAME_IN}")


def _made(name: str, table: str, columns: list[Any], where: str) -> None:
    only = sa.text(where)
    op.create_index(name, table, columns, sqlite_where=only, postgresql_where=only)
