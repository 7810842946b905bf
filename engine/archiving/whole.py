"""The archive of the journal: everything that a person needs who checks it with one file of Python and trusts nobody.

What lies in it is told in `storage/README.md`. Entries go out as they are stored, bad ones too: to judge is the verifier's.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection

from engine.archiving import guide
from engine.archiving.places import Files, new_files
from storage import archived, installation
from workflows.directive import ADMINISTRATION
from workflows.encoding import instant_text

FORMAT = 1
PART_MAX = 200_000  # entries of one file of the journal
VERIFIER = "verify_archive.py"
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")
_NAME_MAX = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be archived: these chains, or all of them; with the documents that their entries name, or without."""

    by: str
    chains: tuple[str, ...] | None = None
    documents: bool = True


@dataclass(frozen=True, slots=True)
class Archived:
    """What was written."""

    chains: int
    entries: int
    seals: int
    documents: int
    missing: tuple[str, ...]
    bytes: int


def write_archive(
    connection: Connection, target: Path, asked: Asked, at: datetime, progressed: Callable[[int], None] = lambda _: None
) -> Archived:
    """Write an archive of what one transaction sees. `progressed` is told how many entries are written.

    Raises Conflict where `target` is there already, Unreadable where it cannot be written."""
    with new_files(target, at) as files:
        return _Archive(connection, files, asked, at, progressed).write()


class _Archive:
    """One archive that is being written."""

    def __init__(
        self, connection: Connection, files: Files, asked: Asked, at: datetime, progressed: Callable[[int], None]
    ) -> None:
        self._connection, self._files, self._asked, self._at = connection, files, asked, at
        self._progressed, self._entries = progressed, 0
        self._named: dict[str, list[tuple[str, int]]] = {}  # which entries name a document

    def write(self) -> Archived:
        chains = list(self._asked.chains) if self._asked.chains is not None else archived.chains(self._connection)
        for chain in chains:
            self._chain(chain)
        self._heads(chains)
        seals = self._seals()
        if ADMINISTRATION in chains:
            self._definitions()
        documents, missing = self._documents() if self._asked.documents else (0, ())
        verifier = resources.files("storage").joinpath(VERIFIER).read_bytes()
        self._files.add("verify.py", verifier)
        self._files.add("README.txt", guide.text(verifier).encode())
        counts = {"chains": len(chains), "entries": self._entries, "seals": seals, "documents": documents}
        self._manifest(counts, missing)
        size = sum(int(one["bytes"]) for one in self._files.listed.values())
        return Archived(len(chains), self._entries, seals, documents, missing, size)

    def _chain(self, chain: str) -> None:
        """The entries of a chain, in files of bounded length."""
        lines, part, name = archived.lines(self._connection, chain), 0, _file_name(chain)
        line = next(lines, None)
        while line is not None:
            part += 1
            path = f"journal/{name}.jsonl" if part == 1 else f"journal/{name}.{part:04}.jsonl"
            with self._files.writing(path) as write:
                for _ in range(PART_MAX):
                    if line is None:
                        break
                    seq, kind, data, text = line
                    write(text)
                    self._entries += 1
                    if data is not None:
                        self._note_documents(chain, seq, kind, data)
                    if self._entries % 1000 == 0:
                        self._progressed(self._entries)
                    line = next(lines, None)
            if name != chain:
                self._files.listed[path]["chain"] = chain
        self._progressed(self._entries)

    def _note_documents(self, chain: str, seq: int, kind: str, data: dict[str, Any]) -> None:
        for digest in archived.documents_named(kind, data):
            self._named.setdefault(digest, []).append((chain, seq))

    def _heads(self, chains: Sequence[str]) -> None:
        heads = archived.heads(self._connection, chains)
        self._json("heads.json", {chain: {"seq": seq, "hash": hash_} for chain, (seq, hash_) in sorted(heads.items())})

    def _seals(self) -> int:
        """The notes, each a file, and the leaves of all: of every chain, since a root needs them."""
        count = 0
        for number, note in archived.notes(self._connection):
            self._files.add(f"seals/{number:010d}.note", note.encode())
            count += 1
        with self._files.writing("seals/leaves.jsonl") as write:
            for leaf in archived.leaves(self._connection):
                write(orjson.dumps(leaf) + b"\n")
        self._json("keys.json", archived.seal_keys(self._connection))
        return count

    def _definitions(self) -> None:
        with self._files.writing("definitions.jsonl") as write:
            for subject, text in archived.published(self._connection):
                write(orjson.dumps({"subject": subject, "text": text}) + b"\n")

    def _documents(self) -> tuple[int, tuple[str, ...]]:
        """The documents that entries name, each once; and those that are named and are not kept any more."""
        kept = []
        for digest, kind, content in archived.originals(self._connection, sorted(self._named)):
            self._files.add(f"documents/{digest}", content)
            kept.append((digest, kind, len(content)))
        with self._files.writing("documents.jsonl") as write:
            for digest, kind, size in kept:
                entries = [{"chain": chain, "seq": seq} for chain, seq in self._named[digest]]
                write(orjson.dumps({"sha256": digest, "kind": kind, "bytes": size, "entries": entries}) + b"\n")
        return len(kept), tuple(sorted(self._named.keys() - {one[0] for one in kept}))

    def _manifest(self, counts: dict[str, int], missing: Sequence[str]) -> None:
        here = installation.read(self._connection)
        document = {
            "format": FORMAT,
            "program": f"directive-cascade {_version()}",
            "installation": {
                "created_at": instant_text(here.created_at) if here else None,
                "purpose": here.purpose if here else None,
                "simulated": bool(here and here.simulated),
            },
            "at": instant_text(self._at),
            "by": self._asked.by,
            "chains": None if self._asked.chains is None else list(self._asked.chains),
            "documents": self._asked.documents,
            "missing_documents": list(missing),
            "counts": counts,
            "files": self._files.listed,
        }
        self._json("manifest.json", document, list_it=False)

    def _json(self, name: str, value: Any, *, list_it: bool = True) -> None:
        options = orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
        self._files.add(name, orjson.dumps(value, option=options), list_it=list_it)


def _version() -> str:
    try:
        return version("directive-cascade")
    except PackageNotFoundError:  # run from a checkout that was never installed
        return "from a checkout"


def _file_name(chain: str) -> str:
    """A plain name for a chain's file: its id, or, of one that this program never gave, how that id hashes."""
    if chain and len(chain) <= _NAME_MAX and _PLAIN.issuperset(chain):
        return chain
    return f"odd-{hashlib.sha256(chain.encode()).hexdigest()[:32]}"
