"""Which offices each item of a draft goes to: those a person chose, those its words name, or those of the whole document.

What a person wrote goes before what was read. Faults are gathered, so that all are told at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.exchange.drafts import Draft, Item
from engine.exchange.office_names import Meant, addressed, all_below, meant, named
from workflows.offices import Office, Offices
from workflows.text import Text, say, say_count

NAMED_MAX = 10  # offices that a message names


@dataclass(frozen=True, slots=True)
class ItemOffices:
    """The offices of one item, by id; none is named twice."""

    lead: tuple[str, ...] = ()
    support: tuple[str, ...] = ()
    info: tuple[str, ...] = ()
    controller: str | None = None
    recipient: str | None = None


class Whom:
    """Finds the offices of a draft's items. `wrong` gathers what stands in the way, `notes` what was left out."""

    def __init__(self, draft: Draft, issuer: Office, offices: Offices, given: Sequence[str]) -> None:
        self.wrong: list[str] = []
        self.notes: list[Text] = []
        self._draft, self._issuer, self._offices, self._given = draft, issuer, offices, tuple(given)
        self._below = all_below(issuer, offices)
        self._under = {one.id for one in self._below}
        self._known: dict[str, Meant] = {}
        self._for_all: tuple[str, ...] | None = None

    def of(self, item: Item) -> ItemOffices:
        """An item's offices. Where `issue.to` or --to names offices, the names read in the item are not used."""
        where = say("item {item}", item=item.number)
        lead, support, info = (self._ids(names, where) for names in (item.lead, item.support, item.info))
        if not self._given:
            support = support or self._helping(item.support_named, where)
            read_info = () if info else self._helping(item.info_named, where)
        else:
            read_info = ()
        if not lead and not (info and not item.support):
            read = () if self._given else self._leading(item.lead_named, where)
            lead = read or self._all()
            if not read:
                lead = tuple(one for one in lead if one not in (*support, *info, *read_info))
        support = tuple(one for one in support if one not in lead)
        info = (*info, *(one for one in read_info if one not in (*lead, *support, *info)))
        controller = next(iter(self._ids([item.controller], where)), None) if item.controller else None
        return ItemOffices(lead, support, info, controller, self._recipient(item, where))

    def _all(self) -> tuple[str, ...]:
        """The offices the document goes to: those given, else its addressees found in the directory."""
        if self._for_all is None:
            self._for_all = self._ids(self._given, "--to") if self._given else self._addressees()
        return self._for_all

    def _addressees(self) -> tuple[str, ...]:
        found: dict[str, None] = {}
        missing = []
        for name in self._draft.addressees:
            matched = addressed(name, self._issuer, self._offices)
            collective = len(matched) > 1 and all(one.above == self._issuer.id for one in matched)
            if len(matched) == 1 or collective:
                found.update(dict.fromkeys(one.id for one in matched))
            else:
                missing.append(f'"{name}"')
        if missing:
            self.wrong.append(
                say_count(
                    "{names} is not found below {issuer} in the directory; give --to OFFICE, or add it:"
                    " cascade office import FILE",
                    "{names} are not found below {issuer} in the directory; give --to OFFICE, or add them:"
                    " cascade office import FILE",
                    len(missing),
                    names=missing,
                    issuer=self._issuer.id,
                )
            )
        elif not found:
            self.wrong.append(say("it names nobody it goes to; give --to OFFICE, or `lead` in its items"))
        return tuple(found)

    def _ids(self, names: Sequence[str], where: str) -> tuple[str, ...]:
        """The offices that a person wrote, by id or name."""
        found = []
        for name in names:
            matched = named(name, list(self._offices))
            if len(matched) == 1:
                found.append(matched[0].id)
            elif matched:
                ids = [one.id for one in matched[:NAMED_MAX]]
                self.wrong.append(say("{where}: '{name}' can be {ids}; write the id", where=where, name=name, ids=ids))
            else:
                known = [one.id for one in list(self._offices)[:NAMED_MAX]]
                self.wrong.append(
                    say(
                        "{where}: no office '{name}' in the directory ({known}, …: cascade office list)",
                        where=where,
                        name=name,
                        known=known,
                    )
                )
        return tuple(dict.fromkeys(found))

    def _meant(self, name: str) -> Meant:
        if name not in self._known:
            self._known[name] = meant(name, self._issuer, self._below, self._offices)
        return self._known[name]

    def _read(self, names: Sequence[str], where: str) -> tuple[Office, ...]:
        """The offices that the item's own words mean; what is unclear or unknown is a fault."""
        found: dict[str, Office] = {}
        for name in names:
            one = self._meant(name)
            found |= {office.id: office for office in one.offices}
            if one.several:
                ids = [office.id for office in one.several[:NAMED_MAX]]
                says = say(
                    '{where} names "{name}", which can be {ids}; write the id as its `lead` or `support`',
                    where=where,
                    name=name,
                    ids=ids,
                )
                self.wrong.append(says)
            elif not (one.offices or one.vague):
                says = say(
                    '{where} names "{name}", which is not in the directory; correct or remove the name in the draft, give'
                    " --to OFFICE for all items, or add it: cascade office import FILE",
                    where=where,
                    name=name,
                )
                self.wrong.append(says)
        return tuple(found.values())

    def _leading(self, names: Sequence[str], where: str) -> tuple[str, ...]:
        found = self._read(names, where)
        owing = tuple(one.id for one in found if one.id in self._under)
        if found and not owing:
            says = say(
                "{where} is for {ids} by its own words, and none of these is under {issuer}; name its `lead`, or leave the"
                " item out",
                where=where,
                ids=[one.id for one in found],
                issuer=self._issuer.id,
            )
            self.wrong.append(says)
        self._note_beyond([one for one in found if one.id not in self._under] if owing else [], where)
        return owing

    def _helping(self, names: Sequence[str], where: str) -> tuple[str, ...]:
        found = self._read(names, where)
        self._note_beyond([one for one in found if one.id not in self._under], where)
        return tuple(one.id for one in found if one.id in self._under)

    def _note_beyond(self, beyond: Sequence[Office], where: str) -> None:
        ids = [one.id for one in beyond if one.id != self._issuer.id]
        if ids:
            says = say(
                "{where} names {ids}, not under {issuer}: nothing is assigned to them by this document",
                where=where,
                ids=ids,
                issuer=self._issuer.id,
            )
            self.notes.append(says)

    def _recipient(self, item: Item, where: str) -> str | None:
        """Whom the product goes to: None leaves it with the giver. One that is read but not known is only noted."""
        if item.recipient:
            return next(iter(self._ids([item.recipient], where)), None)
        if not item.recipient_named:
            return None
        one = self._meant(item.recipient_named)
        if len(one.offices) == 1:
            return one.offices[0].id if one.offices[0].id != self._issuer.id else None
        if not one.vague:
            says = say(
                '{where} sends its product to "{name}", which names no single office of the directory: it stays with {issuer}',
                where=where,
                name=item.recipient_named,
                issuer=self._issuer.id,
            )
            self.notes.append(says)
        return None
