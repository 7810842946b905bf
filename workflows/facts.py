"""What has happened: past tense, frozen, with every value that follows from it.

A fact carries its results (states, dates), so that the journal alone gives the present state: `evolve` needs neither
the workflow nor the calendar. `told` names who hears of it; the outbox follows from that and from nothing else.
"""

from collections.abc import Callable
from datetime import date, datetime
from functools import cache
from typing import Any

from workflows.causes import Cause
from workflows.decoding import decoder
from workflows.directive import Attachment, Basis, Directive, Item
from workflows.light import light
from workflows.obligation import Because, ExtensionRequest, Figure, Obligation, Offer, Task
from workflows.offices import Addressee

Told = tuple[Addressee, ...]


@light(frozen=True, slots=True)
class CascadeOpened:
    cascade: str
    title: str
    workflow: str
    calendar: str
    simulated: bool = False


@light(frozen=True, slots=True)
class CalendarFollowed:
    """The cascade reckons by another version of its calendar from now on. The dates that move are DueSet facts."""

    before: str
    after: str
    document: str | None = None
    reason: str | None = None


@light(frozen=True, slots=True)
class Issued:
    """A directive came to be, with its items. `original` is the sha256 of the paper that was kept with it, in hex."""

    directive: Directive
    items: tuple[Item, ...]
    original: str | None = None


@light(frozen=True, slots=True)
class DirectiveMoved:
    """A directive was revoked or replaced by `document`. `open_work` is what became of open work under it."""

    directive: int
    step: str
    before: str
    after: str
    document: str | None = None
    open_work: str | None = None
    happened_at: datetime | None = None


@light(frozen=True, slots=True)
class Assigned:
    """An obligation came to be, with all its first values. `cause` says why, where it was not a directive's issue."""

    obligation: Obligation
    told: Told = ()
    cause: Cause | str | None = None


@light(frozen=True, slots=True)
class Acted:
    """A person's step, or one that follows from it. Values that are None did not change; `rests` starts or ends the rest.

    `figures` are those that a report gave, with what was reported below it at that moment.
    `doer` is who took it, where the workflow wants another person for another action.
    """

    number: int
    action: str
    before: str
    after: str
    fields: tuple[tuple[str, str], ...] = ()
    received_at: datetime | None = None
    sent_at: datetime | None = None
    sent_by: str | None = None
    sent_as: str | None = None
    reported_with: int | None = None
    rests: str | None = None
    rested_at: datetime | None = None
    resumed_at: datetime | None = None
    answer_by: datetime | None = None
    paused_until: datetime | None = None
    outcome: str | None = None
    closed_at: datetime | None = None
    told: Told = ()
    cause: Cause | str | None = None
    figures: tuple[Figure, ...] = ()
    doer: str | None = None


@light(frozen=True, slots=True)
class Attached:
    """Files were given: with `action` on obligation `number`, or later, or for a directive. Each by the sha256 of what is
    kept; nothing that stands is changed by it."""

    files: tuple[Attachment, ...]
    number: int | None = None
    directive: int | None = None
    action: str | None = None


@light(frozen=True, slots=True)
class DueSet:
    """The obligation has this date now; `cause`: receipt, rest, extension, amended, replaced, above,
    event, calendar. A day that is only planned is one too: its notes say so."""

    number: int
    due_at: datetime
    because: Because
    cause: str
    armed_at: datetime
    told: Told = ()


@light(frozen=True, slots=True)
class ExtensionRequested:
    number: int
    request: ExtensionRequest
    told: Told = ()


@light(frozen=True, slots=True)
class ExtensionGranted:
    number: int
    until: datetime
    asked_at: datetime
    at: datetime
    told: Told = ()


@light(frozen=True, slots=True)
class ExtensionRefused:
    number: int
    until: datetime
    asked_at: datetime
    at: datetime
    reason: str
    told: Told = ()


@light(frozen=True, slots=True)
class ExtensionCountered:
    """The giver proposes another date than the one asked for; the holder takes it, or withdraws."""

    number: int
    until: datetime
    asked_at: datetime
    at: datetime
    reason: str
    told: Told = ()


@light(frozen=True, slots=True)
class ExtensionWithdrawn:
    """The holder no longer asks for another date."""

    number: int
    until: datetime
    asked_at: datetime
    at: datetime
    told: Told = ()


@light(frozen=True, slots=True)
class ItemAmended:
    """A later document has changed an item; values that are None stayed. The dates that follow are DueSet facts."""

    directive: int
    item: int
    document: str
    due_at: datetime | None = None
    due_wording: str | None = None
    text: str | None = None
    happened_at: datetime | None = None


@light(frozen=True, slots=True)
class EventDaySet:
    """The day of the event that an item's date waits for is known, or has changed (`before`, `reason`). The dates that
    follow are DueSet facts. It was entered on obligation `number`, or follows from the same event above it."""

    number: int
    directive: int
    item: int
    event: str
    event_on: date
    before: date | None = None
    reason: str | None = None


