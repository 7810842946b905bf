"""The table of deeds, spelled out: whoever changes it changes this page."""

from collections.abc import Iterable

import pytest

from engine.access.errors import Forbidden
from engine.access.person import Person, StandsIn, stands_in, under
from engine.access.rules import ALL_ROLES, ALL_SCOPES, DEEDS, SCOPES, check, may
from engine.language import speaking, told
from storage.queries.sight import Sight
from tests.support.offices import DEPARTMENT, directory
from workflows.commands import Actor
from workflows.fields import parse_day
from workflows.light import replace
from workflows.offices import Deputy, Office, Offices
from workflows.parties import named
from workflows.words import ROLES

# c clerk, o officer, l leader, a admin, u auditor, p operator, 0 an account that holds nothing, - nobody is known.
# Then what a token needs: f feed, r read, w write, a admin, x no token will do. A capital letter: it changes something.
MATRIX = """
look.work            col.u... r
look.directive       col.u... r
look.obligation      col.u... r
look.overview        col.u... r
look.counts          colaup.. r
search               col.u... r
export               col.u... r
directive.register   c.l..... W
directive.issue      c.l..... W
directive.change     c.l..... W
obligation.act       col..... W
batch.act            col..... W
attachment.add       col..... W
entry.correct        c.l..... W
look.workflow        colaup.. r
workflow.edit        ...a.... A
workflow.publish     ...a.... A
look.calendar        colaup.. r
calendar.edit        ...a.... A
look.office          colaup.. r
office.edit          ...a.... A
look.account         ...au... r
account.edit         ...a.... A
look.sign_ins        ...au... r
look.rounds          ...aup.. r
round.run            ...a.p.. A
outbox.retry         ...a.p.. A
webhook.edit         ...a.... A
incident.resolve     ...a.p.. A
look.journal         ....u... r
look.administration  ...au... r
journal.verify       ...aup.. r
look.own             colaup0. r
password.own         colaup0. X
token.own            colaup0. X
view.own             colaup0. W
feed                 col..... f
health               colaup0- f
metrics              colaup0- f
static               colaup0- f
sign.in              colaup0- F
link.use             colaup0- F
message.acknowledge  colaup0- F
"""
OFFICES = Offices({one.id: one for one in directory()})
LETTERS = dict(zip("coLaup".lower(), ALL_ROLES, strict=True))


def person(*roles: str, office: str = DEPARTMENT, **more: object) -> Person:
    """Somebody with these roles: of seats in an office, or of the installation."""
    seats = tuple((office, role) for role in roles if role in ROLES)
    wide = frozenset(roles) - set(ROLES)
    made = Person("chi", "Chi", seats, (), wide, "vi", "password", ALL_SCOPES, directory=OFFICES)
    return replace_with(made, **more)


def replace_with(made: Person, **more: object) -> Person:
    from dataclasses import replace as other

    return other(made, **more)  # type: ignore[arg-type]


def everybody() -> dict[str, Person | None]:
    return {**{letter: person(role) for letter, role in LETTERS.items()}, "0": person(), "-": None}


def scope_letter(deed: str) -> str:
    rule = DEEDS[deed]
    letter = (rule.scope or "x")[0]
    return letter.upper() if rule.changes else letter


def matrix() -> Iterable[str]:
    """The table as the rules give it."""
    for deed in DEEDS:
        who = "".join(letter if may(one, deed) else "." for letter, one in everybody().items())
        yield f"{deed:20} {who} {scope_letter(deed)}"


def test_the_table_is_what_this_page_says() -> None:
    assert list(matrix()) == MATRIX.strip().splitlines()


def test_an_unknown_deed_is_nobodys() -> None:
    everyone = person(*ALL_ROLES)
    assert not may(everyone, "obligation.delete")
    with pytest.raises(Forbidden, match="no rule says who may"):
        check(everyone, "obligation.delete")


def test_an_auditor_changes_nothing_but_what_is_their_own() -> None:
    auditor = person("auditor")
    changed = {deed for deed, rule in DEEDS.items() if rule.changes and not rule.anybody and may(auditor, deed)}
    assert changed == {"password.own", "token.own", "view.own"}


@pytest.mark.parametrize("deed", DEEDS)
def test_check_and_may_agree_and_a_refusal_says_who_may_in_both_languages(deed: str) -> None:
    for one in everybody().values():
        if may(one, deed):
            check(one, deed)
            continue
        with pytest.raises(Forbidden) as refused:
            check(one, deed)
        with speaking("vi"):
            assert told(refused.value.text) != str(refused.value)
        assert refused.value.deed == deed


