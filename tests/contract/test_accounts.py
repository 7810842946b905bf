"""What administrators do to accounts, on both databases: each deed on the record, none half done."""

from typing import Any

import pytest

from engine.access import administering
from engine.administration import import_offices
from engine.deeds import INSTALLER
from engine.publishing import Grounds, publish_workflow, require_two_persons
from engine.runtime import Runtime
from storage import accounts, bulk
from storage.verification import verify
from tests.support.offices import directory
from tests.support.people import ADMIN, PASSWORD, Door, deeds, do
from workflows.errors import CascadeError, Conflict, Incomplete, NotFound, Unmet
from workflows.fields import parse_day
from workflows.light import replace
from workflows.loading import shipped
from workflows.offices import Deputy


@pytest.fixture
def door(installation: Runtime) -> Door:
    made = Door(installation)
    made.account("root", roles=("admin",))
    made.account("chi", "department/clerk")
    return made


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
    assert made.published_by == "Quản Trị"
    with door.runtime.database.reading() as connection:
        assert verify(connection).verified


@pytest.mark.parametrize(("author", "refused"), [("quản  trị", True), ("Trần Văn An", False), ("-/admin", True)])
def test_two_admins_without_a_seat_are_told_apart_by_their_names(door: Door, author: str, refused: bool) -> None:
    text = shipped()["government-notice"].replace("3 working days after reported", "5 working days after reported", 1)
    with door.runtime.database.transaction() as connection:
        require_two_persons(connection, True, "as decided", door.runtime.now(), ADMIN)

    def publish() -> None:
        with door.runtime.database.transaction() as connection:
            publish_workflow(connection, text, "given", door.runtime.now(), ADMIN, Grounds(author))

    if refused:
        with pytest.raises((Unmet, NotFound)):
            publish()
    else:
        publish()
