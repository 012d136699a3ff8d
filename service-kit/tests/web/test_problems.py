from typing import Any
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI, HTTPException
from pydantic import BaseModel

from gennet_service_kit.problems import UnavailableError
from gennet_service_kit.testing.fixtures import Logged

pytestmark = pytest.mark.anyio


async def test_a_wrong_field_is_named_and_its_value_is_not(client: httpx.AsyncClient) -> None:
    response = await client.post("/items", json={"name": 1, "token": "hunter2"})

    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["request_id"] == response.headers["x-request-id"]
    assert {error["at"] for error in problem["errors"]} == {"body/name", "body/token"}
    assert "hunter2" not in response.text


@pytest.mark.parametrize(
    ("method", "path", "status", "title"),
    [
        ("GET", "/nowhere", 404, "Not Found"),
        ("PUT", "/items", 405, "Method Not Allowed"),
    ],
)
async def test_what_the_framework_refuses_is_a_problem_too(
    client: httpx.AsyncClient, method: str, path: str, status: int, title: str
) -> None:
    response = await client.request(method, path)

    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["cache-control"] == "no-store"
    assert response.json() == {
        "type": "about:blank",
        "title": title,
        "status": status,
        "instance": path,
        "request_id": response.headers["x-request-id"],
    }


async def test_a_405_names_every_method_of_the_path(client: httpx.AsyncClient) -> None:
    response = await client.patch("/items")

    assert response.status_code == 405
    assert response.headers["allow"] == "GET, POST"


async def test_an_error_of_the_domain_has_its_status_and_message(
    client: httpx.AsyncClient,
) -> None:
    missing = await client.get(f"/items/{uuid4()}")
    assert (missing.status_code, missing.json()["detail"]) == (404, "There is no such item.")

    await client.post("/items", json={"name": "only"})
    again = await client.post("/items", json={"name": "only"})
    assert (again.status_code, again.json()["title"]) == (409, "Conflict")


async def test_a_bug_is_answered_without_its_details(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    @app.get("/bug")
    async def bug() -> None:
        raise RuntimeError("password=hunter2")

    response = await client.get("/bug")

    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["request_id"] == response.headers["x-request-id"]
    assert "hunter2" not in response.text


async def test_an_answer_that_does_not_fit_its_model_is_logged_without_its_values(
    app: FastAPI, client: httpx.AsyncClient, logged: Logged
) -> None:
    class Answer(BaseModel):
        count: int

    @app.get("/misfit", response_model=Answer)
    async def misfit() -> dict[str, Any]:
        return {"count": "hunter2"}

    response = await client.get("/misfit")

    assert response.status_code == 500
    [line] = logged("answer does not fit its model")
    assert line["errors"][0]["at"] == "response/count"
    assert line["request_id"] == response.headers["x-request-id"]
    assert "hunter2" not in str(line)


async def test_a_5xx_that_a_route_raises_is_explained_in_the_log_under_its_request_id(
    app: FastAPI, client: httpx.AsyncClient, logged: Logged
) -> None:
    @app.get("/unreachable")
    async def unreachable() -> None:
        try:
            raise ConnectionError("no route to db.internal\nDETAIL: hunter2")
        except ConnectionError as error:
            raise UnavailableError("The items cannot be read at the moment.") from error

    @app.get("/upstream")
    async def upstream() -> None:
        raise HTTPException(502, "The bank is not there.")

    first = await client.get("/unreachable")
    second = await client.get("/upstream")

    assert (first.status_code, second.status_code) == (503, 502)
    assert "db.internal" not in first.text
    one, other = logged("request failed")
    assert one["cause"] == "ConnectionError: no route to db.internal"
    assert one["request_id"] == first.headers["x-request-id"]
    assert other["reason"] == "The bank is not there."
    assert other["request_id"] == second.headers["x-request-id"]


async def test_a_status_without_a_name_is_a_problem_too(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    @app.get("/odd")
    async def odd() -> None:
        raise HTTPException(499, "The caller went.")

    response = await client.get("/odd")

    assert response.status_code == 499
    assert (response.json()["title"], response.json()["detail"]) == ("", "The caller went.")


async def test_a_raised_status_without_a_body_has_none(
    app: FastAPI, client: httpx.AsyncClient
) -> None:
    @app.get("/unchanged")
    async def unchanged() -> None:
        raise HTTPException(304, headers={"etag": '"1"'})

    response = await client.get("/unchanged")

    assert (response.status_code, response.content) == (304, b"")
    assert response.headers["etag"] == '"1"'
