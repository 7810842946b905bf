"""The closed table of deeds: who may ask for what. Nothing is allowed until it stands here.

It says who may knock. Whether one act on one obligation is allowed is the law's (workflows.parties), and which rows are
shown is the sight's (storage.queries).
"""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.access.errors import Forbidden
from engine.access.person import WIDE_ROLES, Person
from engine.labels import ROLE_WORDS
from workflows.text import Text, say
from workflows.words import ROLES

# Each scope of a token holds those before it: a calendar's address opens nothing but the calendar.
SCOPES: Mapping[str, frozenset[str]] = {
    "feed": frozenset({"feed"}),
    "read": frozenset({"feed", "read"}),
    "write": frozenset({"feed", "read", "write"}),
    "admin": frozenset({"feed", "read", "write", "admin"}),
}
ALL_SCOPES = SCOPES["admin"]
ALL_ROLES = (*ROLES, *WIDE_ROLES)
_WIDE_WORDS: Mapping[str, Text] = {"admin": say("admin"), "auditor": say("auditor"), "operator": say("operator")}


@dataclass(frozen=True, slots=True)
class Deed:
    """A deed and who may ask for it.

    `roles` are those of a seat or of the installation; `over`: the seat has to be in the office it is about, or above it.
    `scope` is what a token needs; None: no token will do, a person has to be there. `changes` says whether it changes
    anything, `own` that it concerns nothing but the account itself, `anybody` that nobody has to be known for it.
    """

    says: Text
    roles: frozenset[str]
    over: bool = False
    scope: str | None = "read"
    changes: bool = False
    own: bool = False
    anybody: bool = False


def _looks(says: Text, *roles: str) -> Deed:
    return Deed(says, frozenset(roles))


def _works(says: Text, *roles: str) -> Deed:
    return Deed(says, frozenset(roles), over=True, scope="write", changes=True)


def _keeps(says: Text, *roles: str) -> Deed:
    return Deed(says, frozenset(roles), scope="admin", changes=True)


def _own(says: Text, scope: str | None, *, changes: bool = True) -> Deed:
    return Deed(says, frozenset(ALL_ROLES), scope=scope, changes=changes, own=True)


def _open(says: Text, *, changes: bool = False) -> Deed:
    return Deed(says, frozenset(ALL_ROLES), scope="feed", changes=changes, anybody=True)


_WORKERS = tuple(ROLES)
_KEEPERS = ("admin", "operator")

