"""What is known of an obligation, in words: by when and why, its ladder, its clocks, what came of its requests."""

from collections.abc import Iterator

from engine.entry_words import what, who
from engine.labels import GROUP_WORDS
from engine.showing.obligation import ObligationPage, Rung
from engine.wording import (
    OUTCOME_WORDS,
    PART_WORDS,
    day_words,
    mode_words,
    moment_words,
    office_words,
    rung_words,
    short,
    state_words,
    told_words,
)
from workflows import item_dates, parties
from workflows.deadlines import rule_words, sentence
from workflows.directive import Basis, Item
from workflows.explaining import why
from workflows.fields import show_day
from workflows.ladder import Clock
from workflows.obligation import Obligation
from workflows.text import Text, joined, mark, say, say_count
from workflows.words import POLICIES

REQUEST_KINDS = ("ExtensionRequested", "ExtensionGranted", "ExtensionRefused")
_BASES = {
    "implements": mark("implements"),
    "continues": mark("continues"),
    "reports_into": mark("reports into"),
    "urges": mark("urges"),
    "amends": mark("amends"),
    "cites": mark("cites"),
}


def about(page: ObligationPage) -> Iterator[tuple[str, str]]:
    """What is known of it, by name."""
    one, offices, directive, item = page.obligation, page.world.offices, page.directive, page.item
    definition = page.world.workflow_of(one).definition
    issued_on, mode = show_day(directive.issued_on), mode_words(definition, one.mode)
    yield say("what"), say("item {label} of {symbol}, {day}", label=item.label, symbol=directive.symbol, day=issued_on)
    yield "", short(item.text, 300)
    yield say("given by"), office_words(offices, one.giver)
    yield say("part"), PART_WORDS.get(one.part, one.part)
    yield say("followed up"), joined(filter(None, [mode, one.period]))
    yield say("under"), say("obligation {number}", number=one.parent) if one.parent else ""
    yield say("belongs to"), say("standing obligation {number}", number=one.standing) if one.standing else ""
    yield say("data of"), _data(one)
    yield say("one form"), _form(page)
    yield say("stands until"), _until(page)
    yield say("last return"), _returned(one)
    yield say("officer"), one.officer or ""
    yield say("controller"), office_words(offices, one.controller) if one.controller else ""
    yield say("product to"), office_words(offices, one.recipient) if one.recipient else ""
    yield say("rests on"), joined(bases(item.bases), "\n")
    yield say("state"), joined([state_words(definition, one.state), GROUP_WORDS[one.group(page.now)]], ": ")
    yield say("due"), due_and_why(one, item)
    yield say("in its words"), item.due_wording or ""
    yield say("begins"), show_day(item.due_from) if item.due_from else ""
    yield say("first date"), day_words(one.first_due_at) if one.first_due_at != one.due_at else ""
    yield say("received"), receipt(one)
    yield say("report"), report(one)
    yield say("work below"), below(one)
    yield say("extensions"), joined(requests(page), "\n")
    outcome = OUTCOME_WORDS.get(one.outcome or "", one.outcome or "")
    yield say("ended"), joined([moment_words(one.closed_at), outcome]) if one.outcome else ""


def due_and_why(one: Obligation, item: Item) -> Text:
    """By when, and why; or what it waits for, and what counts from there."""
    rule = item_dates.own_rule(item)
    if one.waits_for:
        waits = say("no date yet; it waits for: {event}", event=one.waits_for)
        return say("{waits} ({rule})", waits=waits, rule=rule_words(rule)) if rule and rule.count else waits
    by = one.due_at or one.planned_for
    if by is None and item.due_form == "by_reference":
        return say("no date of its own; by the document that it follows")
    return sentence(one.because, by) if by else say("no date")


def bases(bases: tuple[Basis, ...]) -> Iterator[str]:
    for basis in bases:
        on = say(" of {day}", day=show_day(basis.issued_on)) if basis.issued_on else ""
        kind = say(_BASES[basis.kind]) if basis.kind in _BASES else basis.kind.replace("_", " ")
        by = f", {basis.issuer}" if basis.issuer else ""
        yield say("{kind} {symbol}{on}{by}", kind=kind, symbol=basis.symbol, on=on, by=by)


def receipt(one: Obligation) -> str:
    if one.received_at is None:
        by = moment_words(one.receive_by)
        return say("not yet; to be received by {moment}", moment=by) if one.receive_by else say("not yet")
    at = moment_words(one.received_at)
    if one.receive_by is not None and one.received_at > one.receive_by:
        return say("{moment}, late: by {limit}", moment=at, limit=moment_words(one.receive_by))
    return at


def report(one: Obligation) -> str:
    if one.sent_at is None:
        return ""
    late = say(" (late)") if one.due_at and one.sent_at > one.due_at else ""
    waits = say("; the giver answers by {moment}", moment=moment_words(one.answer_by)) if one.answer_by else ""
    at = moment_words(one.sent_at)
    return say("sent {moment}{late} by {seat}{waits}", moment=at, late=late, seat=one.sent_by, waits=waits)


