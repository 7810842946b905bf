"""Where the parts of an expanded definition were written: the way back from `reuse`, for problems and their places."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from workflows.findings import Finding
from workflows.strict_yaml import Path, Plain
from workflows.text import say

_Parts = Mapping[str | int, str | int]
# What a default says wrongly by itself; whatever else is wrong with it is wrong in the block that has it.
_OF_ITSELF = ("E2", "E301", "E302", "E371")
# What is wrong in itself, whatever a block is like.
_BY_ITSELF = ("E2", "E371", "E372", "E373", "E374")


class Origin(NamedTuple):
    """Where a block has its other entries from: all that are not its `own`, or those that were `given`, each from the
    entry there. `at` is where the block says so."""

    source: Path
    at: Path
    own: frozenset[str] = frozenset()
    given: _Parts | None = None
    default: bool = False


@dataclass(frozen=True, slots=True)
class Expanded:
    """A definition's data as the schema and the lint see it. `unfollowed` are the blocks whose `like` led nowhere."""

    data: Plain
    faults: tuple[Finding, ...] = ()
    origins: Mapping[Path, list[Origin]] = field(default_factory=dict)
    unfollowed: frozenset[Path] = frozenset()
    cut_short: bool = False  # too much was reused, and there is no data

    def is_copy(self, path: Path) -> bool:
        """Does this stand elsewhere, where the schema sees it too?"""
        return any(not origin.default for _, origin in self.sources(path))

    def sources(self, path: Path) -> Iterator[tuple[Path, Origin]]:
        """From where a part was taken, and from where that was, to where it was written. Nothing, if it was here."""
        found = self._source(path)
        while found:
            yield found
            found = self._source(found[0])

    def _source(self, path: Path) -> tuple[Path, Origin] | None:
        for depth in reversed(range(len(path))):
            part = path[depth]
            for origin in self.origins.get(path[:depth], ()):
                if part not in origin.own and (origin.given is None or part in origin.given):
                    there = part if origin.given is None else origin.given[part]
                    return (*origin.source, there, *path[depth + 1 :]), origin
        return None

    def as_written(self, findings: list[Finding]) -> Iterator[Finding]:
        """The findings, each once: where it was written, or where reuse brings it about."""
        known = {(one.code, one.path) for one in findings}
        told: set[tuple[str, Path, str]] = set()
        for one in findings:
            moved = None if self._follows(one) else self._moved(one, known)
            if moved and (moved.code, moved.path, moved.message) not in told:
                told.add((moved.code, moved.path, moved.message))
                yield moved

    def _moved(self, one: Finding, known: set[tuple[str, Path]]) -> Finding | None:
        """A finding at its place in the file; None where it is told at the place that it was taken from."""
        way = list(self.sources(one.path))
        if not way:
            return one
        if any((one.code, path) in known for path, _ in way):
            return None
        path, origin = way[-1]
        if origin.default and one.code.startswith(_OF_ITSELF):
            return one._replace(path=path)
        (source, first), *_ = way
        message = say(
            "{block} (from {source}): {message}", block=_called(one.path), source=_called(source), message=one.message
        )
        return Finding(first.at, one.code, message, first.default)

    def _follows(self, one: Finding) -> bool:
        """Does it only follow from a `like` that leads nowhere?"""
        concluded = one.code == "E201" or not one.code.startswith(_BY_ITSELF)
        return concluded and any(one.path[:depth] in self.unfollowed for depth in range(1, len(one.path) + 1))


def _called(path: Path) -> str:
    return ".".join(part if isinstance(part, str) else str(part + 1) for part in path)
