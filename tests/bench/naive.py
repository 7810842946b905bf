"""The same job as it is done at first: a state machine and an ORM object for each row, a session for each event.

An obligation has a state, a date and a holder; each step writes a chained log row, each missed date three messages. It
keeps a tenth of the columns that the product keeps, knows no law, and is slower: the difference is the way, not the work.
"""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.orm import registry
from sqlmodel import Field, Session, SQLModel, col, select
from transitions import Machine

from tests.bench.ground import Ground
from tests.bench.timing import PAIRS_LONG, Watch, milliseconds, rate

STATES = ["assigned", "working", "overdue", "reported", "accepted"]
TRANSITIONS: list[Any] = [
    ["receive", "assigned", "working"],
    ["miss", ["assigned", "working"], "overdue"],
    ["report", ["working", "overdue"], "reported"],
    ["accept", "reported", "accepted"],
]
START = datetime(2023, 8, 14, 2, tzinfo=UTC)
EVENTS = 100


class Base(SQLModel, registry=registry()):
    """Tables that are none of the product's."""


class NaiveObligation(Base, table=True):
    id: int | None = Field(default=None, primary_key=True)
    directive: int
    holder: str
    state: str = "assigned"
    due_at: datetime = Field(index=True)


class NaiveLog(Base, table=True):
    id: int | None = Field(default=None, primary_key=True)
    obligation: int = Field(index=True)
    body: str
    hash: str


class NaiveMessage(Base, table=True):
    id: int | None = Field(default=None, primary_key=True)
    obligation: int = Field(index=True)
    role: str
    sent: bool = False


def _log(session: Session, obligation: NaiveObligation, what: str) -> None:
    last = session.exec(select(NaiveLog).order_by(col(NaiveLog.id).desc()).limit(1)).first()
    body = json.dumps({"obligation": obligation.id, "what": what, "state": obligation.state, "at": str(START)})
    chained = hashlib.sha256(((last.hash if last else "") + body).encode()).hexdigest()
    session.add(NaiveLog(obligation=obligation.id or 0, body=body, hash=chained))


def _take(obligation: NaiveObligation, action: str) -> None:
    """One step of a machine of its own, as the documentation of `transitions` shows it first."""
    holder = type("Holder", (), {})()
    machine = Machine(holder, states=STATES, transitions=TRANSITIONS, initial=obligation.state, auto_transitions=False)
    machine.events[action].trigger(holder)
    obligation.state = holder.state


def issue(engine: Engine, size: int) -> None:
    with Session(engine) as session:
        for number in range(size):
            due = START + timedelta(hours=7) if number < size // 5 else START + timedelta(days=45)
            one = NaiveObligation(directive=1, holder=f"unit-{number}", due_at=due)
            session.add(one)
            session.flush()
            _log(session, one, "assigned")
            session.add(NaiveMessage(obligation=one.id or 0, role="clerk"))
        session.commit()


def receive(engine: Engine, number: int) -> None:
    with Session(engine) as session:
        one = session.get_one(NaiveObligation, number)
        _take(one, "receive")
        _log(session, one, "receive")
        session.commit()


def sweep(engine: Engine) -> None:
    now = START + timedelta(hours=8)
    with Session(engine) as session:
        due = select(NaiveObligation.id).where(col(NaiveObligation.due_at) <= now, NaiveObligation.state == "assigned")
        numbers = session.exec(due).all()
    for number in numbers:
        with Session(engine) as session:
            one = session.get_one(NaiveObligation, number)
            _take(one, "miss")
            _log(session, one, "rung")
            session.flush()
            _log(session, one, "missed")
            session.add_all(NaiveMessage(obligation=one.id or 0, role=role) for role in ("leader", "clerk"))
            session.commit()


WORKS = ("fan_out", "event", "round")


def beside(ground: Ground, name: str, size: int) -> dict[str, Any]:
    """How many a second this way does of a piece of work; three runs, since each takes long."""
    watch, count = Watch(), size
    for _ in range(PAIRS_LONG):
        with ground.empty() as url:
            engine = _engine(url)
            try:
                if name == "fan_out":
                    watch.time(lambda: issue(engine, size))  # noqa: B023  it is called at once
                    continue
                issue(engine, size)
                if name == "round":
                    count = size // 5
                    watch.time(lambda: sweep(engine))  # noqa: B023
                    continue
                for number in range(size // 5 + 1, size // 5 + 1 + min(EVENTS, size // 2)):
                    watch.time(_receives(engine, number), collect=False)
            finally:
                engine.dispose()
    if name == "event":
        return {"naive": rate(1, watch.seconds), "naive_p50_ms": milliseconds(watch.seconds, 50)}
    return {"naive": rate(count, watch.seconds)}


def _receives(engine: Engine, number: int) -> Callable[[], None]:
    return lambda: receive(engine, number)


def _engine(url: str) -> Engine:
    """Tables made; on SQLite as durable as the product."""
    engine = create_engine(url if "://" in url else f"sqlite:///{url}")
    if "://" not in url:
        event.listen(engine, "connect", lambda connection, _: _prepare(connection))
    Base.metadata.create_all(engine)
    return engine


def _prepare(connection: Any) -> None:
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
