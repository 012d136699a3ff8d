import asyncio
import threading
import time
from collections.abc import AsyncIterator

import httpx
import pytest
from fastapi import BackgroundTasks, FastAPI
from fastapi.responses import StreamingResponse

from gennet_service_kit.requests.context import current
from gennet_service_kit.settings import ServiceSettings
from gennet_service_kit.testing.fixtures import Logged
from gennet_service_kit.testing.talking import talking_to

from .sample import create_app
from .serving import serving

pytestmark = pytest.mark.anyio


async def test_a_request_has_the_deadline_that_its_caller_gave(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    @app.get("/left")
    async def left() -> float:
        context = current.get()
        assert context is not None
        assert context.deadline is not None
        return context.deadline - time.monotonic()

    async def given(milliseconds: str) -> float:
        response = await client.get("/left", headers={"x-time-left-ms": milliseconds})
        seconds: float = response.json()
        return seconds

    assert 19 < await given("20000") <= 20
    # More than the service itself gives, or no number: then the service's own time holds.
    assert 29 < await given("60000") <= 30
    assert 29 < await given("9" * 17) <= 30
    assert 29 < await given("soon") <= 30
    assert 29 < (await client.get("/left")).json() <= 30


@pytest.mark.parametrize("headers", [{"x-time-left-ms": "20"}, {}])
async def test_a_request_ends_when_its_time_is_over(
    logged: Logged, headers: dict[str, str]
) -> None:
    app = create_app(ServiceSettings(request_seconds=30 if headers else 0.02))
    ended = asyncio.Event()

    @app.get("/hang")
    async def hang() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()

    async with talking_to(app) as client:
        response = await client.get("/hang", headers=headers)

    assert response.status_code == 504
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["request_id"] == response.headers["x-request-id"]
    assert ended.is_set()
    [line] = logged("request")
    assert (line["status"], line["reason"]) == (504, "deadline passed")


async def test_each_request_has_its_own_time() -> None:
    app = create_app(ServiceSettings(request_seconds=0.1))
    hanging: list[float] = []

    @app.get("/hang")
    async def hang() -> None:
        began = time.monotonic()
        try:
            await asyncio.Event().wait()
        finally:
            hanging.append(time.monotonic() - began)

    async with talking_to(app) as client:

        async def several() -> None:
            for _ in range(3):
                assert (await client.get("/hang")).status_code == 504
                await client.get("/items")
                await asyncio.sleep(0.03)

        await asyncio.gather(several(), several())
    assert len(hanging) == 6
    assert min(hanging) > 0.09


async def test_a_request_that_comes_too_late_is_not_begun(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    begun = asyncio.Event()

    @app.get("/begin")
    async def begin() -> None:
        begun.set()

    assert (await client.get("/begin", headers={"x-time-left-ms": "0"})).status_code == 504
    assert not begun.is_set()


async def test_a_bug_is_not_taken_for_a_deadline(app: FastAPI, client: httpx.AsyncClient) -> None:
    @app.get("/bug")
    async def bug() -> None:
        raise TimeoutError

    assert (await client.get("/bug", headers={"x-time-left-ms": "60000"})).status_code == 500


async def test_a_time_out_of_the_route_s_own_is_not_taken_for_a_deadline(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    @app.get("/patience")
    async def patience() -> str:
        try:
            async with asyncio.timeout(0.01):
                await asyncio.Event().wait()
        except TimeoutError:
            return "without it"
        return "with it"

    response = await client.get("/patience", headers={"x-time-left-ms": "60000"})
    assert (response.status_code, response.json()) == (200, "without it")


@pytest.mark.parametrize("headers", [{"x-time-left-ms": "500"}, {}])
async def test_work_after_the_answer_outlives_the_deadline(
    logged: Logged, headers: dict[str, str]
) -> None:
    app = create_app(ServiceSettings(request_seconds=30 if headers else 0.5))
    done = asyncio.Event()

    @app.post("/promise")
    async def promise(tasks: BackgroundTasks) -> str:
        async def keep() -> None:
            context = current.get()
            assert context is not None
            assert context.deadline is not None
            await asyncio.sleep(context.deadline - time.monotonic() + 0.05)
            done.set()

        tasks.add_task(keep)
        return "promised"

    async with serving(app) as served:
        response = await served.http.post("/promise", headers=headers)
        assert response.json() == "promised"
        assert len(logged("request")) == 1
        async with asyncio.timeout(20):
            await done.wait()
    assert logged("request failed") == []


async def test_a_failure_after_the_answer_leaves_the_connection_to_the_next_request(
    app: FastAPI, logged: Logged
) -> None:
    failing = asyncio.Event()

    @app.post("/promise")
    async def promise(tasks: BackgroundTasks) -> str:
        async def break_it() -> None:
            await failing.wait()
            raise RuntimeError("broken")

        tasks.add_task(break_it)
        return "promised"

    @app.get("/next")
    async def following() -> str:
        failing.set()
        async with asyncio.timeout(20):
            while not logged("request failed"):  # noqa: ASYNC110 - nothing signals this
                await asyncio.sleep(0.001)
        return "answered"

    async with serving(app) as served:
        assert (await served.http.post("/promise")).status_code == 200
        assert (await served.http.get("/next")).json() == "answered"
    assert "RuntimeError: broken" in logged("request failed")[0]["exception"]


async def test_a_route_that_takes_no_notice_of_its_end_is_answered_for(
    logged: Logged,
) -> None:
    app = create_app()
    go_on = asyncio.Event()

    @app.get("/stubborn")
    async def stubborn() -> str:
        while not go_on.is_set():
            try:
                await go_on.wait()
            except asyncio.CancelledError:
                continue
        return "late"

    async with serving(app) as served:
        response = await served.http.get("/stubborn", headers={"x-time-left-ms": "20"})
        assert response.status_code == 504
        assert (await served.http.get("/items")).status_code == 200
        go_on.set()
    assert [line["status"] for line in logged("request")] == [504, 200]


async def test_a_route_that_is_quicker_to_answer_than_to_end_has_answered(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    @app.get("/swallow")
    async def swallow() -> str:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return "done"
        return "never"

    response = await client.get("/swallow", headers={"x-time-left-ms": "20"})
    assert (response.status_code, response.json()) == (200, "done")


async def test_a_route_in_a_thread_does_not_hold_up_its_answer(app: FastAPI) -> None:
    go_on = threading.Event()

    @app.post("/blocked")
    def blocked(wanted: dict[str, str]) -> None:
        go_on.wait(60)

    async with serving(app) as served:
        headers = {"x-time-left-ms": "20"}
        response = await served.http.post("/blocked", json={}, headers=headers)
        go_on.set()
    assert response.status_code == 504


async def test_what_a_route_makes_of_its_end_is_logged_and_answered_as_its_end(
    app: FastAPI, client: httpx.AsyncClient, logged: Logged
) -> None:
    @app.get("/convert")
    async def convert() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            raise ConnectionError("the driver was interrupted") from None

    response = await client.get("/convert", headers={"x-time-left-ms": "20"})
    assert response.status_code == 504
    assert "interrupted" in logged("request failed")[0]["exception"]


async def endless() -> AsyncIterator[bytes]:
    while True:
        yield b"more"
        await asyncio.sleep(0.005)


async def test_an_answer_that_has_begun_ends_with_the_time_that_its_caller_gave(
    app: FastAPI, logged: Logged
) -> None:
    @app.get("/stream")
    async def stream() -> StreamingResponse:
        return StreamingResponse(endless())

    async with serving(app) as served:
        with pytest.raises(httpx.RemoteProtocolError):
            await served.http.get("/stream", headers={"x-time-left-ms": "500"})
    assert logged("request")[0]["status"] == 200


async def test_an_answer_that_has_begun_outlives_the_service_s_own_time() -> None:
    app = create_app(ServiceSettings(request_seconds=0.3))

    @app.get("/stream")
    async def stream() -> StreamingResponse:
        async def parts() -> AsyncIterator[bytes]:
            for _ in range(5):
                yield b"x"
                await asyncio.sleep(0.1)

        return StreamingResponse(parts())

    async with serving(app) as served:
        assert (await served.http.get("/stream")).text == "xxxxx"


async def test_a_cancellation_by_the_server_is_not_taken_for_the_deadline(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    running_now = asyncio.Event()

    @app.get("/hang")
    async def hang() -> None:
        running_now.set()
        await asyncio.Event().wait()

    request = asyncio.create_task(client.get("/hang"))
    await running_now.wait()
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request
    assert request.cancelled()
