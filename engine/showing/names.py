"""Sentences of the law with the names that people know: offices by their names, states and actions by their labels."""

import re
from collections.abc import Mapping
from typing import Any

from engine.labels import ROLE_WORDS, labelled
from engine.language import told
from engine.wording import rung_words
from workflows.definition import Definition, ObligationMachine
from workflows.obligation import Obligation
from workflows.offices import Addressee, Offices
from workflows.text import Text, say
from workflows.words import ROLES
from workflows.world import World

BUILT_IN_WORDS: dict[str, Text] = {
    "acknowledge": say("Acknowledge the reminder"),
    "request_extension": say("Ask for another date"),
    "grant_extension": say("Grant the other date"),
    "refuse_extension": say("Refuse the other date"),
    "counter_extension": say("Propose a third date"),
    "accept_counter": say("Take the date proposed"),
    "withdraw_extension": say("Withdraw the request for another date"),
    "urge": say("Record an urging letter"),
    "take_offer": say("Answer with the report that was offered"),
    "decline_offer": say("Decline the report that was offered"),
    "open_event": say("Enter an event"),
    "carry_over": say("Carry over into the next year"),
    "name_officer": say("Name the officer"),
    "record_task": say("Record a call, visit or letter"),
    "set_event_day": say("Enter the day of the event"),
}
FIELD_WORDS: dict[str, Text] = {
    "symbol": say("Symbol of the report"),
    "sent_on": say("Sent on"),
    "reason": say("Reason"),
    "cause": say("Why it is late"),
    "note": say("Note"),
    "document": say("Symbol of the document"),
    "happened_on": say("Date of the document"),
    "until": say("Until which day"),
    "event_on": say("Day of the event"),
    "officer": say("Officer in charge"),
    "task": say("Which call, visit or letter"),
    "done_on": say("Done on"),
    "offer": say("Which report"),
    "new_holder": say("Office that takes it over"),
    "result": say("Result"),
    "evidence": say("Evidence"),
    "files": say("Files"),
}
# What is corrected of a document, and what administrators' deeds say beside their subject.
OTHER_WORDS: dict[str, Text] = {
    "event": say("Event"),
    "issued_on": say("Date of the document"),
    "arrived_on": say("Arrived on"),
    "arrival_number": say("Arrival number"),
    "subject": say("Subject"),
    "signer": say("Signer"),
    "text": say("Content"),
    "due": say("Due"),
    "due_wording": say("The date in its own words"),
    "seat": say("Seat"),
    "role": say("Role"),
    "shown": say("Shown as"),
    "author": say("Author"),
    "publisher": say("Publisher"),
    "warnings": say("Warnings"),
    "why": say("Why"),
    "basis": say("Basis"),
    "digest": say("Digest"),
    "count": say("How many"),
    "token": say("Token"),
    "called": say("Called"),
    "scope": say("Scope"),
    "schema": say("Schema"),
    "url": say("Address"),
    "kind": say("Kind"),
    "how": say("How"),
    "name": say("Name"),
    "version": say("Version"),
}
_SEAT = re.compile(rf"(?<![\w/-])([\w.-]+)/({'|'.join(ROLES)})\b(?: \((?:[a-z_]+\.[a-z]+)\))?")
_ISO = re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b")
_AS_TYPED = {"reason", "note", "text", "subject", "symbol", "document", "event", "error", "day", "moment"}


