"""Reuse in a definition: `like`, `without`, `forms` and `defaults` are written out before the schema reads it.

It works on the plain data of `strict_yaml`, whatever that holds, and leaves to the schema what it cannot follow. What it
takes from elsewhere knows where it was written (`origins`), so that a problem is told there, and once.
"""

from collections.abc import Mapping
from typing import Any

from workflows.definition import Action, Rung, UndatedMode
from workflows.findings import Finding, meant
from workflows.grammar import Strict
from workflows.inheriting import COPIES_MAX, FORMS, Copying, TooLarge, unlike, wanted
from workflows.origins import Expanded, Origin
from workflows.strict_yaml import Path, Plain
from workflows.text import say
from workflows.words import MODE_USES

_MACHINES: Path = ("machines",)
ASKING = ("ask", "ask_if_late")
_ENTRIES = ("states", "ends", "actions")  # of a machine: what is written joins what is there, entry by entry
BLOCKS: dict[str, type[Strict]] = {"action": Action, "rung": Rung, "mode": UndatedMode}


def expand(data: Plain) -> Expanded:
    """The data with everything that is reused written out. Whatever is wrong with the reuse is in its `faults`, errors and
    warnings."""
    if not isinstance(data, dict):
        return Expanded(data)
    work = _Expansion(data)
    try:
        work.run()
    except TooLarge:
        most = f"{COPIES_MAX:,}"
        message = say("what is reused would add more than {most} keys and values to the file", most=most)
        return Expanded(None, (*work.faults, Finding(work.at, "E375", message, True)), cut_short=True)
    return Expanded(work.data, tuple(work.faults), work.origins, frozenset(work.unfollowed))


class _Expansion(Copying):
    """Everything that a file reuses, kind of block by kind of block."""

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
                self._fault((*FORMS, name), "W475", say("nothing asks for the form {name!r}", name=name[:60]), True)

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

    # Forms

    def _write_forms(self) -> None:
        written = self.data.get("forms")
        if not isinstance(written, dict):
            return
        where: dict[str, Path] = {name: (*FORMS, name) for name in written}
        for name, base in self._bases_first(wanted(written), written, where, "form"):
            self.at = where[name]
            block = written[name]
            if isinstance(block, dict) and base is not None:
                self._used.add(base)
                block = self._over(self._forms[base], where[base], block, where[name], (*where[name], "like"))
            self._forms[name] = unlike(block)
        self.data["forms"] = {name: self._forms[name] for name in written}

    # Machines and their actions

    def _write_machines(self) -> None:
        machines = self.data.get("machines")
        known: dict[str, Plain] = {"obligation": self.data.get("obligation")}
        if isinstance(machines, dict):
            known |= {name: block for name, block in machines.items() if name != "obligation"}
        where: dict[str, Path] = {name: (*_MACHINES, name) for name in known} | {"obligation": ("obligation",)}
        done: dict[str, Plain] = {}
        for name, base in self._bases_first(wanted(known), known, where, "machine"):
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
        likes = {name: other for name, other in wanted(written).items() if other != name or name not in inherited}
        for name, base in self._bases_first(likes, dict(done), where, "action"):
            action = written.get(name)
            if not isinstance(action, dict):
                continue
            at = where[name]
            self.at = at
            if base is not None:
                block = self._over(done[base], where[base], action, at, (*at, "like"))
            elif name in inherited and name not in likes:
                block = self._over(inherited[name], (*base_at, "actions", name), action, at, (*path, "like"))
            else:
                block = dict(action)
            self._defaulted("action", block, at)
            for key in ASKING:
                if key in action or key in self._given(at):
                    block[key] = self._asked(block[key], (*at, key))
            done[name] = block
        machine["actions"] = done

    # Follow-up modes and rungs

    def _write_modes(self) -> None:
        written = self.data.get("undated_items")
        if not isinstance(written, dict):
            return
        where: dict[str, Path] = {name: ("undated_items", name) for name in written}
        done: dict[str, Plain] = {}
        for name, base in self._bases_first(wanted(written), written, where, "mode"):
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


def _writes(own: Mapping[str, Plain], inner: Path) -> bool:
    """Does a machine write this list itself, or take it from another of its actions?"""
    if len(inner) == 1:
        return inner[0] in own
    action = _mapping(own.get("actions")).get(str(inner[1]))
    return isinstance(action, dict) and (str(inner[2]) in action or action.get("like") not in (None, inner[1]))
