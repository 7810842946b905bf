"""Whoever asks too much gets 429 and a time to come again; behind a proxy that is believed, whoever the proxy names."""

from collections.abc import Iterator

import httpx
import pytest
from loguru import logger

from engine.notify.channels import Silent
from engine.runtime import Runtime, opened
from tests.support.browsing import served
from tests.support.databases import SqliteFiles, create_installation


@pytest.fixture(scope="module")
def office(sqlite: SqliteFiles) -> Iterator[Runtime]:
    with opened(create_installation(sqlite.empty()), channel=Silent()) as runtime:
        yield runtime


@pytest.fixture
def log() -> Iterator[list[dict[str, object]]]:
    """The events of the log with their fields."""
    found: list[dict[str, object]] = []
    handler = logger.add(lambda line: found.append({"event": line.record["message"], **line.record["extra"]}))
    yield found
    logger.remove(handler)


def from_(address: str) -> dict[str, str]:
    return {"X-Forwarded-For": address}


def test_too_many_are_answered_429_and_told_once(office: Runtime, log: list[dict[str, object]]) -> None:
    with (
        served(office, requests_per_second=0.01, requests_burst=3) as address,
        httpx.Client(base_url=address) as client,
    ):
        answers = [client.get("/health/live") for _ in range(8)]
        of_api = client.get("/api/v1/offices")
    assert [one.status_code for one in answers] == [200] * 3 + [429] * 5
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 100
    assert "Too many requests" in answers[-1].text or "quá nhiều" in answers[-1].text
    assert answers[-1].headers["X-Content-Type-Options"] == "nosniff", "the other guards stand around it"
    assert (of_api.status_code, of_api.json()["code"]) == (429, "too_many")
    told = [one for one in log if one["event"] == "too_many_requests"]
    assert [one["address"] for one in told] == ["127.0.0.1"]
    assert len([one for one in log if one["event"] == "request"]) == 3, "a flood fills no log"


def test_behind_a_believed_proxy_each_address_has_its_own_and_a_64_is_one(office: Runtime) -> None:
    choices = {"requests_per_second": 0.01, "requests_burst": 2, "proxies": frozenset({"127.0.0.1"})}
    with served(office, **choices) as address, httpx.Client(base_url=address) as client:

        def ask(who: str) -> int:
            return client.get("/health/live", headers=from_(who)).status_code

        assert [ask("203.0.113.7") for _ in range(3)] == [200, 200, 429]
        assert ask("203.0.113.8") == 200
        assert [ask("2001:db8::1"), ask("2001:db8::2"), ask("2001:db8::3")] == [200, 200, 429]
        assert ask("2001:db8:0:1::1") == 200


def test_what_a_stranger_writes_of_itself_is_not_believed(office: Runtime) -> None:
    with (
        served(office, requests_per_second=0.01, requests_burst=2) as address,
        httpx.Client(base_url=address) as client,
    ):
        answers = [client.get("/health/live", headers=from_(f"203.0.113.{one}")).status_code for one in range(3)]
    assert answers == [200, 200, 429]
