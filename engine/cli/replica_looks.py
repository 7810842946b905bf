"""What `cascade db status` says of replicas: of the one that looks read from, and where the database is one itself."""

from dataclasses import dataclass, field
from typing import Any

from engine import replica
from engine.wording import moment_words
from storage.database import Database
from storage.errors import Unavailable
from storage.queries import replication
from workflows.errors import Conflict
from workflows.text import say


@dataclass(frozen=True, slots=True)
class Followed:
    """As lines for a person, and as keys of a JSON document."""

    pairs: tuple[tuple[str, str], ...] = ()
    data: dict[str, Any] = field(default_factory=dict)


def of(opened: Database, reads: str) -> Followed:
    """The standing of the database as a replica, and of the read database beside it; what is wrong there is said here."""
    with opened.reading() as connection:
        here = replication.progress(connection)
    itself = here is not None and here.standby
    pairs: list[tuple[str, str]] = []
    data: dict[str, Any] = {"standby": itself}
    if here and itself:
        at = moment_words(here.replayed_at) if here.replayed_at else say("nothing yet")
        pairs.append(
            (say("replica"), say("this is one, only read; replayed what was written until {moment}", moment=at))
        )
        data["replayed_at"] = here.replayed_at
    if reads:
        name = Database(reads).shown
        try:
            lag = replica.standing(reads, opened)
        except (Unavailable, Conflict) as wrong:
            pairs.append((say("looks"), wrong.text))
            data["read_database"] = {"database": name, "error": wrong.text}
        else:
            says = say("{database} is this very database", database=name) if lag is None else say(
                "from {database}, behind: {lag}", database=name, lag=replica.lag_words(lag))  # fmt: skip
            pairs.append((say("looks"), says))
            bytes_, seconds = (lag.bytes, lag.seconds) if lag else (0, 0.0)
            data["read_database"] = {"database": name, "behind_bytes": bytes_, "behind_seconds": seconds}
    return Followed(tuple(pairs), data)
