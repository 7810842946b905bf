"""Random histories of a cascade: Hypothesis draws plain numbers, and each becomes a move that makes some sense."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

from hypothesis import strategies as st

from tests.support.law import Law, notice
from tests.support.offices import DEPARTMENT, DIRECTOR, HOST_CLERK, units
from workflows import forms, parties
from workflows.built_in import BUILT_IN
from workflows.calendar import day_end, day_of
from workflows.commands import (
    Act,
    Actor,
    Amend,
    Command,
    Correct,
    EndBasis,
    Issue,
    ItemChange,
    ItemDraft,
    Link,
    MakeOffer,
)
from workflows.directive import BASIS_KINDS, Basis
from workflows.errors import NotFound, Refused
from workflows.facts import Acted, Fact, Issued
from workflows.obligation import Obligation, Offer
from workflows.tasks import recording_of
from workflows.words import DATED

UNITS = units(4)
FORMS: tuple[dict[str, str], ...] = (
    {"due_form": "counted", "due_rule": "5 working days after receipt"},
    {"due_form": "counted", "due_rule": "30 hours after issue"},
    {"due_form": "after_event", "due_rule": "3 working days after event", "due_event": "kết thúc hội nghị"},
    {"due_form": "until_event", "due_rule": "event", "due_event": "hết đợt mưa lũ"},
)
MODES = (None, None, "once", "periodic", "on_event", "info", "linked")
HOURS = (1, 9, 24, 48, 24 * 4, 24 * 7, 24 * 20)
KINDS = ["act"] * 9 + ["time"] * 3 + ["item", "anything", "stop", "end"]
KINDS += ["pause", "amend", "replace", "endorse", "link", "end_basis", "offer", "correct"]
Move = tuple[str, int, int]
moves = st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 99), st.integers(0, 99)), min_size=12, max_size=40)


def play(drawn: list[Move], after: Callable[[Law], None] = lambda _: None) -> Law:
    """A cascade in which these moves were tried; `after` looks at it after each one that was not refused."""
    law = Law()
    law.order("2023-09-15", *UNITS[:3])
    for move in drawn:
        if step(law, move) is not None:
            after(law)
    return law


def step(law: Law, move: Move) -> list[Fact] | None:
    """One move: its facts, or None where the law refused it."""
    if move[0] == "time":
        return law.pass_time(timedelta(hours=HOURS[move[1] % len(HOURS)]))
    try:
        return law.put(command_of(law, move))
    except (NotFound, Refused):
        return None


def command_of(law: Law, move: Move) -> Command:
    kind, first, second = move
    match kind:
        case "item":
            return law.issue(DEPARTMENT, late_item(first, second))
        case "end" if first % 3 == 0:
            return law.end(2 + second % law.world.opened.next_directive)
        case "stop":
            number = 2 + first % law.world.opened.next_obligation
            return law.act("department/leader", number, "stop", document="1/CV", reason="Over")
        case "anything":
            return anything(law, first, second)
        case "pause":
            return pause_or_resume(law, first, second)
        case "amend":
            return amend(law, first, second)
        case "replace" | "endorse":
            return issued(law, kind, first, second)
        case "link" | "end_basis":
            return basis(law, kind, first, second)
        case "offer":
            return offer(law, first, second)
        case "correct":
            return correct(law, first, second)
    return an_act(law, first, second)


def late_item(first: int, second: int) -> ItemDraft:
    """Another item under the department's own obligation."""
    mode = MODES[first % len(MODES)]
    lead, support = UNITS[second % len(UNITS)], UNITS[(second + 1) % len(UNITS)]
    if first % 3 == 2:
        return ItemDraft("2", "More", lead=(lead, support), parent=1, **FORMS[second % len(FORMS)])  # type: ignore[arg-type]
    if mode == "info":
        return ItemDraft("2", "More", mode, info=(lead,), parent=1)
    return ItemDraft("2", "More", mode, lead=(lead,), support=(support,) if second % 3 == 0 else (), parent=1)


