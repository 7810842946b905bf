"""The pages of admins and operators: what each shows and changes, who may not, and that no text being edited is lost."""

import re
from collections.abc import Iterator

import pytest

from engine.deeds import INSTALLER
from engine.notify.channels import Silent
from engine.publishing import require_two_persons
from engine.runtime import Runtime, opened
from storage import accounts, directory
from storage.definitions import read_published
from storage.queries import entries
from storage.queries.entries import Wanted
from tests.support.browsing import PASSWORD, Visitor, account
from tests.support.databases import SqliteFiles, create_installation
from tests.support.desk import READY, Desk
from tests.support.offices import DEPARTMENT
from workflows.directive import ADMINISTRATION
from workflows.loading import shipped

NOTICE = "government-notice"
PAGES = ("/workflows", f"/workflows/{NOTICE}", f"/workflows/{NOTICE}/text", f"/workflows/{NOTICE}/diff", "/calendar",
         "/calendar?year=2030", "/calendar?year=x", "/calendar/text", "/offices", "/offices?q=zzz", "/offices/unit-1",
         "/directory.yaml")  # fmt: skip
OF_ADMINS = (f"/workflows/{NOTICE}/edit", "/new/workflow", "/new/office", "/import/offices", "/new/account")
OF_KEEPERS = ("/rounds", "/outbox", "/outbox?state=sent", "/incidents", "/webhooks")


@pytest.fixture(scope="module")
def office(sqlite: SqliteFiles) -> Iterator[Runtime]:
    with opened(create_installation(sqlite.empty()), channel=Silent()) as runtime:
        desk = Desk(runtime).at(READY)
        desk.order("2023-08-21", "unit-1", "unit-2")
        account(runtime, "clerk", ("unit-2", "clerk"), language="en")
        account(runtime, "leader", (DEPARTMENT, "leader"), language="en")
        account(runtime, "reader", roles=("auditor",), language="en")
        account(runtime, "keeper", roles=("admin",), language="en")
        account(runtime, "hand", roles=("operator",), language="en")
        yield runtime


@pytest.fixture(scope="module")
def admin(address: str) -> Iterator[Visitor]:
    with Visitor(address) as one:
        yield one.sign_in("keeper")


@pytest.fixture(scope="module")
def clerk(address: str) -> Iterator[Visitor]:
    with Visitor(address) as one:
        yield one.sign_in("clerk")


def last_deed(office: Runtime) -> tuple[str, str, str | None]:
    """What the newest entry of the administration's chain says: the deed, its subject, the person."""
    with office.database.reading() as connection:
        [entry] = entries.listed(connection, Wanted(ADMINISTRATION), 1).entries
    return entry.data["fact"]["what"], entry.data["fact"]["subject"], entry.data["by"].get("person")


def test_every_page_opens_to_an_admin_in_both_languages(admin: Visitor) -> None:
    for path in (*PAGES, *OF_ADMINS, *OF_KEEPERS, "/accounts", "/accounts/clerk", "/sign-ins?denied=1", "/administration",
                 "/account/tokens"):  # fmt: skip
        for language in ("vi", "en"):
            page = admin.look(f"{path}{'&' if '?' in path else '?'}lang={language}")
            assert page.status_code == 200, (path, admin.words)


def test_a_clerk_looks_at_what_everybody_may_and_changes_none_of_it(clerk: Visitor) -> None:
    assert [clerk.look(path).status_code for path in PAGES] == [200] * len(PAGES)
    for path in (*OF_ADMINS, *OF_KEEPERS, "/accounts", "/accounts/clerk", "/sign-ins", "/administration"):
        assert clerk.look(path).status_code == 403, path
    clerk.look("/account/tokens")
    for path in (f"/workflows/{NOTICE}/publish", f"/workflows/{NOTICE}/retire", "/new/office", "/import/offices/confirm",
                 "/new/account", "/accounts/keeper/disable", "/accounts/clerk/role", "/rounds/run", "/outbox/retry",
                 "/webhooks"):  # fmt: skip
        clerk.look("/account/tokens")
        assert clerk.send(path, {"role": "admin"}).status_code == 403, path


def test_an_operator_runs_rounds_and_keeps_no_accounts(address: str) -> None:
    with Visitor(address) as hand:
        hand.sign_in("hand")
        assert hand.look("/accounts").status_code == 403
        assert "Another webhook" not in hand.look("/webhooks").text
        assert "Last backup:" in hand.look("/rounds").text
        hand.send("/rounds/run", {})
        assert "A round was run:" in hand.words


def test_what_is_not_there_is_said_so(admin: Visitor) -> None:
    for path in ("/workflows/nosuch", "/workflows/nosuch/edit", "/offices/nosuch", "/accounts/nosuch", "/outbox/no-1-1",
                 "/calendar?version=no@1", f"/workflows/{NOTICE}/diagram.svg?what=nosuch"):  # fmt: skip
        assert admin.look(path).status_code == 404, path


