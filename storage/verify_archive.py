#!/usr/bin/env python3
"""Checks an archive of the journal without the program that made it: this one file, Python 3.8 or newer, nothing installed.

    python3 -I verify.py ARCHIVE        a folder or a .zip; exit 0 whole, 6 not whole, 2 no archive

It imports nothing of ours and trusts nothing it is told: every hash is computed anew, every signature checked by the few
lines of Ed25519 below (RFC 8032), and at the end it says what no archive can prove by itself.
"""

from __future__ import annotations

import argparse
import base64
import datetime
import hashlib
import io
import json
import multiprocessing
import os
import re
import sys
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Any, NamedTuple, Tuple

FORMAT = 1
OK, USAGE, BAD = 0, 2, 6
ADMINISTRATION = "administration"
PREFIX = "directive-cascade/"
NOTE_MAX = 20_000  # bytes: a note is a few hundred
LINE_MAX = 256 << 20  # bytes of one line: more is no entry of ours
SIGNATURES_MAX = 2000  # seals up to which every signature is checked without --all: some five seconds
PARALLEL_FROM = 8 << 20  # bytes of journal from which several processes are worth their start
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z")
_DEEDS = ("Administered", "SealKeySet")  # what the administration's chain tells of texts and keys
_DOCUMENTS_OF = {"Issued": "original", "Attached": "files"}  # which field of which fact names documents by their sha256
_TELLING = frozenset([*_DEEDS, *_DOCUMENTS_OF])


class NotAnArchive(Exception):
    """What was given is no archive that this file can read."""


class Fault(NamedTuple):
    """One thing that is not as it was: of a chain, at an entry where one is to blame; a sentence and what fills it."""

    chain: str
    seq: int | None
    says: str
    parts: dict[str, Any]


def fault(chain: str, seq: int | None, says: str, /, **parts: Any) -> Fault:
    return Fault(chain, seq, says, parts)


# ---------------------------------------------------------------------------------------------------------------- Ed25519

_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_D2 = 2 * _D % _P
_I = pow(2, (_P - 1) // 4, _P)
# Extended coordinates X, Y, Z, T with x = X/Z, y = Y/Z, xy = T/Z; Python 3.8 knows no `tuple[…]` at run time.
Point = Tuple[int, int, int, int]  # noqa: UP006
_ZERO: Point = (0, 1, 1, 0)


def _add(a: Point, b: Point) -> Point:
    e = (a[1] - a[0]) * (b[1] - b[0]) % _P
    f = (a[1] + a[0]) * (b[1] + b[0]) % _P
    g = a[3] * _D2 * b[3] % _P
    h = 2 * a[2] * b[2] % _P
    e, g, h, f = f - e, h - g, h + g, f + e
    return e * g % _P, h * f % _P, g * h % _P, e * f % _P


def _double(a: Point) -> Point:
    x, y, z, _ = a
    xx, yy = x * x % _P, y * y % _P
    h = xx + yy
    e = h - (x + y) * (x + y) % _P
    g = xx - yy
    f = 2 * z * z % _P + g
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _point(data: bytes) -> Point | None:
    """The point that 32 bytes name (RFC 8032 §5.1.3); None where they name none."""
    number = int.from_bytes(data, "little")
    sign, y = number >> 255, number & (1 << 255) - 1
    if y >= _P:
        return None
    u, v = (y * y - 1) % _P, (_D * y * y + 1) % _P
    x = u * pow(v, 3, _P) * pow(u * pow(v, 7, _P), (_P - 5) // 8, _P) % _P
    if v * x * x % _P != u:
        x = x * _I % _P
        if v * x * x % _P != u:
            return None
    if x == 0 and sign:
        return None
    if x & 1 != sign:
        x = _P - x
    return x, y, 1, x * y % _P


_BASE = _point((4 * pow(5, _P - 2, _P) % _P).to_bytes(32, "little"))


def _nibbles(number: int) -> list[int]:
    return [number >> at & 15 for at in range(252, -4, -4)]


def _multiples(point: Point) -> list[Point]:
    found = [_ZERO]
    for _ in range(15):
        found.append(_add(found[-1], point))
    return found


_OF_BASE: list[Point] = _multiples(_BASE) if _BASE else []
_OF_KEYS: dict[bytes, list[Point]] = {}


def signed(public: bytes, message: bytes, signature: bytes) -> bool:
    """Is it an Ed25519 signature of the message by this key? RFC 8032 §5.1.7, and no value written in two ways."""
    if len(public) != 32 or len(signature) != 64:
        return False
    s = int.from_bytes(signature[32:], "little")
    key = _point(public)
    if s >= _L or key is None:
        return False
    if public not in _OF_KEYS:
        _OF_KEYS[public] = _multiples((-key[0] % _P, key[1], 1, -key[3] % _P))
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + message).digest(), "little") % _L
    of_key, sum_ = _OF_KEYS[public], _ZERO
    for one, other in zip(_nibbles(s), _nibbles(h)):  # S·B − h·A, four bits of both at a time
        sum_ = _double(_double(_double(_double(sum_))))
        if one:
            sum_ = _add(sum_, _OF_BASE[one])
        if other:
            sum_ = _add(sum_, of_key[other])
    inverse = pow(sum_[2], _P - 2, _P)
    x, y = sum_[0] * inverse % _P, sum_[1] * inverse % _P
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


# ----------------------------------------------------------------------------------------------------------------- Merkle


def merkle_root(leaves: Iterable[bytes]) -> bytes:
    """The root over leaves' data (RFC 6962 §2.1), one leaf at a time."""
    stack: list[tuple[int, bytes]] = []  # whole subtrees from left to right, each smaller than the one before it
    for data in leaves:
        size, node = 1, hashlib.sha256(b"\0" + data).digest()
        while stack and stack[-1][0] == size:
            size, node = size * 2, hashlib.sha256(b"\1" + stack.pop()[1] + node).digest()
        stack.append((size, node))
    if not stack:
        return hashlib.sha256(b"").digest()
    node = stack.pop()[1]
    while stack:
        node = hashlib.sha256(b"\1" + stack.pop()[1] + node).digest()
    return node


def canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")


# -------------------------------------------------------------------------------------------------------------- the files


