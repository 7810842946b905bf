"""`cascade demo` shows what it says it shows: every figure is computed again here, by plain SQL, on both databases."""

import io
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from engine.archiving.whole import Asked, write_archive
from engine.cli.demo import demo
from engine.language import speaking
from engine.replaying import Rules, replayed
from storage.as_of import as_of
from storage.database import Database
from storage.verification import verify
from tests.support.databases import Databases
from tests.support.histories import REST, STATES, messages, sums
from workflows.errors import Conflict

END = {"sqlite": "2024-07-31 10:00:00.000000", "postgresql": "2024-07-31 10:00:00+00"}
COUNTS = """
SELECT CASE
    WHEN outcome = 'void' THEN 'void'
    WHEN part = 'info' OR mode = 'info' THEN 'info'
    WHEN outcome = 'fulfilled' AND due_at IS NOT NULL AND sent_at > due_at THEN 'done_late'
    WHEN outcome = 'fulfilled' THEN 'done_on_time'
    WHEN due_at IS NULL THEN 'no_deadline'
    WHEN coalesce(CASE WHEN rested_at IS NOT NULL THEN coalesce(sent_at, rested_at) END, '{end}') > due_at THEN 'open_overdue'
    ELSE 'open_in_time' END AS kind, count(*) FROM obligation GROUP BY kind"""


class Shown:
    """A demonstration that was run: what it printed as JSON, and its database."""

    def __init__(self, url: str, printed: str) -> None:
        self.json: dict[str, Any] = json.loads(printed)
        self.database = Database(url)
        self.main, self.plan = (one["cascade"] for one in self.json["cascades"])

    def sql(self, statement: str) -> list[Any]:
        with self.database.reading() as connection:
            return [tuple(row) for row in connection.execute(text(statement))]

    def entries(self, kind: str) -> list[dict[str, Any]]:
        """The bodies of all entries of a kind, in order."""
        rows = self.sql(f"SELECT body FROM journal WHERE kind = '{kind}' ORDER BY cascade_id, seq")
        return [json.loads(body) for (body,) in rows]


