"""What is published says who wrote it, who published it and why; it is retired, never lost; what runs stays on its version."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from hashlib import sha256

import pytest
from alembic import command

from engine import administration, deeds, publishing
from engine.clock import SystemClock
from engine.publishing import SHIPPED, Grounds
from engine.runtime import Runtime
from storage import definitions, directory, installation, journal, migrate
from storage.database import Database
from storage.definitions import Published
from storage.queries import versions
from storage.verification import verify
from tests.contract.test_many_writers import at_once
from tests.contract.test_verification import tampered
from tests.support.desk import READY, WORKFLOW, Desk, task
from tests.support.offices import DIRECTOR, seat
from workflows.directive import ADMINISTRATION
from workflows.errors import Conflict, Incomplete, InvalidDefinition, NotFound, NotYours, Unmet
from workflows.facts import Administered
from workflows.fields import parse_instant
from workflows.loading import shipped
from workflows.offices import Deputy

NOTICE = shipped()[WORKFLOW]
GROUNDS = Grounds("unit-1/officer", "One more extension", ("QĐ 42/2014/QĐ-TTg", "05/QC-SKHCN"))
AT = parse_instant(READY)


def publish(desk: Desk, edit: str, grounds: Grounds = Grounds(), by: str = "department/leader") -> Published:
    """The shipped notice with a comment more, as the next version."""
    with desk.runtime.database.transaction() as connection:
        text = f"{NOTICE}# {edit}\n"
        return publishing.publish_workflow(connection, text, "notice.yaml", desk.runtime.now(), seat(by), grounds)


def retire(desk: Desk, named: str, why: str = "Replaced") -> list[str]:
    with desk.runtime.database.transaction() as connection:
        return [one.key for one in publishing.retire(connection, named, why, desk.runtime.now(), DIRECTOR)]


def unretire(desk: Desk, named: str) -> str:
    with desk.runtime.database.transaction() as connection:
        return publishing.unretire(connection, named, "Needed again", desk.runtime.now(), DIRECTOR).key


def two_persons(desk: Desk, required: bool = True) -> None:
    with desk.runtime.database.transaction() as connection:
        publishing.require_two_persons(connection, required, "05/QC", desk.runtime.now(), DIRECTOR)


def stored(desk: Desk) -> list[Published]:
    with desk.runtime.database.reading() as connection:
        return [one for one in definitions.read_published(connection, "workflow") if one.name == WORKFLOW]


def issue_under(desk: Desk, workflow: str, holder: str = "unit-1") -> str:
    """The department issues a directive of its own under this workflow; the version it came under."""
    asked = replace(
        Desk(desk.runtime, name=desk.next_id()).draft("department", task("2023-09-08", holder)), workflow=workflow
    )
    [answer] = desk.runtime.executor.execute([asked])
    return Desk(desk.runtime, answer.cascade).directives()[0].workflow


def test_a_version_and_the_journal_say_the_same_of_it(desk: Desk) -> None:
    first = stored(desk)[0]
    assert (first.key, first.author, first.why, first.basis) == ("government-notice@1", SHIPPED, None, ())
    made = publish(desk, "changed", GROUNDS)
    assert stored(desk)[-1] == made
    assert (made.key, made.author, made.published_by, made.why) == (
        "government-notice@2", "unit-1/officer", "department/leader", "One more extension",
    )  # fmt: skip
    with desk.runtime.database.reading() as connection:
        entry = list(journal.walk(connection, ADMINISTRATION))[-1]
    fact = entry.fact
    assert isinstance(fact, Administered)
    assert (fact.what, fact.subject, entry.data["by"]["person"]) == (
        "published",
        "workflow government-notice@2",
        "Leader",
    )
    assert [value for name, value in fact.details if name == "basis"] == list(GROUNDS.basis)
    assert dict(fact.details) | {"basis": ""} == {
        "name": WORKFLOW, "version": "2", "digest": sha256(made.text.encode()).hexdigest(), "author": "unit-1/officer",
        "publisher": "department/leader", "why": "One more extension", "basis": "", "warnings": "0",
    }  # fmt: skip
    assert desk.verdict().verified


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("author = 'unit-2/officer'", "author is stored as unit-2/officer, the journal has unit-1/officer"),
        ("author = NULL", "author is stored as nothing"),
        ("why = 'Because'", "why is stored as Because, the journal has One more extension"),
        ("basis = '[]'", "basis is stored as nothing, the journal has QĐ 42/2014/QĐ-TTg, 05/QC-SKHCN"),
        ("warnings = 3", "warnings is stored as 3, the journal has 0"),
        ("published_by = 'unit-1/leader'", "published_by is stored as unit-1/leader"),
        ("published_at = '2023-08-15 02:00:00+00:00'", "published_at is stored as 15/08/2023"),
        ("retired_why = 'Old'", "retired_why is stored as Old, the journal has Replaced"),
        ("retired_at = NULL, retired_by = NULL, retired_why = NULL", "retired_at is stored as nothing"),
        ("basis = 'no list'", "a stored value cannot be read"),
    ],
)
def test_what_is_said_of_a_version_and_was_changed_past_the_journal_is_found(
    desk: Desk, change: str, says: str
) -> None:
    publish(desk, "changed", GROUNDS)
    retire(desk, "government-notice@2")
    if desk.runtime.database.is_sqlite:
        change = change.replace("+00:00", ".000000")
    with tampered(desk, f"UPDATE workflow SET {change} WHERE version = 2") as faults:
        assert any(says in fault.says for fault in faults), faults


def test_a_version_that_was_published_before_authors_were_recorded_is_whole(desk: Desk) -> None:
    old = Published("older", 1, sha256(NOTICE.encode()).hexdigest(), NOTICE, desk.runtime.now(), str(DIRECTOR))
    with desk.runtime.database.transaction() as connection:
        definitions.add_published(connection, "workflow", old)
        deeds.record(connection, "published", "workflow older@1", old.published_at, DIRECTOR, [("digest", old.digest)])
    assert desk.verdict().verified


def test_no_directive_is_issued_under_a_retired_version_and_what_runs_goes_on(desk: Desk) -> None:
    desk.issue("province", task("2023-09-29", "department"))
    with desk.runtime.database.reading() as connection:
        assert versions.open_directives(connection) == {"government-notice@1": 1}
    publish(desk, "changed")
    assert issue_under(desk, "government-notice@1") == "government-notice@1"  # an older one may be chosen
    assert retire(desk, "government-notice@1") == ["government-notice@1"]
    with pytest.raises(Unmet, match=r"government-notice@1 is retired \(Replaced\); in use is government-notice@2"):
        issue_under(desk, "government-notice@1")
    assert issue_under(desk, WORKFLOW) == "government-notice@2"
    # Work under the retired version is passed on under it, by a document and by a direction on the slip, and done.
    below = replace(desk.draft("department", task("2023-09-08", "unit-1", under=1)), workflow="government-notice@1")
    slip = replace(desk.draft("department", task("2023-09-08", "unit-2", under=1)), workflow="government-notice@1")
    desk.runtime.executor.execute([below, replace(slip, means="endorsement")])
    desk.report(2)
    desk.accept(2)
    assert [(one.workflow, one.state) for one in desk.obligations()[1:]] == [
        ("government-notice@1", "accepted"),
        ("government-notice@1", "assigned"),
    ]
    # And the document above everything is replaced under the version it has.
    again = replace(
        desk.draft("province", task("2023-10-02", "department")), replaces=1, workflow="government-notice@1"
    )
    desk.runtime.executor.execute([again])
    assert desk.directives()[-1].workflow == "government-notice@1"
    desk.live_until("2023-08-17T09:00")
    assert desk.verdict().verified


def test_of_a_retired_newest_version_the_one_before_is_meant_by_the_name(desk: Desk) -> None:
    publish(desk, "changed")
    retire(desk, "government-notice@2")
    assert issue_under(desk, WORKFLOW) == "government-notice@1"
    assert publish(desk, "changed again").key == "government-notice@3"
    assert issue_under(desk, WORKFLOW) == "government-notice@3"


def test_a_workflow_that_is_retired_as_a_whole_can_come_back(desk: Desk) -> None:
    publish(desk, "changed")
    assert retire(desk, WORKFLOW) == ["government-notice@1", "government-notice@2"]
    with pytest.raises(Unmet, match="none of its versions is in use; in use are"):
        issue_under(desk, WORKFLOW)
    with pytest.raises(Conflict, match="government-notice@2 was retired on 14/08/2023 by department/leader"):
        retire(desk, "government-notice@2")
    with pytest.raises(Conflict, match="several versions are retired"):
        unretire(desk, WORKFLOW)
    with pytest.raises(Conflict, match="has the very same text, and is retired; cascade workflow unretire"):
        publish(desk, "changed")
    assert unretire(desk, "government-notice@1") == "government-notice@1"
    with pytest.raises(Conflict, match="it is not retired"):
        unretire(desk, "government-notice@1")
    assert issue_under(desk, WORKFLOW) == "government-notice@1"
    assert desk.verdict().verified


def test_retiring_what_is_not_there_or_without_a_reason_is_refused(desk: Desk) -> None:
    for named in ("flood-season", "government-notice@7", ""):
        with pytest.raises(NotFound, match=r"There is: .*government-notice@1"):
            retire(desk, named)
    for why in ("", "  ", "x" * 3000, "a\0b"):
        with pytest.raises(Incomplete):
            retire(desk, WORKFLOW, why)
    assert not stored(desk)[0].retired


def test_where_two_persons_are_wanted_nobody_publishes_what_they_wrote(desk: Desk) -> None:
    stand_in = Deputy("leader", "unit-1/leader", date(2023, 8, 1))
    with desk.runtime.database.transaction() as connection:
        offices = [
            replace(one, deputies=(stand_in,), people={**one.people, "clerk": "Tester"}) if one.id == "department"
            else replace(one, people={**one.people, "officer": " tester ", "leader": "Head"}) if one.id == "unit-1"
            else one
            for one in directory.read_offices(connection)
        ]  # fmt: skip
    desk.staff(offices)
    assert publish(desk, "alone").author == "department/leader"
    two_persons(desk)
    for wrote, published in (
        ("department/leader", "department/leader"),
        ("unit-1/officer", "department/clerk"),  # two seats, and the directory names one person for both
        ("unit-1/leader", "department/leader (unit-1/leader)"),  # published as the deputy of another
        ("department/leader", "department/leader (unit-1/leader)"),
    ):
        with pytest.raises(Unmet, match="two persons"):
            publish(desk, "refused", Grounds(wrote), published)
    with pytest.raises(Incomplete, match="--author"):
        publish(desk, "refused")
    with pytest.raises(NotFound, match="nobody"):
        publish(desk, "refused", Grounds("nobody/officer"))
    with pytest.raises(NotYours, match="does not stand in"):
        publish(desk, "refused", Grounds("unit-2/officer"), "department/leader (unit-3/leader)")
    assert len(stored(desk)) == 2
    made = publish(desk, "together", Grounds("unit-2/officer"), "department/leader (unit-1/leader)")
    assert (made.author, made.published_by) == ("unit-2/officer", "department/leader (unit-1/leader)")
    with pytest.raises(Conflict, match="so already"):
        two_persons(desk)
    assert desk.verdict().verified
    with tampered(
        desk, f"UPDATE installation SET two_persons = {'0' if desk.runtime.database.is_sqlite else 'false'}"
    ) as faults:
        assert any("two persons was changed past the journal" in fault.says for fault in faults)
    two_persons(desk, required=False)
    publish(desk, "alone again")


def test_warnings_are_counted_and_refuse_where_that_is_asked(desk: Desk) -> None:
    text = NOTICE.replace("{at: due,                       label", "{at: 6 working days after due,  label")
    assert text != NOTICE
    with desk.runtime.database.transaction() as connection, pytest.raises(InvalidDefinition, match="W4"):
        publishing.publish_workflow(connection, text, "notice.yaml", AT, DIRECTOR, strict=True)
    with desk.runtime.database.transaction() as connection:
        assert publishing.publish_workflow(connection, text, "notice.yaml", AT, DIRECTOR).warnings > 0
    assert stored(desk)[-1].warnings > 0
    assert desk.verdict().verified


def test_two_who_publish_at_once_get_two_versions(desk: Desk, open_node: Callable[[], Runtime]) -> None:
    at_once(open_node, lambda node, place: void(publish(Desk(node), f"writer {place}")), writers=3)
    assert [one.version for one in stored(desk)] == [1, 2, 3, 4]
    assert desk.verdict().verified


def void(_: object) -> None:
    """A result nobody looks at."""


@pytest.mark.parametrize("held", [None, NOTICE.replace("granted_at_most: 2", "granted_at_most: 1")])
def test_an_upgrade_publishes_new_shipped_workflows_and_leaves_those_that_an_office_has(
    empty_url: str, held: str | None
) -> None:
    """On a database of the schema before publications said more, with no workflow or with one of its own."""
    database = Database(empty_url)
    with database.transaction() as connection:
        command.upgrade(migrate._config(connection), "0004")
        moment = "2023-08-14 02:00:00.000000" if database.is_sqlite else "2023-08-14 02:00:00+00:00"
        connection.exec_driver_sql(
            "INSERT INTO installation (id, created_at, purpose, directory_version, admin_seq, admin_hash)"
            f" VALUES (1, '{moment}', 'office', 0, 0, '')"
        )
        if held:
            mark = "?" if database.is_sqlite else "%s"
            digest = sha256(held.encode()).hexdigest()
            connection.exec_driver_sql(
                f"INSERT INTO workflow VALUES ({', '.join([mark] * 6)})",
                (WORKFLOW, 4, digest, held, moment, "department/leader"),
            )
    done = administration.upgrade(database, SystemClock())
    assert (done.before, done.after) == ("0004", migrate.head())
    with database.reading() as connection:
        published = definitions.read_published(connection, "workflow")
        found = installation.read(connection)
        faults = verify(connection).faults
    assert found is not None
    assert not found.two_persons
    if held:
        assert WORKFLOW in done.differing
        kept = next(one for one in published if one.name == WORKFLOW)
        assert (kept.text, kept.author, kept.basis, kept.warnings, kept.retired) == (held, None, (), 0, False)
    else:
        assert f"{WORKFLOW}@1" in done.published
        assert done.differing == ()
        assert {one.author for one in published} == {SHIPPED}
        assert faults == ()
    again = administration.upgrade(database, SystemClock())
    assert (again.published, again.differing) == ((), done.differing)
    database.close()