class Place:
    """The files of an archive by their names, from a folder or a zip, read as streams."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.zip: zipfile.ZipFile | None = None
        self.odd: list[str] = []  # what is there and is no plain file, or there twice
        if os.path.isdir(path):
            self.names = set(self._walk())
            return
        if not os.path.isfile(path):
            raise NotAnArchive(path)
        try:
            self.zip = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, OSError, ValueError) as error:
            raise NotAnArchive(path) from error
        listed = [one.filename for one in self.zip.infolist() if not one.is_dir()]
        self.names = set(listed)
        self.odd += (
            sorted({name for name in self.names if listed.count(name) > 1}) if len(listed) > len(self.names) else []
        )

    def _walk(self) -> Iterator[str]:
        for folder, folders, files in os.walk(self.path):
            inside = os.path.relpath(folder, self.path)
            for name in files + [one for one in folders if os.path.islink(os.path.join(folder, one))]:
                whole = os.path.join(folder, name)
                relative = (name if inside == "." else os.path.join(inside, name)).replace(os.sep, "/")
                if os.path.islink(whole) or not os.path.isfile(whole):
                    self.odd.append(relative)
                else:
                    yield relative

    def size(self, name: str) -> int:
        return self.zip.getinfo(name).file_size if self.zip else os.path.getsize(os.path.join(self.path, name))

    @contextmanager
    def open(self, name: str) -> Iterator[IO[bytes]]:
        if self.zip:
            with self.zip.open(name) as stream:
                yield io.BufferedReader(stream, 1 << 20)  # type: ignore[type-var]
        else:
            with open(os.path.join(self.path, *name.split("/")), "rb", 1 << 20) as plain:
                yield plain

    def whole(self, name: str) -> bytes:
        with self.open(name) as stream:
            return stream.read(LINE_MAX)


_UNREADABLE = (OSError, EOFError, zipfile.BadZipFile, NotImplementedError, ValueError)  # what a damaged file raises


def _digest(place: Place, name: str) -> str:
    made = hashlib.sha256()
    with place.open(name) as stream:
        for block in iter(lambda: stream.read(1 << 20), b""):
            made.update(block)
    return made.hexdigest()


# ------------------------------------------------------------------------------------------------------------ the journal


class Part(NamedTuple):
    """What is asked of one file of the journal: of which chain, and the hashes of which entries seals speak of."""

    name: str
    chain: str
    wanted: frozenset[int]


class Read(NamedTuple):
    """What one file of the journal holds. `first` is its first entry, whose hash follows from the file before it."""

    name: str
    sha256: str
    size: int
    entries: int
    first: tuple[Any, Any, Any] | None
    last: tuple[int, str, str]  # seq, hash, when it was recorded
    fault: Fault | None
    hashes: dict[int, Any]
    documents: list[tuple[str, int]]
    deeds: list[tuple[int, str, Any]]


def read_part(place: Place, part: Part) -> Read:  # noqa: PLR0915  one loop, which a million entries pass
    """Walk one file of the journal. The hash of its first entry is left to whoever has read the file before it."""
    seen, size, entries, before, last_hash, last_at = hashlib.sha256(), 0, 0, -1, "", ""
    first: tuple[Any, Any, Any] | None = None
    found: Fault | None = None
    hashes: dict[int, Any] = {}
    documents: list[tuple[str, int]] = []
    deeds: list[tuple[int, str, Any]] = []
    chain, wanted, sha256, loads, instant = part.chain, part.wanted, hashlib.sha256, json.loads, _INSTANT.fullmatch
    try:
        with place.open(part.name) as stream:
            for line in iter(lambda: stream.readline(LINE_MAX), b""):
                seen.update(line)
                size += len(line)
                try:
                    written = loads(line)
                    seq, body, stored = written["seq"], written["body"], written["hash"]
                except (ValueError, KeyError, TypeError, RecursionError):
                    at = before + 1 if first else None  # of the first line, whoever has read the file before it knows
                    found = found or fault(chain, at, "a line of {file} cannot be read", file=part.name)
                    continue
                if type(seq) is int and seq in wanted:
                    hashes[seq] = stored
                if found:  # what follows is read all the same, for what it tells of keys, texts and documents
                    _tell(chain, seq, body, documents, deeds)
                    continue
                if first is None and isinstance(seq, int):
                    before = seq - 1
                try:
                    data = loads(body)
                    by = data["by"]
                    sound = (
                        seq == before + 1
                        and (first is None or sha256((last_hash + body).encode()).hexdigest() == stored)
                        and data["seq"] == seq
                        and data["cascade"] == chain
                        and len(written) == 3
                        and isinstance(data["kind"], str)
                        and "office" in by
                        and "role" in by
                        and instant(data["happened_at"])
                        and instant(data["recorded_at"])
                    )
                except Exception:  # noqa: BLE001  whatever it is, the slow look says it
                    sound, data = False, {}
                if not sound:
                    found = _entry_fault(written, chain, before, last_hash if first else None)
                    if first is None:
                        first = (seq, body, stored)
                    if found:
                        _tell(chain, seq, body, documents, deeds)
                        continue
                    data = loads(body)
                elif first is None:
                    first = (seq, body, stored)
                before, last_hash, last_at = seq, stored, data["recorded_at"]
                entries += 1
                if data["kind"] in _TELLING:
                    _tell(chain, seq, body, documents, deeds)
    except _UNREADABLE as error:
        said = "{file} cannot be read: {why}"
        at = before + 1 if first else None
        found = found or fault(chain, at, said, file=part.name, why=type(error).__name__)
    last = (before, last_hash, last_at)
    return Read(part.name, seen.hexdigest(), size, entries, first, last, found, hashes, documents, deeds)


def _tell(chain: str, seq: Any, body: Any, documents: list[tuple[str, int]], deeds: list[tuple[int, str, Any]]) -> None:
    """Note what an entry tells of documents, of texts that were published and of keys."""
    try:
        data = json.loads(body)
        if data["kind"] in _DOCUMENTS_OF:
            documents += [(digest, seq) for digest in _documents_of(data)]
        elif data["kind"] in _DEEDS and chain == ADMINISTRATION:
            deeds.append((seq, str(data["recorded_at"]), data["fact"]))
    except (KeyError, ValueError, TypeError, RecursionError):
        pass  # it is named as an entry that cannot be read


def _documents_of(data: dict[str, Any]) -> list[str]:
    """The digests by which a fact names documents."""
    fact = data.get("fact")
    named = fact.get(_DOCUMENTS_OF[data["kind"]]) if isinstance(fact, dict) else None
    each = [
        one.get("digest") if isinstance(one, dict) else one for one in (named if isinstance(named, list) else [named])
    ]
    return [one for one in each if isinstance(one, str)]


def _entry_fault(written: dict[str, Any], chain: str, before: int, last_hash: str | None) -> Fault | None:
    """What is wrong with an entry, in the order and words of `cascade journal verify`."""
    seq, body, stored = written["seq"], written["body"], written["hash"]
    if seq != before + 1:
        return fault(
            chain, seq if isinstance(seq, int) else before + 1, "entry {number} is missing before it", number=before + 1
        )
    if last_hash is not None and not follows(last_hash, body, stored):
        return fault(chain, seq, "its hash does not follow from its body and the entry before it")
    try:
        data = json.loads(body)
        columns = written.get("columns", {})
        given = {
            "cascade_id": data["cascade"],
            "seq": data["seq"],
            "kind": data["kind"],
            "obligation": data.get("obligation"),
            "directive": data.get("directive"),
            "office": data["by"]["office"],
            "role": data["by"]["role"],
            "happened_at": data["happened_at"],
            "recorded_at": data["recorded_at"],
        }
        wrong = [name for name, value in given.items() if name in columns and columns[name] != value]
        wrong += [name for name, value in (("cascade_id", chain), ("seq", seq)) if given[name] != value]
        wrong += [name for name in ("happened_at", "recorded_at") if not _INSTANT.fullmatch(given[name])]
        wrong += [] if isinstance(given["kind"], str) else ["kind"]
        wrong.sort(key=list(given).index)
    except (KeyError, ValueError, TypeError, AttributeError, RecursionError) as error:
        return fault(chain, seq, "its body cannot be read: {error}", error=type(error).__name__)
    return fault(chain, seq, "column {name} does not repeat its body", name=wrong[0]) if wrong else None


def follows(before: Any, body: Any, stored: Any) -> bool:
    """Is a hash what the entry before it and the body give?"""
    if not isinstance(body, str) or not isinstance(before, str):
        return False
    try:
        return bool(hashlib.sha256((before + body).encode()).hexdigest() == stored)
    except UnicodeEncodeError:
        return False


# ------------------------------------------------------------------------------------------------------------- the archive

_PLACES: dict[str, Place] = {}  # one for each process that reads


def _read_batch(asked: tuple[str, list[Part]]) -> list[Read]:
    path, parts = asked
    if path not in _PLACES:
        _PLACES[path] = Place(path)
    return [read_part(_PLACES[path], one) for one in parts]


def _read_all(place: Place, parts: list[Part], jobs: int) -> Iterator[Read]:
    """Every file of the journal read, by several processes where it is large."""
    batches: list[list[Part]] = []
    room = 0
    for part in sorted(parts, key=lambda one: -place.size(one.name)):
        if room <= 0:
            batches.append([])
            room = PARALLEL_FROM
        batches[-1].append(part)
        room -= place.size(part.name)
    asked = [(place.path, one) for one in batches]
    if jobs > 1 and len(asked) > 1:
        try:
            pool = multiprocessing.Pool(min(jobs, len(asked)))
        except (OSError, ImportError):  # a machine that gives no semaphores: one process does it all
            pool = None
        if pool is not None:
            with pool:
                for several in pool.imap_unordered(_read_batch, asked):
                    yield from several
            return
    _PLACES[place.path] = place
    for one in asked:
        yield from _read_batch(one)


class Check:
    """One archive looked at. `faults` are what is wrong, `unknown` what it cannot show by itself."""

    def __init__(self, place: Place, outside: str | None = None, every: bool = False, jobs: int = 1) -> None:
        self.place, self.outside, self.every, self.jobs = place, outside, every, jobs
        self.archive: list[Fault] = []
        self.definitions: list[Fault] = []
        self.of_chains: dict[str, Fault] = {}
        self.of_keys: list[Fault] = []
        self.broken: list[Fault] = []  # the first seal that does not hold
        self.of_covered: dict[str, Fault] = {}  # the first entry of each chain that a seal knows otherwise
        self.of_outside: list[Fault] = []
        self.of_documents: list[Fault] = []
        self.unknown: list[tuple[str, dict[str, Any]]] = []
        self.chains = self.entries = self.seals = self.documents = self.signatures = 0
        self.keys: list[str] = []
        self.manifest = self._manifest()
        self.heads: dict[str, tuple[Any, Any]] = {}
        self.hashes: dict[str, dict[int, Any]] = {}
        self.named: dict[str, tuple[str, int]] = {}  # documents by digest, and the first entry that names each
        self.deeds: list[tuple[int, str, Any]] = []
        self.sealed: dict[str, dict[int, int]] = {}
        self.last_seal: Note | None = None

    @property
    def faults(self) -> list[Fault]:
        first: dict[str, Fault] = dict(self.of_chains)
        for one in [*self.of_keys, *self.of_covered.values()]:
            # A seal shows where it covers an entry; what is wrong may have been found before that, by the chain itself.
            other = first.get(one.chain)
            if other is None or (one.seq is not None and (other.seq is None or one.seq < other.seq)):
                first[one.chain] = one
        chains = [first[one] for one in sorted(first)]
        return [*self.archive, *self.definitions, *self.of_documents, *self.broken, *chains, *self.of_outside]

    def run(self) -> Check:
        self._files()
        self.heads = self._heads()
        leaves = self._leaves()
        self._journal(leaves)
        self._definitions()
        self.sealed = leaves.by_chain
        self._seals(leaves)
        self._documents()
        self._counts()
        self._limits()
        return self

    # The files

    def _manifest(self) -> dict[str, Any]:
        try:
            found = json.loads(self.place.whole("manifest.json"))
        except KeyError:
            raise NotAnArchive(self.place.path) from None
        except _UNREADABLE as error:
            raise NotAnArchive(self.place.path) from error
        if not isinstance(found, dict) or found.get("format") != FORMAT or not isinstance(found.get("files"), dict):
            raise NotAnArchive(self.place.path)
        return found

    def _say(self, says: str, **parts: Any) -> None:
        self.archive.append(fault("archive", None, says, **parts))

    def _files(self) -> None:
        """Is every file that the manifest lists there, and no other?"""
        listed = self.manifest["files"]
        for name in self.place.odd:
            self._say("{file} is no plain file, or is there twice", file=name)
        for name in sorted(listed.keys() - self.place.names):
            self._say("{file} is listed and is not there", file=name)
        for name in sorted(self.place.names - listed.keys() - {"manifest.json"}):
            self._say("{file} is there and is not listed", file=name)
        for name in sorted(self.place.names & listed.keys()):
            if not name.startswith(("journal/", "documents/")):
                try:
                    self._compare(name, _digest(self.place, name), self.place.size(name))
                except _UNREADABLE as error:
                    self._say("{file} cannot be read: {why}", file=name, why=type(error).__name__)

    def _compare(self, name: str, digest: str, size: int) -> None:
        told = self.manifest["files"].get(name)
        if told is not None and (
            not isinstance(told, dict) or told.get("sha256") != digest or told.get("bytes") != size
        ):
            self._say("{file} is not what the manifest says", file=name)

    def _json(self, name: str) -> Any:
        try:
            return json.loads(self.place.whole(name))
        except (KeyError, RecursionError, *_UNREADABLE) as error:
            self._say("{file} cannot be read: {why}", file=name, why=type(error).__name__)
            return None

    def _lines(self, name: str) -> Iterator[dict[str, Any]]:
        """The lines of a file of JSON Lines; what cannot be read is said, and ends it."""
        if name not in self.place.names:
            return
        try:
            with self.place.open(name) as stream:
                for line in iter(lambda: stream.readline(LINE_MAX), b""):
                    found = json.loads(line)
                    if not isinstance(found, dict):
                        raise ValueError("no object")
                    yield found
        except (RecursionError, *_UNREADABLE) as error:
            self._say("{file} cannot be read: {why}", file=name, why=type(error).__name__)

    # The journal

    def _heads(self) -> dict[str, tuple[Any, Any]]:
        told, found = self._json("heads.json"), {}
        for chain, one in told.items() if isinstance(told, dict) else ():
            head = one if isinstance(one, dict) else {}
            found[chain] = (head.get("seq"), head.get("hash"))
        return found

    def _parts(self, leaves: Leaves) -> dict[str, list[Part]]:
        """The files of the journal by chain, in order."""
        found: dict[str, list[Part]] = {}
        for name in sorted((one for one in self.place.names if one.startswith("journal/")), key=_part_order):
            told = self.manifest["files"].get(name)
            told = told if isinstance(told, dict) else {}
            chain = told.get("chain", name[len("journal/") :].split(".")[0])
            if not isinstance(chain, str):
                self._say("{file} is not what the manifest says", file=name)
                continue
            wanted = frozenset(
                [1, *leaves.by_chain.get(chain, ())]
            )  # the first of the administration's names the installation
            found.setdefault(chain, []).append(Part(name, chain, wanted))
        return found

    def _journal(self, leaves: Leaves) -> None:
        by_chain = self._parts(leaves)
        read = {
            one.name: one for one in _read_all(self.place, [p for parts in by_chain.values() for p in parts], self.jobs)
        }
        for name, one in read.items():
            self._compare(name, one.sha256, one.size)
        chains = sorted({*by_chain, *self.heads})
        self.chains = len(chains)
        for chain in chains:
            found = self._chain(chain, [read[part.name] for part in by_chain.get(chain, [])])
            if found:
                self.of_chains[chain] = found

    def _chain(self, chain: str, parts: Sequence[Read]) -> Fault | None:
        """The first entry of a chain that is wrong, over all its files, or its head."""
        last, hash_, found = 0, "", None
        for one in parts:
            self.hashes.setdefault(chain, {}).update(one.hashes)
            for digest, seq in one.documents:
                self.named.setdefault(digest, (chain, seq))
            self.deeds += one.deeds
            if found is None and one.first is not None:
                seq, body, stored = one.first
                if seq != last + 1:
                    found = fault(
                        chain,
                        seq if isinstance(seq, int) else last + 1,
                        "entry {number} is missing before it",
                        number=last + 1,
                    )
                elif not follows(hash_, body, stored):
                    found = fault(chain, seq, "its hash does not follow from its body and the entry before it")
                else:
                    self.entries += one.entries
            last, hash_ = (one.last[0], one.last[1]) if one.entries else (last, hash_)
            if found is None and one.fault is not None:
                found = one.fault if one.fault.seq is not None else one.fault._replace(seq=last + 1)
        if found:
            return found
        if chain not in self.heads:
            return fault(chain, 1, "there are entries, and no cascade they belong to")
        head, head_hash = self.heads[chain]
        if head != last:
            return fault(chain, last + 1, "its head is entry {head}, its last entry is {last}", head=head, last=last)
        return fault(chain, last, "its head has another hash than its last entry") if head_hash != hash_ else None

    # The texts that were published

    def _definitions(self) -> None:
        """Is each published text the one that the administration's chain has?"""
        if "definitions.jsonl" not in self.place.names or ADMINISTRATION not in self.heads:
            return
        recorded: dict[str, Any] = {}
        for _, _, deed in self.deeds:
            if isinstance(deed, dict) and deed.get("what") == "published" and isinstance(deed.get("subject"), str):
                details = deed.get("details")
                pairs = (
                    [one for one in details if isinstance(one, list) and len(one) == 2]
                    if isinstance(details, list)
                    else []
                )
                recorded[deed["subject"]] = next((value for name, value in pairs if name == "digest"), None)
        stored = {}
        for one in self._lines("definitions.jsonl"):
            stored[str(one.get("subject"))] = hashlib.sha256(
                str(one.get("text")).encode("utf-8", "replace")
            ).hexdigest()
        for subject, digest in recorded.items():
            if subject not in stored:
                self.definitions.append(
                    fault("definitions", None, "{subject} was published and is gone", subject=subject)
                )
            elif stored[subject] != digest:
                said = "{subject} is not the text that was published"
                self.definitions.append(fault("definitions", None, said, subject=subject))
        for subject in sorted(stored.keys() - recorded.keys()):
            self.definitions.append(fault("definitions", None, "{subject} was never published", subject=subject))

    # The seals

    def _leaves(self) -> Leaves:
        found = Leaves({}, {})
        for line in self._lines("seals/leaves.jsonl"):
            number, place, chain, seq, hash_ = (line.get(name) for name in ("number", "place", "chain", "seq", "hash"))
            if type(number) is not int or type(seq) is not int or not isinstance(chain, str):
                self._say("{file} cannot be read: {why}", file="seals/leaves.jsonl", why="ValueError")
                break
            found.by_seal.setdefault(number, []).append((place, chain, seq, hash_))
            found.by_chain.setdefault(chain, {})[seq] = number
        return found

    def _seals(self, leaves: Leaves) -> None:
        """Every seal: its place after the one before it, its leaves, its root, its signatures; and what the journal has of it.

        Of the seals themselves only the first that does not hold is told, of a chain the first entry."""
        origin = PREFIX + str(self.hashes.get(ADMINISTRATION, {}).get(1))[:32]
        keys = self._seal_keys(origin)
        names = {int(found[1]): name for name in self.place.names for found in [_NOTE_NAME.fullmatch(name)] if found}
        self.seals, newest = len(names), max(names, default=0)
        every = self.every or len(names) <= SIGNATURES_MAX
        if not every:
            said = "Only the newest signature, the first, and those around a change of keys were checked; --all checks each."
            self.unknown.append((said, {}))
        before, at, sealed, in_use = "", "", 0, ()  # type: Tuple[str, str, int, Tuple[int, ...]]
        for place, number in enumerate(sorted(names), 1):
            mine = leaves.by_seal.get(number, [])
            self._covered(number, mine)
            sealed = max([sealed, *(seq for _, chain, seq, _ in mine if chain == ADMINISTRATION)])
            whole = self.place.whole(names[number])
            note = read_note(whole)
            due = counting(keys, sealed, note.at) if note else []
            says = self._seal_fault(place, number, note, mine, before, at, origin)
            if not says and note:
                signers = tuple(one.number for one in due)
                says = self._signer_fault(note, due, every or number in (1, newest) or signers != in_use)
                in_use = signers
            if says:
                self._broken("seal {number}: {what}", number=number, what={"says": says[0], "parts": says[1]})
            before, at = hashlib.sha256(whole).hexdigest(), note.at if note else at
            self.last_seal = note or self.last_seal
        for number in sorted(leaves.by_seal.keys() - names.keys()):
            self._broken("seal {number} is not there, and leaves of it are", number=number)
        self._compare_outside(names, origin, keys)

    def _broken(self, says: str, **parts: Any) -> None:
        if not self.broken:
            self.broken = [fault("seals", None, says, **parts)]

    def _covered(self, number: int, leaves: list[tuple[Any, str, int, Any]]) -> None:
        """Does the journal still have what the leaves say?"""
        for _, chain, seq, hash_ in leaves:
            if not self.whole and chain not in self.heads and chain not in self.hashes:
                continue  # an archive of some chains holds the leaves of the others, and nothing to compare them with
            stored = self.hashes.get(chain, {}).get(seq)
            if stored is None:
                said = "seal {number} covers it, and it is not there: the end of the chain was cut off"
            elif stored != hash_:
                said = "seal {number} covers it with another hash: what led to it was rewritten"
            else:
                continue
            if chain not in self.of_covered or seq < (self.of_covered[chain].seq or 0):
                self.of_covered[chain] = fault(chain, seq, said, number=number)

    @staticmethod
    def _seal_fault(
        place: int, number: int, note: Note | None, leaves: list[tuple[Any, str, int, Any]], before: str, at: str,
        origin: str,
    ) -> tuple[str, dict[str, Any]] | None:  # fmt: skip
        """What is wrong with a seal, by itself and after the one before it."""
        if number != place:
            return "seal {number} is missing before it", {"number": place}
        if note is None:
            return "its note cannot be read", {}
        if [one[0] for one in leaves] != list(range(1, note.leaves)):
            return "its leaves are not all there", {}
        chains = [one[1] for one in leaves]
        if chains != sorted(set(chains)):
            return "its leaves are in another order", {}
        data = [canonical({"note": before, "seal": number - 1})]
        data += [canonical({"chain": chain, "hash": hash_, "seq": seq}) for _, chain, seq, hash_ in leaves]
        if merkle_root(data) != note.root:
            return "its root does not follow from its leaves and the seal before", {}
        if (note.number, note.previous, note.origin) != (number, before, origin):
            return "its note says something else than its row, or follows from another seal", {}
        return ("it was made before the seal before it", {}) if note.at < at else None

    def _signer_fault(self, note: Note, due: list[Key], hold: bool) -> tuple[str, dict[str, Any]] | None:
        """Is it signed by the keys that were in use, and by no other?"""
        if not due:
            return "no key was in use when it was made", {}
        if [name for name, _ in note.signatures] != ["%s/%d" % (note.origin, one.number) for one in due]:
            return "it is signed with other keys than were in use", {}
        for (name, value), key in zip(note.signatures, due):
            self.signatures += hold
            if value[:4] != key_id(name, key.public) or (hold and not signed(key.public, note.text, value[4:])):
                return "the signature with key {number} does not hold", {"number": key.number}
        return None

    @property
    def whole(self) -> bool:
        """Is it an archive of every chain?"""
        return self.manifest.get("chains") is None

    def _seal_keys(self, origin: str) -> list[Key]:
        """The keys that the administration's chain names, each of which the one before it has signed."""
        found: list[Key] = []
        for seq, _, fact in self.deeds:
            if not isinstance(fact, dict) or "public_key" not in fact:
                continue
            try:
                signature = base64.b64decode(fact["signature"], validate=True) if fact.get("signature") else None
                public = base64.b64decode(fact["public_key"], validate=True)
                found.append(
                    Key(fact["key"], public, seq, fact.get("signed_by"), signature, fact.get("overlap_until") or "")
                )
            except (KeyError, ValueError, TypeError):
                continue  # the seals that miss it say so
        for place, one in enumerate(found, 1):
            self._key_fault(place, one, found, origin)
        self.keys = ["%s %s" % (one.number, base64.b64encode(one.public).decode()) for one in found]
        if "keys.json" in self.place.names:
            told = self._json("keys.json")
            said = [
                fact for _, _, fact in self.deeds if isinstance(fact, dict) and "public_key" in fact and "key" in fact
            ]
            given = [one.get("fact") for one in told if isinstance(one, dict)] if isinstance(told, list) else None
            if given != said:
                self._say("{file} is not what the administration's chain says", file="keys.json")
        return found

    def _key_fault(self, place: int, one: Key, keys: list[Key], origin: str) -> None:
        before = keys[place - 2] if place > 1 else None
        if one.number != place:
            said = "it brings key {number} into use, where key {place} would be next"
            self.of_keys.append(fault(ADMINISTRATION, one.seq, said, number=one.number, place=place))
        elif len(one.public) != 32:
            said = "its public key has another length than one of Ed25519"
            self.of_keys.append(fault(ADMINISTRATION, one.seq, said))
        elif before and one.signature is not None:
            coded = base64.b64encode(one.public).decode()
            text = "%s\nseal key %d\n%s\noverlap until %s\n" % (origin, one.number, coded, one.overlap_until or "-")
            self.signatures += 1
            if one.signed_by != before.number or not signed(before.public, text.encode(), one.signature):
                said = "key {number} is not signed by key {before}"
                self.of_keys.append(fault(ADMINISTRATION, one.seq, said, number=one.number, before=before.number))
        elif before:
            said = "Key {number} was not signed by the key before it, which was lost: people have to vouch for it."
            self.unknown.append((said, {"number": one.number}))

    def _compare_outside(self, names: dict[int, str], origin: str, keys: list[Key]) -> None:
        """The seals beside the notes of a folder that was kept outside."""
        if not self.outside:
            return
        try:
            files = sorted(one for one in os.listdir(self.outside) if one.endswith(".note") and not one.startswith("."))
        except OSError as error:
            raise NotAnArchive(self.outside) from error
        absent: list[Note] = []
        other: list[Note] = []
        same: list[Note] = []
        for file in files:
            with open(os.path.join(self.outside, file), "rb") as stream:
                whole = stream.read(NOTE_MAX + 1)
            note = read_note(whole)
            if note is None:
                self._of_outside("{file} is no whole note of a seal", file=file)
            elif note.origin != origin:
                self._of_outside("{file} is of another installation, {other}", file=file, other=note.origin)
            elif file != "%010d.note" % note.number:
                self._of_outside("{file} holds the note of seal {number}", file=file, number=note.number)
            elif not self._held_by_any(note, keys):
                self._of_outside("{file} is forged, or signed with a key that is not known here", file=file)
            elif note.number not in names:
                absent.append(note)
            else:
                (same if self.place.whole(names[note.number]) == whole else other).append(note)
        if absent:
            said = (
                "seals {first} to {last} were kept outside and are not in it: it was restored from a copy that is older than"
                " {moment}, or its end was cut off"
            )
            self._of_outside(said, first=absent[0].number, last=absent[-1].number, moment=moment(absent[0].at))
        if other:
            said = (
                "it has another seal {number} than the one that was kept outside at {moment}: its history was rewritten, or it"
                " went on from an older copy"
            )
            self._of_outside(said, number=other[0].number, moment=moment(other[0].at))
        if same:
            newest = max(same, key=lambda one: one.number)
            said = (
                "Up to seal {number}, of {moment}, it is what was kept outside; what is younger may have been cut off."
            )
            self.unknown.append((said, {"number": newest.number, "moment": moment(newest.at)}))

    def _of_outside(self, says: str, **parts: Any) -> None:
        self.of_outside.append(fault("outside", None, says, **parts))

    def _held_by_any(self, note: Note, keys: list[Key]) -> bool:
        """Does the signature of any known key hold?"""
        for name, value in note.signatures:
            for key in keys:
                if name == "%s/%d" % (note.origin, key.number) and value[:4] == key_id(name, key.public):
                    self.signatures += 1
                    if signed(key.public, note.text, value[4:]):
                        return True
        return False

    # The documents

    def _documents(self) -> None:
        """Is every document that an entry names there, and what its name says?"""
        if not self.manifest.get("documents", True):
            self.unknown.append(("The documents were left out of this archive.", {}))
            return
        for name in sorted(self.place.names):
            if not name.startswith("documents/"):
                continue
            digest = name[len("documents/") :]
            self.documents += 1
            try:
                found = _digest(self.place, name)
            except _UNREADABLE as error:
                self._say("{file} cannot be read: {why}", file=name, why=type(error).__name__)
                continue
            self._compare(name, found, self.place.size(name))
            if found != digest:
                self.of_documents.append(fault("documents", None, "the document {digest} was changed", digest=digest))
        for digest, (chain, seq) in sorted(self.named.items()):
            if "documents/" + digest not in self.place.names:
                said = "the document {digest}, which entry {seq} of {chain} names, is gone"
                self.of_documents.append(fault("documents", None, said, digest=digest, seq=seq, chain=chain))
        for line in self._lines("documents.jsonl"):
            entries = line.get("entries")
            for one in entries if isinstance(entries, list) else []:
                if (
                    isinstance(one, dict)
                    and line.get("sha256") not in self.named
                    and one.get("chain") not in self.of_chains
                ):
                    said = "no entry names the document {digest}"
                    self.of_documents.append(fault("documents", None, said, digest=line.get("sha256")))
                    break

    # What it cannot show

    def _counts(self) -> None:
        """Does it hold as much as it was said to when it was made?"""
        told = self.manifest.get("counts")
        for name in ("chains", "entries", "seals", "documents"):
            wanted = told.get(name) if isinstance(told, dict) else None
            if wanted != getattr(self, name) and not self.of_chains:
                self._say(
                    "it holds {count} {name}, and its manifest says {told}",
                    count=getattr(self, name),
                    name=name,
                    told=wanted,
                )

    def _limits(self) -> None:
        said = "Who made it, and when, is only what its manifest says: {by}, {at}."
        self.unknown.append((said, {"by": self.manifest.get("by"), "at": self.manifest.get("at")}))
        said = "Which database states the entries give, and whether its guards stand, only the program can compare."
        self.unknown.append((said, {}))
        if not self.whole:
            self.unknown.append(("It holds some chains only; of the others it says nothing.", {}))
        note = self.last_seal
        if note is None:
            self.unknown.append(("It holds no seal: whoever owned the database could have written all of it anew.", {}))
            return
        self.unknown.append(
            ("The last seal is number {number}, of {at}.", {"number": note.number, "at": moment(note.at)})
        )
        if not self.outside:
            said = "No seals kept outside were given (--seals): who held the keys could have sealed another history."
            self.unknown.append((said, {}))
        said = "{count} entries were recorded after the last seal; nothing outside the database vouches for them."
        later = self._unsealed()
        if later:
            self.unknown.append((said, {"count": later}))
        self.unknown += [
            ("Key {key}; compare it with what was handed out elsewhere.", {"key": one}) for one in self.keys
        ]

    def _unsealed(self) -> int:
        """How many entries no seal covers yet."""
        sealed = {chain: max(seqs) for chain, seqs in self.sealed.items()}
        return sum(max(0, seq - sealed.get(chain, 0)) for chain, (seq, _) in self.heads.items() if type(seq) is int)


