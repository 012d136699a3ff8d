"""What can go wrong between a cache and its Redis."""

from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import OutOfMemoryError, RedisError, ResponseError
from redis.exceptions import TimeoutError as RedisTimeoutError

LOST = (RedisError, OSError)
"""What ends a session with Redis, unless it concerns a key alone."""


class BusyError(Exception):
    """Redis answers, but not this command in time: too many others were before it."""


class CacheUnreachableError(Exception):
    """Redis cannot be used; the cache works without it."""


class CacheFullError(Exception):
    """Redis has no memory left: the values it has are read, and no others are stored."""


def concerns_a_key(error: Exception) -> bool:
    """Returns whether the server can be used for other keys, or other commands."""
    return isinstance(error, OutOfMemoryError) or is_foreign(error)


def is_foreign(error: Exception) -> bool:
    """Returns whether something else than a value of a cache is in the key's place."""
    if isinstance(error, ResponseError):
        return code_of(error) == "WRONGTYPE"
    return isinstance(error, UnicodeDecodeError)


def code_of(error: ResponseError) -> str:
    """Returns the code of an error that the server answered, such as READONLY."""
    return str(error.status_code or str(error).split(" ", 1)[0])


def reason(error: Exception) -> str:
    """Returns what went wrong, for the log.

    Without what a server or a parser has to say: that may repeat what was sent or read.
    """
    if isinstance(error, ResponseError):
        return f"{type(error).__name__}: {code_of(error)}"
    if isinstance(error, RedisConnectionError | RedisTimeoutError | OSError):
        return f"{type(error).__name__}: {error}"
    return type(error).__name__
