import gzip
import tracemalloc
import zlib
from collections.abc import AsyncIterator, Iterable

import httpx
import pytest

from gennet_service_kit.calls.breaker import State
from gennet_service_kit.calls.errors import AnswerTooLargeError
from gennet_service_kit.calls.outgoing import Outgoing

from .doubles import settings_with, state_of

pytestmark = pytest.mark.anyio

MIB = 1024 * 1024
LIMIT = 64 * 1024
ZEROS = bytes(MIB)
SETTINGS = settings_with(max_answer_mib=LIMIT / MIB)


class Parts(httpx.AsyncByteStream):
    """A body that arrives in parts; counts how many were read."""

    def __init__(self, parts: Iterable[bytes]) -> None:
        self.parts = parts
        self.read = 0
        self.closed = False

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self.parts:
            self.read += 1
            yield part

    async def aclose(self) -> None:
        self.closed = True


def answering(body: Parts, encoding: str | None = None) -> Outgoing:
    headers = {} if encoding is None else {"content-encoding": encoding}
    network = httpx.MockTransport(lambda _: httpx.Response(200, headers=headers, stream=body))
    return Outgoing(SETTINGS, network=network)


def cut(content: bytes, size: int) -> list[bytes]:
    return [content[start : start + size] for start in range(0, len(content), size)]


@pytest.mark.parametrize("size", [1, 1000, LIMIT])
@pytest.mark.parametrize(
    ("encoding", "encode"),
    [
        (None, bytes),
        ("identity", bytes),
        ("gzip", gzip.compress),
        ("X-GZIP", gzip.compress),
        ("gzip", lambda content: gzip.compress(content[:9]) + gzip.compress(content[9:])),
    ],
)
async def test_answers_arrive_as_they_were_sent(
    size: int, encoding: str | None, encode: type[bytes]
) -> None:
    content = b"the answer " * 1000
    body = Parts(cut(encode(content), size))
    response = await answering(body, encoding).client("stock", "http://stock").get("/")
    assert response.content == content
    assert body.closed


@pytest.mark.parametrize("encoding", [None, "gzip", "br"])
async def test_an_empty_answer_has_no_encoding(encoding: str | None) -> None:
    client = answering(Parts([]), encoding).client("stock", "http://stock")
    assert (await client.head("/")).content == b""
    assert (await client.get("/")).content == b""


async def test_an_answer_of_just_the_limit_is_taken() -> None:
    client = answering(Parts([b"x" * LIMIT])).client("stock", "http://stock")
    assert len((await client.get("/")).content) == LIMIT


def endless_gzip() -> Iterable[bytes]:
    """A bomb: each part of a few kilobytes unfolds to a megabyte."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    while True:
        yield packer.compress(ZEROS)


def endless(part: bytes) -> Iterable[bytes]:
    while True:
        yield part


@pytest.mark.parametrize(
    ("encoding", "parts", "most"),
    [
        (None, endless(b"x" * 4096), 17),
        (None, [b"x" * LIMIT, b"x"], 2),
        (None, endless(b"x"), LIMIT + 1),
        ("gzip", endless_gzip(), 40),
        ("gzip", [gzip.compress(bytes(32 * MIB))], 1),
        # Members without content: what is received has the same limit as what it unfolds to.
        ("gzip", endless(gzip.compress(b"") * 100), 33),
    ],
    ids=["endless", "one byte more", "single bytes", "endless bomb", "bomb", "empty members"],
)
async def test_an_answer_beyond_the_limit_is_a_failed_call_in_little_memory(
    encoding: str | None, parts: Iterable[bytes], most: int
) -> None:
    body = Parts(parts)
    outgoing = answering(body, encoding)
    tracemalloc.start()
    with pytest.raises(AnswerTooLargeError, match="larger than 65536 bytes"):
        await outgoing.client("stock", "http://stock").get("/")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert body.read <= most
    assert body.closed
    assert peak < MIB
    assert state_of(outgoing.breakers["stock"]) is State.OPEN


@pytest.mark.parametrize(
    ("encoding", "content"),
    [
        ("gzip", b"not gzip"),
        ("gzip", gzip.compress(b"the answer")[:-3]),
        ("gzip", gzip.compress(b"the answer") + b"garbage"),
        ("br", b"what httpx would unfold"),
        ("deflate", zlib.compress(b"the answer")),
        ("gzip, gzip", gzip.compress(gzip.compress(b"the answer"))),
    ],
)
async def test_what_cannot_be_decoded_is_a_failed_call(encoding: str, content: bytes) -> None:
    outgoing = answering(Parts([content]), encoding)
    with pytest.raises(httpx.DecodingError):
        await outgoing.client("stock", "http://stock").get("/")
    assert state_of(outgoing.breakers["stock"]) is State.OPEN


async def test_targets_are_asked_for_no_encoding_that_is_not_understood() -> None:
    asked = httpx.MockTransport(
        lambda request: httpx.Response(200, text=request.headers["accept-encoding"])
    )
    client = Outgoing(SETTINGS, network=asked).client("stock", "http://stock")
    assert (await client.get("/")).text == "gzip"


@pytest.mark.parametrize("encoding", ["gzip", "br"])
async def test_what_a_head_would_get_is_kept(encoding: str) -> None:
    headers = {"content-encoding": encoding, "content-length": "99999999"}
    network = httpx.MockTransport(lambda _: httpx.Response(200, headers=headers, stream=Parts([])))
    client = Outgoing(SETTINGS, network=network).client("stock", "http://stock")
    response = await client.head("/")
    assert response.headers["content-length"] == "99999999"


async def test_a_streamed_answer_has_the_same_limit() -> None:
    client = answering(Parts(endless(b"x" * 4096))).client("stock", "http://stock")
    with pytest.raises(AnswerTooLargeError):
        async with client.stream("GET", "/"):
            pass
