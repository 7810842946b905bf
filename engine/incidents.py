"""What a round could not carry out, answered by a person: tried again at once, or resolved by hand; each with a reason."""

from dataclasses import dataclass
from datetime import datetime

from engine.execute import Executor
from workflows.commands import AnswerIncident
from workflows.elapsing import stuck
from workflows.ladder import Clock
from workflows.world import World


@dataclass(frozen=True, slots=True)
class Answered:
    """What became of it: `over` says that nothing of it waits to be tried again; else `error` says what stood in the way."""

    over: bool
    error: str = ""


def answer(executor: Executor, command: AnswerIncident) -> Answered:
    """Carry the answer out; what is to be tried again is tried now, in a transaction of its own. Raises Refused or NotFound."""
    executor.execute([command])
    if command.answer != "retry":
        return Answered(over=True)
    swept = executor.sweep(command.cascade)
    failed = [one for one in swept.incidents if one.number == command.obligation] if swept else []
    return Answered(over=not failed, error=failed[0].error if failed else "")


def in_the_way(world: World, number: int, now: datetime) -> list[Clock]:
    """The clocks that would count as run out if it were resolved by hand; none where they cannot be derived at all."""
    try:
        return stuck(world, world.obligation(number), now)
    except Exception:  # noqa: BLE001  this may be the very fault that the incident tells of
        return []