def test_an_account_is_made_with_a_link_shown_once_and_lives_through_its_whole_life(
    admin: Visitor, office: Runtime
) -> None:
    admin.look("/new/account")
    assert admin.send("/new/account", {"name": "", "shown": ""}).status_code == 422
    admin.send("/new/account", {"name": "moi", "shown": "Người mới", "seat": "nosuch/clerk"})
    assert admin.page.status_code == 422
    assert 'value="Người mới"' in admin.page.text
    admin.send("/new/account", {"name": "moi", "shown": "Người mới", "seat": "unit-1/clerk", "operator": "yes"})
    assert re.search(r"/link/[\w-]{20,}", admin.page.text)
    assert "/link/" not in admin.look("/accounts/moi").text
    assert admin.send("/accounts/moi/seat", {"seat": "unit-2/leader"}).status_code == 200
    assert last_deed(office) == ("given", "account moi", "Post keeper")
    assert admin.send("/accounts/moi/seat", {"seat": "unit-2/leader"}).status_code == 422
    admin.send("/accounts/moi/seat/take", {"seat": "unit-2/leader"})
    admin.send("/accounts/moi/role", {"role": "auditor"})
    admin.send("/accounts/moi/role/take", {"role": "operator"})
    with office.database.reading() as connection:
        assert accounts.seats_of(connection, "moi") == (("unit-1", "clerk"),)
        assert accounts.roles_of(connection, "moi") == {"auditor"}
    admin.send("/accounts/moi/disable", {"why": "moved"})
    assert last_deed(office) == ("disabled", "account moi", "Post keeper")
    assert admin.send("/accounts/moi/password", {}).status_code == 422
    admin.send("/accounts/moi/enable", {})
    assert "/link/" in admin.send("/accounts/moi/password", {}).text
    admin.look("/accounts/keeper")
    assert admin.send("/accounts/keeper/role/take", {"role": "admin"}).status_code == 422
    assert "nobody could administer any more" in admin.words


def test_ones_own_token_is_shown_once_and_revoked_by_oneself_or_an_admin(clerk: Visitor, admin: Visitor) -> None:
    clerk.look("/account/tokens")
    assert clerk.send("/account/tokens", {"name": "x", "scope": "read", "days": "500"}).status_code == 422
    clerk.send("/account/tokens", {"name": "reports", "scope": "read", "days": "30"})
    assert "cas_" in clerk.page.text
    assert "cas_" not in clerk.look("/account/tokens").text
    [token] = re.findall(r'name="id" value="(\w+)"', clerk.page.text)
    clerk.send("/account/tokens/revoke", {"id": token})
    assert clerk.send("/account/tokens/revoke", {"id": token}).status_code == 422
    clerk.send("/account/tokens", {"name": "another", "scope": "feed", "days": "1"})
    admin.look("/accounts/clerk")
    [token] = re.findall(r'name="id" value="(\w+)"', admin.page.text)
    assert "opens nothing from now on" in admin.send("/accounts/clerk/token", {"id": token}).text


def test_an_office_is_added_and_a_file_shows_first_what_it_changes(admin: Visitor, office: Runtime) -> None:
    admin.look("/new/office")
    assert admin.send("/new/office", {"id": "", "name": "", "level": ""}).status_code == 422
    assert admin.send("/new/office", {"id": "unit-1", "name": "X", "level": "unit"}).status_code == 422
    admin.send(
        "/new/office",
        {"id": "moi", "name": "Phòng mới", "level": "unit", "above": DEPARTMENT, "leader": "Trưởng phòng"},
    )
    assert last_deed(office) == ("added", "office moi", "Post keeper")
    text = admin.look("/directory.yaml").text
    admin.look("/import/offices")
    assert "Nothing would change" in admin.send("/import/offices", {"text": text}).text
    changed = text.replace("Phòng mới", "Phòng rất mới")
    admin.look("/import/offices")
    admin.send("/import/offices", {}, files={"file": ("offices.yaml", changed.encode())})
    assert "Phòng rất mới" in admin.words
    version = re.search(r'name="version" value="(\w+)"', admin.page.text)
    assert version
    with office.database.reading() as connection:
        assert directory.read_offices(connection).get("moi").name == "Phòng mới"
    refused = admin.send("/import/offices/confirm", {"text": changed, "version": "1"})
    assert refused.status_code == 422
    assert "Phòng rất mới" in refused.text
    admin.send("/import/offices/confirm", {"text": changed, "version": version[1]})
    assert last_deed(office) == ("imported", "offices", "Post keeper")
    admin.look("/import/offices")
    broken = admin.send("/import/offices", {"text": "offices: {a: {nmae: x}}\n"})
    assert broken.status_code == 422
    assert "offices.yaml:1:" in broken.text
    assert "nmae" in broken.text
    admin.look("/import/offices")
    lost = admin.send("/import/offices", {"text": changed.partition("  unit-1:")[0]})
    assert lost.status_code in (409, 422)


