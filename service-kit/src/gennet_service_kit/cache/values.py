"""How values are stored: as UTF-8, in the place of which there may be a lease."""

from dataclasses import dataclass
from uuid import uuid4

LEASE = "lease:"


@dataclass(frozen=True)
class Lease:
    """The right to store what is loaded from now on. Dropping the key ends it."""

    key: str
    token: str


def new_token() -> str:
    """Returns what stands in the place of a value while it is loaded."""
    return f"{LEASE}{uuid4().hex}"


def is_storable(value: str, max_bytes: int) -> bool:
    """Returns whether the value is neither too large nor to be taken for a lease."""
    return not value.startswith(LEASE) and len(encode(value)) <= max_bytes


def encode(text: str) -> bytes:
    """Returns the text as bytes, of any two texts different ones: strings may have surrogates."""
    return text.encode("utf-8", "surrogatepass")


def decode(data: bytes) -> str:
    """Returns what was encoded. Raises UnicodeDecodeError for anything else."""
    return data.decode("utf-8", "surrogatepass")
