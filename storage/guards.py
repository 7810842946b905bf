"""The guards: triggers by which the database itself refuses any change of the journal but the next entry, any of the log of
attempts but a further one, any of an original, and any of the seals but the next.

SQLite's `INSERT OR REPLACE` slips past UPDATE and DELETE triggers, so the INSERT guard refuses every seq but head + 1.
A statement that names a partition passes the triggers of the whole table by, so each partition has its own.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from storage import bulk, partitions, seal_guards
from workflows.text import say

_SQLITE = {
    "journal_no_update": """
CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END""",
    "journal_no_delete": """
CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal
BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END""",
    "journal_next_only": """
CREATE TRIGGER journal_next_only BEFORE INSERT ON journal
WHEN NEW.seq <> 1 + coalesce((SELECT max(seq) FROM journal WHERE cascade_id = NEW.cascade_id), 0)
BEGIN SELECT RAISE(ABORT, 'the journal takes only the next entry'); END""",
}

_SQLITE_ATTEMPTS = {
    "attempt_no_update": """
CREATE TRIGGER attempt_no_update BEFORE UPDATE ON attempt
BEGIN SELECT RAISE(ABORT, 'the log of attempts is append-only'); END""",
    "attempt_no_delete": """
CREATE TRIGGER attempt_no_delete BEFORE DELETE ON attempt
BEGIN SELECT RAISE(ABORT, 'the log of attempts is append-only'); END""",
    "attempt_first_only": """
CREATE TRIGGER attempt_first_only BEFORE INSERT ON attempt
WHEN EXISTS (SELECT 1 FROM attempt WHERE cascade_id = NEW.cascade_id AND seq = NEW.seq AND place = NEW.place
  AND channel = NEW.channel AND number = NEW.number AND node = NEW.node)
BEGIN SELECT RAISE(IGNORE); END""",
}

_SQLITE_DOCUMENTS = {
    "document_no_update": """
CREATE TRIGGER document_no_update BEFORE UPDATE ON document
BEGIN SELECT RAISE(ABORT, 'originals are never changed'); END""",
    "document_no_delete": """
CREATE TRIGGER document_no_delete BEFORE DELETE ON document
BEGIN SELECT RAISE(ABORT, 'originals are never changed'); END""",
    "document_first_only": """
CREATE TRIGGER document_first_only BEFORE INSERT ON document
WHEN EXISTS (SELECT 1 FROM document WHERE digest = NEW.digest)
BEGIN SELECT RAISE(IGNORE); END""",
}

_POSTGRES_FUNCTIONS = {
    "journal_refuse": """
CREATE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$""",
    "journal_check_next": """
CREATE FUNCTION journal_check_next() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE run record;
BEGIN
  FOR run IN SELECT cascade_id, min(seq) AS low, max(seq) AS high, count(*) AS entries FROM added GROUP BY cascade_id LOOP
    IF run.entries <> run.high - run.low + 1
       OR run.low <> 1 + coalesce((SELECT max(seq) FROM journal WHERE cascade_id = run.cascade_id AND seq < run.low), 0)
       OR EXISTS (SELECT 1 FROM journal WHERE cascade_id = run.cascade_id AND seq > run.high)
    THEN RAISE EXCEPTION 'the journal takes only the next entry'; END IF;
  END LOOP;
  RETURN NULL;
END $$""",
}

_POSTGRES = {
    "journal_no_change": """
CREATE TRIGGER journal_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse()""",
    "journal_next_only": """
CREATE TRIGGER journal_next_only AFTER INSERT ON {table} REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION journal_check_next()""",
}
_FUNCTION_OF_ATTEMPTS = """
CREATE FUNCTION attempt_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the log of attempts is append-only'; END $$"""
_POSTGRES_ATTEMPTS = {
    "attempt_no_change": """
CREATE TRIGGER attempt_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION attempt_refuse()""",
}
_FUNCTION_OF_DOCUMENTS = """
CREATE FUNCTION document_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'originals are never changed'; END $$"""
_POSTGRES_DOCUMENTS = {
    "document_no_change": """
CREATE TRIGGER document_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION document_refuse()""",
}
_CALLS = {
    "journal_no_change": ("journal_refuse", 58),
    "journal_next_only": ("journal_check_next", 4),
    "attempt_no_change": ("attempt_refuse", 58),
    "document_no_change": ("document_refuse", 58),
    **seal_guards.CALLS,
}
_BODIES = {
    **_POSTGRES_FUNCTIONS, "attempt_refuse": _FUNCTION_OF_ATTEMPTS, "document_refuse": _FUNCTION_OF_DOCUMENTS,
    **seal_guards.FUNCTIONS,
}  # fmt: skip
_GUARDED = {
    "journal": (_SQLITE, _POSTGRES),
    "attempt": (_SQLITE_ATTEMPTS, _POSTGRES_ATTEMPTS),
    "document": (_SQLITE_DOCUMENTS, _POSTGRES_DOCUMENTS),
    **{table: (seal_guards.SQLITE[table], seal_guards.POSTGRES[table]) for table in seal_guards.SQLITE},
}