def test_a_text_is_checked_line_by_line_and_tried_and_never_lost(admin: Visitor) -> None:
    text = shipped()[NOTICE]
    admin.look(f"/workflows/{NOTICE}/edit")
    wrong = text.replace("levels:", "levelz:", 1)
    line = wrong[: wrong.index("levelz:")].count("\n") + 1
    admin.send(f"/workflows/{NOTICE}/edit", {"text": wrong, "do": "check"})
    assert f'data-line="{line}"' in admin.page.text
    assert f'id="line-{line}"' in admin.page.text
    assert "E202" in admin.words
    piece = admin.client.post(f"/workflows/{NOTICE}/check", data={"csrf": admin.token, "text": wrong}).text
    assert piece.lstrip().startswith('<div id="findings"')
    admin.send(f"/workflows/{NOTICE}/edit", {"text": text.replace("\n", "\r\n"), "do": "diff"})
    assert "No difference" in admin.words
    admin.send(f"/workflows/{NOTICE}/edit", {"text": text, "do": "simulate", "since": "02/03/2026", "play": "silent"})
    assert "Tried in memory from" in admin.words
    admin.send(f"/workflows/{NOTICE}/edit", {"text": text, "do": "simulate", "since": "x"})
    assert "levels:" in admin.page.text
    lost = admin.client.post(f"/workflows/{NOTICE}/edit", data={"csrf": "old", "text": "my own words"})
    assert lost.status_code == 403
    assert "my own words" in lost.text


def test_whose_session_has_ended_gets_the_text_back(address: str) -> None:
    with Visitor(address) as one:
        answer = one.client.post(f"/workflows/{NOTICE}/edit", data={"text": "my <own> words"}, follow_redirects=False)
        assert answer.status_code == 401
        assert "my &lt;own&gt; words" in answer.text


def test_a_version_is_published_with_a_reason_and_by_two_where_that_is_asked_for(
    admin: Visitor, office: Runtime
) -> None:
    text = shipped()[NOTICE].replace("near_due: 3 working days", "near_due: 4 working days", 1)
    path = f"/workflows/{NOTICE}/publish"
    admin.look(f"/workflows/{NOTICE}/edit")
    admin.send(path, {"text": text, "do": "ask"})
    assert "+" in admin.words or "~" in admin.words
    assert admin.send(path, {"text": text, "do": "confirm"}).status_code == 422
    with office.database.transaction() as connection:
        require_two_persons(connection, True, "", office.now(), INSTALLER)
    assert admin.send(path, {"text": text, "do": "confirm", "why": "longer"}).status_code == 422
    assert (
        admin.send(path, {"text": text, "do": "confirm", "why": "longer", "author": "Post keeper"}).status_code == 422
    )
    assert "near_due: 4 working days" in admin.page.text
    admin.send(path, {"text": text, "do": "confirm", "why": "longer", "author": "unit-1/officer", "warned": "yes"})
    assert last_deed(office) == ("published", f"workflow {NOTICE}@2", "Post keeper")
    with office.database.reading() as connection:
        made = [one for one in read_published(connection, "workflow") if one.name == NOTICE][-1]
    assert (made.published_by, made.author, made.why) == ("Post keeper", "unit-1/officer", "longer")
    assert "4 working days" in admin.look(f"/workflows/{NOTICE}@2/diff").text
    admin.look(f"/workflows/{NOTICE}@2")
    assert admin.send(f"/workflows/{NOTICE}@2/retire", {"why": ""}).status_code == 409
    admin.send(f"/workflows/{NOTICE}@2/retire", {"why": "too long"})
    assert last_deed(office) == ("retired", f"workflow {NOTICE}@2", "Post keeper")
    admin.send(f"/workflows/{NOTICE}@2/unretire", {"why": "it was right"})
    assert last_deed(office)[0] == "unretired"
    admin.look(f"/workflows/{NOTICE}/edit")
    assert admin.send(path, {"text": "workflow: x\n", "do": "confirm", "why": "y"}).status_code == 422


def test_messages_are_listed_without_what_they_say_and_sent_again(admin: Visitor) -> None:
    admin.look("/outbox?state=sent")
    [first, *_] = re.findall(r'href="/outbox/([\w-]+)"', admin.page.text)
    admin.look(f"/outbox/{first}")
    assert admin.page.status_code == 200
    assert admin.send(f"/outbox/{first}/retry", {}).status_code == 409
    admin.look("/account")
    assert "messages are tried again" in admin.send("/outbox/retry", {}).text or "message is tried" in admin.page.text


def test_a_webhook_wants_a_folder_of_secrets(admin: Visitor) -> None:
    assert "CASCADE_SECRETS" in admin.look("/webhooks").text
    answer = admin.send("/webhooks", {"name": "x", "url": "https://example.vn/x"})
    assert answer.status_code == 422
    assert "CASCADE_SECRETS" in answer.text


def test_the_record_is_read_by_admins_and_auditors(address: str, admin: Visitor) -> None:
    assert "Post keeper" in admin.look("/administration").text
    with Visitor(address) as reader:
        reader.sign_in("reader", PASSWORD)
        assert reader.look("/administration").status_code == 200
        assert reader.look("/accounts").status_code == 200
        assert "Add an account" not in reader.page.text
        assert reader.look("/administration?after=nonsense").status_code == 404