def _part_order(name: str) -> tuple[str, int]:
    """A chain's files in order: the first has no number, or 1."""
    stem, *numbers = name.split(".")
    return stem, int(numbers[0]) if len(numbers) > 1 and numbers[0].isdigit() else 1


class Leaves(NamedTuple):
    """The heads that seals cover: of each seal (place, chain, seq, hash), and of each chain its sealed seqs."""

    by_seal: dict[int, list[tuple[Any, str, int, Any]]]
    by_chain: dict[str, dict[int, int]]


class Key(NamedTuple):
    """A key that seals, and the entry of the administration's chain that brought it into use."""

    number: Any
    public: bytes
    seq: int
    signed_by: Any
    signature: bytes | None
    overlap_until: str


def counting(keys: Sequence[Key], sealed: int, at: str) -> list[Key]:
    """The keys that sign a seal: those whose entry is sealed by then, without those that a later one has ended: by its
    overlap, or at once where it has none."""
    there = [one for one in keys if one.seq <= sealed]
    return [one for place, one in enumerate(there, 1) if all(at < later.overlap_until for later in there[place:])]


def key_id(name: str, public: bytes) -> bytes:
    """Four bytes by which a signature says which key it is of, as C2SP has them."""
    return hashlib.sha256(name.encode() + b"\n\1" + public).digest()[:4]


