"""What callers share, and what a target gets of them."""

import httpx
import pytest
from opentelemetry.trace import NoOpTracerProvider

from gennet_service_kit.calls.errors import ForeignTargetError
from gennet_service_kit.calls.outgoing import Outgoing
from gennet_service_kit.calls.settings import CallSettings
from gennet_service_kit.requests.context import RequestContext

from .doubles import request

pytestmark = pytest.mark.anyio

TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


class Target:
    """Records the headers of its calls."""

    def __init__(self, *answers: httpx.Response) -> None:
        self.seen: list[httpx.Headers] = []
        self.answers = list(answers)
        # Another test of this process may have set the global provider of spans.
        tracer = NoOpTracerProvider().get_tracer("test")
        network = httpx.MockTransport(self.answer)
        outgoing = Outgoing(CallSettings(), network=network, tracer=tracer)
        self.client = outgoing.client("stock", "http://stock:8000/api")

    async def answer(self, request: httpx.Request) -> httpx.Response:
        self.seen.append(request.headers)
        return self.answers.pop(0) if self.answers else httpx.Response(200)

    def all(self, header: str) -> list[str | None]:
        return [headers.get(header) for headers in self.seen]


@pytest.mark.parametrize(
    "cookie",
    ["session=first", "session=first; Path=/", "session=first; Domain=stock; Max-Age=9999"],
)
@pytest.mark.parametrize("status", [200, 302, 401])
async def test_a_cookie_of_one_call_is_not_in_the_next(cookie: str, status: int) -> None:
    headers = {"set-cookie": cookie, "location": "http://stock:8000/api/other"}
    target = Target(httpx.Response(status, headers=headers))
    await target.client.get("/first", follow_redirects=True)
    await target.client.get("/second")
    assert set(target.all("cookie")) == {None}
    assert not target.client.cookies


async def test_credentials_of_one_call_are_not_in_the_next() -> None:
    target = Target()
    await target.client.get("/", auth=("user", "password"), headers={"cookie": "session=mine"})
    await target.client.get("/", headers={"authorization": "Bearer mine"})
    await target.client.get("/")
    assert target.all("authorization")[1:] == ["Bearer mine", None]
    assert target.all("cookie") == ["session=mine", None, None]


async def test_cookies_cannot_be_given_to_all_callers() -> None:
    target = Target()
    with pytest.raises(TypeError, match="shared by all requests"):
        target.client.cookies["session"] = "mine"
    with pytest.raises(TypeError):
        target.client.cookies.update({"session": "mine"})
    await target.client.get("/")
    assert target.all("cookie") == [None]


async def test_redirects_are_answers() -> None:
    target = Target(httpx.Response(307, headers={"location": "http://stock:8000/api/other"}))
    assert (await target.client.get("/")).status_code == 307
    assert len(target.seen) == 1


@pytest.mark.parametrize(
    "url",
    [
        "http://elsewhere/",
        "https://stock:8000/",
        "http://stock:8001/",
        "http://stock/",
        "http://stock:8000@elsewhere/",
    ],
)
async def test_nothing_is_sent_to_other_origins(url: str) -> None:
    target = Target(httpx.Response(307, headers={"location": url}))
    with pytest.raises(ForeignTargetError, match="the URL is not one of stock"):
        await target.client.get(url, headers={"authorization": "Bearer mine"})
    with pytest.raises(ForeignTargetError):
        await target.client.get("/", follow_redirects=True)
    assert len(target.seen) == 1


async def test_a_path_that_looks_like_a_host_stays_with_the_target() -> None:
    target = Target()
    response = await target.client.get("//elsewhere/x")
    assert response.request.url.host == "stock"


async def test_the_ids_of_the_request_are_handed_on() -> None:
    target = Target()
    context = RequestContext("the-request", traceparent=TRACEPARENT, tracestate="vendor=1")
    with request(context):
        await target.client.get("/")
    assert target.all("x-request-id") == ["the-request"]
    assert target.all("traceparent") == [TRACEPARENT]
    assert target.all("tracestate") == ["vendor=1"]


async def test_without_a_request_or_a_trace_no_ids_are_made_up() -> None:
    target = Target()
    await target.client.get("/")
    with request(RequestContext("the-request", tracestate="vendor=1")):
        await target.client.get("/")
    assert target.all("x-request-id") == [None, "the-request"]
    assert target.all("traceparent") == [None, None]
    assert target.all("tracestate") == [None, None]


async def test_ids_that_a_call_has_already_are_kept() -> None:
    target = Target()
    with request(RequestContext("the-request", traceparent=TRACEPARENT)):
        headers = {"X-Request-ID": "another", "Traceparent": TRACEPARENT.replace("a", "b")}
        await target.client.get("/", headers=headers)
    assert target.all("x-request-id") == ["another"]
    assert target.all("traceparent") == [TRACEPARENT.replace("a", "b")]