def statements(connection: Connection) -> list[str]:
    """The statements that put the guards in place on a journal without any, for migrations."""
    if connection.dialect.name == "sqlite":
        return [sql.strip() for sql in _SQLITE.values()]
    tables = ["journal", *partitions.parts(connection)]
    triggers = [sql.format(table=table) for table in tables for sql in _POSTGRES.values()]
    return [sql.strip() for sql in (*_POSTGRES_FUNCTIONS.values(), *triggers)]


def statements_of_attempts(connection: Connection) -> list[str]:
    """The statements that put the guards in place on a log of attempts without any, for migrations."""
    if connection.dialect.name == "sqlite":
        return [sql.strip() for sql in _SQLITE_ATTEMPTS.values()]
    tables = ["attempt", *partitions.parts(connection, "attempt")]
    triggers = [sql.format(table=table) for table in tables for sql in _POSTGRES_ATTEMPTS.values()]
    return [sql.strip() for sql in (_FUNCTION_OF_ATTEMPTS, *triggers)]


def statements_of_documents(connection: Connection) -> list[str]:
    """The statements that put the guards in place on originals without any, for migrations."""
    if connection.dialect.name == "sqlite":
        return [sql.strip() for sql in _SQLITE_DOCUMENTS.values()]
    triggers = [sql.format(table="document") for sql in _POSTGRES_DOCUMENTS.values()]
    return [sql.strip() for sql in (_FUNCTION_OF_DOCUMENTS, *triggers)]


def statements_of_seals(connection: Connection) -> list[str]:
    """The statements that put the guards in place on seals without any, for migrations."""
    sqlite = connection.dialect.name == "sqlite"
    kinds = seal_guards.SQLITE if sqlite else seal_guards.POSTGRES
    triggers = [sql.format(table=table) for table, guards in kinds.items() for sql in guards.values()]
    return [sql.strip() for sql in (*(() if sqlite else seal_guards.FUNCTIONS.values()), *triggers)]


def functions() -> list[str]:
    """Every function that guards call on PostgreSQL."""
    return list(_BODIES)


def functions_anew(connection: Connection) -> list[str]:
    """The statements that give the guards in place their present functions; nothing where triggers have none."""
    if connection.dialect.name == "sqlite":
        return []
    return [sql.strip().replace("CREATE", "CREATE OR REPLACE", 1) for sql in _POSTGRES_FUNCTIONS.values()]


def faults(connection: Connection) -> list[str]:
    """What is wrong with the guards of this database: one sentence for each that is missing, changed or switched off."""
    look = _sqlite_faults if connection.dialect.name == "sqlite" else _postgres_faults
    return [one for table in _GUARDED for one in look(connection, table)]


def _sqlite_faults(connection: Connection, table: str) -> list[str]:
    rows = bulk.read(connection, "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", table)
    found = {name: _squeezed(sql) for name, sql in rows}
    return [
        say("guard {name} is changed", name=name) if name in found else say("guard {name} is missing", name=name)
        for name, sql in _GUARDED[table][0].items()
        if found.get(name) != _squeezed(sql)
    ]


def _postgres_faults(connection: Connection, whole: str) -> list[str]:
    tables = [whole, *partitions.parts(connection, whole)]
    rows = bulk.read(
        connection,
        "SELECT t.tgrelid::regclass::text, t.tgname, t.tgenabled, p.proname, p.prosrc, t.tgtype,"
        " t.tgqual IS NULL AND cardinality(t.tgattr::int2[]) = 0 FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
        " WHERE NOT t.tgisinternal AND (t.tgrelid = to_regclass(?)"
        " OR t.tgrelid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = to_regclass(?)))",
        whole,
        whole,
    )
    found = {(row[0], row[1]): row[2:] for row in rows}
    said: list[str] = []
    for name in _GUARDED[whole][1]:
        missing = [table for table in tables if (table, name) not in found]
        there = {table: found[table, name] for table in tables if (table, name) in found}
        off = [table for table, (enabled, *_) in there.items() if enabled not in ("O", "A", b"O", b"A")]
        changed = [table for table, trigger in there.items() if _is_changed(name, trigger)]
        said += _on(missing, tables, say("guard {name} is missing", name=name))
        said += _on(off, tables, say("guard {name} is switched off", name=name))
        said += _on(changed, tables, say("guard {name} is changed", name=name))
    return said


def _is_changed(name: str, trigger: Sequence[Any]) -> bool:
    _, calls, source, kind, always = trigger
    function, its_kind = _CALLS[name]
    body = _BODIES[function].split("$$")[1]
    return bool(calls != function or _squeezed(source) != _squeezed(body) or kind != its_kind or not always)


def _on(wrong: list[str], tables: list[str], what: str) -> list[str]:
    """The sentence once for the table itself, and once for those of its partitions that are not like the others."""
    parts = [table for table in wrong if table != tables[0]]
    of_all = len(wrong) == len(tables)
    said = [what] if tables[0] in wrong else []
    return said if of_all or not parts else [*said, say("{what} on {tables}", what=what, tables=parts)]


def _squeezed(sql: str) -> str:
    return " ".join(sql.split())