def pause_or_resume(law: Law, first: int, second: int) -> Act:
    """The giver lets an obligation rest for some days, or go on before they are over."""
    number = 1 + first % (law.world.opened.next_obligation - 1)
    one, today = law[number], day_of(law.now)
    fields = {"reason": "Storm"}
    if not one.paused_until:
        fields |= {"document": "3/CD", "until": str(today + timedelta(days=1 + second % 12))}
    who = "department/leader"
    if one.giver == "province":
        who, cited = "department/clerk", {"document": "3/CD", "happened_on": str(today)}
        fields |= cited
    return law.act(who, number, "resume" if one.paused_until else "pause", **fields)


def amend(law: Law, first: int, second: int) -> Amend:
    """A later document gives an item another date, sooner or later than the one it has, or another text."""
    item = law.world.all_items[first % len(law.world.all_items)]
    outside = law.world.office(law.world.directive(item.directive).issuer).outside
    due = None if second % 7 == 0 else day_end(day_of(law.now) + timedelta(days=second % 60))
    change = ItemChange(item.number, due, text="Other words" if due is None else None)
    by, on = (HOST_CLERK, day_of(law.now)) if outside else (DIRECTOR, None)
    return Amend(law.new_id(), by, law.world.opened.id, item.directive, "5/CV", (change,), "As things are", on)


def issued(law: Law, kind: str, first: int, second: int) -> Issue:
    """A directive in the place of one of the department's, with its first item and perhaps another date; or a direction
    on the slip of the department's own obligation."""
    if kind == "endorse":
        return replace(law.issue(DEPARTMENT, late_item(first, second)), means="endorsement", by=DIRECTOR)
    own = [one for one in law.world.all_directives if one.issuer == DEPARTMENT]
    old = own[first % len(own)]
    item = law.world.item(old.number, 1)
    due = day_end(day_of(law.now) + timedelta(days=second)) if item.mode == DATED and second % 3 else None
    holder = UNITS[second % len(UNITS)]
    mode = item.mode if item.mode != DATED else None
    given = {"info": (holder,)} if mode == "info" else {"lead": (holder,)}
    draft = ItemDraft(item.label, "In its place", mode, due=due, parent=item.parent if second % 2 else None, **given)
    return replace(law.issue(DEPARTMENT, draft), symbol="2/CV", replaces=old.number)


def basis(law: Law, kind: str, first: int, second: int) -> Link | EndBasis:
    """An item rests on a further document from now on, or no longer does."""
    item = law.world.all_items[first % len(law.world.all_items)]
    cascade, symbol = law.world.opened.id, f"{second % 3}/KH"
    if kind == "end_basis":
        return EndBasis(law.new_id(), cascade, item.directive, item.number, symbol, "7/QD")
    outside = law.world.office(law.world.directive(item.directive).issuer).outside
    rests_on = Basis(BASIS_KINDS[second % len(BASIS_KINDS)], symbol)
    return Link(law.new_id(), HOST_CLERK if outside else DIRECTOR, cascade, item.directive, item.number, rests_on)


def offer(law: Law, first: int, second: int) -> MakeOffer:
    """A report that was accepted elsewhere, some days ago, offers itself."""
    number = 1 + first % law.world.opened.next_obligation
    sent_at = day_end(day_of(law.now) - timedelta(days=1 + second % 20))
    made = Offer("elsewhere", second % 4, "5/BC", sent_at, UNITS[0], "8/KH")
    return MakeOffer(law.new_id(), law.world.opened.id, number, made)


