"""What administrators do to accounts, tokens, links and the API's answers, on both databases."""

from datetime import timedelta
from typing import Any

import orjson
import pytest

from engine.access import administering
from engine.access.errors import LinkRefused, SignInRefused, WeakPassword
from engine.access.links import GOOD_FOR
from engine.access.tokens import GOOD_MAX, PREFIX
from engine.administration import import_offices
from engine.deeds import INSTALLER
from engine.publishing import publish_workflow
from engine.runtime import Runtime
from storage import accounts, bulk
from storage.verification import verify
from tests.support.offices import directory
from tests.support.people import HERE, PASSWORD, Door
from workflows.commands import Actor
from workflows.errors import CascadeError, Conflict, Incomplete, NotFound, Unmet
from workflows.fields import parse_day
from workflows.light import replace
from workflows.loading import shipped
from workflows.offices import Deputy

ADMIN = Actor("-", "admin", "password", "Quản Trị")


@pytest.fixture
def door(installation: Runtime) -> Door:
    made = Door(installation)
    made.account("root", roles=("admin",))
    made.account("chi", "department/clerk")
    return made


def deeds(door: Door) -> list[tuple[str, str, dict[str, str]]]:
    """What the administration's chain says of accounts since the two of the fixture."""
    with door.runtime.database.reading() as connection:
        verdict = verify(connection)
        rows = bulk.read(connection, "SELECT body FROM journal WHERE cascade_id = 'administration' ORDER BY seq")
    assert verdict.verified
    facts = [orjson.loads(row[0])["fact"] for row in rows]
    found = [
        (one["what"], one["subject"], dict(one.get("details", ())))
        for one in facts
        if one["subject"].startswith(("account", "token"))
    ]
    return found[2:]


def do(door: Door, what: Any, *values: Any, **more: Any) -> Any:
    """One deed in a transaction of its own."""
    with door.runtime.database.transaction() as connection:
        return what(connection, *values, door.runtime.now(), ADMIN, **more)


def test_each_deed_is_on_the_record_with_who_did_it(door: Door) -> None:
    do(door, administering.add_account, "An", "Trần  Văn An", [("unit-1", "leader")], ["auditor"])
    do(door, administering.give_seat, "an", ("unit-2", "clerk"))
    do(door, administering.take_seat, "an", ("unit-1", "leader"))
    do(door, administering.give_role, "an", "operator")
    do(door, administering.take_role, "an", "auditor")
    do(door, administering.set_password, "an", door.gate.passwords.hashed(PASSWORD))
    do(door, administering.disable, "an", "left the office")
    do(door, administering.enable, "an")
    do(door, administering.unlock, "an")
    assert deeds(door) == [
        ("created", "account an", {"shown": "Trần Văn An", "seat": "unit-1/leader", "role": "auditor"}),
        ("given", "account an", {"seat": "unit-2/clerk"}),
        ("taken", "account an", {"seat": "unit-1/leader"}),
        ("given", "account an", {"role": "operator"}),
        ("taken", "account an", {"role": "auditor"}),
        ("reset", "account an", {"how": "password"}),
        ("disabled", "account an", {"why": "left the office"}),
        ("enabled", "account an", {}),
        ("unlocked", "account an", {}),
    ]
    with door.runtime.database.reading() as connection:
        rows = bulk.read(connection, "SELECT office, role, body FROM journal WHERE cascade_id = 'administration'")
        assert accounts.holders(connection, "unit-2", "clerk") == ["an"]
    assert tuple(rows[-1][:2]) == ("-", "admin")
    assert '"person":"Quản Trị"' in rows[-1][2]


@pytest.mark.parametrize(
    ("deed", "values", "error"),
    [
        (administering.add_account, ("a b", "A B", [], []), Incomplete),
        (administering.add_account, ("an", "", [], []), Incomplete),
        (administering.add_account, ("chi", "Another Chi", [], []), Conflict),
        (administering.add_account, ("CHI", "Another Chi", [], []), Conflict),
        (administering.add_account, ("an", "An", [("nowhere", "clerk")], []), NotFound),
        (administering.add_account, ("an", "An", [("province", "clerk")], []), Unmet),
        (administering.add_account, ("an", "An", [("unit-1", "king")], []), Incomplete),
        (administering.add_account, ("an", "An", [], ["clerk"]), Incomplete),
        (administering.give_seat, ("chi", ("department", "clerk")), Conflict),
        (administering.give_seat, ("nobody", ("department", "clerk")), NotFound),
        (administering.give_seat, ("chi", ("gov", "clerk")), Unmet),
        (administering.take_seat, ("chi", ("department", "leader")), Conflict),
        (administering.give_role, ("root", "admin"), Conflict),
        (administering.give_role, ("root", "king"), Incomplete),
        (administering.take_role, ("chi", "admin"), Conflict),
        (administering.take_role, ("root", "admin"), Unmet),
        (administering.disable, ("root", ""), Unmet),
        (administering.disable, ("nobody", ""), NotFound),
        (administering.enable, ("chi",), Conflict),
    ],
)
def test_what_cannot_be_is_refused_and_leaves_nothing(
    door: Door, deed: Any, values: tuple[Any, ...], error: type[CascadeError]
) -> None:
    with pytest.raises(error):
        do(door, deed, *values)
    assert deeds(door) == []