@light(frozen=True, slots=True)
class EventAsked:
    """The day of the event that a date waits for is not known yet: who may know it is asked, for the `times`-th time."""

    number: int
    key: str
    event: str
    times: int
    told: Told = ()


@light(frozen=True, slots=True)
class Repointed:
    """An open obligation goes on under the document that replaced the one it was given by."""

    number: int
    directive: int
    item: int
    before_directive: int
    before_item: int
    told: Told = ()


@light(frozen=True, slots=True)
class Kept:
    """What it was passed on from has ended, and it goes on for the sake of another document it rests on."""

    number: int
    basis: str
    cause: Cause
    told: Told = ()


@light(frozen=True, slots=True)
class Linked:
    """An item rests on a further document, or it is now known which obligation that document is about."""

    directive: int
    item: int
    place: int
    basis: Basis


@light(frozen=True, slots=True)
class BasisEnded:
    """A document that an item rests on was revoked by `document`."""

    directive: int
    item: int
    place: int
    symbol: str
    document: str
    told: Told = ()


@light(frozen=True, slots=True)
class Urged:
    """The giver has urged the holder by a letter (đôn đốc); nothing is owed anew."""

    number: int
    document: str
    told: Told = ()


@light(frozen=True, slots=True)
class ReportOffered:
    """An accepted report offers itself to an obligation under another document. Delivery carries it there."""

    number: int
    to_cascade: str
    to_obligation: int
    offer: Offer


@light(frozen=True, slots=True)
class Offered:
    """A report accepted elsewhere was offered as an answer to this obligation; a person takes or declines it."""

    number: int
    offer: Offer
    told: Told = ()


@light(frozen=True, slots=True)
class OfferAnswered:
    """A person took an offered report as this obligation's own, or declined it and said why."""

    number: int
    key: str
    taken: bool
    reason: str | None = None


@light(frozen=True, slots=True)
class Corrected:
    """A field of an earlier entry was wrong (đính chính). The entry stays; the state takes the right value.

    The state changes where one of `directive`, `item` and `number` says whose: `field` of the document, of its item, or
    the obligation's report (`sent_on`, `symbol`, a figure), with `sent_at` as the law reads the new day, or `figure` as
    the law reads the new figure.
    """

    seq: int
    field: str
    old: str | None
    new: str
    reason: str
    directive: int | None = None
    item: int | None = None
    number: int | None = None
    sent_at: datetime | None = None
    figure: Figure | None = None


@light(frozen=True, slots=True)
class ReceiptMissed:
    number: int
    key: str
    by: datetime
    told: Told = ()


@light(frozen=True, slots=True)
class DeadlineMissed:
    number: int
    key: str
    due_at: datetime


@light(frozen=True, slots=True)
class AnswerMissed:
    """The giver has not answered a report, a dispute or a request in its own time; it is asked again at `again_at`.

    Where the workflow has a ladder for givers, its rungs follow instead, and this is told to nobody.
    """

    number: int
    key: str
    by: datetime
    about: str
    again_at: datetime | None = None
    told: Told = ()


@light(frozen=True, slots=True)
class RungReached:
    """A rung of the ladder was told. `at` is when it was meant to be; `skipped` names rungs passed over while down.

    `of` is whose ladder it is: the holder's, or the giver's while it has to answer. `tell_at` is set where it was reached
    in quiet hours: its messages wait until then. `tasks` are those it opened.
    """

    number: int
    key: str
    rung: int
    label: str
    at: datetime
    occurrence: int = 1
    skipped: tuple[str, ...] = ()
    told: Told = ()
    tell_at: datetime | None = None
    tasks: tuple[Task, ...] = ()
    of: str = "holder"


@light(frozen=True, slots=True)
class TaskRecorded:
    """A person says that the task was done; `document` is the letter, where it was one."""

    number: int
    task: str
    kind: str
    done_on: date
    note: str
    document: str | None = None


@light(frozen=True, slots=True)
class OfficerNamed:
    """The officer who does the work has a name from now on."""

    number: int
    officer: str
    told: Told = ()


@light(frozen=True, slots=True)
class PeriodOpened:
    """A period of a standing obligation opened; the obligation for it follows as Assigned."""

    number: int
    key: str
    period: str
    opened: int


@light(frozen=True, slots=True)
class Returned:
    """A report said how many events of a silent obligation there were in its period; 0 is the nil return.

    `form` is the symbol of the report.
    """

    number: int
    period: str
    events: int
    form: str
    at: datetime


@light(frozen=True, slots=True)
class ReviewDue:
    """The year end of a standing obligation is near: its giver may act. `follows` names what a linked one follows."""

    number: int
    key: str
    at: datetime
    until: datetime
    then: str
    follows: tuple[str, ...] = ()
    told: Told = ()


@light(frozen=True, slots=True)
class CarriedOver:
    """A standing obligation stands for another year, until `until`: its giver said so, or its workflow."""

    number: int
    until: datetime
    at: datetime
    told: Told = ()