class Names:
    """What ids are called, for one obligation or for a whole cascade."""

    def __init__(
        self, offices: Offices, world: World | None = None, one: Obligation | None = None,
        definition: Definition | None = None, called: Mapping[str, str] | None = None,
    ) -> None:  # fmt: skip
        """With an obligation by the words of its machine; with a `definition` alone by those of whichever machine has them."""
        self._offices, self._world, self._one, self._called = offices, world, one, called or {}
        self._definition = world.workflow_of(one).definition if world and one else definition
        if world and one:
            self._rules: list[ObligationMachine] = [world.workflow_of(one).rules_at(one.level)]
        else:
            self._rules = list(definition.every_machine.values()) if definition else []

    def office(self, office: str | None) -> str:
        found = self._offices.find(office)
        return found.name if found else office or "–"

    def seat(self, office: str, role: str) -> str:
        """`Lãnh đạo Sở KH&CN`."""
        if role not in ROLE_WORDS:
            return self.office(office)
        return told(say("{role} of {office}", role=ROLE_WORDS[role], office=self.office(office)))

    def addressee(self, one: Addressee) -> str:
        said = self.seat(one.office, one.role)
        if one.deputy:
            said = told(say("{seat} (through the deputy, {deputy})", seat=said, deputy=self.of(one.deputy)))
        if one.letter_to:
            said = told(say("{seat} (letter to {office})", seat=said, office=self.office(one.letter_to)))
        return said

    def action(self, name: str) -> str:
        if name == "request_extension" and self._definition and self._definition.extension:
            return labelled(self._definition.extension.label, self._definition.english.extension)
        if name in BUILT_IN_WORDS:
            return told(BUILT_IN_WORDS[name])
        action = next((one.actions[name] for one in self._rules if name in one.actions), None)
        english = self._definition.english.actions.get(name) if self._definition else None
        return labelled(action.label, english) if action else name

    def state(self, name: str) -> str:
        if self._definition is None:
            return name
        return labelled(self._definition.state_labels.get(name, name), self._definition.english.states.get(name))

    def rung(self, number: int, of: str) -> str:
        return told(rung_words(self._definition, number, of)) if self._definition else ""

    def field(self, name: str) -> str:
        """A field of a form: its own words, a number's label, a return; else its name with spaces."""
        if name in FIELD_WORDS:
            return told(FIELD_WORDS[name])
        if name in OTHER_WORDS:
            return told(OTHER_WORDS[name])
        plain, _, item = name.rpartition("_")
        if plain == "events" and item.isdigit():
            return told(say("Number of events, item {item}", item=self._label_of(int(item))))
        for number, of_item in ((name, ""), (plain, item)):
            known = self._definition.numbers.get(number) if self._definition else None
            if known and self._definition:
                label = labelled(known.label, self._definition.english.numbers.get(number))
                label = f"{label} ({known.unit})" if known.unit else label
                return f"{label}, {self._label_of(int(of_item))}" if of_item else label
        return name.replace("_", " ")

    def written(self, value: str | None) -> str | None:
        """A value that was typed: a day as people here write it, however it was typed."""
        return _ISO.sub(r"\3/\2/\1", value) if value else value

    def _label_of(self, item: int) -> str:
        if self._world is None or self._one is None:
            return str(item)
        return self._world.item(self._one.directive, item).label

    def of(self, text: str) -> str:
        """A text in the language in use, its ids by their names."""
        if not isinstance(text, Text):
            return self._word(str(text))
        values = {name: value if name in _AS_TYPED else self._value(value) for name, value in text.values.items()}
        return told(Text(text.template, values, text.plural, text.number))

    def _value(self, value: Any) -> Any:
        if isinstance(value, Text):
            return self.of(value)
        if isinstance(value, Addressee):
            return self.addressee(value)
        if isinstance(value, list | tuple):
            return [self._value(one) for one in value]
        return self._word(value) if isinstance(value, str) else value

    def _word(self, word: str) -> str:
        bare = word[1:-1] if len(word) > 2 and word[0] == word[-1] == "'" else word
        if bare in self._called:
            return self._called[bare]
        if found := self._offices.find(bare):
            return found.name
        if bare in BUILT_IN_WORDS or any(bare in one.actions for one in self._rules):
            return f"“{self.action(bare)}”"
        if any(bare in one.states for one in self._rules):
            return f"“{self.state(bare)}”"
        if bare in FIELD_WORDS or (bare.startswith("events_") and bare[7:].isdigit()):
            return f"“{self.field(bare)}”"
        opening = bare.partition(" (")[0]
        if opening != bare and (found := self._offices.find(opening)):
            return found.name
        return _SEAT.sub(lambda seat: self.seat(seat[1], seat[2]) if self._offices.find(seat[1]) else seat[0], word)