@pytest.fixture(scope="module")
def shown(databases: Databases) -> Iterator[Shown]:
    """Played once on each database; the tests only look."""
    url, printed = databases.empty(), io.StringIO()
    with redirect_stdout(printed):
        demo(database=url, full=False, as_json=True)
    found = Shown(url, printed.getvalue())
    yield found
    found.database.close()
    databases.drop(url)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The same demonstration told short, in full, and short in Vietnamese."""
    url, stories = str(tmp_path_factory.mktemp("demo") / "demo.db"), {}
    for name, language in (("short", "en"), ("full", "en"), ("ngắn", "vi")):
        printed = io.StringIO()
        with redirect_stdout(printed), speaking(language):
            demo(database=url, full=name == "full", as_json=False)
        stories[name] = printed.getvalue()
    return stories


def test_the_figures_are_those_of_the_database(shown: Shown) -> None:
    end = END[shown.database.url.get_backend_name()]
    counted = dict(shown.sql(COUNTS.format(end=end)))
    printed = dict(shown.json["obligations"])
    total = printed.pop("total")
    assert printed == {group: counted.get(group, 0) for group in printed}
    assert total == sum(printed.values()) == shown.sql("SELECT count(*) FROM obligation")[0][0]
    assert shown.json["journal"]["entries"] == shown.sql("SELECT count(*) FROM journal")[0][0]
    assert len(shown.json["escalations"]) == shown.sql("SELECT count(*) FROM journal WHERE kind = 'RungReached'")[0][0]
    requests = shown.sql("SELECT count(*) FROM journal WHERE kind = 'ExtensionRequested'")[0][0]
    assert len(shown.json["extensions"]) == requests
    assert shown.json["messages"] == shown.sql("SELECT count(*) FROM outbox WHERE sent_at IS NOT NULL")[0][0]
    assert shown.sql("SELECT count(*) FROM outbox WHERE sent_at IS NULL") == [(0,)]


def test_every_turn_the_story_promises_is_in_it(shown: Shown) -> None:
    assert {one["decided"] for one in shown.json["extensions"]} == {"granted", "refused"}
    assert [one["answered"] for one in shown.json["disputes"]] == ["reassign"]
    assert all(one["given_to"] for one in shown.json["disputes"])
    silent = [one for one in shown.json["escalations"] if (one["cascade"], one["obligation"]) == (shown.main, 9)]
    assert [one["rung"] for one in silent] == [1, 2, 3, 3, 4]
    assert [one["at"] for one in silent] == [
        "2023-08-28T00:30:00.000000Z",
        "2023-08-31T00:30:00.000000Z",
        "2023-09-06T00:30:00.000000Z",
        "2023-09-13T00:30:00.000000Z",
        "2023-09-13T00:30:00.000000Z",
    ]
    actions = dict(shown.sql("SELECT kind, count(*) FROM journal GROUP BY kind"))
    assert {"ReceiptMissed", "DeadlineMissed", "Acknowledged", "Joined", "PeriodOpened", "DueSet"} <= set(actions)
    assert {"Returned", "ReviewDue", "CarriedOver", "Linked", "Offered", "OfferAnswered"} <= set(actions)
    assert len(shown.json["refused"]) == 4
    assert any("Open to you now" in one["says"] for one in shown.json["refused"])
    received = shown.sql(
        "SELECT received_at <= receive_by FROM obligation WHERE receive_by IS NOT NULL AND number < 42"
    )
    assert {bool(on_time) for (on_time,) in received if on_time is not None} == {True, False}
    levels = shown.sql("SELECT DISTINCT level FROM obligation")
    assert {level for (level,) in levels} == {"province", "department", "unit"}


def test_the_cascades_add_up_to_the_whole(shown: Shown) -> None:
    counted = dict(shown.sql("SELECT cascade_id, count(*) FROM obligation GROUP BY cascade_id"))
    assert {one["cascade"]: one["obligations"] for one in shown.json["cascades"]} == counted
    assert shown.json["cascade"] == shown.main
    assert [one["symbol"] for one in shown.json["cascades"]] == ["304/TB-VPCP", "137/KH-UBND"]
    entries = dict(shown.sql("SELECT cascade_id, count(*) FROM journal GROUP BY cascade_id"))
    assert {one["cascade"]: one["entries"] for one in shown.json["cascades"]} == {
        chain: count for chain, count in entries.items() if chain != "administration"
    }


def test_every_office_owes_one_form_a_quarter_for_a_year_and_answers_it(shown: Shown) -> None:
    forms = shown.sql(
        "SELECT period, count(*), count(DISTINCT holder), sum(CASE WHEN outcome = 'fulfilled' THEN 1 ELSE 0 END),"
        " sum(CASE WHEN sent_at > due_at THEN 1 ELSE 0 END) FROM obligation"
        " WHERE mode = 'periodic' AND period IS NOT NULL GROUP BY period ORDER BY period"
    )
    assert forms == [
        ("2023-Q3", 7, 7, 7, 1),
        ("2023-Q4", 7, 7, 7, 2),
        ("2024-Q1", 7, 7, 7, 0),
        ("2024-Q2", 7, 7, 7, 1),
        ("2024-Q3", 7, 7, 0, 0),
    ]


def test_at_the_year_end_one_item_is_carried_over_after_its_review_and_the_others_end_by_themselves(
    shown: Shown,
) -> None:
    standing = "standing IS NULL AND until IS NOT NULL AND part <> 'info' AND coalesce(outcome, '') <> 'void'"
    ends = shown.sql(
        "SELECT mode, sum(CASE WHEN outcome IS NULL THEN 1 ELSE 0 END), count(*) FROM obligation"
        f" WHERE {standing} GROUP BY mode ORDER BY mode"
    )
    assert ends == [("linked", 0, 4), ("on_event", 0, 10), ("periodic", 7, 7)]
    reviewed = {(one["cascade"], one["fact"]["number"]): one["recorded_at"] for one in shown.entries("ReviewDue")}
    carried = shown.entries("CarriedOver")
    assert len(carried) == 7
    assert all(reviewed[one["cascade"], one["fact"]["number"]] < one["recorded_at"] for one in carried)
    ended = [one for one in shown.entries("Acted") if (one["fact"].get("cause") or {}).get("kind") == "year_end"]
    assert len(ended) == 14
    assert {one["by"]["role"] for one in ended} == {"timer"}


def test_every_return_says_as_many_events_as_there_are(shown: Shown) -> None:
    events = shown.sql("SELECT standing, count(*) FROM obligation WHERE period LIKE 'event %' GROUP BY standing")
    said: dict[int, int] = {}
    for one in shown.entries("Returned"):
        said[one["fact"]["number"]] = said.get(one["fact"]["number"], 0) + one["fact"]["events"]
    assert {number: count for number, count in said.items() if count} == dict(events)
    assert any("0 events are entered" in one["says"] for one in shown.json["refused"])


def test_one_report_answers_two_documents_in_two_cascades(shown: Shown) -> None:
    linked = shown.sql("SELECT cascade_id, symbol, cascade, obligation FROM basis WHERE cascade IS NOT NULL")
    assert linked == [(shown.main, "137/KH-UBND", shown.plan, 1)]
    [taken] = shown.sql(
        "SELECT a.cascade_id, a.sent_as, a.outcome, b.outcome FROM obligation AS a JOIN obligation AS b"
        " ON b.sent_as = a.sent_as AND b.cascade_id <> a.cascade_id AND b.item = 2"
        f" WHERE a.cascade_id = '{shown.plan}' AND a.number = 1"
    )
    assert taken == (shown.plan, "77/BC-VP", "fulfilled", "fulfilled")


def test_a_direction_on_the_slip_passes_work_on_below_a_dispatch(shown: Shown) -> None:
    assert shown.sql("SELECT symbol, issuer FROM directive WHERE means = 'endorsement'") == [("4053/UBND-NC", "skhcn")]
    below = shown.sql(f"SELECT DISTINCT directive FROM obligation WHERE parent = 2 AND cascade_id = '{shown.main}'")
    assert {directive for (directive,) in below} == {3, 4}


def test_what_an_office_outside_did_is_recorded_later_than_it_happened(shown: Shown) -> None:
    late = [one for one in shown.entries("Acted") if "happened_on" in dict(one["fact"].get("fields") or ())]
    assert [(one["happened_at"][:10], one["recorded_at"][:10]) for one in late if one["cascade"] == shown.main] == [
        ("2023-09-22", "2023-09-25")
    ]
    assert all(one["happened_at"] < one["recorded_at"] for one in late)


def test_a_pause_by_the_deputy_ends_by_itself_and_leaves_what_was_left(shown: Shown) -> None:
    [paused] = [one for one in shown.entries("Acted") if one["fact"]["action"] == "pause"]
    assert (paused["by"]["person"], paused["by"]["deputy"]) == ("Giám đốc Sở", "Phó Giám đốc")
    number = paused["fact"]["number"]
    resumed = [one for one in shown.entries("Acted") if one["fact"]["action"] == "resume"]
    assert [(one["fact"]["number"], one["by"]["role"]) for one in resumed] == [(number, "timer")]
    [moved] = [one["fact"] for one in shown.entries("DueSet") if one["fact"]["number"] == number]
    assert (moved["because"]["start_on"], moved["because"]["result_on"]) == ("2023-10-23", "2023-10-27")


def test_the_killed_service_lost_nothing_and_did_nothing_twice(shown: Shown) -> None:
    [kill] = shown.json["killed"]
    assert kill == {"due": 3, "kept": 0, "fired": 3, "lost": 0, "twice": 0}


def test_the_journal_verifies_and_one_altered_byte_is_found(shown: Shown) -> None:
    assert shown.json["journal"]["verified"] is True
    assert shown.json["altered"]["found"] == shown.json["altered"]["entry"]
    with shown.database.reading() as connection:
        assert verify(connection).verified


def test_as_of_its_end_every_row_is_the_one_that_is_stored(shown: Shown) -> None:
    with shown.database.reading() as connection:
        [(now,)] = connection.exec_driver_sql("SELECT simulated_at FROM installation").fetchall()
    now = now if isinstance(now, datetime) else datetime.fromisoformat(now).replace(tzinfo=UTC)
    with as_of(shown.database, now) as past:
        compared = STATES | REST | {"installation"}
        assert sums(past.database, compared) == sums(shown.database, compared)
        assert messages(past.database) == messages(shown.database)


def test_the_present_law_decides_its_whole_journal_as_it_was_written(shown: Shown) -> None:
    with shown.database.reading() as connection:
        rules = Rules(connection)
        found = [replayed(connection, one, rules) for one in (shown.main, shown.plan)]
    assert [one.differs for one in found] == [None, None]
    assert sum(one.decided for one in found) > 0.8 * sum(one.entries for one in found)


def test_told_as_a_story_it_explains_a_date_across_a_holiday_and_ends_with_three_commands(told: dict[str, str]) -> None:
    joined = " ".join(told["short"].split())
    assert "its clock rested 25/08-28/08; 05/09/2023: 1 working day more" in joined
    assert "happened 22/09, recorded 25/09 from 4711/UBND-NC" in joined
    assert "Phó Giám đốc acting for Giám đốc Sở" in joined
    assert "01/09 (Quốc khánh" in joined
    assert "(exit -9)" in joined
    assert len([line for line in told["short"].split("NEXT")[1].splitlines() if line.startswith("cascade ")]) == 3
    story = told["short"].split("STORY")[1].split("COUNT")[0]
    assert max(map(len, story.splitlines())) <= 110


def test_the_full_story_tells_every_line_that_the_short_one_counts(told: dict[str, str]) -> None:
    short, full = told["short"], told["full"]
    left_out = int(short.split("...")[1].split("(")[1].split(" ")[0])
    entries = [line for line in full.split("STORY")[1].split("COUNT")[0].splitlines() if line[:2].isdigit()]
    kept = [line for line in short.split("STORY")[1].split("COUNT")[0].splitlines() if line[:2].isdigit()]
    assert len(entries) - len(kept) == left_out


def test_in_vietnamese_it_tells_the_same_turns_on_the_same_days(told: dict[str, str]) -> None:
    days = {name: [line[:5] for line in told[name].splitlines() if re.match(r"\d\d/\d\d ", line)] for name in told}
    assert days["ngắn"] == days["short"]
    assert "AI GIAO CHO AI" in told["ngắn"]
    assert "Sở Khoa học và Công nghệ" in told["ngắn"]


def test_it_never_replaces_what_is_not_a_demonstration(database_url: str) -> None:
    with pytest.raises(Conflict, match="name a new database"):
        demo(database=database_url, full=False, as_json=True)


def test_it_never_writes_into_somebody_elses_database(empty_url: str) -> None:
    database = Database(empty_url)
    with database.transaction() as connection:
        connection.execute(text("CREATE TABLE payroll (id INTEGER)"))
    with pytest.raises(Exception, match="something else"):
        demo(database=empty_url, full=False, as_json=True)
    database.close()


def test_an_archive_of_it_is_whole_for_who_has_nothing_but_python(shown: Shown, tmp_path: Path) -> None:
    with shown.database.reading() as connection:
        made = write_archive(connection, tmp_path / "archive", Asked("the tests"), datetime.now(UTC))
        entries = verify(connection).entries
    checker = shutil.move(tmp_path / "archive" / "verify.py", tmp_path / "taken.py")
    (tmp_path / "empty").mkdir()
    (tmp_path / "archive" / "verify.py").write_bytes(Path(checker).read_bytes())
    done = subprocess.run(
        [sys.executable, "-I", checker, str(tmp_path / "archive"), "--json"], cwd=tmp_path / "empty", env={},
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["entries"] == made.entries == entries
    assert not list((tmp_path / "empty").iterdir())
