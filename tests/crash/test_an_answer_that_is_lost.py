"""A program's request is killed at any moment, also between its being stored and answered: asked again, it is done once."""

from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from httpx import Response

from engine.access.gate import Gate
from engine.clock import SystemClock
from engine.execute import Known
from engine.runtime import Runtime
from engine.web.app import build
from engine.web.site import Site
from tests.crash.calls import AFTER, BEFORE
from tests.crash.deaths import DIED, DONE, Moment, work_and_die
from tests.support.browsing import CHEAP, account
from tests.support.databases import SqliteFiles, create_installation
from tests.support.desk import desk_on
from tests.support.programs import token

pytestmark = pytest.mark.long
_MOMENTS_MAX = 200
_LATER = timedelta(minutes=3)  # a key whose request was cut off is free again after two


def _asked(runtime: Runtime, cascade: str, secret: str, later: timedelta = timedelta(0)) -> Response:
    """The same request, under the same key."""
    clock = SystemClock()
    gate = Gate(runtime.database, runtime.clock, lambda: clock.now() + later, CHEAP)
    found: Response = TestClient(build(Site(runtime, gate))).post(
        f"/api/v1/obligations/{cascade}/2/acts",
        json={"action": "receive"},
        headers={"Authorization": f"Bearer {secret}", "Idempotency-Key": "the same", "Accept-Language": "en"},
    )
    return found


def test_a_request_that_is_killed_anywhere_is_done_once_when_it_comes_again(sqlite: SqliteFiles) -> None:
    url = create_installation(sqlite.empty())
    with desk_on(url) as desk:
        desk.order("2023-08-21", "unit-1")
        account(desk.runtime, "clerk", ("unit-1", "clerk"))
        secret, cascade = token(desk.runtime, "clerk", "write"), desk.cascade
        with desk.runtime.database.reading() as connection:
            known: Known = desk.runtime.executor.known(connection)
    outcomes, lost = set(), 0
    for count in range(1, _MOMENTS_MAX):
        for at in (BEFORE, AFTER):
            copy = sqlite.copy(url)
            outcome = work_and_die(copy, known, lambda runtime: _asked(runtime, cascade, secret), Moment(at, count))
            outcomes.add(outcome)
            with desk_on(copy) as after:
                after.cascade = cascade
                stored = len(after.entries("Acted", about=2))
                answer = _asked(after.runtime, cascade, secret, _LATER)
                assert answer.status_code == 200, f"{at} call {count}: {answer.text}"
                assert len(after.entries("Acted", about=2)) == 1, f"{at} call {count}"
                assert after[2].state == "working"
                assert after.verdict().verified
                lost += outcome == DIED and stored == 1 and "idempotency-replayed" not in answer.headers
        if DONE in outcomes:
            break
    assert outcomes == {DIED, DONE}
    assert lost  # it was stored and not yet answered at some of these moments
