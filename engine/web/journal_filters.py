"""The filters of the journal: read from an address, handed to the query, and written into addresses again."""

from sqlalchemy import Connection

from engine.kind_words import KIND_WORDS
from engine.labels import ALL_ROLE_WORDS, ROLE_WORDS, labelled
from engine.language import told
from engine.showing.names import BUILT_IN_WORDS
from engine.web.asked import Address
from storage.queries import history
from storage.queries.entry_filters import KIND_OF_ACTION, Wanted
from workflows.calendar import after_day, first_instant
from workflows.fields import show_day
from workflows.offices import Offices
from workflows.text import Text, say
from workflows.workflow import Workflows

ROLES: dict[str, Text] = {**ROLE_WORDS, "timer": say("the clock"), "admin": ALL_ROLE_WORDS["admin"]}
FLAGS = ("late", "overridden", "denied", "claimed", "deputies")
TYPED = ("office", "person", "from", "to", "happened_from", "happened_to", "obligation", "directive")
_ALIKE = 5


def actions_of(workflows: Workflows) -> dict[str, str]:
    """Every action by its label: those of all workflows, one name with the newest one's word, and those that every one has."""
    found = {name: told(words) for name, words in BUILT_IN_WORDS.items() if name in KIND_OF_ACTION}
    for one in sorted(workflows, key=lambda one: one.version):
        english = one.definition.english.actions
        for machine in one.definition.every_machine.values():
            found |= {name: labelled(action.label, english.get(name)) for name, action in machine.actions.items()}
    return dict(sorted(found.items(), key=lambda one: one[1].lower()))


def read(
    address: Address, connection: Connection, offices: Offices, actions: dict[str, str]
) -> tuple[Wanted, dict[str, object]]:
    """What an address asks for, and the same as an address carries it. What cannot be read is left out, and
    `address.errors` says why; a person whom nobody may be is asked for all the same, and nothing is found."""
    office = address.office("office", offices)
    chain, acted_for, symbol, account, about = (
        address.text(name) for name in ("cascade", "for", "symbol", "account", "about")
    )
    person = _person(address, connection)
    obligation, directive = address.number("obligation"), address.number("directive")
    for name, value in (("obligation", obligation), ("directive", directive)):
        if value and not chain:
            address.errors[name] = say("Name the cascade as well: numbers are each cascade's own.")
    if not chain:
        obligation = directive = None
    kind, role, action = (
        address.choice(name, known) for name, known in (("kind", KIND_WORDS), ("role", ROLES), ("action", actions))
    )
    days = {name: address.day(name) for name in ("from", "to", "happened_from", "happened_to")}
    first = {name: first_instant(days[name]) if days[name] else None for name in ("from", "happened_from")}  # type: ignore[arg-type]
    after = {name: after_day(days[name]) if days[name] else None for name in ("to", "happened_to")}  # type: ignore[arg-type]
    flags = {name: address.flag(name) for name in FLAGS}
    named = offices.find(acted_for)
    wanted = Wanted(
        chain or None, obligation, directive, office.id if office else None, role, person or None, kind, first["from"],
        after["to"], symbol=symbol or None, action=action, acted_for=acted_for or None,
        happened_since=first["happened_from"], happened_until=after["happened_to"], account=account or None,
        about=about or None, **flags,
    )  # fmt: skip
    values: dict[str, object] = {
        "cascade": chain, "obligation": obligation, "directive": directive, "office": office.id if office else "",
        "role": role, "person": person, "for": named.id if named else acted_for, "action": action, "kind": kind,
        **{name: show_day(day) if day else "" for name, day in days.items()}, **flags, "symbol": symbol,
        "account": account, "about": about, "order": "oldest" if address.text("order") == "oldest" else "",
    }  # fmt: skip
    return wanted, values


def _person(address: Address, connection: Connection) -> str:
    """The name as the journal has it: the only one that may be meant; of several, none, and it is said who they are."""
    typed = address.text("person")
    found = history.persons(connection, typed) if typed else []
    if len(found) > 1:
        address.errors["person"] = say("Several persons are meant by {value}: {alike}. Write one whole name.",
                                       value=typed, alike=found[:_ALIKE])  # fmt: skip
        return ""
    return found[0] if found else typed
