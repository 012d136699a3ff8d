"""The commands of the cache."""

import secrets
import time
from dataclasses import dataclass

from .connection import Command
from .settings import RedisSettings
from .values import encode

STORE = b"""
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1
"""

# A hash has the epoch, when and in which replication history of the server it began, and until
# when each replica counts as present. All of it is in one key: a Redis that loses it, by eviction
# for instance, loses the epoch as well, and the next one is new. The script may run when Redis is
# full: otherwise all replicas would be silent then.
PRESENT = b"""#!lua flags=allow-oom
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local deadline = string.format('%.0f', now + ARGV[2])
local history = string.match(redis.call('INFO', 'replication'), 'master_replid:(%w+)')
local epoch, began, known, heard, others, silent = nil, now, nil, false, {}, {}
local fields = redis.call('HGETALL', KEYS[1])
for i = 1, #fields, 2 do
  local name, value = fields[i], fields[i + 1]
  if name == 'epoch' then
    epoch = value
  elseif name == 'began' then
    began = tonumber(value)
  elseif name == 'history' then
    known = value
  else
    local is_silent = tonumber(value) < now
    heard = heard or not is_silent
    if name ~= ARGV[1] then
      others[#others + 1] = name
      if is_silent then silent[#silent + 1] = name end
    end
  end
end
local is_other_history = not epoch or known ~= history
-- This replica may have dropped values at another server after the epoch began here.
local owes = ARGV[6] == '1' or ARGV[7] ~= history and now - ARGV[8] > began
-- While no replica was heard Redis itself may have been away: then the silence of the others means
-- nothing, and they get more time. So they do on another server, which may have another clock.
if is_other_history or not heard then
  for _, name in ipairs(others) do redis.call('HSET', KEYS[1], name, deadline) end
  silent = {}
end
for _, name in ipairs(silent) do redis.call('HDEL', KEYS[1], name) end
if is_other_history or #silent > 0 or owes then
  epoch = ARGV[3]
  began = string.format('%.0f', now)
  redis.call('HSET', KEYS[1], 'epoch', epoch, 'history', history, 'began', began)
  redis.call('PUBLISH', ARGV[5], epoch)
end
redis.call('HSET', KEYS[1], ARGV[1], deadline)
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return {epoch, history}
"""


@dataclass(frozen=True)
class Past:
    """The session that a replica had before."""

    history: str
    """Identifies the data: a server that starts or takes over begins another history."""
    ended: float
    """When it ended, by time.monotonic."""


class Commands:
    """Makes commands for keys, which all have the prefix in Redis, and those of values the epoch.

    A new epoch makes everything that was stored before invisible.
    """

    def __init__(self, settings: RedisSettings) -> None:
        self._settings = settings
        self._replicas = self._prefixed("replicas")
        self.epoch = ""
        """The epoch of the keys. Until it is known it is empty, and only probes are stored."""
        self.dropped = self._prefixed("dropped")
        """The channel where dropped keys are published."""
        self.raised = self._prefixed("raised")
        """The channel where new epochs are published."""

    def name(self, key: str) -> bytes:
        """Returns the name of the key in Redis."""
        return self._name(key, self.epoch)

    def lease(self, key: str, token: str, seconds: float) -> Command:
        """Returns what is there; leaves the token for the time where nothing is."""
        return ("SET", self.name(key), token, "NX", "GET", "PX", milliseconds(seconds))

    def read(self, key: str) -> Command:
        """Returns what is there."""
        return ("GET", self.name(key))

    def store(self, key: str, token: str, value: bytes, seconds: float) -> Command:
        """Stores the value for the time where the token still is."""
        return ("EVAL", STORE, 1, self.name(key), token, value, milliseconds(seconds))

    def drop(self, key: str, epoch: str) -> tuple[Command, Command]:
        """Deletes what is there in the epoch, and notifies all replicas."""
        return ("DEL", self._name(key, epoch)), self.publish(key)

    def publish(self, key: str) -> Command:
        """Notifies all replicas that the key was dropped."""
        return ("PUBLISH", self.dropped, encode(key))

    def subscribe(self) -> tuple[Command, Command]:
        """Receives the dropped keys and the new epochs."""
        return ("SUBSCRIBE", self.dropped), ("SUBSCRIBE", self.raised)

    def read_epoch(self) -> Command:
        """Returns the present epoch; nothing while there is none, and the next one is new."""
        return ("HGET", self._replicas, "epoch")

    def present(self, replica: str, past: Past | None, *, raising: bool = False) -> Command:
        """Notes that the replica is present, and returns the epoch, and the server's history.

        The epoch is a new one where asked for, where another replica has been silent for too long,
        and where the server is another one, which may lack what was deleted last.
        """
        silent = milliseconds(self._settings.presence_seconds)
        # It may end: the next epoch is new. It lasts as long as the values, to keep them readable.
        kept = milliseconds(self._settings.ttl_seconds + self._settings.presence_seconds)
        given = (replica, silent, secrets.token_hex(8), kept, self.raised, int(raising))
        if past is None:
            # Before any epoch began.
            return ("EVAL", PRESENT, 1, self._replicas, *given, "", 1 << 50)
        gone = max(0, int((time.monotonic() - past.ended) * 1000))
        return ("EVAL", PRESENT, 1, self._replicas, *given, past.history, gone)

    def absent(self, replica: str) -> Command:
        """Forgets that the replica was present: it has dropped everything that it changed."""
        return ("HDEL", self._replicas, replica)

    def history(self) -> Command:
        """Returns what `present` needs as well: what a script is denied is not in its error."""
        return ("INFO", "replication")

    def _name(self, key: str, epoch: str) -> bytes:
        return self._prefixed(f"{epoch}:{key}")

    def _prefixed(self, name: str) -> bytes:
        return encode(f"{self._settings.prefix}:{name}")


def milliseconds(seconds: float) -> int:
    """Returns whole milliseconds, at least one: Redis takes no less."""
    return max(1, int(seconds * 1000))
