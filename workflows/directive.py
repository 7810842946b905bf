"""Directives, their items and what they rest on; and the cascade that holds them. Frozen values."""

import hashlib
from datetime import date, datetime

from workflows.light import light

ADMINISTRATION = "administration"
ROOT = 1  # the number of the directive that opens a cascade
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no letter is mistaken for a digit


def cascade_id_of(command_id: str) -> str:
    """The id of the cascade that a command opens: 12 letters that follow from the command's own id.

    So a command that is sent twice names the same cascade both times.
    """
    number = int.from_bytes(hashlib.sha256(command_id.encode()).digest()[:8], "big")
    return "".join(_LETTERS[(number >> shift) & 31] for shift in range(55, -5, -5))


@light(frozen=True, slots=True)
class Cascade:
    """Everything that descends from one root directive; the unit of consistency.

    `last_seq` and `last_hash` are the head of its journal chain; `wake_at` is the least of its obligations', a cache.
    """

    id: str
    title: str
    workflow: str
    calendar: str
    simulated: bool = False
    next_directive: int = 1
    next_obligation: int = 1
    last_seq: int = 0
    last_hash: str = ""
    last_at: datetime | None = None
    wake_at: datetime | None = None


@light(frozen=True, slots=True)
class Basis:
    """A further document an item rests on, beside its parent: in this cascade, another one, or not registered at all.

    `cascade` and `obligation` say which obligation of the item's giver it is about, once that is known. `ended_by` is the
    document that revoked it.
    """

    kind: str
    symbol: str
    issued_on: date | None = None
    issuer: str | None = None
    cascade: str | None = None
    obligation: int | None = None
    ended_by: str | None = None

    @property
    def supports(self) -> bool:
        """Would work go on for its sake alone?"""
        return self.kind in SUPPORTING and self.ended_by is None


BASIS_KINDS = ("implements", "continues", "reports_into", "urges", "amends", "cites")
SUPPORTING = ("implements", "continues")
ANSWERED = ("implements", "continues", "reports_into")  # kinds of basis that a report may answer as well


@light(frozen=True, slots=True)
class Directive:
    """One document that orders. `issued_on` is the document's own date, `arrived_on` the day it reached its holders.

    `renew_at` is when a cascade that goes on year after year opens anew; `renewals` how many times it has been, counted
    from the first document; `continues` and `continued_by` are the cascades before and after it.
    """

    number: int
    symbol: str
    type: str
    issuer: str
    issued_on: date
    subject: str
    workflow: str
    state: str
    means: str = "dispatch"
    arrived_on: date | None = None
    arrival_number: str | None = None
    place: str | None = None
    signer: str | None = None
    urgency: str | None = None
    recorded_by: str | None = None
    replaces: int | None = None
    renew_at: datetime | None = None
    renewals: int = 0
    continues: str | None = None
    continued_by: str | None = None


@light(frozen=True, slots=True)
class Attachment:
    """A file given with an act, for one of its fields. `digest` is its sha256 in hex, by which it is kept; `kind` is what
    it is by its content, `name` what whoever gave it calls it, `size` in bytes."""

    field: str
    digest: str
    name: str
    size: int
    kind: str


@light(frozen=True, slots=True)
class Item:
    """One numbered point of a directive. `parent` is the obligation it carries further; `bases` are its other documents.

    `due_form` says how it gives its date, where that is no plain day (words.DUE_FORMS); `due_rule` is the time that it
    gives instead, such as `5 working days after event`, `due_event` what that event is, in words, and `event_on` its day,
    once that is known; `due_from` is the first day of an interval. `targets` are the figures that it asks for, by the name
    of the number.
    """

    directive: int
    number: int
    label: str
    text: str
    mode: str
    due_at: datetime | None = None
    due_wording: str | None = None
    parent: int | None = None
    due_form: str | None = None
    due_rule: str | None = None
    due_event: str | None = None
    event_on: date | None = None
    due_from: date | None = None
    targets: tuple[tuple[str, str], ...] = ()
    bases: tuple[Basis, ...] = ()
