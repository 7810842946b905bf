"""An entry of the journal as one readable line: what happened, in words."""

from collections.abc import Callable
from typing import Any

from engine.cli.wording import count_words, day_words, moment_words, short, told_words
from storage.journal import Entry
from workflows import facts as f
from workflows.calendar import last_day
from workflows.causes import Cause, cause_words
from workflows.fields import show_day
from workflows.text import say
from workflows.words import ROLES


def what(entry: Entry) -> str:
    """What an entry says happened. One that cannot be read says so, and never raises."""
    try:
        fact = entry.fact
    except (KeyError, ValueError, TypeError, AttributeError):
        return f"{entry.kind}: this entry cannot be read; cascade journal verify says more"
    return _WORDS[type(fact)](fact)


def who(entry: Entry) -> str:
    """Who did it: an office and role, or time, or whoever installed."""
    return f"{entry.office}/{entry.role}" if entry.role in ROLES else entry.role


def late(entry: Entry) -> str:
    """Says when it happened where it was recorded on a later day; empty otherwise."""
    on = last_day(entry.happened_at)
    return f"recorded late, of {show_day(on)}" if on < last_day(entry.recorded_at) else ""


def _told(fact: Any) -> str:
    return f" -> {told_words(fact.told)}" if fact.told else ""


def _because(cause: Cause | str | None) -> str:
    return f" ({cause_words(cause)})" if cause else ""


def _issued(fact: f.Issued) -> str:
    directive = fact.directive
    by = f", recorded by {directive.recorded_by}" if directive.recorded_by else ""
    items = count_words(len(fact.items), "item")
    return f"issued {directive.symbol} of {show_day(directive.issued_on)} by {directive.issuer}: {items}{by}"


def _moved(fact: f.DirectiveMoved) -> str:
    by = f" by {fact.document}" if fact.document else ""
    return f"{fact.step} directive {fact.directive}: {fact.before} -> {fact.after}{by}"


def _assigned(fact: f.Assigned) -> str:
    one = fact.obligation
    period = f" for {one.period}" if one.period else ""
    due = f", due {day_words(one.due_at)}" if one.due_at else ", no date"
    return f"assigned to {one.holder} as {one.part}{period}{due}{_because(fact.cause)}"


def _acted(fact: f.Acted) -> str:
    given = "; ".join(f"{name} {short(value, 60)}" for name, value in fact.fields)
    said = f"{fact.action}: {fact.before} -> {fact.after}" if fact.after != fact.before else fact.action
    return f"{said}{f' [{given}]' if given else ''}{_because(fact.cause)}{_told(fact)}"


def _requested(fact: f.ExtensionRequested) -> str:
    return f"asks for {day_words(fact.request.until)}: {short(fact.request.reason, 80)}{_told(fact)}"


def _rung(fact: f.RungReached) -> str:
    again = f" (time {fact.occurrence})" if fact.occurrence > 1 else ""
    skipped = f"; passed over while it was not told: {', '.join(fact.skipped)}" if fact.skipped else ""
    return f"rung {fact.rung}, {fact.label}{again}{_told(fact)}{skipped}"


def _acknowledged(fact: f.Acknowledged) -> str:
    held = f": the next rung waits until {moment_words(fact.held_until)}" if fact.held_until else ""
    return f"acknowledged rung {fact.rung}{held}"


def _amended(fact: f.ItemAmended) -> str:
    changed = [day_words(fact.due_at)] if fact.due_at else []
    changed += [short(fact.text, 60)] if fact.text else []
    return say("item {item} amended by {document}: {changed}", item=fact.item, document=fact.document, changed=changed)


def _linked(fact: f.Linked) -> str:
    basis = fact.basis
    if not basis.cascade:
        return say("item {item} rests on {symbol} ({kind})", item=fact.item, symbol=basis.symbol, kind=basis.kind)
    return say(
        "item {item} rests on {symbol} ({kind}), which is obligation {key}",
        item=fact.item, symbol=basis.symbol, kind=basis.kind, key=f"{basis.cascade}/{basis.obligation}",
    )  # fmt: skip


