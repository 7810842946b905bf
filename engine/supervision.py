"""What a supervisor such as systemd is told: that the service is ready, that it lives, that it stops (sd_notify(3))."""

import os
import socket
from collections.abc import Mapping

READY, ALIVE, STOPPING = "READY=1", "WATCHDOG=1", "STOPPING=1"


def notify(state: str, environment: Mapping[str, str] = os.environ) -> bool:
    """Tell the supervisor, if one listens: a datagram that nobody answers, and that may be lost."""
    address = environment.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return False
    where = "\0" + address[1:] if address.startswith("@") else address
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out:
            out.settimeout(1)
            out.sendto(state.encode(), where)
    except OSError:
        return False
    return True


def alive() -> None:
    """Say that it lives, as a round does at each step."""
    notify(ALIVE)
