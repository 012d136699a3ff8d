"""The layer that reads answers, up to a limit."""

import zlib

import httpx

from .errors import AnswerTooLargeError

GZIP = 16 + zlib.MAX_WBITS


class AnswerTransport(httpx.AsyncBaseTransport):
    """Reads the whole answer, so that one that breaks off half-way is a failed call.

    gzip is decoded here, in steps: httpx would decode whatever a few bytes of it unfold to. Clients
    ask for no other encoding, and an answer that has one fails.
    """

    def __init__(self, inner: httpx.AsyncBaseTransport, limit: int) -> None:
        self._inner = inner
        self._limit = limit

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Returns an answer that is in memory. Raises AnswerTooLargeError or DecodingError."""
        response = await self._inner.handle_async_request(request)
        stream = response.stream
        if not isinstance(stream, httpx.AsyncByteStream):
            raise TypeError("the transport's answer cannot be read asynchronously")
        encoding = response.headers.get("content-encoding", "identity").strip().lower()
        body = PlainBody(self._limit) if encoding == "identity" else GzipBody(self._limit, encoding)
        try:
            async for part in stream:
                if part:
                    body.add(part)
        finally:
            await stream.aclose()
        response.stream = httpx.ByteStream(body.complete())
        if isinstance(body, GzipBody) and body.received:
            del response.headers["content-encoding"]
            response.headers.pop("content-length", None)
        return response

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._inner.aclose()


class PlainBody:
    """Collects a body of at most `limit` bytes."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        # Not a list of parts: parts of a single byte would take forty times as much memory.
        self._content = bytearray()

    def add(self, part: bytes) -> None:
        """Takes the next bytes. Raises AnswerTooLargeError."""
        self._refuse(len(self._content) + len(part))
        self._content += part

    def complete(self) -> bytes:
        """Returns the body."""
        return bytes(self._content)

    def _refuse(self, size: int) -> None:
        if size > self._limit:
            raise AnswerTooLargeError(f"the answer is larger than {self._limit} bytes")


class GzipBody(PlainBody):
    """Decodes a body of at most `limit` bytes, as received and as decoded."""

    def __init__(self, limit: int, encoding: str) -> None:
        super().__init__(limit)
        self._encoding = encoding
        self._gzip = zlib.decompressobj(GZIP)
        self.received = 0

    def add(self, part: bytes) -> None:
        """Takes the next bytes. Raises AnswerTooLargeError or httpx.DecodingError."""
        if self._encoding not in ("gzip", "x-gzip"):
            raise httpx.DecodingError("the answer's content-encoding is not supported")
        self.received += len(part)
        self._refuse(self.received)
        while part:
            if self._gzip.eof:
                # A body may have several members; each ends its decompressor.
                self._gzip = zlib.decompressobj(GZIP)
            try:
                decoded = self._gzip.decompress(part, self._limit + 1 - len(self._content))
            except zlib.error:
                raise httpx.DecodingError("the answer is not valid gzip") from None
            super().add(decoded)
            part = self._gzip.unused_data

    def complete(self) -> bytes:
        """Returns the decoded body. Raises httpx.DecodingError where its end is missing."""
        if self.received and not self._gzip.eof:
            raise httpx.DecodingError("the answer breaks off")
        return super().complete()