def moment(at: str) -> str:
    """An instant as Vietnam's clocks show it."""
    here = datetime.datetime.strptime(at, "%Y-%m-%dT%H:%M:%S.%fZ") + datetime.timedelta(hours=7)
    return here.strftime("%d/%m/%Y %H:%M:%S")


class Note(NamedTuple):
    """A signed note (C2SP signed-note). `text` is what was signed; a signature is its key's name and 4 + 64 bytes."""

    text: bytes
    origin: str
    leaves: int
    root: bytes
    number: int
    previous: str
    at: str
    signatures: list[tuple[str, bytes]]


_NOTE_NAME = re.compile(r"seals/([0-9]{1,18})\.note")
_NOTE = re.compile(
    r"(?P<text>(?P<origin>directive-cascade/[0-9a-f]{32})\n(?P<leaves>[1-9][0-9]*)\n(?P<root>[A-Za-z0-9+/]{43}=)\n"
    r"seal (?P<number>[1-9][0-9]*)\nprevious (?P<previous>-|[0-9a-f]{64})\n"
    r"at (?P<at>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z)\n)\n"
    r"(?P<signatures>(?:— \S+ [A-Za-z0-9+/]+=*\n)+)"
)


def read_note(whole: bytes) -> Note | None:
    """A note taken apart; None where it is written otherwise. Whether its signatures hold is another question."""
    try:
        found = _NOTE.fullmatch(whole.decode("utf-8"))
        if not found:
            return None
        signatures = []
        for line in found["signatures"].splitlines():
            _, name, coded = line.split(" ")
            value = base64.b64decode(coded, validate=True)
            if len(value) != 68:
                return None
            signatures.append((name, value))
        previous = "" if found["previous"] == "-" else found["previous"]
        root = base64.b64decode(found["root"], validate=True)
    except ValueError:
        return None
    return Note(found["text"].encode(), found["origin"], int(found["leaves"]), root, int(found["number"]), previous,
                found["at"], signatures)  # fmt: skip


