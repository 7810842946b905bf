"""What an intruder with all rights could do to a database, drawn at random: one change each, and what is expected of it."""

import hashlib
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import orjson
from sqlalchemy import Boolean, Column, Connection, Date, Integer, LargeBinary

from storage import bulk, guards, merkle, notes, seals
from storage.journal import chain_hash
from storage.rows import to_sqlite_instant
from storage.seals import Head
from storage.tables import metadata
from workflows.directive import ADMINISTRATION

# What no entry tells, and verification therefore does not compare: what became of a message, what a command was answered.
NOT_TOLD = {
    "outbox": {"available_at", "claimed_until", "attempts", "error", "sent_at", "dead_at"},
    "command": {"digest", "answer"},
    "document": {"kind", "added_at", "added_by"},
    "calendar": {"published_at", "published_by"},
    "office": {"seq"},
    "deputy": {"place"},  # these two keep an order, and nothing else
    "absence": {"place"},
}
STATES = ("cascade", "directive", "item", "basis", "obligation", "outbox", "command", "folded", "office", "seat", "address",
          "deputy", "absence", "workflow", "calendar", "document")  # fmt: skip


class Redraw(Exception):
    """Nothing was changed, or not in what it means."""


@dataclass(frozen=True)
class Made:
    """A mutation: what was done, which chain it harms and, where that is known, the first entry that has to be named.

    `archived`: does an archive hold what was changed? `tail`: is it younger than the last seal that was kept outside, so that
    nothing can show it by nature?"""

    says: str
    chain: str | None = None
    seq: int | None = None
    archived: bool = True
    tail: bool = False


