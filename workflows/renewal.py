"""The law of a cascade that goes on year after year: when it opens anew, what is carried into the next one, and what is
noted in this one when that was done, or could not be.

No two cascades are locked together: the next one is opened by a command that delivery carries, under an id that follows
from the entry that asked for it, so that it is opened once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime

from workflows.calendar import Calendar, add_months, day_end, day_of, last_day
from workflows.commands import TIMER, AnswerRenewal, Issue, ItemDraft
from workflows.definition import Renewal
from workflows.directive import ROOT, Directive, Item
from workflows.errors import Unmet
from workflows.facts import Continued, Fact, Issued, RenewalDue, RenewalRefused
from workflows.obligation import Obligation
from workflows.offices import Addressee
from workflows.text import say
from workflows.words import PARTS, STANDING
from workflows.world import World

MEANS = "renewal"
_RUNS_AT_LEAST = 3  # months from the beginning of a cascade to its first renewal
_ASKED_AGAIN = 10  # working days until a giver who has not issued the new document is asked again


def renew_at(renewal: Renewal | None, since: date, renewals: int, calendar: Calendar) -> datetime | None:
    """When a cascade that began on a day opens anew: the morning of the first renewal day that is three months or more
    after it; on a day off, of the next working day. A plan of 13 January is not renewed on the 15th, nor one that was issued
    in December for the year to come. None where the workflow does not renew it, or has done so as often as it says."""
    if renewal is None or (renewal.times is not None and renewals >= renewal.times):
        return None
    day, month = (int(part) for part in renewal.day.split("/"))
    earliest = add_months(since, _RUNS_AT_LEAST)
    year = earliest.year if date(earliest.year, month, day) >= earliest else earliest.year + 1
    return calendar.opening(calendar.next_working(date(year, month, day)))


def renew(world: World, number: int, now: datetime) -> Iterator[Fact]:
    """The day has come: the next cascade is to open, or the giver is asked for the new document. Nothing where it is not
    due, or was ended since."""
    directive = world.directive(number)
    renewal = world.workflows.get(directive.workflow).definition.renewal
    if renewal is None or directive.renew_at is None or directive.renew_at > now or directive.state != "issued":
        return
    again = None
    if renewal.opens == "ask_giver":
        again = world.calendar.opening(world.calendar.add(day_of(now), _ASKED_AGAIN))
    told = _giver(world, directive, ("leader", "clerk"))
    yield RenewalDue(number, directive.renew_at, renewal.opens, again, told)


def answered(world: World, command: AnswerRenewal, now: datetime) -> Iterator[Fact]:
    """What became of a renewal in the other cascade: it was opened, or was refused there. Raises Unmet where it is known."""
    directive = world.directive(command.directive)
    if command.refused is not None:
        retry_at = world.calendar.opening(world.calendar.add(day_of(now), 1))
        yield RenewalRefused(directive.number, command.refused, retry_at, _giver(world, directive, ("leader", "clerk")))
        return
    asked = say("note that {symbol} is continued", symbol=directive.symbol)
    if directive.continued_by is not None:
        because = say("it is continued by cascade {cascade} already", cascade=directive.continued_by)
        raise Unmet(asked, because)
    by, symbol = command.by_cascade or "", command.symbol or ""
    yield Continued(directive.number, by, symbol, _giver(world, directive, ("leader",)))


def next_year(
    directive: Directive,
    items: Sequence[Item],
    work: Sequence[Obligation],
    renewal: Renewal | None,
    id_: str,
    cascade: str,
    fact: RenewalDue,
) -> Issue | AnswerRenewal:
    """The command that opens the next cascade under the same document, or the answer that there is nothing to open.

    `id_` is that of the entry that asks for it, `work` the obligations that the directive gave.
    """  # fmt: skip
    issue = _next_issue(directive, items, work, renewal, id_, cascade, fact.at) if renewal else None
    return issue or refused(id_, cascade, say("nothing of it is left to carry into the next year"))


def refused(id_: str, cascade: str, because: str) -> AnswerRenewal:
    """The answer to a renewal that could not be carried out: a year that does not open must not be forgotten."""
    return AnswerRenewal(f"{id_}-refused", cascade, ROOT, refused=because)


def continuing(id_: str, cascade: str, fact: Issued) -> list[AnswerRenewal]:
    """A cascade that continues another one says so there; nothing where it continues none."""
    before, symbol = fact.directive.continues, fact.directive.symbol
    return [AnswerRenewal(id_, before, ROOT, by_cascade=cascade, symbol=symbol)] if before else []


def _next_issue(
    directive: Directive,
    items: Sequence[Item],
    work: Sequence[Obligation],
    renewal: Renewal,
    id_: str,
    cascade: str,
    at: datetime,
) -> Issue | None:
    """None where nothing is left to carry into the next year. Dates that were written move with it."""
    years = last_day(at).year - last_day(min(one.assigned_at for one in work)).year if work else 1
    drafts = tuple(draft for item in items if (draft := _carried(item, work, renewal, max(years, 1))) is not None)
    if not drafts:
        return None
    return Issue(
        id=id_, by=TIMER, symbol=directive.symbol, type=directive.type, issuer=directive.issuer,
        issued_on=directive.issued_on, subject=directive.subject, items=drafts,
        workflow=directive.workflow.partition("@")[0], means=MEANS, place=directive.place, signer=directive.signer,
        urgency=directive.urgency, continues=cascade, renewals=directive.renewals + 1,
    )  # fmt: skip


def _carried(item: Item, work: Sequence[Obligation], renewal: Renewal, years: int) -> ItemDraft | None:
    """An item for the next year, for the offices that have it now; None where it is not to be carried."""
    mine = [one for one in work if one.item == item.number and one.standing is None and one.outcome != "void"]
    if renewal.items == "open" and not any(one.open for one in mine):
        return None
    if (renewal.items == "standing" and item.mode not in STANDING) or not mine:
        return None
    lead, support, info = (tuple(one.holder for one in mine if one.part == part) for part in PARTS)
    if not lead and not info:
        return None
    due = day_end(add_months(last_day(item.due_at), 12 * years)) if item.due_at else None
    first = mine[0]
    return ItemDraft(
        item.label, item.text, item.mode, due, None, lead, support, info, officer=first.officer, controller=first.controller,
        recipient=first.recipient, bases=tuple(replace(one, cascade=None, obligation=None) for one in item.bases),
        due_form=item.due_form, due_rule=item.due_rule, due_event=item.due_event, targets=item.targets, note=first.note,
    )  # fmt: skip


def _giver(world: World, directive: Directive, roles: Sequence[str]) -> tuple[Addressee, ...]:
    """Who hears of it in the office that issued the document; of an outside one, the host's clerk."""
    found = (world.offices.reach(directive.issuer, role) for role in roles)
    return tuple(dict.fromkeys(one for one in found if one))
