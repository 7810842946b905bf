"""What a step of a story asks for, as commands: documents, directions on a slip, acts on obligations by their place."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from engine import administration
from engine.runtime import Runtime
from engine.settings import parse_actor
from storage import directory
from storage.queries import places
from storage.queries.places import at_place
from workflows.calendar import day_of
from workflows.commands import Act, Actor, Command, Issue, ItemDraft
from workflows.directive import Basis
from workflows.fields import parse_day, parse_instant
from workflows.offices import Absence, Deputy

Step = Mapping[str, Any]


class Asking:
    """Turns the steps of one story into commands; `cascades` are the ids of those that its issues have opened so far."""

    def __init__(self, runtime: Runtime, workflow: str, main: str, cascades: Mapping[str, str]) -> None:
        self._runtime, self._workflow, self._main, self._cascades = runtime, workflow, main, cascades

    def name_of(self, step: Step) -> str:
        """The name of the cascade that a step is about."""
        return str(step.get("cascade", self._main))

    def commands(self, step: Step, command_id: str) -> list[Command]:
        """One command for each document or obligation that the step names: one batch."""
        by = replace(parse_actor(step["as"]), deputy=step.get("deputy"))
        cascade = self._cascades.get(self.name_of(step))
        with self._runtime.database.reading() as connection:
            if "issue" in step:
                return [self._issue(connection, step["issue"], by, command_id, cascade)]
            assert cascade, f"{step} is about a cascade that no issue has opened"
            if "endorse" in step:
                return [self._endorsement(connection, step["endorse"], by, command_id, cascade)]
            return self._acts(connection, step, by, command_id, cascade)

    def _acts(self, connection: Connection, step: Step, by: Actor, command_id: str, cascade: str) -> list[Command]:
        ask = {name: str(value) for name, value in step.get("ask", {}).items()}
        if "offer_of" in step:
            offered = step["offer_of"]
            ask["offer"] = f"{self._cascades[offered['cascade']]}/{self._number(connection, offered)}"
        if "all_of" in step:
            numbers = places.unreceived(connection, cascade, step["all_of"])
        else:
            numbers = [self._number(connection, {**step, "holder": holder}) for holder in step["holder"]]
        return [Act(f"{command_id}-{number}", by, cascade, number, step["do"], ask) for number in numbers]

    def _number(self, connection: Connection, place: Step) -> int:
        """The newest obligation at a place: cascade, "directive.item", holder, period."""
        directive, _, item = place["item"].partition(".")
        cascade, period = self._cascades[self.name_of(place)], place.get("period")
        found = at_place(connection, cascade, int(directive), int(item), place["holder"], period)
        assert found, f"the story names an obligation that is not there: {dict(place)}"
        return found[-1]

    def _issue(self, connection: Connection, given: Step, by: Actor, command_id: str, cascade: str | None) -> Issue:
        directive = dict(given["directive"])
        for name in ("issued_on", "arrived_on"):
            if name in directive:
                directive[name] = parse_day(directive[name])
        items = tuple(self._item(connection, item) for item in given["items"])
        return Issue(command_id, by, items=items, workflow=self._workflow, cascade=cascade, **directive)

    def _item(self, connection: Connection, given: Step) -> ItemDraft:
        item = dict(given)
        for part in ("lead", "support", "info"):
            item[part] = tuple(item.get(part, ()))
        if "due" in item:
            item["due"] = parse_instant(item["due"])
        if "parent" in item:
            item["parent"] = self._number(connection, item["parent"])
        bases = [{**basis, "issued_on": parse_day(basis["issued_on"])} for basis in item.get("bases", ())]
        item["bases"] = tuple(Basis(**basis) for basis in bases)
        return ItemDraft(**item)

    def _endorsement(self, connection: Connection, given: Step, by: Actor, command_id: str, cascade: str) -> Issue:
        """A direction on the slip; it goes under the symbol of the document that the obligation came by."""
        parent = self._number(connection, given)
        draft = ItemDraft(given["label"], given["text"], lead=tuple(given["lead"]), parent=parent)
        return Issue(
            command_id, by, symbol="", type="", issuer=by.office, issued_on=day_of(self._runtime.now()), subject=given["text"],
            items=(draft,), workflow=self._workflow, cascade=cascade, means="endorsement",
        )  # fmt: skip

    def seat(self, given: Step) -> None:
        """Enter in the directory who is away from a seat, and who stands in."""
        away, deputy = ({name: _day(name, value) for name, value in given[part].items()} for part in ("away", "deputy"))
        with self._runtime.database.transaction() as connection:
            offices = [
                replace(one, absent=(*one.absent, Absence(**away)), deputies=(*one.deputies, Deputy(**deputy)))
                if one.id == given["office"]
                else one
                for one in directory.read_offices(connection)
            ]
            administration.import_offices(connection, offices, self._runtime.now(), administration.INSTALLER)


def _day(name: str, value: str) -> Any:
    return parse_day(value) if name in ("since", "until") else value
