"""Reuse in a definition: `like`, `without`, `forms` and `defaults` are written out before the schema reads it.

It works on the plain data of `strict_yaml`, whatever that holds, and leaves to the schema what it cannot follow. What it
takes from elsewhere knows where it was written (`origins`), so that a problem is told there, and once.
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from workflows.definition import Action, Rung, UndatedMode
from workflows.findings import FINDINGS_MAX, Finding, meant, nearest
from workflows.grammar import Strict
from workflows.origins import Expanded, Origin
from workflows.strict_yaml import DEFINITION, Path, Plain
from workflows.text import mark, say
from workflows.words import MODE_USES

CHAIN_MAX = 4  # so often may one be like another that is like another
COPIES_MAX = DEFINITION.nodes  # keys and values that reuse may add to a file
_SHOWN_MAX = 12  # names in a message
_NEAR_MAX = 40  # faults whose names are still compared with others
_NAMES_MAX = 200  # names that a misspelt one is compared with; the schema lets no machine have more states and actions

_MACHINES: Path = ("machines",)
_FORMS: Path = ("forms",)
ASKING = ("ask", "ask_if_late")
_ENTRIES = ("states", "ends", "actions")  # of a machine: what is written joins what is there, entry by entry
BLOCKS: dict[str, type[Strict]] = {"action": Action, "rung": Rung, "mode": UndatedMode}
_NOTHING = {
    "machine": mark("there is no machine {name!r} to be like{near}"),
    "action": mark("there is no action {name!r} in this machine to be like{near}"),
    "form": mark("there is no form {name!r} in `forms`{near}"),
    "mode": mark("there is no {name!r} in undated_items to be like{near}"),
}


def expand(data: Plain) -> Expanded:
    """The data with everything that is reused written out. Whatever is wrong with the reuse is in its `faults`, errors and
    warnings."""
    if not isinstance(data, dict):
        return Expanded(data)
    work = _Expansion(data)
    try:
        work.run()
    except _TooLarge:
        most = f"{COPIES_MAX:,}"
        message = say("what is reused would add more than {most} keys and values to the file", most=most)
        return Expanded(None, (*work.faults, Finding(work.at, "E375", message, True)), cut_short=True)
    return Expanded(work.data, tuple(work.faults), work.origins, frozenset(work.unfollowed))


class _TooLarge(Exception):
    """Reuse has made more of a file than it may."""


class _Expansion:
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

    def run(self) -> None:
        """Write out each kind of block, what others may be like first."""
        self._read_defaults()
        self._write_forms()
        self._write_machines()
        self._write_modes()
        for ladder in ("ladder", "giver_ladder"):
            self._write_rungs(ladder)
        for block in ("extension", "outside_offices"):
            found = self.data.get(block)
            if isinstance(found, dict) and "ask" in found:
                self.data[block] = {**found, "ask": self._asked(found["ask"], (block, "ask"))}
        for name in self._forms:
            if name not in self._used:
                self._fault((*_FORMS, name), "W475", say("nothing asks for the form {name!r}", name=name[:60]), True)

    # What every kind of block has

    def _copied(self, value: Plain) -> Any:
        self._left -= 1
        if self._left < 0:
            raise _TooLarge
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
        self._fault(at, "E371", say(_NOTHING[kind], name=name, near=hint))
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
                        "{name!r} is like one that is like one, more than {most} times", name=one, most=CHAIN_MAX
                    )
                    self._fault((*where[one], "like"), "E372", message)
                    self.unfollowed.add(where[one])
                    base = None
                length[one] = length[base] + 1 if base is not None else 0
                yield one, base

    def _ring(self, ring: list[str], where: Mapping[str, Path]) -> None:
        """E372: each is like the next, and the last like the first."""
        message = (
            say("{ring} are like each other in a ring; one of them has to be written out", ring=ring[:_SHOWN_MAX])
            if len(ring) > 1
            else say("{name!r} cannot be like itself", name=ring[0])
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

    # Defaults

    def _read_defaults(self) -> None:
        """E374: the blocks of `defaults`, without the keys that such a block does not have."""
        written = self.data.get("defaults")
        for kind, model in BLOCKS.items():
            block = written.get(kind) if isinstance(written, dict) else None
            known = [field.alias or name for name, field in model.model_fields.items() if name != "like"]
            for key in block if isinstance(block, dict) else ():
                if key not in known:
                    hint = meant(key, known) or say("; it knows {keys}", keys=known)
                    message = say("{kind} has no key {key!r}{hint}", kind=kind, key=key[:60], hint=hint)
                    self._fault(("defaults", kind, key), "E374", message, True)
            if isinstance(block, dict):
                self._defaults[kind] = {key: value for key, value in block.items() if key in known}

    def _defaulted(self, kind: str, block: dict[str, Plain], path: Path, only: set[str] | None = None) -> None:
        """Put into a block that was made here what it has by default, as far as it can use it."""
        self.at = ("defaults", kind)
        missing = [key for key in self._defaults.get(kind, {}) if key not in block and (only is None or key in only)]
        if missing:
            given: dict[str | int, str | int] = {key: key for key in missing}
            origin = Origin(("defaults", kind), path, frozenset(block), given, default=True)
            self.origins.setdefault(path, []).insert(0, origin)
            block |= {key: self._copied(self._defaults[kind][key]) for key in missing}

    # Forms

    def _write_forms(self) -> None:
        written = self.data.get("forms")
        if not isinstance(written, dict):
            return
        where: dict[str, Path] = {name: (*_FORMS, name) for name in written}
        for name, base in self._bases_first(_wanted(written), written, where, "form"):
            self.at = where[name]
            block = written[name]
            if isinstance(block, dict) and base is not None:
                self._used.add(base)
                block = self._over(self._forms[base], where[base], block, where[name], (*where[name], "like"))
            self._forms[name] = _unlike(block)
        self.data["forms"] = {name: self._forms[name] for name in written}

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
            return _unlike(own)
        self._used.add(form)
        return _unlike(self._over(self._forms[form], (*_FORMS, form), own, path, at))

    # Machines and their actions

    def _write_machines(self) -> None:
        machines = self.data.get("machines")
        known: dict[str, Plain] = {"obligation": self.data.get("obligation")}
        if isinstance(machines, dict):
            known |= {name: block for name, block in machines.items() if name != "obligation"}
        where: dict[str, Path] = {name: (*_MACHINES, name) for name in known} | {"obligation": ("obligation",)}
        done: dict[str, Plain] = {}
        for name, base in self._bases_first(_wanted(known), known, where, "machine"):
            block = known[name]
            if isinstance(block, dict):
                # What leads nowhere is read as the usual machine, so that the rest can be looked at.
                other = base or ("obligation" if where[name] in self.unfollowed and "obligation" in done else "")
                self.at = (*where[name], "like")
                block = self._machine(block, where[name], done.get(other), where.get(other, ()))
            done[name] = block
        if "obligation" in self.data:
            self.data["obligation"] = done["obligation"]
        if isinstance(machines, dict):
            self.data["machines"] = {name: done[name] if name in done else machines[name] for name in machines}

    def _machine(self, own: dict[str, Plain], path: Path, base: Plain, base_at: Path) -> dict[str, Plain]:
        """A machine with what it is like, less what it is `without`, and what is written in it over that."""
        machine, at = dict(own), (*path, "like")
        theirs: dict[str, Any] = {}
        if isinstance(base, dict):
            theirs = self._copied({key: value for key, value in base.items() if key not in ("like", "without")})
            shorter = self._taken_out(own, theirs, path)
            self.origins[path] = [Origin(base_at, at, frozenset(own))]
            machine = {**theirs, **own}
            for key in _ENTRIES:
                mine = own.get(key)
                if isinstance(mine, dict) and isinstance(theirs.get(key), dict):
                    self.origins[(*path, key)] = [Origin((*base_at, key), at, frozenset(mine))]
                    machine[key] = {**theirs[key], **mine}
            for inner, given in shorter.items():
                if not _writes(own, inner):
                    self.origins[(*path, *inner)] = [Origin((*base_at, *inner), at, frozenset(), given)]
        elif "without" in own and path not in self.unfollowed:
            message = say("there is nothing to take out: the machine is like no other")
            self._fault((*path, "without"), "E373", message, True)
        self._write_actions(machine, own, theirs, path, base_at)
        return machine

    def _taken_out(
        self, own: dict[str, Plain], theirs: dict[str, Any], path: Path
    ) -> dict[Path, dict[str | int, str | int]]:
        """E373: take states and actions out of what a machine is like. The lists that are shorter for it, each with the
        places that its entries had before."""
        written = own.get("without")
        names = [written] if isinstance(written, str) else written if isinstance(written, list) else []
        inside: dict[str, dict[str, Any]] = {key: _mapping(theirs.get(key)) for key in _ENTRIES}
        known, gone = {**inside["states"], **inside["actions"]}, set()
        for place, name in enumerate(names):
            if isinstance(name, str) and name in known:
                gone.add(name)
            elif isinstance(name, str):
                near = self._nearest(name, known)
                hint = meant(name, [near]) if near else ""
                message = say("there is no state and no action {name!r} to take out{hint}", name=name[:60], hint=hint)
                self._fault((*path, "without", place), "E373", message)
                gone |= {near} if near else set()
        for key in _ENTRIES:
            for name in gone & set(inside[key]):
                del inside[key][name]
        lists: list[tuple[dict[str, Any], Path]] = [(theirs, ("awaits_giver_in",))]
        for name, action in inside["actions"].items():
            lists += [(_mapping(action), ("actions", name, key)) for key in ("from", "not_same_person")]
        shorter: dict[Path, dict[str | int, str | int]] = {}
        for block, inner in lists:
            entries = block.get(str(inner[-1]))
            entries = [entries] if isinstance(entries, str) else entries if isinstance(entries, list) else []
            kept = [place for place, one in enumerate(entries) if not (isinstance(one, str) and one in gone)]
            if len(kept) < len(entries):
                block[str(inner[-1])] = [entries[place] for place in kept]
                shorter[inner] = dict(enumerate(kept))
        return shorter

    def _write_actions(
        self, machine: dict[str, Plain], own: dict[str, Plain], theirs: dict[str, Any], path: Path, base_at: Path
    ) -> None:
        """The actions that a machine writes itself: over those of their name, or those that they are like."""
        written, inherited = own.get("actions"), _mapping(theirs.get("actions"))
        if not isinstance(written, dict):
            return
        done: dict[str, Plain] = {**inherited, **written}
        where: dict[str, Path] = {name: (*path, "actions", name) for name in done}
        wanted = {name: other for name, other in _wanted(written).items() if other != name or name not in inherited}
        for name, base in self._bases_first(wanted, dict(done), where, "action"):
            action = written.get(name)
            if not isinstance(action, dict):
                continue
            at = where[name]
            self.at = at
            if base is not None:
                block = self._over(done[base], where[base], action, at, (*at, "like"))
            elif name in inherited and name not in wanted:
                block = self._over(inherited[name], (*base_at, "actions", name), action, at, (*path, "like"))
            else:
                block = dict(action)
            self._defaulted("action", block, at)
            for key in ASKING:
                if key in action or key in self._given(at):
                    block[key] = self._asked(block[key], (*at, key))
            done[name] = block
        machine["actions"] = done

    def _given(self, path: Path) -> set[str | int]:
        """The keys that a block has by default."""
        return {key for origin in self.origins.get(path, ()) if origin.default for key in origin.given or ()}

    # Follow-up modes and rungs

    def _write_modes(self) -> None:
        written = self.data.get("undated_items")
        if not isinstance(written, dict):
            return
        where: dict[str, Path] = {name: ("undated_items", name) for name in written}
        done: dict[str, Plain] = {}
        for name, base in self._bases_first(_wanted(written), written, where, "mode"):
            mode, at, uses = written[name], where[name], MODE_USES.get(name)
            self.at = at
            if isinstance(mode, dict):
                block = dict(mode)
                if base is not None:
                    theirs = _mapping(done[base])
                    usable = {key: value for key, value in theirs.items() if key in (uses or ())}
                    block = self._over(usable, where[base], mode, at, (*at, "like"), {key: key for key in usable})
                self._defaulted("mode", block, at, uses)
                if "ask" in mode or "ask" in self._given(at):
                    block["ask"] = self._asked(block["ask"], (*at, "ask"))
                done[name] = block
            else:
                done[name] = mode
        self.data["undated_items"] = {name: done[name] for name in written}

    def _write_rungs(self, name: str) -> None:
        ladder = self.data.get(name)
        rungs = ladder.get("rungs") if isinstance(ladder, dict) else None
        if not isinstance(ladder, dict) or not isinstance(rungs, list) or "rung" not in self._defaults:
            return
        done: list[Plain] = []
        for place, rung in enumerate(rungs):
            block = dict(rung) if isinstance(rung, dict) else rung
            if isinstance(block, dict):
                self._defaulted("rung", block, (name, "rungs", place))
            done.append(block)
        self.data[name] = {**ladder, "rungs": done}


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _wanted(blocks: Mapping[str, Plain]) -> dict[str, str]:
    """What each block wants to be like, where it says so with a word."""
    found = {name: block.get("like") for name, block in blocks.items() if isinstance(block, dict)}
    return {name: like for name, like in found.items() if isinstance(like, str)}


def _unlike(block: Plain) -> Plain:
    """A block of asked fields without its `like`: each of its keys is a field."""
    return {key: value for key, value in block.items() if key != "like"} if isinstance(block, dict) else block


def _writes(own: Mapping[str, Plain], inner: Path) -> bool:
    """Does a machine write this list itself, or take it from another of its actions?"""
    if len(inner) == 1:
        return inner[0] in own
    action = _mapping(own.get("actions")).get(str(inner[1]))
    return isinstance(action, dict) and (str(inner[2]) in action or action.get("like") not in (None, inner[1]))


def _those_there(known: Mapping[str, object]) -> str:
    return say("; there is {known}", known=list(known)[:_SHOWN_MAX]) if known else ""
