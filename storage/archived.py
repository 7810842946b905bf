"""What an archive of the journal is made of, read a page at a time: heads, entries as lines, published texts, originals."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import Connection

from storage import bulk, installation
from storage.journal import ROWS
from storage.rows import from_sqlite_instant
from workflows.directive import ADMINISTRATION
from workflows.encoding import instant_text

_PAGE = 2000  # rows in memory at a time
NAMES_DOCUMENTS = {
    "Issued": "original",
    "Attached": "files",
}  # which field of which fact names documents by their sha256
Line = tuple[int, str, dict[str, Any] | None, bytes]  # seq, kind, the body where it can be read, and the line itself


def chains(connection: Connection) -> list[str]:
    """Every chain there is, those with entries and no cascade among them."""
    rows = bulk.read(connection, "SELECT id FROM cascade UNION SELECT DISTINCT cascade_id FROM journal")
    return sorted({ADMINISTRATION, *(row[0] if isinstance(row[0], str) else repr(row[0]) for row in rows)})


def heads(connection: Connection, some: Collection[str] | None = None) -> dict[str, tuple[int, str]]:
    """The head of each chain that has one, as it is stored: seq and hash."""
    found = {
        str(row[0]): (row[1], row[2]) for row in bulk.read(connection, "SELECT id, last_seq, last_hash FROM cascade")
    }
    here = installation.read(connection)
    if here:
        found[ADMINISTRATION] = (here.admin_seq, here.admin_hash)
    return found if some is None else {chain: found[chain] for chain in some if chain in found}


def lines(connection: Connection, chain: str) -> Iterator[Line]:
    """The entries of a chain in order, each as a line of JSON: its seq, its body exactly as stored, and its hash.

    A row whose columns do not repeat its body says so, with what they hold: `columns`."""
    sqlite, dumps = connection.dialect.name == "sqlite", orjson.dumps
    for row in _rows(connection, chain):
        seq, kind, body, hash_ = row[1], row[2], row[9], row[10]
        written = {"seq": seq, "body": body, "hash": hash_}
        data = _read(body)
        differing = _columns_that_differ(row, data, sqlite) if data is not None else {}
        if differing:
            written["columns"] = differing
        try:
            line = dumps(written)
        except TypeError:  # SQLite keeps bytes in any column; no hash follows from them
            line = dumps(
                {**written, "body": None, "hash": str(hash_), "seq": seq if isinstance(seq, int) else str(seq)}
            )
        yield seq, kind, data, line + b"\n"


def _rows(connection: Connection, chain: str) -> Iterator[Sequence[Any]]:
    """The rows of a chain as the driver gives them, a page at a time."""
    after = -(1 << 31)  # an entry that was put in before the first is there as well
    while True:
        rows = bulk.read(
            connection, f"{ROWS.select} WHERE cascade_id = ? AND seq > ? ORDER BY seq LIMIT {_PAGE}", chain, after
        )
        yield from rows
        if len(rows) < _PAGE:
            return
        after = rows[-1][1]


def _read(body: Any) -> dict[str, Any] | None:
    """What a body says; None where it cannot be read, as whoever verifies will say."""
    try:
        found = orjson.loads(body)
    except (ValueError, TypeError):
        return None
    return found if isinstance(found, dict) else None


def _columns_that_differ(row: Sequence[Any], data: Mapping[str, Any], sqlite: bool) -> dict[str, Any]:
    """The columns of a row that do not repeat its body, with what they hold."""
    by = data.get("by")
    by = by if isinstance(by, dict) else {}
    said = (data.get("cascade"), data.get("seq"), data.get("kind"), data.get("obligation"), data.get("directive"),
            by.get("office"), by.get("role"), data.get("happened_at"), data.get("recorded_at"))  # fmt: skip
    stored = (*row[:7], _instant(row[7], sqlite), _instant(row[8], sqlite))
    if stored == said:
        return {}
    return {
        name: value if isinstance(value, str | int | None) else str(value)
        for name, value, given in zip(ROWS.columns, stored, said, strict=False)
        if value != given
    }


@lru_cache(maxsize=8192)
def _instant(stored: Any, sqlite: bool) -> str:
    """A column's instant as bodies write it; as it lies where it is none."""
    try:
        return instant_text(from_sqlite_instant(stored) if sqlite else stored)
    except (ValueError, TypeError, AttributeError):
        return str(stored)