# --------------------------------------------------------------------------------------------------------------- in words

VIETNAMESE = {
    "it holds {count} {name}, and its manifest says {told}": "có {count} {name}, còn danh mục ghi {told}",
    "Who made it, and when, is only what its manifest says: {by}, {at}.": "Ai lập và lập lúc nào thì chỉ do danh mục tự ghi: {by}, {at}.",
    "entry {number} of {chain}: {what}": "mục {number} của {chain}: {what}",
    "{chain}: {what}": "{chain}: {what}",
    "entry {number} is missing before it": "thiếu mục {number} ở trước",
    "its hash does not follow from its body and the entry before it": "mã băm không suy ra từ nội dung mục và mục trước",
    "its body cannot be read: {error}": "không đọc được nội dung mục: {error}",
    "column {name} does not repeat its body": "cột {name} không khớp với nội dung mục",
    "there are entries, and no cascade they belong to": "có mục nhật ký mà không có chuỗi nào chứa chúng",
    "its head is entry {head}, its last entry is {last}": "đầu chuỗi là mục {head}, còn mục cuối là {last}",
    "its head has another hash than its last entry": "mã băm ở đầu chuỗi khác với mục cuối",
    "{subject} was published and is gone": "{subject} đã được áp dụng mà nay không còn",
    "{subject} is not the text that was published": "{subject} không phải là bản đã đưa vào áp dụng",
    "{subject} was never published": "{subject} chưa từng được đưa vào áp dụng",
    "a line of {file} cannot be read": "có dòng trong {file} không đọc được",
    "{file} cannot be read: {why}": "không đọc được {file}: {why}",
    "{file} is no plain file, or is there twice": "{file} không phải tệp thường, hoặc có hai lần",
    "{file} is listed and is not there": "{file} có trong danh mục mà không có trong bộ lưu trữ",
    "{file} is there and is not listed": "{file} có trong bộ lưu trữ mà không có trong danh mục",
    "{file} is not what the manifest says": "{file} không đúng như danh mục ghi",
    "{file} is not what the administration's chain says": "{file} không đúng như nhật ký quản trị ghi",
    "seal {number}: {what}": "dấu niêm phong {number}: {what}",
    "seal {number} is missing before it": "thiếu dấu niêm phong {number} ở trước",
    "seal {number} is not there, and leaves of it are": "không có dấu niêm phong {number} mà lại có các đầu chuỗi của nó",
    "its note cannot be read": "không đọc được nội dung đã ký",
    "its leaves are not all there": "các đầu chuỗi của nó không đủ",
    "its leaves are in another order": "các đầu chuỗi của nó không đúng thứ tự",
    "its root does not follow from its leaves and the seal before": "mã gốc không suy ra từ các đầu chuỗi và dấu niêm phong trước",
    "its note says something else than its row, or follows from another seal": "bản ghi niêm phong khác với dòng đã lưu, hoặc nối tiếp một dấu niêm phong khác",
    "it was made before the seal before it": "được lập trước cả dấu niêm phong đứng trước nó",
    "no key was in use when it was made": "lúc lập không có khóa nào đang dùng",
    "it is signed with other keys than were in use": "được ký bằng khóa khác với khóa đang dùng khi đó",
    "the signature with key {number} does not hold": "chữ ký bằng khóa {number} không hợp lệ",
    "seal {number} covers it, and it is not there: the end of the chain was cut off": "dấu niêm phong {number} có mục này mà nay không còn: phần cuối chuỗi đã bị cắt",
    "seal {number} covers it with another hash: what led to it was rewritten": "dấu niêm phong {number} ghi mã băm khác của mục này: những gì dẫn tới nó đã bị viết lại",
    "it brings key {number} into use, where key {place} would be next": "đưa khóa {number} vào dùng, trong khi tiếp theo phải là khóa {place}",
    "its public key has another length than one of Ed25519": "khóa công khai có độ dài khác với khóa Ed25519",
    "key {number} is not signed by key {before}": "khóa {number} không được khóa {before} ký",
    "{file} is no whole note of a seal": "{file} không phải là một dấu niêm phong trọn vẹn",
    "{file} is of another installation, {other}": "{file} là của hệ thống khác, {other}",
    "{file} holds the note of seal {number}": "{file} chứa bản ghi niêm phong của dấu niêm phong {number}",
    "{file} is forged, or signed with a key that is not known here": "{file} là giả, hoặc ký bằng khóa mà ở đây không biết",
    "seals {first} to {last} were kept outside and are not in it: it was restored from a copy that is older than {moment},"
    " or its end was cut off": "dấu niêm phong {first} đến {last} có giữ ở ngoài mà ở đây không có: dữ liệu được phục hồi từ bản"
    " cũ hơn {moment}, hoặc phần cuối đã bị cắt",
    "it has another seal {number} than the one that was kept outside at {moment}: its history was rewritten, or it went on"
    " from an older copy": "dấu niêm phong {number} ở đây khác với bản giữ ở ngoài lúc {moment}: lịch sử đã bị viết lại, hoặc"
    " hệ thống chạy tiếp từ một bản cũ",
    "Up to seal {number}, of {moment}, it is what was kept outside; what is younger may have been cut off.": "Đến dấu niêm phong {number}, lúc {moment}, đúng như bản giữ ở ngoài; phần mới hơn vẫn có thể đã bị cắt.",
    "the document {digest} was changed": "văn bản {digest} đã bị thay đổi",
    "the document {digest}, which entry {seq} of {chain} names, is gone": "văn bản {digest} mà mục {seq} của {chain} nêu không còn",
    "no entry names the document {digest}": "không mục nào nêu văn bản {digest}",
    "Key {number} was not signed by the key before it, which was lost: people have to vouch for it.": "Khóa {number} không được khóa trước ký vì khóa ấy đã mất: phải có người bảo đảm cho khóa này.",
    "The documents were left out of this archive.": "Bộ lưu trữ này không kèm các văn bản.",
    "It holds some chains only; of the others it says nothing.": "Bộ lưu trữ chỉ có một số chuỗi; không nói gì về các chuỗi khác.",
    "It holds no seal: whoever owned the database could have written all of it anew.": "Không có dấu niêm phong nào: ai nắm cơ sở dữ liệu cũng có thể đã viết lại toàn bộ.",
    "The last seal is number {number}, of {at}.": "Dấu niêm phong cuối là số {number}, lúc {at}.",
    "No seals kept outside were given (--seals): who held the keys could have sealed another history.": "Không có dấu niêm phong giữ ở ngoài để đối chiếu (--seals): ai giữ khóa cũng có thể đã niêm phong một lịch sử khác.",
    "{count} entries were recorded after the last seal; nothing outside the database vouches for them.": "{count} mục ghi sau dấu niêm phong cuối; ngoài cơ sở dữ liệu không có gì bảo đảm cho các mục này.",
    "Which database states the entries give, and whether its guards stand, only the program can compare.": "Trạng thái lưu trong cơ sở dữ liệu và các chốt bảo vệ thì chỉ phần mềm mới đối chiếu được.",
    "Key {key}; compare it with what was handed out elsewhere.": "Khóa {key}; hãy so với bản đã công bố ở nơi khác.",
    "Only the newest signature, the first, and those around a change of keys were checked; --all checks each.": "Chỉ kiểm tra chữ ký mới nhất, đầu tiên và khi đổi khóa; dùng --all để kiểm tra tất cả.",
    "It cannot show:": "Bộ lưu trữ tự nó không cho thấy:",
    "NOT verified. Faults found: {count}.": "KHÔNG HỢP LỆ. Số lỗi phát hiện: {count}.",
    "Verified. Entries: {entries}; chains: {chains}; seals: {seals} (signatures checked: {signatures}); documents: {documents}.": "Hợp lệ. Số mục: {entries}; số chuỗi nhật ký: {chains}; số dấu niêm phong: {seals} (số chữ ký đã kiểm: {signatures}); số văn bản: {documents}.",
    "{path} is no archive of the journal: no folder and no zip with a manifest.json of format {format}.": "{path} không phải bộ lưu trữ nhật ký: không phải thư mục hay tệp zip có manifest.json định dạng {format}.",
}


