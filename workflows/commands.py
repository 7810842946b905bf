"""What may be asked. A command is an order: it may be refused, and it is carried out at most once per id."""

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime

from workflows.directive import Attachment, Basis
from workflows.light import light
from workflows.obligation import Offer


@light(frozen=True, slots=True)
class Actor:
    """Who asks: a role in an office, and how that is known (timer, claimed on the command line, later: signed in).

    `acting_for` names the office on whose behalf a clerk of the host records an act. `deputy` is who acts for the seat
    where its holder does not: another seat, `vp/leader`, or the name of a post. `person` and `deputy_person` are the
    names that the directory gave for the two when it happened.
    """

    office: str
    role: str
    known_by: str = "claimed"
    person: str | None = None
    acting_for: str | None = None
    deputy: str | None = None
    deputy_person: str | None = None

    def __str__(self) -> str:
        return f"{self.office}/{self.role}" + (f" ({self.deputy})" if self.deputy else "")


TIMER = Actor(office="-", role="timer", known_by="timer")


@light(frozen=True, slots=True)
class ItemDraft:
    """An item to issue. `due` is an instant (a date alone was already turned into the end of that day); `due_form`,
    `due_rule`, `due_event`, `due_from` and `targets` are as on an Item."""

    label: str
    text: str
    mode: str | None = None
    due: datetime | None = None
    due_wording: str | None = None
    lead: tuple[str, ...] = ()
    support: tuple[str, ...] = ()
    info: tuple[str, ...] = ()
    parent: int | None = None
    officer: str | None = None
    controller: str | None = None
    recipient: str | None = None
    due_form: str | None = None
    due_rule: str | None = None
    due_event: str | None = None
    due_from: date | None = None
    targets: tuple[tuple[str, str], ...] = ()
    bases: tuple[Basis, ...] = ()
    note: str | None = None


@light(frozen=True, slots=True)
class Issue:
    """Issue a directive, or record one that an outside office has issued.

    Without `cascade` it opens a cascade of its own. Every item needs at least one office that leads or is informed.
    `means` is one of words.DIRECTIVE_MEANS; an endorsement passes an obligation on under the symbol of the document
    above. `replaces` names the directive of the same issuer that it takes the place of, `open_work` what becomes of
    work it has no place for, where that is not what the workflow says. `continues` is the cascade whose next year it
    opens, `renewals` how many times that was done by itself. `original` is the sha256 of the paper as it was kept.
    """

    id: str
    by: Actor
    symbol: str
    type: str
    issuer: str
    issued_on: date
    subject: str
    items: tuple[ItemDraft, ...]
    workflow: str
    cascade: str | None = None
    means: str = "dispatch"
    arrived_on: date | None = None
    arrival_number: str | None = None
    place: str | None = None
    signer: str | None = None
    urgency: str | None = None
    reason: str | None = None
    replaces: int | None = None
    open_work: str | None = None
    continues: str | None = None
    renewals: int = 0
    original: str | None = None


@light(frozen=True, slots=True)
class Act:
    """Take an action on an obligation: one of its workflow's own, or a built-in one (see words.BUILT_IN).

    `fields` are the values asked for, as text. `happened_on` and `document` cite the paper where the act of an outside
    office is recorded. `attachments` are the files given with it, each for one of its fields.
    """

    id: str
    by: Actor
    cascade: str
    obligation: int
    action: str
    fields: Mapping[str, str] = field(default_factory=dict)
    attachments: tuple[Attachment, ...] = ()


@light(frozen=True, slots=True)
class Attach:
    """Add files to an obligation, or to a directive, as it stands: a paper that came later, another copy of the original."""

    id: str
    by: Actor
    cascade: str
    files: tuple[Attachment, ...]
    obligation: int | None = None
    directive: int | None = None


@light(frozen=True, slots=True)
class End:
    """Revoke a directive. What is open under it stops, all the way down, unless another document still supports it.

    `open_work` (stop or keep) says otherwise than the workflow. `happened_on` is the day of the document that revokes
    it, where the clerk of the host records that for an outside office.
    """

    id: str
    by: Actor
    cascade: str
    directive: int
    document: str
    reason: str
    open_work: str | None = None
    happened_on: date | None = None


@light(frozen=True, slots=True)
class ItemChange:
    """What an amending document changes of one item; None leaves it as it is."""

    item: int
    due: datetime | None = None
    due_wording: str | None = None
    text: str | None = None


@light(frozen=True, slots=True)
class Amend:
    """A later document of the same issuer changes items of a directive; the work goes on."""

    id: str
    by: Actor
    cascade: str
    directive: int
    document: str
    changes: tuple[ItemChange, ...]
    reason: str
    happened_on: date | None = None


@light(frozen=True, slots=True)
class Link:
    """Let an item rest on a further document, or say which obligation a document that it names is about."""

    id: str
    by: Actor
    cascade: str
    directive: int
    item: int
    basis: Basis


@light(frozen=True, slots=True)
class EndBasis:
    """A document that items rest on was revoked, in this cascade or another one. Asked by delivery alone."""

    id: str
    cascade: str
    directive: int
    item: int
    symbol: str
    document: str
    by: Actor = TIMER


@light(frozen=True, slots=True)
class MakeOffer:
    """A report accepted elsewhere offers itself as the answer to this obligation too. Asked by delivery alone."""

    id: str
    cascade: str
    obligation: int
    offer: Offer
    by: Actor = TIMER


@light(frozen=True, slots=True)
class Correct:
    """Correct what was entered wrongly (đính chính): a field of the entry `seq`; the entry itself stays as it is.

    `item` names the item by its number where the entry issues several.
    """

    id: str
    by: Actor
    cascade: str
    seq: int
    field: str
    new: str
    reason: str
    item: int | None = None


@light(frozen=True, slots=True)
class FollowCalendar:
    """Let a running cascade reckon by another version of its calendar, as was published. Asked by what waits for it alone."""

    id: str
    by: Actor
    cascade: str
    calendar: str
    document: str | None = None
    reason: str | None = None


@light(frozen=True, slots=True)
class AnswerIncident:
    """Answer what a round could not carry out for an obligation: `retry` tries again at once, `resolve` says that it was
    seen to by hand, and lets the clocks that stand in the way count as having run out."""

    id: str
    by: Actor
    cascade: str
    obligation: int
    answer: str
    reason: str


@light(frozen=True, slots=True)
class AnswerRenewal:
    """A cascade is continued by another one (`by_cascade`, under the document `symbol`), or that was refused there. Asked
    by delivery alone."""

    id: str
    cascade: str
    directive: int
    by_cascade: str | None = None
    symbol: str | None = None
    refused: str | None = None
    by: Actor = TIMER


@light(frozen=True, slots=True)
class Renew:
    """Time has passed for a directive whose cascade goes on year after year. Asked by rounds alone."""

    cascade: str
    directive: int
    id: str = ""
    by: Actor = TIMER


@light(frozen=True, slots=True)
class Elapse:
    """Time has passed for an obligation: let every clock that is due run out. Asked by rounds alone."""

    cascade: str
    obligation: int
    id: str = ""
    by: Actor = TIMER


Command = (
    Issue
    | Act
    | Attach
    | End
    | Amend
    | Link
    | EndBasis
    | MakeOffer
    | Correct
    | FollowCalendar
    | AnswerIncident
    | Elapse
    | Renew
    | AnswerRenewal
)
