"""The commands of the cache."""

from .connection import Command
from .settings import RedisSettings
from .values import encode

STORE = b"""
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
"""


class Commands:
    """Makes commands for keys, which all have the prefix in Redis."""

    def __init__(self, settings: RedisSettings) -> None:
        self._prefix = settings.prefix
        self.channel = encode(f"{settings.prefix}:dropped")
        """Where dropped keys are published."""

    def name(self, key: str) -> bytes:
        """Returns the name of the key in Redis."""
        return encode(f"{self._prefix}:{key}")

    def lease(self, key: str, token: str, seconds: float) -> Command:
        """Returns what is there; leaves the token for the time where nothing is."""
        return ("SET", self.name(key), token, "NX", "GET", "PX", milliseconds(seconds))

    def read(self, key: str) -> Command:
        """Returns what is there."""
        return ("GET", self.name(key))

    def store(self, key: str, token: str, value: bytes, seconds: float) -> Command:
        """Stores the value for the time where the token still is."""
        return ("EVAL", STORE, 1, self.name(key), token, value, milliseconds(seconds))

    def drop(self, key: str) -> tuple[Command, Command]:
        """Deletes what is there, and notifies all replicas."""
        return ("DEL", self.name(key)), self.publish(key)

    def publish(self, key: str) -> Command:
        """Notifies all replicas that the key was dropped."""
        return ("PUBLISH", self.channel, encode(key))

    def subscribe(self) -> Command:
        """Receives the dropped keys."""
        return ("SUBSCRIBE", self.channel)


def milliseconds(seconds: float) -> int:
    """Returns whole milliseconds, at least one: Redis takes no less."""
    return max(1, int(seconds * 1000))
