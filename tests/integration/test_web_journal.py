"""The journal for auditors: found by its filters, shown raw with its hashes, verified in a bound of time; nobody else's."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest

from engine.notify.channels import Silent
from engine.runtime import opened
from engine.web.verdicts import Verdicts
from storage import bulk
from storage.journal import chain_hash
from storage.verification import verify
from tests.support.browsing import Visitor, account, served
from tests.support.databases import SqliteFiles, create_installation
from tests.support.desk import READY, Desk
from tests.support.offices import DEPARTMENT
from tests.support.sealing import outside, round_with, with_key


@pytest.fixture(scope="module")
def desk(sqlite: SqliteFiles) -> Iterator[Desk]:
    with opened(create_installation(sqlite.empty()), channel=Silent()) as runtime:
        desk = Desk(runtime).at(READY)
        first, _ = desk.order("2023-08-21", "unit-1", "unit-2")
        desk.act("unit-1/clerk", first, "receive")
        account(runtime, "leader", (DEPARTMENT, "leader"))
        account(runtime, "reader", roles=("auditor",))
        account(runtime, "keeper", roles=("admin",))
        desk.live_until("2023-08-22T09:00")
        yield desk


@pytest.fixture(scope="module")
def address(desk: Desk) -> Iterator[str]:
    with served(desk.runtime) as at:
        yield at


@pytest.fixture(scope="module")
def auditor(address: str) -> Iterator[Visitor]:
    with Visitor(address) as one:
        yield one.sign_in("reader")


def shown(page: str) -> int:
    return page.count('data-label="Việc đã diễn ra"')


@pytest.mark.parametrize(
    ("query", "least"),
    [
        ("cascade={0}", 5), ("cascade={0}&obligation=2", 3), ("cascade={0}&directive=1", 1), ("cascade=administration", 3),
        ("office=unit-1", 1), ("kind=Acted", 1), ("kind=DeadlineMissed", 1), ("role=timer", 1),
        ("from=14/08/2023&to=14/08/2023", 5),
        ("symbol=2/CV", 3), ("person=Clerk&office=unit-1", 1), ("order=oldest", 8), ("kind=nosuch", 8), ("cursor=nosuch", 8),
    ],
)  # fmt: skip
def test_entries_are_found_by_each_filter(auditor: Visitor, desk: Desk, query: str, least: int) -> None:
    page = auditor.look(f"/journal?{query.format(desk.cascade)}")
    assert page.status_code == 200
    assert shown(page.text) >= least


def test_an_entry_is_a_line_in_the_language_of_the_reader_with_the_words_of_its_workflow(auditor: Visitor) -> None:
    auditor.look("/journal?kind=Acted")
    assert "receive: assigned" not in auditor.words
    assert "văn thư Unit 1" in auditor.words
    auditor.look("/journal?kind=Acted&lang=en")
    assert "clerk of Unit 1" in auditor.words
    auditor.look("/journal?lang=vi")


def test_nobody_of_another_name_is_found(auditor: Visitor) -> None:
    assert shown(auditor.look("/journal?person=Nobody").text) == 0
    assert "phải gõ đủ số, ký hiệu" in auditor.words
    assert shown(auditor.look("/journal?symbol=nosuch").text) == 0
    assert shown(auditor.look("/journal?late=1&kind=Acted").text) == 0


def test_numbers_without_their_cascade_are_asked_for_it(auditor: Visitor) -> None:
    auditor.look("/journal?obligation=2&directive=x")
    assert "Hãy nêu cả chuỗi giao việc" in auditor.words
    assert "Đây không phải là số: x" in auditor.words


def test_the_journal_is_walked_from_either_end(auditor: Visitor, desk: Desk) -> None:
    newest = auditor.look(f"/journal?cascade={desk.cascade}").text
    oldest = auditor.look(f"/journal?cascade={desk.cascade}&order=oldest").text
    numbers = [re.findall(r'href="/journal/[^/"]+/(\d+)"', one) for one in (newest, oldest)]
    assert numbers[0] == numbers[1][::-1]
    assert numbers[1][0] == "1"


def test_the_raw_entry_is_exactly_what_was_hashed(auditor: Visitor, desk: Desk) -> None:
    page = auditor.look(f"/journal/{desk.cascade}/2").text
    before, own = re.findall(r"<code>([0-9a-f]{64})</code>", page)
    [body] = re.findall(r'<pre class="raw"[^>]*>(.*?)</pre>', page, re.DOTALL)
    assert chain_hash(before, unescape(body)) == own
    assert "mã băm khớp với nội dung và mục trước" in auditor.words
    assert "đây là mục đầu tiên" in auditor.look(f"/journal/{desk.cascade}/1").text
    for path in (
        f"/journal/{desk.cascade}/99999",
        "/journal/nosuch/1",
        f"/journal/{desk.cascade}/0",
        f"/journal/{desk.cascade}/99999999999",
    ):
        assert auditor.look(path).status_code == 404, path


def test_entries_are_saved_as_a_file(auditor: Visitor) -> None:
    page = auditor.look("/journal.csv?kind=Assigned")
    assert page.text.count("Assigned") >= 3
    assert "attachment" in page.headers["content-disposition"]


def test_the_journal_is_open_to_auditors_alone_and_verifying_to_those_who_keep_the_machine(
    address: str, desk: Desk
) -> None:
    with Visitor(address) as leader, Visitor(address) as keeper:
        leader.sign_in("leader")
        for path in ("/journal", "/journal.csv", f"/journal/{desk.cascade}/1", "/journal/verify"):
            assert leader.look(path).status_code == 403, path
        assert "/journal" not in re.findall(r'href="([^"]*)"', leader.look("/work").text)
        keeper.sign_in("keeper")
        assert keeper.look("/journal").status_code == 403
        assert keeper.look("/journal/verify").status_code == 200


def test_a_chain_is_verified_on_demand_and_the_badge_says_what_and_when(auditor: Visitor, desk: Desk) -> None:
    auditor.look(f"/journal?cascade={desk.cascade}")
    assert "Chưa kiểm chứng" in auditor.words
    auditor.send("/journal/verify", {"cascade": desk.cascade})
    assert "Đã kiểm chứng, nguyên vẹn" in auditor.words
    auditor.look(f"/journal?cascade={desk.cascade}")
    assert "Đã kiểm chứng, nguyên vẹn" in auditor.words
    assert "mục của chuỗi này, 22/08/2023 09:00" in auditor.words
    assert "Chưa kiểm chứng" in auditor.look("/journal").text, "the whole journal was not"
    assert auditor.send("/journal/verify", {"cascade": "nosuch"}).status_code == 404


def test_the_first_bad_entry_is_named_and_leads_there(sqlite: SqliteFiles) -> None:
    with opened(create_installation(sqlite.empty()), channel=Silent()) as runtime:
        desk = Desk(runtime).at(READY)
        desk.order("2023-08-21", "unit-1")
        account(runtime, "reader", roles=("auditor",))
        with runtime.database.transaction() as connection:
            bulk.write(connection, "DROP TRIGGER journal_no_update")
            bulk.write(connection, "UPDATE journal SET body = replace(body, 'unit-1', 'unit-7') WHERE kind = 'Assigned'"
                                   " AND cascade_id = ? AND body LIKE '%unit-1%'", desk.cascade)  # fmt: skip
        with runtime.database.reading() as connection:
            [bad] = [one for one in verify(connection).faults if one.seq]
        with served(runtime) as at, Visitor(at) as auditor:
            auditor.sign_in("reader").look("/journal")
            auditor.send("/journal/verify", {"cascade": ""})
            assert "KHÔNG còn nguyên vẹn" in auditor.words
            assert f'href="/journal/{bad.chain}/{bad.seq}"' in auditor.page.text
            assert bad.chain == desk.cascade
            auditor.look(f"/journal/{bad.chain}/{bad.seq}")
            assert "mã băm KHÔNG khớp" in auditor.words


def test_a_verification_ends_when_its_time_is_over_and_says_how_far_it_came(desk: Desk) -> None:
    made = Verdicts(seconds_max=-1).verify(desk.runtime.database, "", desk.runtime.now())
    assert made
    assert made.verdict is None
    assert 0 < made.entries <= made.total
    assert made.tone == "near"


def test_the_newest_verdict_that_speaks_of_a_chain_is_its_badge(desk: Desk) -> None:
    verdicts, now = Verdicts(), desk.runtime.now()
    verdicts.verify(desk.runtime.database, desk.cascade, now)
    verdicts.verify(desk.runtime.database, "", now + timedelta(minutes=1))
    badge = verdicts.of(desk.cascade)
    assert badge
    assert badge.chain == ""
    assert badge.verdict
    assert badge.verdict.verified


def test_seals_are_shown_with_what_is_outside_and_each_entry_says_which_covers_it(
    sqlite: SqliteFiles, tmp_path: Path
) -> None:
    with opened(create_installation(sqlite.empty()), channel=Silent()) as runtime:
        desk = Desk(runtime).at(READY)
        desk.order("2023-08-21", "unit-1")
        account(runtime, "reader", roles=("auditor",))
        with served(runtime) as at, Visitor(at) as auditor:
            auditor.sign_in("reader").look("/journal/verify")
            assert "người nắm cơ sở dữ liệu có thể viết lại" in auditor.words
            witness = outside(tmp_path / "outside")
            round_with(runtime, with_key(runtime, tmp_path), [witness]).run()
            desk.act("unit-1/clerk", 2, "receive")
            auditor.look("/journal/verify")
            for words in ("1, 14/08/2023 09:00", witness.name, "bình thường"):
                assert words in auditor.words
            auditor.look(f"/journal/{desk.cascade}/2")
            assert "bằng dấu niêm phong 1" in auditor.words
            assert f"cascade journal prove {desk.cascade}/2" in auditor.words
            auditor.look(f"/journal/{desk.cascade}/{desk.head().last_seq}")
            assert "bằng dấu niêm phong" not in auditor.words
