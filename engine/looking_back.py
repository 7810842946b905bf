"""What was known at an instant, as doors open it: the instant is checked, the state rebuilt, and it is said which one it is."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.clock import SimulatedClock
from engine.notify.channels import Console
from engine.runtime import Runtime
from engine.wording import moment_words
from storage.as_of import Past, as_of
from workflows.calendar import VIETNAM
from workflows.errors import CascadeError
from workflows.fields import parse_instant
from workflows.text import Text, say, say_count


class NoSuchMoment(CascadeError):
    """Nobody can look at this moment: it is none, or it has not come."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What is asked for: what was known at `instant`, or (`corrected`) that with the corrections that came later."""

    instant: datetime
    corrected: bool = False


def read_moment(text: str, corrected: bool, now: datetime) -> Moment:
    """A moment as people type it: a day alone means its end. Raises NoSuchMoment."""
    try:
        instant = parse_instant(text)
    except (ValueError, OverflowError):
        raise NoSuchMoment(
            say("{text!r} is not a moment; write 31/08/2023, or 31/08/2023 16:00 (Vietnam's time)", text=text[:40])
        ) from None
    if instant > now:
        raise NoSuchMoment(
            say("{moment} has not come yet: it is {now}. Name an earlier one; what is so now is shown without any",
                moment=moment_words(instant), now=f"{now.astimezone(VIETNAM):%d/%m/%Y %H:%M}")
        )  # fmt: skip
    return Moment(instant, corrected)


@contextmanager
def looking_back(
    present: Runtime,
    moment: Moment,
    cascades: Sequence[str] | None = None,
    progressed: Callable[[int], None] = lambda _: None,
    *,
    required: bool = True,
) -> Iterator[Runtime]:
    """The installation as it was known then: its time is that instant, and nothing is sent from it. Raises NotFound where
    there was nothing yet, a cascade that is `required` among it."""
    with as_of(present.database, moment.instant, moment.corrected, cascades, progressed, required=required) as past:
        found = Runtime(past.database, SimulatedClock(moment.instant), Console(), present.node)
        found.past = past
        yield found


def banner(past: Past) -> Text:
    """Which of the two it is, and as of when."""
    at = moment_words(past.instant)
    if not past.corrected:
        return say("As it was known on {moment}: what was recorded later is left out.", moment=at)
    if not past.corrections:
        return say("As entered by {moment}, as corrected: nothing of it has been corrected since.", moment=at)
    return say_count(
        "As entered by {moment}, as corrected: {count} correction recorded since is applied.",
        "As entered by {moment}, as corrected: {count} corrections recorded since are applied.",
        past.corrections,
        moment=at,
    )


def lines(past: Past | None) -> list[Text]:
    """The banner, and what of that moment cannot be known; none of the present."""
    return [banner(past), *past.unknown] if past else []


def as_data(past: Past | None) -> dict[str, Any]:
    """The same beside the data of a document; of the present nothing."""
    if past is None:
        return {}
    return {
        "as_of": {
            "instant": past.instant,
            "corrected": past.corrected,
            "corrections": past.corrections,
            "says": banner(past),
            "unknown": list(past.unknown),
        }
    }