def told(says: str, parts: dict[str, Any], language: str) -> str:
    """A sentence in a language, on one line, with nothing in it that a terminal would obey."""
    filled = {}
    for name, given in parts.items():
        inner = isinstance(given, dict) and "says" in given
        value = told(given["says"], given["parts"], language) if inner else given
        filled[name] = "".join(c if c.isprintable() else repr(c)[1:-1] for c in str(value))
    return (VIETNAMESE[says] if language == "vi" else says).format(**filled)


def fault_words(one: Fault, language: str) -> str:
    """A fault in one sentence, as `cascade journal verify` writes it."""
    what = told(one.says, one.parts, language)
    if one.seq:
        return told(
            "entry {number} of {chain}: {what}", {"number": one.seq, "chain": one.chain, "what": what}, language
        )
    return told("{chain}: {what}", {"chain": one.chain, "what": what}, language)


def as_json(check: Check, language: str) -> dict[str, Any]:
    faults = [{"chain": one.chain, "seq": one.seq, "says": told(one.says, one.parts, language)} for one in check.faults]
    return {
        "verified": not faults,
        "chains": check.chains,
        "entries": check.entries,
        "seals": check.seals,
        "signatures_checked": check.signatures,
        "documents": check.documents,
        "keys": check.keys,
        "last_seal": {"number": check.last_seal.number, "at": check.last_seal.at} if check.last_seal else None,
        "faults": faults,
        "cannot_show": [told(says, parts, language) for says, parts in check.unknown],
    }


