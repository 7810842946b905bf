"""Taking parts of a definition's plain data over into others, within bounds: what `reuse` is made of.

It follows one `like` or one default at a time, and remembers from where each part was taken. Which blocks there are, it
does not know.
"""

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from workflows.findings import FINDINGS_MAX, Finding, meant, nearest
from workflows.origins import Origin
from workflows.strict_yaml import DEFINITION, Path, Plain
from workflows.text import mark, say

CHAIN_MAX = 4  # so often may one be like another that is like another
COPIES_MAX = DEFINITION.nodes  # keys and values that reuse may add to a file
FORMS: Path = ("forms",)
_SHOWN_MAX = 8  # names in a message
_NAME_MAX = 60  # characters of a name in a message
_NEAR_MAX = 40  # faults whose names are still compared with others
_NAMES_MAX = 200  # names that a misspelt one is compared with; the schema lets no machine have more states and actions

_NOTHING = {
    "machine": mark("there is no machine {name!r} to be like{near}"),
    "action": mark("there is no action {name!r} in this machine to be like{near}"),
    "form": mark("there is no form {name!r} in `forms`{near}"),
    "mode": mark("there is no {name!r} in undated_items to be like{near}"),
}


class TooLarge(Exception):
    """Reuse has made more of a file than it may."""


class Copying:
    """One writing out of one file. It never changes what was read, only what it has made itself."""

    def __init__(self, data: dict[str, Plain]) -> None:
        self.data: dict[str, Plain] = dict(data)
        self.origins: dict[Path, list[Origin]] = {}
        self.faults: list[Finding] = []
        self.unfollowed: set[Path] = set()
        self.at: Path = ()
        self._left = COPIES_MAX
        self._defaults: dict[str, dict[str, Plain]] = {}
        self._forms: dict[str, Plain] = {}
        self._used: set[str] = set()

    def _copied(self, value: Plain) -> Any:
        self._left -= 1
        if self._left < 0:
            raise TooLarge
        if isinstance(value, dict):
            self._left -= len(value)
            return {key: self._copied(inner) for key, inner in value.items()}
        return [self._copied(inner) for inner in value] if isinstance(value, list) else value

    def _fault(self, path: Path, code: str, message: str, on_key: bool = False) -> None:
        if len(self.faults) < FINDINGS_MAX:
            self.faults.append(Finding(path, code, message, on_key))

    def _nearest(self, name: str, known: Mapping[str, object]) -> str | None:
        return nearest(name, islice(known, _NAMES_MAX)) if len(self.faults) < _NEAR_MAX else None

    def _known(self, name: str, known: Mapping[str, object], kind: str, at: Path) -> str | None:
        """The name, or the one that was meant, where something is called so; else None. Either way it is a fault."""
        if name in known:
            return name
        near = self._nearest(name, known)
        hint = meant(name, [near]) if near else _those_there(known)
        self._fault(at, "E371", say(_NOTHING[kind], name=name[:_NAME_MAX], near=hint))
        return near

    def _bases_first(
        self, wanted: Mapping[str, str], known: Mapping[str, object], where: Mapping[str, Path], kind: str
    ) -> Iterator[tuple[str, str | None]]:
        """Each of the known with the one it is like, which comes before it; None where it is like none that can be
        followed. `wanted` says what each wants to be like."""
        bases = {}
        for name, other in wanted.items():
            bases[name] = self._known(other, known, kind, (*where[name], "like"))
            if bases[name] is None:
                self.unfollowed.add(where[name])
        length: dict[str, int] = {}
        for start in known:
            chain: dict[str, None] = {}
            current: str | None = start
            while current is not None and current not in length and current not in chain:
                chain[current] = None
                current = bases.get(current)
            order = list(reversed(chain))
            if current is not None and current in chain:
                place = order.index(current)
                self._ring(order[place::-1], where)
                bases[current] = None  # so that the others can be looked at
                order.insert(0, order.pop(place))
            for one in order:
                base = bases.get(one)
                if base is not None and length[base] == CHAIN_MAX:
                    message = say(
                        "{name!r} is like one that is like one, more than {most} times",
                        name=one[:_NAME_MAX],
                        most=CHAIN_MAX,
                    )
                    self._fault((*where[one], "like"), "E372", message)
                    self.unfollowed.add(where[one])
                    base = None
                length[one] = length[base] + 1 if base is not None else 0
                yield one, base

    def _ring(self, ring: list[str], where: Mapping[str, Path]) -> None:
        """E372: each is like the next, and the last like the first."""
        message = (
            say("{ring} are like each other in a ring; one of them has to be written out", ring=_some(ring))
            if len(ring) > 1
            else say("{name!r} cannot be like itself", name=ring[0][:_NAME_MAX])
        )
        self._fault((*where[ring[0]], "like"), "E372", message)
        self.unfollowed.add(where[ring[0]])

    def _over(
        self,
        base: Plain,
        base_at: Path,
        own: dict[str, Plain],
        path: Path,
        at: Path,
        given: Mapping[str | int, str | int] | None = None,
    ) -> dict[str, Plain]:
        """What is written in a block over what it is like. `at` is where that is said."""
        if not isinstance(base, dict):
            return dict(own)
        self.origins.setdefault(path, []).append(Origin(base_at, at, frozenset(own), given))
        return {**self._copied({key: value for key, value in base.items() if key not in own}), **own}

    def _defaulted(self, kind: str, block: dict[str, Plain], path: Path, only: set[str] | None = None) -> None:
        """Put into a block that was made here what it has by default, as far as it can use it."""
        self.at = ("defaults", kind)
        missing = [key for key in self._defaults.get(kind, {}) if key not in block and (only is None or key in only)]
        if missing:
            given: dict[str | int, str | int] = {key: key for key in missing}
            origin = Origin(("defaults", kind), path, frozenset(block), given, default=True)
            self.origins.setdefault(path, []).insert(0, origin)
            block |= {key: self._copied(self._defaults[kind][key]) for key in missing}

    def _asked(self, value: Plain, path: Path) -> Plain:
        """What a block of asked fields asks, where it is the name of a form, or is like one."""
        name = value.get("like") if isinstance(value, dict) else value
        if not isinstance(name, str):
            return value
        own = value if isinstance(value, dict) else {}
        self.at = at = (*path, "like") if isinstance(value, dict) else path
        form = self._known(name, self._forms, "form", at)
        if form is None:
            self.unfollowed.add(path)
            return unlike(own)
        self._used.add(form)
        return unlike(self._over(self._forms[form], (*FORMS, form), own, path, at))

    def _given(self, path: Path) -> set[str | int]:
        """The keys that a block has by default."""
        return {key for origin in self.origins.get(path, ()) if origin.default for key in origin.given or ()}


def wanted(blocks: Mapping[str, Plain]) -> dict[str, str]:
    """What each block wants to be like, where it says so with a word."""
    found = {name: block.get("like") for name, block in blocks.items() if isinstance(block, dict)}
    return {name: like for name, like in found.items() if isinstance(like, str)}


def unlike(block: Plain) -> Plain:
    """A block of asked fields without the word it is `like`: each of its keys is a field. What is no word stays, and is
    refused as a field."""
    if not isinstance(block, dict):
        return block
    return {key: value for key, value in block.items() if key != "like" or not isinstance(value, str)}


def _some(names: Iterable[str]) -> list[str]:
    return [name[:_NAME_MAX] for name in islice(names, _SHOWN_MAX)]


def _those_there(known: Mapping[str, object]) -> str:
    return say("; there is {known}", known=_some(known)) if known else ""
