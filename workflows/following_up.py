"""How each item of a document to be issued is followed up: its mode and its targets, settled or refused."""

from collections import Counter
from dataclasses import replace
from datetime import datetime

from workflows import guards, item_dates, targets
from workflows.calendar import last_day
from workflows.commands import ItemDraft
from workflows.definition import Definition
from workflows.directive import Directive, Item
from workflows.errors import Incomplete, Unmet
from workflows.fields import show_day
from workflows.grammar import TimeRule
from workflows.guards import Share
from workflows.text import say
from workflows.words import DATED, PARTS
from workflows.workflow import Workflow
from workflows.world import World


def with_mode(
    world: World, draft: ItemDraft, workflow: Workflow, directive: Directive, limit: datetime | None
) -> ItemDraft:
    """The item with its follow-up mode settled. Raises Incomplete where nobody chose one, or nobody is named."""
    asked = say("issue item {label}", label=draft.label)
    if not draft.lead and not draft.info:
        raise Incomplete(asked, say("no office leads it, and none is to be informed"))
    twice = [office for office, times in Counter((*draft.lead, *draft.support, *draft.info)).items() if times > 1]
    if twice:
        raise Incomplete(asked, say("{office} is named more than once", office=repr(twice[0])))
    definition = workflow.definition
    item_dates.check(draft, asked)
    if draft.due or draft.due_rule:
        if draft.mode not in (None, "once", DATED):
            raise Incomplete(
                asked, say("it gives a date, so it cannot be followed up as {mode}", mode=repr(draft.mode))
            )
        if draft.due:
            due_at = item_dates.last_instant(definition, draft.due, draft.due_form)
            _check_parent_date(replace(draft, due=due_at), definition, limit, asked)
        return replace(draft, mode=DATED)
    if draft.mode:
        if draft.mode not in definition.undated_items:
            allowed = tuple(definition.undated_items) or say("none in this workflow: give a date")
            because = say(
                "{mode} is not a follow-up mode of {key}; allowed: {allowed}",
                mode=repr(draft.mode), key=workflow.key, allowed=allowed,
            )  # fmt: skip
            raise Incomplete(asked, because)
        return draft
    if not all(_gets_a_date(world, draft, definition, directive, limit, part) for part in PARTS):
        because = say("it gives no date: choose its mode, one of {modes}", modes=tuple(definition.undated_items))
        if draft.due_form in ("at_once", "soft"):
            line = f"when: {draft.due_form}"
            because = say("{because} (workflow {key} has no line `{line}` that gives it one)",
                          because=because, key=workflow.key, line=line)  # fmt: skip
        raise Incomplete(asked, because)
    return replace(draft, mode=DATED)


def with_targets(draft: ItemDraft, workflow: Workflow) -> ItemDraft:
    """The item with its targets as the journal keeps them. Raises Incomplete naming all that is wrong with them."""
    try:
        asked = targets.targets_as_read(workflow.definition, draft.targets, draft.mode or DATED)
    except ValueError as error:
        raise Incomplete(say("issue item {label}", label=draft.label), error.args[0]) from None
    return replace(draft, targets=asked)


def _gets_a_date(
    world: World, draft: ItemDraft, definition: Definition, directive: Directive, limit: datetime | None, part: str
) -> bool:
    """Does the due table give a date to every office that has this part in an item without one?"""
    item = Item(directive.number, 0, draft.label, draft.text, DATED, None, None, draft.parent, draft.due_form)
    giver = world.office(directive.issuer)
    levels = {world.office(office).level for office in getattr(draft, part)}
    shares = [Share(item, directive, part, level, giver.level, limit) for level in levels]
    rules = [guards.first_rule(definition, share) for share in shares]
    return all(rule is not None and isinstance(rule.is_, TimeRule) for rule in rules)


def _check_parent_date(draft: ItemDraft, definition: Definition, limit: datetime | None, asked: str) -> None:
    if definition.deadlines.later_than_parent == "refuse" and limit and draft.due and draft.due > limit:
        because = say(
            "its date {day} is later than {limit}, the date of obligation {parent} above it;"
            " have that one extended first",
            day=show_day(last_day(draft.due)), limit=show_day(last_day(limit)), parent=draft.parent,
        )  # fmt: skip
        raise Unmet(asked, because)
