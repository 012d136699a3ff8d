"""A route whose tasks fail together."""

import asyncio
from collections.abc import Callable, Coroutine

import httpx
import pytest
from fastapi import APIRouter, HTTPException

from gennet_service_kit.problems import NotFoundError, UnavailableError
from gennet_service_kit.testing.fixtures import Logged
from gennet_service_kit.testing.talking import talking_to

from .sample import create_app

pytestmark = pytest.mark.anyio


async def answer_where(*tasks: Callable[[], Coroutine[None, None, None]]) -> httpx.Response:
    router = APIRouter()

    @router.get("/together")
    async def together() -> None:
        async with asyncio.TaskGroup() as group:
            for task in tasks:
                group.create_task(task())

    async with talking_to(create_app(routers=[router])) as client:
        return await client.get("/together")


async def lacks() -> None:
    raise NotFoundError("There is no such thing.")


async def unavailable() -> None:
    raise UnavailableError("The stock is not available at the moment.")


async def refused() -> None:
    raise HTTPException(502, "A service behind this one failed.")


async def inside_another_group() -> None:
    async with asyncio.TaskGroup() as group:
        group.create_task(unavailable())


async def mistaken() -> None:
    raise KeyError("hunter2")


async def test_the_worst_error_is_the_answer_and_every_reason_is_in_the_log(logged: Logged) -> None:
    answer = await answer_where(lacks, unavailable, refused)

    assert answer.status_code == 503
    assert answer.json()["detail"] == "The stock is not available at the moment."
    assert answer.headers["retry-after"] == "1"
    assert {line["reason"] for line in logged("request failed")} == {
        "The stock is not available at the moment.",
        "A service behind this one failed.",
    }


async def test_a_group_inside_a_group_is_answered_too() -> None:
    assert (await answer_where(lacks, inside_another_group)).status_code == 503


async def test_one_error_alone_is_answered_as_it_is_without_a_group() -> None:
    assert (await answer_where(lacks)).status_code == 404


async def test_an_error_that_nobody_foresaw_is_a_failure_of_the_service(logged: Logged) -> None:
    answer = await answer_where(unavailable, mistaken)

    assert answer.status_code == 500
    assert "hunter2" not in answer.text
    assert len(logged("request failed")) == 1