def _data(one: Obligation) -> str:
    """The days that a period's report covers."""
    if not (one.data_from and one.data_to) or one.mode != "periodic":
        return ""
    return say("{first} to {last}", first=show_day(one.data_from), last=show_day(one.data_to))


def _form(page: ObligationPage) -> str:
    """What the same report answers beside it, and the returns that it makes."""
    form = page.form
    if form is None:
        return ""
    others = [other.number for other in form.answers if other.number != page.obligation.number]
    said: list[str] = [say("also answers obligation {others}", others=others)] if others else []
    said += [
        say_count(
            "{field}: {count} event entered under obligation {number}",
            "{field}: {count} events entered under obligation {number}",
            len(one.events),
            field=one.field,
            number=one.obligation.number,
        )
        for one in form.returns
    ]
    return joined(said, "\n") if said else ""


def _until(page: ObligationPage) -> str:
    one, modes = page.obligation, page.world.workflow_of(page.obligation).definition.undated_items
    if one.until is None:
        return ""
    return say("{day}, then {then}", day=day_words(one.until), then=say(POLICIES[modes[one.mode].then]))


def _returned(one: Obligation) -> str:
    if one.returned_period is None or one.returned_events is None:
        return ""
    period = one.returned_period
    return say_count("{period}: {count} event", "{period}: {count} events", one.returned_events, period=period)


def below(one: Obligation) -> str:
    if not (one.leads_open or one.leads_done or one.leads_void):
        return ""
    done = say("; all done {moment}", moment=moment_words(one.joined_at)) if one.joined_at else ""
    counts = {"open": one.leads_open, "done": one.leads_done, "void": one.leads_void}
    return say("{open} open, {done} done, {void} void{all_done}", **counts, all_done=done)


def requests(page: ObligationPage) -> Iterator[str]:
    for entry in page.entries:
        if entry.kind in REQUEST_KINDS:
            yield joined([joined([moment_words(entry.recorded_at), who(entry)], "  "), what(entry)], " ")
    request = page.obligation.request
    if request and request.decide_by:
        yield say("waits for an answer, by {moment}", moment=moment_words(request.decide_by))


def what_became_of(rung: Rung, running: bool) -> str:
    again = say(", time {number}", number=rung.occurrence) if rung.occurrence > 1 else ""
    if rung.told_at:
        said = say("told {moment} to {told}", moment=moment_words(rung.told_at), told=told_words(rung.told))
    else:
        said = say("passed over") if rung.passed_over else say("not yet") if running else say("not needed")
    return say("{number} {label}{again}: {said}", number=rung.number, label=rung.label, again=again, said=said)


def clock_why(page: ObligationPage, clock: Clock) -> Text:
    world = page.world
    return why(page.obligation, world.workflow_of(page.obligation), world.calendar, clock)


def clock_words(page: ObligationPage, clock: Clock) -> str:
    """What happens when a clock runs out."""
    one, world = page.obligation, page.world
    definition = world.workflow_of(one).definition

    def told(*names: str) -> str:
        return told_words(parties.told(world, names, one))

    match clock.kind:
        case "receive":
            return say("it is not received: {told} are told", told=told("holder.clerk", "holder.leader"))
        case "period":
            period = clock.window.label if clock.window else say("a period")
            opens = say("{period} opens as an obligation of its own", period=period)
            last = [one for one in page.clocks if one.kind == "period"][-1:] == [clock]
            if not (last and page.more_periods):
                return opens
            more = say_count("and {count} more after it", "and {count} more after it", page.more_periods)
            return joined([opens, more])
        case "review":
            follows = one.mode == "linked"
            who = ("giver.leader", "holder.leader", "holder.officer") if follows else ("giver.leader",)
            return say("its year end is near: {told} told", told=told(*who))
        case "until":
            return say("its year ends: {then}", then=say(POLICIES[definition.undated_items[one.mode].then]))
        case "pause":
            return say("its pause is over: it goes on, with the days that were left")
        case "decide" | "answer" if definition.giver_ladder:
            return say("the giver is late with its answer, and its own ladder goes on")
        case "decide":
            return say("the request for another date is not decided: {told} is told", told=told("giver.leader"))
        case "answer":
            return say("the giver has not answered: {told} is told", told=told("giver.leader"))
        case "due":
            return say("its date has passed: it is overdue")
    rung = definition.rungs_of(clock.of)[clock.rung - 1]
    again = say(", time {number}", number=clock.occurrence) if clock.occurrence > 1 else ""
    held = say(", held until then") if one.held_until and clock.at == one.held_until else ""
    label, hears = rung_words(definition, clock.rung, clock.of), told_words(parties.hears(world, rung, one))
    return say("{label}{again}: told to {told}{held}", label=label, again=again, told=hears, held=held)
