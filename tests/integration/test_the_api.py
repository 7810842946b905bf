"""The API as a program meets it: who comes in, what is refused and in which words, what is done once."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from engine.notify.channels import Silent
from engine.runtime import Runtime, opened
from tests.support.browsing import PASSWORD, Visitor, account, served
from tests.support.databases import SqliteFiles, create_installation
from tests.support.desk import READY, Desk
from tests.support.offices import DEPARTMENT
from tests.support.programs import Program, token


@pytest.fixture
def office(sqlite: SqliteFiles) -> Iterator[Runtime]:
    """An office with an order to two units, and an account of each kind."""
    with opened(create_installation(sqlite.empty()), channel=Silent()) as runtime:
        desk = Desk(runtime).at(READY)
        desk.order("2023-08-21", "unit-1", "unit-2")
        runtime.desk = desk
        account(runtime, "clerk", ("unit-2", "clerk"))
        account(runtime, "unit", ("unit-1", "leader"), ("unit-1", "clerk"))
        account(runtime, "leader", (DEPARTMENT, "leader"))
        account(runtime, "reader", roles=("auditor",), language="en")
        account(runtime, "keeper", roles=("admin",))
        yield runtime


@pytest.fixture
def address(office: Runtime) -> Iterator[str]:
    with served(office) as at:
        yield at


def test_look(office: Runtime, address: str) -> None:
    with Program(address, token(office, "leader", "admin")) as leader:
        for path in ("directives", "obligations", "queue?kind=decide", "tasks", "offices", "workflows", "calendars",
                     "account", "overview?by=office", "search?q=task", "numbers?issuer=department&notation=CV-X", "openapi.json",
                     f"obligations/{office.desk.cascade}/2", f"directives/{office.desk.cascade}/2", f"cascades/{office.desk.cascade}/tree",
                     f"cascades/{office.desk.cascade}/blockers", "calendars/vn-public/1/2023", "counts", "rounds", "journal",
                     "queue/counts", f"obligations/{office.desk.cascade}/2/history", f"directives/{office.desk.cascade}/2/unreported",
                     "dates?rule=2+working+days+after+receipt&start=2023-08-31"):
            found = leader.look(path)
            print(path, found.status_code, found.text[:300])
        found = leader.send(f"obligations/{office.desk.cascade}/2/acts", {"action": "accept"})
        print(found.status_code, found.text, found.headers)
    with Program(address, token(office, "unit", "write")) as unit:
        found = unit.send(f"obligations/{office.desk.cascade}/2/acts", {"action": "receive", "as": "unit-1/clerk"})
        print(found.status_code, found.text, found.headers)
        found = unit.send(f"obligations/{office.desk.cascade}/2/acts", {"action": "report", "as": "unit-1/clerk"})
        print(found.status_code, found.text, found.headers)
        assert 0
