"""What messages need in tests: offices with addresses, a message and what it is about, and the round that sends them."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import orjson

from engine.notify.channels import Silent
from engine.notify.links import Links
from engine.notify.mail import Mail
from engine.notify.parcels import Parcel
from engine.notify.smtp import MailServer
from engine.runtime import Runtime
from engine.scheduler.delivery import Delivery
from storage.outbox import Message
from storage.queries.subjects import About
from tests.support.offices import directory
from workflows.calendar import day_end
from workflows.offices import Office, Offices

NOW = datetime(2023, 8, 14, 2, tzinfo=UTC)
KEY = b"k" * 32
LINKS = Links("https://office.example.vn", KEY)
ABOUT = About(
    "61/SKHCN-VP", "1", "spread the notice", "unit-1", day_end(date(2023, 8, 31)), None,
    '{"rule":"as written","result_on":"2023-08-31","calendar":"vn-public@1"}', "About the notice", "department", 1,
)  # fmt: skip


def with_addresses() -> list[Office]:
    """Every unit has an address for its leader and one for all, but unit-8, which has none; unit-2 reads English."""
    return [
        replace(one, email={"leader": f"leader@{one.id}.example.vn", "office": f"all@{one.id}.example.vn"},
                language="en" if one.id == "unit-2" else "vi")
        if one.id != "unit-8" and not one.outside else one
        for one in directory()
    ]  # fmt: skip


def offices() -> Offices:
    return Offices({one.id: one for one in with_addresses()})


def message(kind: str = "RungReached", fact: dict[str, Any] | None = None, **changes: Any) -> Message:
    rung = {"number": 2, "key": "rung:1", "rung": 1, "label": "Nhắc việc", "at": "2023-08-24T01:00:00Z", "of": "holder"}
    body = orjson.dumps({"fact": rung if fact is None else fact}).decode()
    made = Message("c1", 7, 1, 2, kind, "unit-1", "leader", None, None, body, NOW)
    return replace(made, **changes) if changes else made


def parcel(**changes: Any) -> Parcel:
    return Parcel(message(**changes), ABOUT)


def mail(server: MailServer, others: Any = None, *, digest: bool = False, links: Links | None = LINKS) -> Mail:
    return Mail(server, others or Silent(), offices, lambda: NOW, links, digest)


def delivery(node: Runtime, channel: Any) -> Delivery:
    return Delivery(node.database, node.clock, channel, node.executor, "node-1")