@light(frozen=True, slots=True)
class RenewalDue:
    """The day has come on which a cascade opens anew: by itself, or its giver is asked for the new document, and asked
    again at `again_at`."""

    directive: int
    at: datetime
    opens: str
    again_at: datetime | None = None
    told: Told = ()


@light(frozen=True, slots=True)
class RenewalRefused:
    """The next cascade could not be opened. It is tried again at `retry_at`; its giver hears why."""

    directive: int
    because: str
    retry_at: datetime
    told: Told = ()


@light(frozen=True, slots=True)
class Continued:
    """Another cascade takes this one further, from the next year on."""

    directive: int
    by_cascade: str
    symbol: str
    told: Told = ()


@light(frozen=True, slots=True)
class Acknowledged:
    number: int
    rung: int
    held_until: datetime | None


@light(frozen=True, slots=True)
class Joined:
    """Every lead below is done or void, and at least one is done: the holder may report upward."""

    number: int
    at: datetime
    told: Told = ()


@light(frozen=True, slots=True)
class Unjoined:
    number: int


@light(frozen=True, slots=True)
class Incident:
    """A round could not carry out what time asked for. It is tried again at `retry_at`; its cascade goes on."""

    number: int
    error: str
    retry_at: datetime


@light(frozen=True, slots=True)
class IncidentRetried:
    """A person says that what stood in the way is gone: what time asks for is tried again at once."""

    number: int
    reason: str


@light(frozen=True, slots=True)
class IncidentResolved:
    """A person has seen to an incident by hand: the clocks with these keys count as having run out, and are not tried
    again."""

    number: int
    keys: tuple[str, ...]
    reason: str


@light(frozen=True, slots=True)
class Administered:
    """What an administrator did to the installation. `what` is a closed word: created, upgraded, copied, imported, added,
    changed, published, retired, unretired, settled, subscribed, unsubscribed, backed_up, drilled, restored; and of accounts:
    given, taken, disabled, enabled, unlocked, reset, revoked. A detail may be named several times, such as each `basis`."""

    what: str
    subject: str
    details: tuple[tuple[str, str], ...] = ()


@light(frozen=True, slots=True)
class SealKeySet:
    """A key that seals the journal came into use; `public_key` is in base64. The one before it signs its successor, and both
    sign until `overlap_until`. Without a signature the key before it was lost, which verification says."""

    key: int
    public_key: str
    signed_by: int | None = None
    signature: str | None = None
    overlap_until: datetime | None = None


Fact = (
    CascadeOpened
    | CalendarFollowed
    | Issued
    | DirectiveMoved
    | Assigned
    | Acted
    | Attached
    | DueSet
    | ExtensionRequested
    | ExtensionGranted
    | ExtensionRefused
    | ExtensionCountered
    | ExtensionWithdrawn
    | ItemAmended
    | EventDaySet
    | EventAsked
    | Repointed
    | Kept
    | Linked
    | BasisEnded
    | Urged
    | ReportOffered
    | Offered
    | OfferAnswered
    | Corrected
    | ReceiptMissed
    | DeadlineMissed
    | AnswerMissed
    | RungReached
    | TaskRecorded
    | OfficerNamed
    | PeriodOpened
    | Returned
    | ReviewDue
    | CarriedOver
    | RenewalDue
    | RenewalRefused
    | Continued
    | Acknowledged
    | Joined
    | Unjoined
    | Incident
    | IncidentRetried
    | IncidentResolved
    | Administered
    | SealKeySet
)

_KINDS: dict[str, type[Any]] = {kind.__name__: kind for kind in Fact.__args__}


def kind_of(fact: Fact) -> str:
    return type(fact).__name__


def obligation_of(fact: Fact) -> int | None:
    """The number of the obligation a fact is about, where it is about one."""
    return fact.obligation.number if isinstance(fact, Assigned) else getattr(fact, "number", None)


def directive_of(fact: Fact) -> int | None:
    """The number of the directive a fact is about, where it is about one."""
    if isinstance(fact, Issued):
        return fact.directive.number
    if isinstance(fact, Assigned):
        return fact.obligation.directive
    found: int | None = getattr(fact, "directive", None)
    return found


def told_of(fact: Fact) -> Told:
    return getattr(fact, "told", ())


def carries(fact: Fact) -> bool:
    """Does it bear on other cascades, so that delivery has to carry it there?"""
    match fact:
        case ReportOffered():
            return True
        case DirectiveMoved():
            return fact.step == "revoke"
        case RenewalDue():
            return fact.opens == "itself"
        case Issued():
            return fact.directive.continues is not None
    return False


def tell_at(fact: Fact) -> datetime | None:
    """When its messages may go out, where that is later than the entry."""
    return fact.tell_at if isinstance(fact, RungReached) else None


@cache
def _decoder(kind: str) -> Callable[[Any], Any]:
    return decoder(_KINDS[kind])


def from_data(kind: str, data: dict[str, Any]) -> Fact:
    """The fact that `to_data` wrote. Raises KeyError for an unknown kind, ValueError for data that does not fit."""
    fact: Fact = _decoder(kind)(data)
    return fact