def test_another_admin_frees_the_first(door: Door) -> None:
    do(door, administering.give_role, "chi", "admin")
    do(door, administering.disable, "root", "")
    with pytest.raises(Unmet, match="nobody could administer any more"):
        do(door, administering.take_role, "chi", "admin")


def test_a_seat_in_an_office_that_is_gone_counts_for_nothing(door: Door) -> None:
    door.account("an", "unit-8/clerk", "unit-1/clerk")
    secret = door.comes_in("an")
    with door.runtime.database.transaction() as connection:
        import_offices(connection, directory(3), door.runtime.now(), INSTALLER)
    person = door.sessions.person_of(secret)
    assert person is not None
    assert person.seats == (("unit-1", "clerk"),)


def test_a_deputy_is_one_from_the_day_the_directory_says_and_the_same_session_sees_it(door: Door) -> None:
    secret = door.comes_in("chi")
    standing = Deputy("leader", "department/clerk", parse_day("2023-08-14"), parse_day("2023-08-14"))
    offices = [replace(one, deputies=(standing,)) if one.id == "unit-1" else one for one in directory()]
    before = door.sessions.person_of(secret)
    with door.runtime.database.transaction() as connection:
        import_offices(connection, offices, door.runtime.now(), INSTALLER)
    after = door.sessions.person_of(secret)
    assert before is not None
    assert after is not None
    assert before.deputies == ()
    assert [one.seat for one in after.deputies] == [("unit-1", "leader")]
    actor = after.actor("unit-1", "leader")
    assert (actor.deputy, actor.deputy_person, actor.person) == ("department/clerk", "Chi Person", "Leader")


def test_an_admin_without_a_seat_publishes_and_is_named(door: Door) -> None:
    text = shipped()["government-notice"].replace(
        "confirm: 3 working days after reported", "confirm: 5 working days after reported"
    )
    with door.runtime.database.transaction() as connection:
        made = publish_workflow(connection, text, "given", door.runtime.now(), ADMIN)
    assert made.published_by == "-/admin"
    with door.runtime.database.reading() as connection:
        assert verify(connection).verified


# Tokens


def test_a_token_is_shown_once_and_is_its_account_within_its_scope(door: Door) -> None:
    secret, token = door.tokens.make("chi", " monthly  report ", "read")
    assert secret.startswith(PREFIX)
    assert token.name == "monthly report"
    person = door.tokens.person_of(secret, HERE)
    assert person is not None
    assert (person.account, person.known_by, person.scopes) == ("chi", "token", {"feed", "read"})
    assert person.actor("department", "clerk").known_by == "token"
    assert [one.used_at for one in door.tokens.listed("chi")] == [door.now]
    assert door.tokens.listed("root") == []
    assert [one.what for one in door.noted("chi")] == ["token_made"]
    assert deeds(door) == []


def test_a_token_ends_by_its_day_by_being_revoked_and_with_its_account(door: Door) -> None:
    dated, _ = door.tokens.make("chi", "dated", good_for=timedelta(days=1))
    revoked, named = door.tokens.make("chi", "revoked")
    lasting, _ = door.tokens.make("chi", "lasting")
    door.tokens.revoke(named.id, "chi")
    door.later(hours=23, minutes=59)
    assert [door.tokens.person_of(one) is not None for one in (dated, revoked, lasting)] == [True, False, True]
    door.later(minutes=1)
    assert [door.tokens.person_of(one) is not None for one in (dated, revoked, lasting)] == [False, False, True]
    do(door, administering.disable, "chi", "")
    assert door.tokens.person_of(lasting, HERE) is None
    assert door.tokens.person_of(PREFIX + "x") is None
    assert door.tokens.person_of("") is None
    assert [one.what for one in door.noted()].count("token_refused") == 6
    with pytest.raises(Unmet, match="it was revoked before"):
        door.tokens.revoke(named.id, "chi")


def test_nobody_revokes_a_token_of_another_but_an_admin_on_the_record(door: Door) -> None:
    secret, token = door.tokens.make("chi", "reports", by=ADMIN)
    with pytest.raises(NotFound):
        door.tokens.revoke(token.id, "root")
    door.tokens.revoke(token.id, by=ADMIN)
    assert door.tokens.person_of(secret) is None
    assert deeds(door) == [
        ("added", "token of chi", {"token": token.id, "name": "reports", "scope": "read"}),
        ("revoked", "token of chi", {"token": token.id, "name": "reports"}),
    ]