def correct(law: Law, first: int, second: int) -> Correct:
    """Something in an entry that issued or reported gets another value."""
    typed = [
        seq for seq, one in enumerate(law.journal.entries, 1)
        if isinstance(one.fact, Issued) or (isinstance(one.fact, Acted) and one.fact.fields)
    ]  # fmt: skip
    seq = typed[first % len(typed)]
    entry = law.journal.entries[seq - 1]
    known = [name for name, _ in entry.fact.fields] if isinstance(entry.fact, Acted) else ["symbol", "subject"]
    name = known[second % len(known)]
    new = str(day_of(law.now) - timedelta(days=second % 9)) if name.endswith("_on") else "6/CV"
    return Correct(law.new_id(), entry.by, law.world.opened.id, seq, name, new, "Misread")


def anything(law: Law, first: int, second: int) -> Act:
    """Any action by anybody on any obligation, there or not."""
    actions, seats = [*notice().definition.obligation.actions, *BUILT_IN, "fly"], list(law.seats())
    action, number = actions[first % len(actions)], 1 + second % law.world.opened.next_obligation
    fields = {"reason": "words", "until": "2023-09-10"} if second % 2 else {}
    return law.act(seats[(first * 7 + second) % len(seats)], number, action, **fields)


def an_act(law: Law, first: int, second: int) -> Act:
    """An act that its actor may take now."""
    obligations = [one for one in law.world.all_obligations if one.open]
    possible = [(one, *found) for one in obligations for found in open_acts(law, one)]
    if not possible:
        return law.act("unit-1/clerk", 1, "receive")
    obligation, actor, action = possible[(first * 100 + second) % len(possible)]
    return law.act(actor, obligation.number, action, **fields_of(law, obligation, action, first))


def open_acts(law: Law, obligation: Obligation) -> Iterator[tuple[Actor, str]]:
    """Who may take which action as it stands; stopping, passing on and the passing of time are moves of their own."""
    workflow = law.world.workflow_of(obligation)
    for action in workflow.machine_at(obligation.level).open_from(obligation.state):
        own = workflow.rules_at(obligation.level).actions.get(action)
        if action in ("elapse", "relay", "stop") or not (own or BUILT_IN[action].available(law.world, obligation)):
            continue
        allowed = own.by if own else BUILT_IN[action].parties(workflow, obligation)
        seat = parties.seat_of(law.world, allowed[0], obligation)
        if seat:
            yield Actor(*seat), action


def fields_of(law: Law, obligation: Obligation, action: str, salt: int) -> dict[str, str]:
    """Values of the types that an action asks for; a day is today or some days off."""
    workflow = law.world.workflow_of(obligation)
    own, built_in = workflow.rules_at(obligation.level).actions.get(action), BUILT_IN.get(action)
    ask = dict(own.ask if own else built_in.ask(workflow, obligation) if built_in else {})
    today = day_of(law.now)
    days = {"until": today + timedelta(days=1 + salt % 40), "sent_on": today - timedelta(days=salt % 3)}
    if obligation.due_at and own and (law.now if salt % 3 == 0 else day_end(days["sent_on"])) > obligation.due_at:
        ask |= own.ask_if_late
    by_giver = (
        own.by[0].startswith("giver")
        if own
        else action in ("grant_extension", "refuse_extension", "counter_extension", "urge")
    )
    if obligation.giver == "province" and by_giver:
        ask |= workflow.definition.outside_offices.ask
    sample = {
        "text": "words",
        "number": "3",
        "document": "1/CV",
        "attachment": "file",
        "office": UNITS[salt % len(UNITS)],
        "date": str(today),
    }
    if action == "record_task":
        task = obligation.tasks[salt % len(obligation.tasks)]
        return {name: sample[kind] for name, kind in recording_of(task).items()} | {
            "task": task.id,
            "done_on": str(today),
        }
    if action in ("take_offer", "decline_offer"):
        sample["text"] = obligation.offers[salt % len(obligation.offers)].key
    form = forms.form_of(law.world, obligation)
    counts = {one.field: str(len(one.events)) for one in form.returns} if form and action == "report" else {}
    return counts | {name: str(days.get(name, today)) if kind == "date" else sample[kind] for name, kind in ask.items()}
