"""The letter that a task asks for, as it is drafted from an obligation."""

from datetime import date

from engine.exchange.document_types import name_of
from engine.exchange.letters import Urging
from workflows.calendar import VIETNAM, day_end, last_day
from workflows.errors import NotFound, Unmet
from workflows.fields import show_day
from workflows.obligation import Obligation, Task
from workflows.text import say
from workflows.world import World


def letter_task(one: Obligation, wanted: str | None) -> Task:
    """The letter that is meant. Raises NotFound where there is none, Unmet where it is another kind of task or several."""
    letters = [task for task in one.tasks if task.kind == "letter"]
    asked = say("draft the letter of obligation {number}", number=one.number)
    if wanted is None and len(letters) > 1:
        raise Unmet(asked, say("it has several: {ids}", ids=[task.id for task in letters]))
    task = next((task for task in one.tasks if wanted in (None, task.id) and (wanted or task in letters)), None)
    if task is None:
        raise NotFound(
            say("Obligation {number} has no such letter to write. See: cascade task list", number=one.number)
        )
    if task.kind != "letter":
        raise Unmet(asked, say("task {id} is a {kind}", id=task.id, kind=task.kind))
    return task


def urging_of(world: World, one: Obligation, task: Task, today: date) -> Urging:
    """What the letter says: from the office whose task it is to whom it is for, or else to the holder."""
    if one.due_at is None:
        raise Unmet(say("draft the letter of obligation {number}", number=one.number), say("it has no date any more"))
    directive, item = world.directive(one.directive), world.item(one.directive, one.item)
    issuer = world.office(task.office)
    to = task.to or (one.holder if one.holder != issuer.id else one.giver)
    giver, above = world.office(directive.issuer), world.offices.find(issuer.above)
    kind = name_of(directive.type) or "Văn bản"
    to_the_day = one.due_at == day_end(last_day(one.due_at))
    return Urging(
        issuer=issuer.name,
        above=above.name if above else None,
        series=directive.symbol.partition("/")[2] if directive.issuer == issuer.id else "",
        to=world.office(to).name,
        holder=world.office(one.holder).name,
        symbol=directive.symbol,
        document=f"{kind} số {directive.symbol} ngày {show_day(directive.issued_on)} của {giver.name}",
        item=item.label,
        text=item.text,
        due_on=last_day(one.due_at),
        due_hour=None if to_the_day else f"{one.due_at.astimezone(VIETNAM):%H giờ %M}",
        today=today,
    )