def _offer_answered(fact: f.OfferAnswered) -> str:
    if fact.taken:
        return say("the report offered as {key} answers it too", key=fact.key)
    return say("the report offered as {key} is no answer here: {reason}", key=fact.key, reason=fact.reason)


def _administered(fact: f.Administered) -> str:
    details = "; ".join(f"{name} {short(value, 16)}" for name, value in fact.details)
    return f"{fact.what} {fact.subject}{f' [{details}]' if details else ''}"


_WORDS: dict[type[Any], Callable[[Any], str]] = {
    f.CascadeOpened: lambda fact: f"opened this cascade under {fact.workflow}, calendar {fact.calendar}",
    f.Issued: _issued,
    f.DirectiveMoved: _moved,
    f.Assigned: _assigned,
    f.Acted: _acted,
    f.DueSet: lambda fact: f"due {day_words(fact.due_at)} from now on ({fact.cause})",
    f.ExtensionRequested: _requested,
    f.ExtensionGranted: lambda fact: f"granted {day_words(fact.until)}{_told(fact)}",
    f.ExtensionRefused: lambda fact: f"refused {day_words(fact.until)}: {short(fact.reason, 80)}{_told(fact)}",
    f.ReceiptMissed: lambda fact: f"not received by {moment_words(fact.by)}{_told(fact)}",
    f.DeadlineMissed: lambda fact: f"MISSED its date, {day_words(fact.due_at)}",
    f.AnswerMissed: lambda fact: f"no answer ({fact.about}) by {moment_words(fact.by)}{_told(fact)}",
    f.RungReached: _rung,
    f.PeriodOpened: lambda fact: f"opened {fact.period} as obligation {fact.opened}",
    f.Acknowledged: _acknowledged,
    f.Joined: lambda fact: f"everything below is done: it can be reported upward{_told(fact)}",
    f.Unjoined: lambda fact: "work below it is open again",
    f.Incident: lambda fact: f"INCIDENT {short(fact.error)}; tried again {moment_words(fact.retry_at)}",
    f.Administered: _administered,
    f.ExtensionCountered: lambda fact: say(
        "proposes {day} instead: {reason}", day=day_words(fact.until), reason=fact.reason
    ),
    f.ExtensionWithdrawn: lambda fact: say("no longer asks for {day}", day=day_words(fact.until)),
    f.ItemAmended: _amended,
    f.Repointed: lambda fact: say(
        "goes on under directive {directive}, item {item}", directive=fact.directive, item=fact.item
    ),
    f.Kept: lambda fact: say("goes on for the sake of {basis} ({why})", basis=fact.basis, why=cause_words(fact.cause)),
    f.Linked: _linked,
    f.BasisEnded: lambda fact: say(
        "item {item}: {symbol}, which it rests on, was revoked by {document}",
        item=fact.item,
        symbol=fact.symbol,
        document=fact.document,
    ),
    f.Urged: lambda fact: say("urged by {document}", document=fact.document),
    f.ReportOffered: lambda fact: say(
        "its report {symbol} is offered to obligation {key}",
        symbol=fact.offer.symbol,
        key=f"{fact.to_cascade}/{fact.to_obligation}",
    ),
    f.Offered: lambda fact: say(
        "report {symbol} of {holder}, accepted under {about}, is offered to it as {key}",
        symbol=fact.offer.symbol,
        holder=fact.offer.holder,
        about=fact.offer.about,
        key=fact.offer.key,
    ),
    f.OfferAnswered: _offer_answered,
    f.Corrected: lambda fact: say(
        "corrects {field} of entry {seq}: {old} becomes {new} ({reason})",
        field=fact.field,
        seq=fact.seq,
        old=fact.old or say("nothing"),
        new=fact.new,
        reason=fact.reason,
    ),
}
assert set(_WORDS) == set(f.Fact.__args__)