def published(connection: Connection) -> Iterator[tuple[str, str]]:
    """The published texts by what the administration's chain calls them."""
    for kind in ("workflow", "calendar"):
        for name, version, text in bulk.read(
            connection, f"SELECT name, version, text FROM {kind} ORDER BY name, version"
        ):
            yield f"{kind} {name}@{version}", text if isinstance(text, str) else repr(text)


def notes(connection: Connection) -> Iterator[tuple[int, str]]:
    """The signed notes of all seals, by number and in order; a page at a time."""
    after: tuple[Any, ...] = ()
    while True:
        where = " WHERE number > ?" if after else ""
        rows = bulk.read(connection, f"SELECT number, note FROM seal{where} ORDER BY number LIMIT {_PAGE}", *after)
        yield from ((row[0], row[1]) for row in rows)
        if len(rows) < _PAGE:
            return
        after = (rows[-1][0],)


def leaves(connection: Connection) -> Iterator[dict[str, Any]]:
    """What seals cover, in order; a page at a time."""
    sql = "SELECT number, place, chain, seq, hash FROM seal_leaf"
    after: tuple[Any, ...] = ()
    while True:
        where = " WHERE (number, place) > (?, ?)" if after else ""
        rows = bulk.read(connection, f"{sql}{where} ORDER BY number, place LIMIT {_PAGE}", *after)
        yield from (dict(zip(("number", "place", "chain", "seq", "hash"), row, strict=True)) for row in rows)
        if len(rows) < _PAGE:
            return
        after = (rows[-1][0], rows[-1][1])


def seal_keys(connection: Connection) -> list[dict[str, Any]]:
    """The public keys as the administration's chain names them, with the entry that does."""
    rows = bulk.read(
        connection,
        "SELECT seq, body FROM journal WHERE cascade_id = ? AND kind = 'SealKeySet' ORDER BY seq",
        ADMINISTRATION,
    )
    found = []
    for seq, body in rows:
        try:
            fact = orjson.loads(body)["fact"]
            found.append({"number": fact["key"], "public_key": fact["public_key"], "entry": seq, "fact": fact})
        except (KeyError, ValueError, TypeError):
            continue  # verification of the chain says what is wrong
    return found


def originals(connection: Connection, digests: Sequence[str]) -> Iterator[tuple[str, str, bytes]]:
    """The originals that are kept under these digests, one at a time: digest, kind, content; those that are gone are passed
    over."""
    for digest in digests:
        for row in bulk.read(connection, "SELECT kind, content FROM document WHERE digest = ?", digest):
            yield digest, str(row[0]), row[1].encode() if isinstance(row[1], str) else bytes(row[1])


def documents_named(kind: str, data: Mapping[str, Any]) -> list[str]:
    """The sha256 of each document that an entry names."""
    fact = data.get("fact")
    named = fact.get(NAMES_DOCUMENTS[kind]) if kind in NAMES_DOCUMENTS and isinstance(fact, dict) else None
    each = (
        one.get("digest") if isinstance(one, dict) else one for one in (named if isinstance(named, list) else [named])
    )
    return [one for one in each if isinstance(one, str)]


def symbols(connection: Connection, chain: str) -> dict[int, str]:
    """The symbols of a cascade's directives by number."""
    rows = bulk.read(connection, "SELECT number, symbol FROM directive WHERE cascade_id = ?", chain)
    return {row[0]: row[1] for row in rows}


def directives_of(connection: Connection, chain: str, obligations: Sequence[int]) -> dict[int, int]:
    """Under which directive each of these obligations stands; a few hundred in a statement."""
    found: dict[int, int] = {}
    for start in range(0, len(obligations), bulk.FEW):
        some = obligations[start : start + bulk.FEW]
        sql = f"SELECT number, directive FROM obligation WHERE cascade_id = ? AND number IN ({bulk.marks(len(some))})"
        found.update((row[0], row[1]) for row in bulk.read(connection, sql, chain, *some))
    return found
