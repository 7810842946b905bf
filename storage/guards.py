"""The guards of the journal: triggers by which the database itself refuses any change of it but the next entry.

SQLite's `INSERT OR REPLACE` slips past UPDATE and DELETE triggers, so the INSERT guard refuses every seq but head + 1.
"""

from sqlalchemy import Connection

from storage import bulk
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

_POSTGRES_FUNCTIONS = {
    "journal_refuse": """
CREATE FUNCTION journal_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the journal is append-only'; END $$""",
    "journal_check_next": """
CREATE FUNCTION journal_check_next() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM (SELECT cascade_id, min(seq) AS low, max(seq) AS high, count(*) AS entries
                   FROM added GROUP BY cascade_id) AS run
    WHERE run.entries <> run.high - run.low + 1
       OR run.low <> 1 + coalesce((SELECT max(seq) FROM journal AS past
                                   WHERE past.cascade_id = run.cascade_id AND past.seq < run.low), 0)
       OR EXISTS (SELECT 1 FROM journal AS past WHERE past.cascade_id = run.cascade_id AND past.seq > run.high)
  ) THEN RAISE EXCEPTION 'the journal takes only the next entry'; END IF;
  RETURN NULL;
END $$""",
}

_POSTGRES = {
    "journal_no_change": """
CREATE TRIGGER journal_no_change BEFORE UPDATE OR DELETE OR TRUNCATE ON journal
FOR EACH STATEMENT EXECUTE FUNCTION journal_refuse()""",
    "journal_next_only": """
CREATE TRIGGER journal_next_only AFTER INSERT ON journal REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION journal_check_next()""",
}


def statements(dialect: str) -> list[str]:
    """The statements that put the guards in place, for migrations."""
    if dialect == "sqlite":
        return [sql.strip() for sql in _SQLITE.values()]
    return [sql.strip() for sql in (*_POSTGRES_FUNCTIONS.values(), *_POSTGRES.values())]


def faults(connection: Connection) -> list[str]:
    """What is wrong with the guards of this database: one sentence for each that is missing, changed or switched off."""
    return _sqlite_faults(connection) if connection.dialect.name == "sqlite" else _postgres_faults(connection)


def _sqlite_faults(connection: Connection) -> list[str]:
    rows = bulk.read(connection, "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'journal'")
    found = {name: _squeezed(sql) for name, sql in rows}
    return [
        say("guard {name} is changed", name=name) if name in found else say("guard {name} is missing", name=name)
        for name, sql in _SQLITE.items()
        if found.get(name) != _squeezed(sql)
    ]


def _postgres_faults(connection: Connection) -> list[str]:
    rows = bulk.read(
        connection,
        "SELECT t.tgname, t.tgenabled, p.proname, p.prosrc, t.tgtype,"
        " t.tgqual IS NULL AND cardinality(t.tgattr::int2[]) = 0 FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
        " WHERE t.tgrelid = 'journal'::regclass AND NOT t.tgisinternal",
    )
    found = {row[0]: row[1:] for row in rows}
    wanted = {"journal_no_change": ("journal_refuse", 58), "journal_next_only": ("journal_check_next", 4)}
    said: list[str] = []
    for name, (function, kind) in wanted.items():
        if name not in found:
            said.append(say("guard {name} is missing", name=name))
            continue
        enabled, calls, source, its_kind, always = found[name]
        if enabled not in ("O", "A", b"O", b"A"):
            said.append(say("guard {name} is switched off", name=name))
        body = _POSTGRES_FUNCTIONS[function].split("$$")[1]
        if calls != function or _squeezed(source) != _squeezed(body) or its_kind != kind or not always:
            said.append(say("guard {name} is changed", name=name))
    return said


def _squeezed(sql: str) -> str:
    return " ".join(sql.split())
