"""How often somebody may try: by the name that was typed, whether or not there is such an account, and by address."""

from datetime import datetime, timedelta
from ipaddress import IPv4Address, ip_address, ip_network

from sqlalchemy import Connection

from storage import sign_ins

NAME, ADDRESS = "name", "address"
LOCKED_AFTER = 10  # failures of one name
LOCKED_FOR = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(days=1)  # without a failure
_FREE = {NAME: 4, ADDRESS: 20}  # failures that cost nothing: people mistype, and an office may share one address
_LOCK = {NAME: LOCKED_AFTER, ADDRESS: 60}
_PAUSE_MAX = timedelta(seconds=32)


def pause_of_name(failed: int) -> timedelta:
    """How long nobody is listened to under a name after so many failures: nothing, then 2, 4, 8 .. 32 s, then the lock."""
    return _pause(NAME, failed)


def pause_of_address(failed: int) -> timedelta:
    """The same for an address, which is given more."""
    return _pause(ADDRESS, failed)


def _pause(kind: str, failed: int) -> timedelta:
    over = failed - _FREE[kind]
    if failed >= _LOCK[kind]:
        return LOCKED_FOR
    return min(timedelta(seconds=2 ** min(over, 8)), _PAUSE_MAX) if over > 0 else timedelta(0)


def count_try(connection: Connection, name: str, address: str, now: datetime) -> datetime | None:
    """Count a try as failed; None where it may go on. Else until when nobody is listened to, and nothing was counted for
    who stands in the way."""
    address = network_of(address)
    for kind, value in ((NAME, name), (ADDRESS, address)):  # looked at first, so that neither is counted in vain
        found = sign_ins.find_attempt(connection, kind, value)
        if found and now < found.until:
            return found.until
    met = sign_ins.count_attempt(connection, NAME, name, now, pause_of_name, FORGOTTEN_AFTER)
    # Always the name before the address: two that share both would else wait for each other.
    met = met or sign_ins.count_attempt(connection, ADDRESS, address, now, pause_of_address, FORGOTTEN_AFTER)
    return met.until if met else None


def network_of(address: str) -> str:
    """What counts as one address: of IPv6 the /64, since each machine there has 2^64 of them to try from."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or ip_network((found, 64), strict=False))


def forgive(connection: Connection, name: str, address: str, now: datetime) -> None:
    """It was the right person: the name's failures are forgotten, and this try is taken off the address."""
    sign_ins.forget_attempts(connection, NAME, name)
    sign_ins.take_back_attempt(connection, ADDRESS, network_of(address), now)


def take_back(connection: Connection, name: str, address: str, now: datetime) -> None:
    """The try was never looked at: it counts for neither."""
    sign_ins.take_back_attempt(connection, NAME, name, now)
    sign_ins.take_back_attempt(connection, ADDRESS, network_of(address), now)


def unlock(connection: Connection, name: str) -> None:
    """Listen to a name again."""
    sign_ins.forget_attempts(connection, NAME, name)


def locked_until(connection: Connection, name: str, now: datetime) -> datetime | None:
    """Until when nobody is listened to under a name, where that is the lock and not a pause."""
    found = sign_ins.find_attempt(connection, NAME, name)
    return found.until if found and found.failed >= LOCKED_AFTER and now < found.until else None
