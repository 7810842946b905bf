"""What a running web is given: the installation, how it is reached, and how much it takes. Frozen, handed to every part."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from engine.access.gate import Gate
from engine.access.passwords import Passwords
from engine.reporting.rollup import Kept
from engine.runtime import Runtime
from engine.scheduler.pulse import Pulse
from engine.web.paper import Paper
from engine.web.pasts import Pasts
from engine.web.verdicts import Verdicts

BODY_MAX = 2_000_000  # bytes of a request without a file
UPLOAD_MAX = 26_000_000  # bytes of one that may carry files: 25 MB, and what stands around it
BODY_SECONDS = 30.0  # in which a body has to have come
ANSWER_SECONDS = 60.0  # in which a page has to be ready


@dataclass(frozen=True, slots=True)
class Site:
    """One web of one installation.

    `secure`: it is reached by https, whatever the connection says. `proxies`: the addresses whose X-Forwarded headers are
    believed; none unless told. `pulse` is None where no beat runs in this process.
    `requests_per_second`, `requests_burst`: what one address may ask; 0 bounds it not at all.
    `metrics_apart`: /metrics has an address of its own.
    """

    runtime: Runtime
    gate: Gate
    paper: Paper = field(default_factory=Paper)
    verdicts: Verdicts = field(default_factory=Verdicts)
    counted: Kept = field(default_factory=Kept)
    pasts: Pasts = field(default_factory=Pasts)
    secure: bool = False
    proxies: frozenset[str] = frozenset()
    pulse: Callable[[], Pulse] | None = None
    metrics_apart: bool = False
    requests_per_second: float = 0
    requests_burst: int = 200
    body_max: int = BODY_MAX
    upload_max: int = UPLOAD_MAX
    body_seconds: float = BODY_SECONDS
    answer_seconds: float = ANSWER_SECONDS


def site_of(runtime: Runtime, passwords: Passwords | None = None, **choices: Any) -> Site:
    """The site of an opened installation. `passwords` is given by tests, whose hashes need not be dear."""
    return Site(runtime, Gate(runtime.database, runtime.clock, passwords=passwords), **choices)