def report(check: Check, language: str) -> list[str]:
    """What a person reads."""
    lines = [fault_words(one, language) for one in check.faults]
    if lines:
        lines.append(told("NOT verified. Faults found: {count}.", {"count": len(lines)}, language))
    else:
        counts = ("entries", "chains", "seals", "signatures", "documents")
        said = (
            "Verified. Entries: {entries}; chains: {chains}; seals: {seals} (signatures checked: {signatures});"
            " documents: {documents}."
        )
        lines.append(told(said, {name: format(getattr(check, name), ",") for name in counts}, language))
    lines.append(told("It cannot show:", {}, language))
    return lines + ["  - " + told(says, parts, language) for says, parts in check.unknown]


def spoken() -> str:
    """The language of whoever runs it, as the environment says."""
    named = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "vi" if named.lower().startswith("vi") else "en"


def main(arguments: Sequence[str] | None = None) -> int:
    """Check what the command line names; the exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # Vietnamese on a terminal that knows no UTF-8 is better than none
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")
    parser = argparse.ArgumentParser(
        prog="verify.py",
        description="Check an archive of the journal. / Kiểm tra bộ lưu trữ nhật ký.",
        epilog="Exit codes / mã kết thúc: 0 whole / hợp lệ, 6 not whole / không hợp lệ, 2 no archive / không phải bộ lưu trữ.",
    )
    add = parser.add_argument
    add("archive", nargs="?", default=".", help="a folder or a .zip / thư mục hoặc tệp .zip")
    add("--seals", metavar="FOLDER", help="notes that were kept outside / niêm phong giữ ở ngoài")
    add("--all", action="store_true", help="check every signature / kiểm tra mọi chữ ký")
    add("--lang", choices=("vi", "en"), help="language / ngôn ngữ")
    add("--json", action="store_true", help="one JSON document / một tài liệu JSON")
    add("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="processes / số tiến trình")
    given = parser.parse_args(arguments)
    language = given.lang or spoken()
    try:
        check = Check(Place(given.archive), given.seals, given.all, max(1, given.jobs)).run()
    except NotAnArchive as error:
        said = "{path} is no archive of the journal: no folder and no zip with a manifest.json of format {format}."
        sys.stderr.write(told(said, {"path": error, "format": FORMAT}, language) + "\n")
        return USAGE
    if given.json:
        sys.stdout.write(json.dumps(as_json(check, language), ensure_ascii=False, indent=2) + "\n")
    else:
        sys.stdout.write("\n".join(report(check, language)) + "\n")
    return BAD if check.faults else OK


if __name__ == "__main__":
    sys.exit(main())