DEEDS: Mapping[str, Deed] = {
    # the office's work
    "look.work": _looks(say("look at the work"), *_WORKERS, "auditor"),
    "look.directive": _looks(say("look at directives"), *_WORKERS, "auditor"),
    "look.obligation": _looks(say("look at obligations"), *_WORKERS, "auditor"),
    "look.overview": _looks(say("look at the overview"), *_WORKERS, "auditor"),
    "look.counts": _looks(say("look at how much there is"), *ALL_ROLES),
    "search": _looks(say("search"), *_WORKERS, "auditor"),
    "export": _looks(say("export lists"), *_WORKERS, "auditor"),
    "directive.register": _works(say("register a directive"), "clerk", "leader"),
    "directive.issue": _works(say("issue a directive"), "clerk", "leader"),
    "directive.change": _works(say("amend, link or revoke a directive"), "clerk", "leader"),
    "obligation.act": _works(say("act on an obligation"), *_WORKERS),
    "batch.act": _works(say("act on several obligations"), *_WORKERS),
    "attachment.add": _works(say("add an attachment"), *_WORKERS),
    "entry.correct": _works(say("correct an entry"), "clerk", "leader"),
    # what the office runs on
    "look.workflow": _looks(say("look at workflows"), *ALL_ROLES),
    "workflow.edit": _keeps(say("write workflows"), "admin"),
    "workflow.publish": _keeps(say("publish or retire a workflow"), "admin"),
    "look.calendar": _looks(say("look at the calendar"), *ALL_ROLES),
    "calendar.edit": _keeps(say("change the calendar"), "admin"),
    "look.office": _looks(say("look at the directory of offices"), *ALL_ROLES),
    "office.edit": _keeps(say("change the directory of offices"), "admin"),
    "look.account": _looks(say("look at accounts"), "admin", "auditor"),
    "account.edit": _keeps(say("change accounts"), "admin"),
    "look.sign_ins": _looks(say("look at who signed in"), "admin", "auditor"),
    # the machine
    "look.rounds": _looks(say("look at rounds, messages and incidents"), *WIDE_ROLES),
    "round.run": _keeps(say("run a round"), *_KEEPERS),
    "outbox.retry": _keeps(say("send a message again"), *_KEEPERS),
    "webhook.edit": _keeps(say("change who is told by webhook"), "admin"),
    "incident.resolve": _keeps(say("try an incident again or resolve it"), *_KEEPERS),
    # the record
    "look.journal": _looks(say("look at the journal"), "auditor"),
    "look.administration": _looks(say("look at the administration's record"), "admin", "auditor"),
    "journal.verify": _looks(say("verify the journal"), *WIDE_ROLES),
    # one's own
    "look.own": _own(say("look at one's own account"), "read", changes=False),
    "password.own": _own(say("change one's own password"), None),
    "token.own": _own(say("keep one's own tokens"), None),
    "view.own": _own(say("keep one's own views and language"), "write"),
    "feed": Deed(say("read one's own calendar of dates"), frozenset(_WORKERS), scope="feed", own=True),
    # nobody has to be known
    "health": _open(say("ask whether the service lives")),
    "metrics": _open(say("read figures of the service")),
    "static": _open(say("read the pages' own files")),
    "sign.in": _open(say("sign in"), changes=True),
    "link.use": _open(say("use a link"), changes=True),
    "message.acknowledge": _open(say("acknowledge a message by its link"), changes=True),
}


def check(person: Person | None, deed: str, office: str | None = None) -> None:
    """Raises Forbidden where this person may not ask for this deed, saying who may; an unknown deed is nobody's.

    Without an office a deed that is about one may be asked for by whoever may do so anywhere: for a guard before what it
    is about is known. Whoever knows the office names it.
    """
    rule = DEEDS.get(deed)
    if rule is None:
        raise Forbidden(deed, say("do {deed!r}", deed=deed), say("no rule says who may"))
    because = None if rule.anybody else _stands_in_the_way(person, rule, deed, office)
    if because is not None:
        raise Forbidden(deed, rule.says, because)


def may(person: Person | None, deed: str, office: str | None = None) -> bool:
    """The same as a question, for what to show."""
    rule = DEEDS.get(deed)
    return rule is not None and (rule.anybody or _stands_in_the_way(person, rule, deed, office) is None)


def _stands_in_the_way(person: Person | None, rule: Deed, deed: str, office: str | None) -> Text | None:
    if person is None:
        return say("sign in first")
    if person.known_by == "token":
        if rule.scope is None:
            return say("a token cannot; sign in with your password")
        if rule.scope not in person.scopes:
            return say("this token's scope is too narrow; it needs {scope}", scope=rule.scope)
    if person.must_change and deed not in ("password.own", "look.own"):
        return say("choose a password of your own first")
    if rule.own and len(rule.roles) == len(ALL_ROLES):
        return None  # also of an account that holds nothing yet
    if rule.roles & person.roles or person.is_over(rule.roles, office if rule.over else None):
        return None
    who = tuple(ROLE_WORDS.get(role) or _WIDE_WORDS[role] for role in ALL_ROLES if role in rule.roles)
    if rule.over and office is not None and person.is_over(rule.roles, None):
        return say("{office} is not below your seats; it is for {roles} of that office or one above it",
                   office=office, roles=who)  # fmt: skip
    return say("it is for {roles}", roles=who)