def test_tokens_have_bounds(door: Door) -> None:
    for name, scope, good_for, error in (
        ("", "read", timedelta(days=1), Incomplete),
        ("x" * 81, "read", timedelta(days=1), Incomplete),
        ("x", "everything", timedelta(days=1), Incomplete),
        ("x", "read", timedelta(0), Incomplete),
        ("x", "read", GOOD_MAX + timedelta(days=1), Incomplete),
    ):
        with pytest.raises(error):
            door.tokens.make("chi", name, scope, good_for)
    with pytest.raises(NotFound):
        door.tokens.make("nobody", "x")
    for number in range(20):
        door.tokens.make("chi", f"token {number}")
    with pytest.raises(Unmet, match="chi has 20 already"):
        door.tokens.make("chi", "one more")
    with pytest.raises(Unmet, match="one of that name"):
        door.tokens.make("chi", "token 3")


# Links


def test_the_first_link_makes_the_first_account_and_then_no_other(empty_door: Door) -> None:
    door = empty_door
    one, other = door.links.setup(), door.links.setup()
    assert one is not None
    assert other is not None
    assert (found := door.links.opened(one)) is not None
    assert found.purpose == "setup"
    with pytest.raises(WeakPassword):
        door.links.set_up(one, "root", "Quản Trị", "short", HERE)
    made = door.links.set_up(one, "Root", "Quản Trị", PASSWORD, HERE)
    assert made.name == "root"
    person = door.sessions.person_of(door.comes_in("root"))
    assert person is not None
    assert person.roles == {"admin"}
    assert door.links.setup() is None
    for late in (one, other):
        assert door.links.opened(late) is None
        with pytest.raises(LinkRefused):
            door.links.set_up(late, "second", "Second", PASSWORD, HERE)


@pytest.fixture
def empty_door(installation: Runtime) -> Door:
    """A door to an installation without an account."""
    return Door(installation)


def test_a_password_link_is_good_once_for_a_day_and_only_the_newest(door: Door) -> None:
    session = door.comes_in("chi")
    first = door.links.for_password("chi", ADMIN)
    second = door.links.for_password("chi", ADMIN)
    assert door.links.opened(first) is None
    opened = door.links.opened(second)
    assert opened is not None
    assert (opened.account, opened.shown) == ("chi", "Chi Person")
    assert door.sessions.person_of(session) is not None, "until it is used nothing has changed"
    with pytest.raises(WeakPassword):
        door.links.choose_password(second, "short", HERE)
    door.links.choose_password(second, "con mèo trèo cây cau", HERE)
    assert door.sessions.person_of(session) is None
    with pytest.raises(LinkRefused):
        door.links.choose_password(second, PASSWORD, HERE)
    with pytest.raises(SignInRefused):
        door.comes_in("chi")
    assert door.comes_in("chi", "con mèo trèo cây cau")
    third = door.links.for_password("chi", ADMIN)
    door.later(seconds=GOOD_FOR.total_seconds())
    assert door.links.opened(third) is None
    with pytest.raises(LinkRefused):
        door.links.set_up(third, "x", "X", PASSWORD, HERE)
    assert [deed for deed, *_ in deeds(door)] == ["reset"] * 3


def test_a_disabled_account_gets_no_link_and_loses_the_one_it_has(door: Door) -> None:
    link = door.links.for_password("chi", ADMIN)
    do(door, administering.disable, "chi", "")
    with pytest.raises(LinkRefused):
        door.links.choose_password(link, PASSWORD)
    with pytest.raises(Unmet, match="cascade account enable chi"):
        door.links.for_password("chi", ADMIN)


# Answers


def test_the_same_request_under_a_key_is_answered_and_not_done_again(door: Door) -> None:
    answers = door.gate.answers
    assert answers.begin("chi", "k1", b"POST /a") is None
    with pytest.raises(Conflict, match="still being carried out"):
        answers.begin("chi", "k1", b"POST /a")
    answers.keep("chi", "k1", 201, '{"id":1}')
    found = answers.begin("chi", "k1", b"POST /a")
    assert found is not None
    assert (found.status, found.body) == (201, '{"id":1}')
    with pytest.raises(Conflict, match="used for another request"):
        answers.begin("chi", "k1", b"POST /b")
    assert answers.begin("root", "k1", b"POST /b") is None, "a key belongs to its account"
    answers.drop("root", "k1")
    assert answers.begin("root", "k1", b"POST /c") is None
    answers.drop("chi", "k1")
    assert answers.begin("chi", "k1", b"POST /a") is not None, "an answer that was given is not taken back"
    door.later(minutes=3)
    assert answers.begin("root", "k1", b"POST /c") is None, "who was cut off may ask again"
    door.later(days=8)
    assert answers.begin("chi", "k1", b"POST /z") is None
    for bad in ("", "x" * 201, "khóa", "a\nb"):
        with pytest.raises(Incomplete):
            answers.begin("chi", bad, b"")
