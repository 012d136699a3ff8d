import httpx
import pytest
from fastapi import FastAPI

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
    assert response.json() == {
        "type": "about:blank",
        "title": title,
        "status": status,
        "instance": path,
        "request_id": response.headers["x-request-id"],
    }


async def test_every_method_of_a_path_is_named_to_who_uses_another(
    client: httpx.AsyncClient,
) -> None:
    response = await client.patch("/items")

    assert response.status_code == 405
    assert response.headers["allow"] == "GET, POST"


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


async def test_the_documentation_tells_how_errors_look(client: httpx.AsyncClient) -> None:
    operation = (await client.get("/openapi.json")).json()["paths"]["/items"]["post"]

    assert set(operation["responses"]) == {"201", "default"}
    assert set(operation["responses"]["default"]["content"]) == {"application/problem+json"}