def test_work_on_an_office_is_for_seats_in_it_or_above_it() -> None:
    works = [deed for deed, rule in DEEDS.items() if rule.over]
    above, unit = person("clerk", "officer", "leader"), person("clerk", "officer", "leader", office="unit-1")
    for deed in works:
        assert may(above, deed, DEPARTMENT)
        assert may(above, deed, "unit-2")
        assert may(unit, deed, "unit-1")
        assert not may(unit, deed, "unit-2")
        assert not may(unit, deed, DEPARTMENT)
        assert not may(above, deed, "province")
        assert not may(above, deed, "no-such-office")
    with pytest.raises(
        Forbidden, match="unit-2 is not below your seats; it is for clerk, leader of that office or one"
    ):
        check(unit, "directive.issue", "unit-2")


def test_a_role_in_one_seat_lends_nothing_to_another() -> None:
    mixed = replace_with(person("clerk"), seats=((DEPARTMENT, "officer"), ("unit-1", "leader")))
    assert may(mixed, "directive.issue", "unit-1")
    assert not may(mixed, "directive.issue", DEPARTMENT)


@pytest.mark.parametrize("scope", SCOPES)
def test_a_token_opens_what_its_scope_says_and_never_more_than_its_account(scope: str) -> None:
    for role in ALL_ROLES:
        program, signed_in = person(role, known_by="token", scopes=SCOPES[scope]), person(role)
        for deed, rule in DEEDS.items():
            opens = may(signed_in, deed) and rule.scope is not None and rule.scope in SCOPES[scope]
            assert may(program, deed) == (opens or rule.anybody), (role, deed)


def test_nothing_is_open_before_a_given_password_is_changed() -> None:
    new = person(*ALL_ROLES, must_change=True)
    assert {deed for deed, rule in DEEDS.items() if may(new, deed) and not rule.anybody} == {"password.own", "look.own"}
    with pytest.raises(Forbidden, match="choose a password of your own first"):
        check(new, "look.work")


def test_who_sees_what() -> None:
    assert person("auditor").sight(OFFICES) == Sight(None)
    assert person("auditor", "operator").sight(OFFICES) == Sight(None)
    assert person("admin").sight(OFFICES) == person("operator").sight(OFFICES) == Sight(frozenset())
    assert person("officer", office="unit-1").sight(OFFICES) == Sight(frozenset({"unit-1"}))
    assert person("clerk").sight() == Sight(frozenset({DEPARTMENT, *(f"unit-{n}" for n in range(1, 9))}))
    assert under(OFFICES, ["gone"]) == frozenset()


def standing_in() -> tuple[Offices, Person]:
    """unit-1's leader stands in for the department's until 25/08, and for its clerk's in reports only."""
    until = parse_day("2023-08-25")
    deputies = (
        Deputy("clerk", "unit-1/leader", parse_day("2023-08-21"), None, ("report",)),
        Deputy("leader", "unit-1/leader", parse_day("2023-08-21"), until),
    )
    found: dict[str, Office] = {one.id: one for one in directory()}
    found[DEPARTMENT] = replace(found[DEPARTMENT], deputies=deputies)
    offices = Offices(found).on(parse_day("2023-08-22"))
    own = (("unit-1", "leader"),)
    return offices, Person("chi", "Chi Trần", own, tuple(stands_in(offices, own)), directory=offices, scopes=ALL_SCOPES)


def test_a_deputy_acts_under_both_names_and_sees_what_the_seat_sees_while_it_lasts() -> None:
    offices, chi = standing_in()
    assert [one.seat for one in chi.deputies] == [(DEPARTMENT, "clerk"), (DEPARTMENT, "leader")]
    actor = named(offices, chi.actor(DEPARTMENT, "leader"))
    assert actor == Actor(DEPARTMENT, "leader", "password", "Leader", None, "unit-1/leader", "Chi Trần")
    assert chi.actor("unit-1", "leader") == Actor("unit-1", "leader", "password", "Chi Trần")
    assert may(chi, "directive.issue", "unit-5")
    assert chi.sight().offices == under(offices, [DEPARTMENT])
    later = offices.on(parse_day("2023-08-26"))
    assert [one.role for one in stands_in(later, chi.seats)] == ["clerk"]
    assert not list(stands_in(offices.on(parse_day("2023-08-20")), chi.seats))


def test_nobody_acts_as_a_seat_that_is_not_theirs() -> None:
    with pytest.raises(Forbidden, match=r"Cannot act as unit-2/leader: .* its seats: department/clerk"):
        person("clerk").actor("unit-2", "leader")


def test_a_seat_is_chosen_by_the_action_a_deputy_covers() -> None:
    both = (
        StandsIn(DEPARTMENT, "leader", ("unit-1", "leader"), ("report",)),
        StandsIn(DEPARTMENT, "leader", ("unit-2", "leader"), ("accept",)),
    )
    chi = person(seats=(("unit-1", "leader"), ("unit-2", "leader")), deputies=both)
    assert chi.actor(DEPARTMENT, "leader", "accept").deputy == "unit-2/leader"
    assert chi.actor(DEPARTMENT, "leader", "report").deputy == "unit-1/leader"
    assert chi.actor(DEPARTMENT, "leader", "revoke").deputy == "unit-1/leader", "the law says that it may not"