@dataclass(frozen=True)
class Hand:
    """Who changes a database: a connection whose guards are aside, and the dice."""

    connection: Connection
    dice: random.Random

    @property
    def sqlite(self) -> bool:
        return self.connection.dialect.name == "sqlite"

    def rows(self, table: str) -> list[dict[str, Any]]:
        names = [column.name for column in metadata.tables[table].columns]
        order = ", ".join(column.name for column in metadata.tables[table].primary_key)
        found = bulk.read(self.connection, f"SELECT {', '.join(names)} FROM {table} ORDER BY {order}")
        return [dict(zip(names, row, strict=True)) for row in found]

    def set(self, table: str, row: dict[str, Any], name: str, value: Any) -> None:
        where, key = _key(table, row)
        bulk.write(self.connection, f"UPDATE {table} SET {name} = ? WHERE {where}", value, *key)

    def delete(self, table: str, row: dict[str, Any]) -> None:
        where, key = _key(table, row)
        bulk.write(self.connection, f"DELETE FROM {table} WHERE {where}", *key)

    def insert(self, table: str, row: dict[str, Any]) -> None:
        bulk.write(
            self.connection, f"INSERT INTO {table} ({', '.join(row)}) VALUES ({bulk.marks(len(row))})", *row.values()
        )

    def other(self, column: Column[Any], value: Any) -> Any:
        """A value of a column that is not the one it has; on SQLite at times one of another kind, which it keeps."""
        if column.nullable and value is not None and self.dice.random() < 0.2:
            return None
        flag = isinstance(column.type, Boolean)  # of another kind it is a flag all the same: not zero
        if self.sqlite and not flag and self.dice.random() < 0.1:
            return self.dice.choice(["garbage", "", 77, b"\xff\x00", b"text"])
        if isinstance(column.type, Boolean):
            return int(not value) if self.sqlite else not value
        if isinstance(column.type, Integer):
            return (value or 0) + self.dice.choice([-3, -1, 1, 2, 1000])
        if isinstance(column.type, LargeBinary):
            return _flipped(bytes(value or b"x"), self.dice)
        if isinstance(column.type, Date):
            day = date(self.dice.randint(1999, 2050), self.dice.randint(1, 12), self.dice.randint(1, 28))
            return day.isoformat() if self.sqlite else day
        if "UTC" in type(column.type).__name__:
            at = datetime(self.dice.randint(1999, 2050), self.dice.randint(1, 12), 3, 4, 5, tzinfo=UTC)
            return to_sqlite_instant(at) if self.sqlite else at
        return self._other_text(value or "")

    def _other_text(self, text: str) -> str:
        place = self.dice.randrange(len(text)) if text else 0
        return self.dice.choice([
            f"{text}x", f" {text}", text[:place] + "~" + text[place + 1 :], text.swapcase(), "x", text[: len(text) // 2],
        ])  # fmt: skip

    def sealed_to(self, chain: str) -> int:
        return seals.sealed_to(self.connection, chain)


def _key(table: str, row: dict[str, Any]) -> tuple[str, list[Any]]:
    names = [column.name for column in metadata.tables[table].primary_key]
    return " AND ".join(f"{name} = ?" for name in names), [row[name] for name in names]


def _flipped(data: bytes, dice: random.Random) -> bytes:
    place = dice.randrange(len(data))
    return data[:place] + bytes([data[place] ^ (1 << dice.randrange(8))]) + data[place + 1 :]


def _means(value: Any) -> Any:
    """What a stored value means: JSON is JSON however it is spaced, and a flag is a flag."""
    if isinstance(value, str) and value.strip()[:1] in ("{", "["):
        try:
            return orjson.loads(value)
        except ValueError:
            return value
    return value


def _changed(hand: Hand, table: str, before: Sequence[dict[str, Any]]) -> None:
    after = hand.rows(table)
    plain = [[{name: _means(value) for name, value in row.items()} for row in rows] for rows in (before, after)]
    if plain[0] == plain[1]:
        raise Redraw


# The journal


def column_of_an_entry(hand: Hand) -> Made:
    rows = hand.rows("journal")
    row = hand.dice.choice(rows)
    column = hand.dice.choice(list(metadata.tables["journal"].columns))
    value = hand.other(column, row[column.name])
    if column.name == "seq" and not isinstance(value, int):
        raise Redraw  # a key of another kind: its place in the order is nobody's business
    hand.set("journal", row, column.name, value)
    _changed(hand, "journal", rows)
    moved = column.name in ("seq", "cascade_id")
    named = not isinstance(value, bytes) or column.name != "cascade_id"  # an archive names chains by text
    return Made(f"journal.{column.name}", row["cascade_id"], None if moved else row["seq"], archived=named)


def byte_of_a_body(hand: Hand) -> Made:
    row = hand.dice.choice(hand.rows("journal"))
    place = hand.dice.randrange(len(row["body"]))
    changed = row["body"][:place] + hand.dice.choice("0aZ~ }") + row["body"][place + 1 :]
    if changed == row["body"]:
        raise Redraw
    hand.set("journal", row, "body", changed)
    return Made("one letter of a body", row["cascade_id"], row["seq"])


def entry_removed(hand: Hand) -> Made:
    row = hand.dice.choice(hand.rows("journal"))
    last = _last(hand, row["cascade_id"])
    hand.delete("journal", row)
    return Made("entry removed", row["cascade_id"], row["seq"] if row["seq"] == last else row["seq"] + 1)


def entry_inserted(hand: Hand) -> Made:
    row = dict(hand.dice.choice(hand.rows("journal")))
    chain = hand.dice.choice(_chains(hand))
    seq = hand.dice.choice([0, -1, _last(hand, chain) + 1, _last(hand, chain) + 2])
    hand.insert("journal", {**row, "cascade_id": chain, "seq": seq})
    return Made("entry inserted", chain, seq)


def entries_swapped(hand: Hand) -> Made:
    rows = [row for row in hand.rows("journal") if row["cascade_id"] == hand.dice.choice(_chains(hand))]
    if len(rows) < 2:
        raise Redraw
    one, other = sorted(hand.dice.sample(rows, 2), key=lambda row: row["seq"])
    _swap(hand, one, other)
    return Made("entries swapped", one["cascade_id"], one["seq"])


def entries_swapped_between_chains(hand: Hand) -> Made:
    rows = hand.rows("journal")
    one, other = hand.dice.sample(rows, 2)
    if one["cascade_id"] == other["cascade_id"]:
        raise Redraw
    _swap(hand, one, other)
    return Made("entries swapped between chains", one["cascade_id"], one["seq"])


def _swap(hand: Hand, one: dict[str, Any], other: dict[str, Any]) -> None:
    hand.delete("journal", one)
    hand.delete("journal", other)
    key = ("cascade_id", "seq")
    hand.insert("journal", {**one, **{name: other[name] for name in key}})
    hand.insert("journal", {**other, **{name: one[name] for name in key}})


def tail_cut(hand: Hand) -> Made:
    chain = hand.dice.choice(_chains(hand))
    first = hand.dice.randint(1, _last(hand, chain))
    bulk.write(hand.connection, "DELETE FROM journal WHERE cascade_id = ? AND seq >= ?", chain, first)
    return Made("tail cut", chain, first)


def tail_cut_with_the_head(hand: Hand) -> Made:
    """The head is set back too: where a seal covers what was cut it is named by its seal, else the states differ."""
    chain = hand.dice.choice([one for one in _chains(hand) if one != ADMINISTRATION])
    first = hand.dice.randint(2, _last(hand, chain))
    bulk.write(hand.connection, "DELETE FROM journal WHERE cascade_id = ? AND seq >= ?", chain, first)
    [(hash_,)] = bulk.read(
        hand.connection, "SELECT hash FROM journal WHERE cascade_id = ? AND seq = ?", chain, first - 1
    )
    _set_head(hand, chain, first - 1, hash_)
    return Made("tail cut, head set back", chain)


def tail_of_the_administration_cut_with_the_head(hand: Hand) -> Made:
    first = hand.dice.randint(2, _last(hand, ADMINISTRATION))
    sealed = hand.sealed_to(ADMINISTRATION)
    bulk.write(hand.connection, "DELETE FROM journal WHERE cascade_id = ? AND seq >= ?", ADMINISTRATION, first)
    [(hash_,)] = bulk.read(
        hand.connection, "SELECT hash FROM journal WHERE cascade_id = ? AND seq = ?", ADMINISTRATION, first - 1
    )
    _set_head(hand, ADMINISTRATION, first - 1, hash_)
    return Made("tail of the administration cut, head set back", ADMINISTRATION, tail=first > sealed)


def rewritten(hand: Hand) -> Made:
    """A value in an entry is changed and every hash after it computed anew, and the head."""
    chain = hand.dice.choice(_chains(hand))
    seq = hand.dice.randint(1, _last(hand, chain))
    sealed = hand.sealed_to(chain)
    _rewrite(hand, chain, seq)
    return Made("rewritten, with every hash and the head", chain, tail=seq > sealed)


def rewritten_without_the_head(hand: Hand) -> Made:
    chain = hand.dice.choice(_chains(hand))
    before = _head(hand, chain)
    _rewrite(hand, chain, hand.dice.randint(1, _last(hand, chain)))
    _set_head(hand, chain, *before)
    return Made("rewritten, with every hash", chain)


def rewritten_with_the_leaves(hand: Hand) -> Made:
    """So are the leaves that cover it, and the roots; only the notes cannot be signed anew."""
    chain = hand.dice.choice(_chains(hand))
    sealed = hand.sealed_to(chain)
    if not sealed:
        raise Redraw
    _rewrite(hand, chain, hand.dice.randint(1, sealed))
    bulk.write(
        hand.connection,
        "UPDATE seal_leaf SET hash = (SELECT j.hash FROM journal AS j WHERE j.cascade_id = seal_leaf.chain"
        " AND j.seq = seal_leaf.seq) WHERE chain = ?",
        chain,
    )
    previous = ""
    for row in hand.rows("seal"):
        heads = [Head(*one) for one in bulk.read(
            hand.connection, "SELECT chain, seq, hash FROM seal_leaf WHERE number = ? ORDER BY place", row["number"]
        )]  # fmt: skip
        root = merkle.root(seals.leaf_hashes(row["number"], previous, heads))
        hand.set("seal", row, "root", root.hex())
        previous = notes.digest_of(row["note"])
    return Made("rewritten, with hashes, head, leaves and roots")


def _rewrite(hand: Hand, chain: str, seq: int) -> None:
    rows = bulk.read(hand.connection, "SELECT seq, body, hash FROM journal WHERE cascade_id = ? ORDER BY seq", chain)
    previous = rows[seq - 2][2] if seq > 1 else ""
    for number, body, _ in rows[seq - 1 :]:
        if number == seq:
            body = _edited(orjson.loads(body), hand.dice)  # noqa: PLW2901
        previous = chain_hash(previous, body)
        bulk.write(hand.connection, "UPDATE journal SET body = ?, hash = ? WHERE cascade_id = ? AND seq = ?",
                   body, previous, chain, number)  # fmt: skip
    _set_head(hand, chain, rows[-1][0], previous)


def _edited(data: dict[str, Any], dice: random.Random) -> str:
    """A body in which one value of the fact, or who did it, is another."""
    places: list[tuple[Any, Any]] = []

    def look(value: Any) -> None:
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            if isinstance(inner, dict | list):
                look(inner)
            elif isinstance(inner, str | int):
                places.append((value, key))

    look({name: data[name] for name in ("fact", "by")})
    inside, key = dice.choice(places)
    value = inside[key]
    inside[key] = (not value) if isinstance(value, bool) else value + 1 if isinstance(value, int) else f"{value}x"
    return orjson.dumps(data, option=orjson.OPT_SORT_KEYS).decode()


def cascade_removed_whole(hand: Hand) -> Made:
    chain = hand.dice.choice([one for one in _chains(hand) if one != ADMINISTRATION])
    sealed = hand.sealed_to(chain)
    for table in metadata.tables.values():
        if "cascade_id" in table.columns:
            bulk.write(hand.connection, f"DELETE FROM {table.name} WHERE cascade_id = ?", chain)
    bulk.write(hand.connection, "DELETE FROM cascade WHERE id = ?", chain)
    return Made("cascade removed whole", chain, tail=not sealed)


def _chains(hand: Hand) -> list[str]:
    return [row[0] for row in bulk.read(hand.connection, "SELECT DISTINCT cascade_id FROM journal ORDER BY cascade_id")]


def _last(hand: Hand, chain: str) -> int:
    [(last,)] = bulk.read(hand.connection, "SELECT max(seq) FROM journal WHERE cascade_id = ?", chain)
    return int(last)


def _head(hand: Hand, chain: str) -> tuple[int, str]:
    sql, values = (
        ("SELECT admin_seq, admin_hash FROM installation", ()) if chain == ADMINISTRATION
        else ("SELECT last_seq, last_hash FROM cascade WHERE id = ?", (chain,))
    )  # fmt: skip
    [row] = bulk.read(hand.connection, sql, *values)
    return row[0], row[1]


def _set_head(hand: Hand, chain: str, seq: int, hash_: str) -> None:
    if chain == ADMINISTRATION:
        bulk.write(hand.connection, "UPDATE installation SET admin_seq = ?, admin_hash = ?", seq, hash_)
        return
    bulk.write(hand.connection, "UPDATE cascade SET last_seq = ?, last_hash = ? WHERE id = ?", seq, hash_, chain)


# States


def stored_value(hand: Hand) -> Made:
    table = hand.dice.choice(STATES)
    rows = hand.rows(table)
    columns = [one for one in metadata.tables[table].columns if one.name not in NOT_TOLD.get(table, ())]
    if not rows:
        raise Redraw
    row, column = hand.dice.choice(rows), hand.dice.choice(columns)
    hand.set(table, row, column.name, hand.other(column, row[column.name]))
    _changed(hand, table, rows)
    text = table in ("workflow", "calendar") and column.name in ("name", "version", "text")
    return Made(
        f"{table}.{column.name}",
        archived=text or table == "cascade" or (_named(hand, table, row) and column.name != "size"),
    )


def row_removed(hand: Hand) -> Made:
    table = hand.dice.choice(STATES)
    rows = hand.rows(table)
    if not rows:
        raise Redraw
    row = hand.dice.choice(rows)
    if table == "document" and not _named(hand, table, row):
        raise Redraw  # what nobody names nobody misses
    hand.delete(table, row)
    held = table in ("workflow", "calendar", "cascade") or _named(hand, table, row)
    return Made(f"a row of {table} removed", archived=held)


def _named(hand: Hand, table: str, row: dict[str, Any]) -> bool:
    """Is it an original that an entry names? Others are in no archive."""
    if table != "document":
        return False
    return bool(bulk.read(hand.connection, "SELECT 1 FROM journal WHERE body LIKE ?", f"%{row['digest']}%"))


def row_invented(hand: Hand) -> Made:
    table = hand.dice.choice([one for one in STATES if one not in ("document",)])
    rows = hand.rows(table)
    if not rows:
        raise Redraw
    row = dict(hand.dice.choice(rows))
    column = hand.dice.choice(list(metadata.tables[table].primary_key))
    row[column.name] = hand.other(column, row[column.name])
    if not isinstance(row[column.name], str | int):
        raise Redraw
    hand.insert(table, row)
    return Made(f"a row of {table} invented", archived=table in ("workflow", "calendar", "cascade"))


def head_of_the_administration(hand: Hand) -> Made:
    seq, hash_ = _head(hand, ADMINISTRATION)
    if hand.dice.random() < 0.5:
        _set_head(hand, ADMINISTRATION, seq + hand.dice.choice([-2, -1, 1, 5]), hash_)
    else:
        _set_head(hand, ADMINISTRATION, seq, hashlib.sha256(hash_.encode()).hexdigest())
    return Made("head of the administration", ADMINISTRATION)


# Seals


def column_of_a_seal(hand: Hand) -> Made:
    table = hand.dice.choice(["seal", "seal_leaf"])
    rows = hand.rows(table)
    row, column = hand.dice.choice(rows), hand.dice.choice(list(metadata.tables[table].columns))
    value = hand.other(column, row[column.name])
    if not isinstance(value, str | int | datetime) or (isinstance(column.type, Integer) and not isinstance(value, int)):
        raise Redraw  # SQLite would keep it; an archive knows numbers alone
    hand.set(table, row, column.name, value)
    _changed(hand, table, rows)
    return Made(f"{table}.{column.name}", archived=table == "seal_leaf" or column.name in ("note", "number"))


def seal_removed(hand: Hand) -> Made:
    row = hand.dice.choice(hand.rows("seal"))
    newest = row["number"] == len(hand.rows("seal"))
    hand.delete("seal", row)
    whole = hand.dice.random() < 0.5
    if whole:
        bulk.write(hand.connection, "DELETE FROM seal_leaf WHERE number = ?", row["number"])
    return Made("the newest seal removed with its leaves" if newest and whole else "seal removed")


def leaf_removed_or_added(hand: Hand) -> Made:
    row = dict(hand.dice.choice(hand.rows("seal_leaf")))
    if hand.dice.random() < 0.5:
        hand.delete("seal_leaf", row)
        return Made("leaf removed")
    row["place"] = 1 + max(one["place"] for one in hand.rows("seal_leaf") if one["number"] == row["number"])
    row["chain"] += "x"
    hand.insert("seal_leaf", row)
    return Made("leaf added")


def seal_duplicated(hand: Hand) -> Made:
    rows = hand.rows("seal")
    hand.insert("seal", {**hand.dice.choice(rows), "number": len(rows) + 1})
    return Made("seal duplicated")


def seal_forged(hand: Hand) -> Made:
    """A seal of what is there, well made but for its signature: by a key of the intruder, under the name of ours."""
    rows = hand.rows("seal")
    made = notes.read(rows[-1]["note"])
    number = len(rows) + hand.dice.choice([0, 1])
    last = rows[number - 2]
    heads = [Head(*one) for one in bulk.read(
        hand.connection, "SELECT chain, seq, hash FROM seal_leaf WHERE number = ? ORDER BY place", number
    )]  # fmt: skip
    if not heads:
        chain = hand.dice.choice(_chains(hand))
        heads = [Head(chain, *_head(hand, chain))]
        hand.insert(
            "seal_leaf", {"number": number, "place": 1, "chain": chain, "seq": heads[0].seq, "hash": heads[0].hash}
        )
    previous = notes.digest_of(last["note"])
    root = merkle.root(seals.leaf_hashes(number, previous, heads))
    text = notes.text_of(made.installation, number, len(heads) + 1, root, previous, made.at)
    key = max(int(one.name.rsplit("/", 1)[1]) for one in made.signatures)
    note = notes.signed(text, made.installation, {key: notes.new_key()})
    row = {**rows[-1], "number": number, "leaves": len(heads) + 1, "root": root.hex(), "note": note}
    if number <= len(rows):
        hand.delete("seal", rows[number - 1])
    hand.insert("seal", row)
    return Made("seal forged")


# Guards


def guard_removed(hand: Hand) -> Made:
    table = hand.dice.choice(sorted(guards._GUARDED))
    if hand.sqlite:
        rows = bulk.read(
            hand.connection, "SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = ?", table
        )
        hand.connection.exec_driver_sql(f"DROP TRIGGER {hand.dice.choice(sorted(row[0] for row in rows))}")
    else:
        rows = bulk.read(
            hand.connection,
            "SELECT tgname FROM pg_trigger WHERE tgrelid = to_regclass(?) AND NOT tgisinternal", table,
        )  # fmt: skip
        name = hand.dice.choice(sorted(row[0] for row in rows))
        way = hand.dice.choice([f"DROP TRIGGER {name} ON {table}", f"ALTER TABLE {table} DISABLE TRIGGER {name}"])
        hand.connection.exec_driver_sql(way)
    return Made("guard removed", "journal", archived=False)


KINDS: dict[Callable[[Hand], Made], int] = {  # how often each is drawn
    column_of_an_entry: 14, byte_of_a_body: 8, entry_removed: 6, entry_inserted: 5, entries_swapped: 4,
    entries_swapped_between_chains: 4, tail_cut: 5, tail_cut_with_the_head: 6,
    tail_of_the_administration_cut_with_the_head: 2, rewritten: 8, rewritten_without_the_head: 4,
    rewritten_with_the_leaves: 5, cascade_removed_whole: 2, stored_value: 26, row_removed: 8, row_invented: 6,
    head_of_the_administration: 2, column_of_a_seal: 8, seal_removed: 4, leaf_removed_or_added: 4, seal_duplicated: 2,
    seal_forged: 4, guard_removed: 4,
}  # fmt: skip
