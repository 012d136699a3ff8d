"""Calls one service with models."""

from typing import TypeVar
from uuid import UUID

import httpx
from pydantic import BaseModel, ValidationError

from .retries import IDEMPOTENCY_KEY

Answer = TypeVar("Answer", bound=BaseModel)


class ServiceClient:
    """Calls one service with models. Raises httpx.HTTPError for anything that goes wrong."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def get(self, path: str, answer: type[Answer]) -> Answer:
        """Returns what is at a path, as a model."""
        return await self.call("GET", path, answer)

    async def call(
        self,
        method: str,
        path: str,
        answer: type[Answer],
        body: BaseModel | None = None,
        *,
        key: str | UUID | None = None,
    ) -> Answer:
        """Sends a model and returns the answer as another.

        `key` identifies the operation, and is sent as Idempotency-Key: a target that supports it
        does the operation once, however often it is called. With a key a POST or PATCH that failed
        is repeated, as calls of other methods are; without one it is not.
        """
        headers = {}
        if body is not None:
            headers["content-type"] = "application/json"
        if key is not None:
            headers[IDEMPOTENCY_KEY] = str(key)
        content = None if body is None else body.model_dump_json()
        response = await self._http.request(method, path, content=content, headers=headers)
        response.raise_for_status()
        try:
            return answer.model_validate_json(response.content)
        except ValidationError as error:
            where = f"{response.request.url.path} is not answered with a {answer.__name__}"
            message = f"{where}: {first_problem(answer, error)}"
            # Without its cause, which quotes the answer: tracebacks are in the log.
            raise httpx.DecodingError(message, request=response.request) from None


def first_problem(answer: type[BaseModel], error: ValidationError) -> str:
    """Returns the field and kind of the first problem, and no word of what was answered."""
    first = error.errors(include_input=False, include_context=False, include_url=False)[0]
    names = {field.alias or name for name, field in answer.model_fields.items()}
    at = next((part for part in first["loc"] if part in names), "body")
    return f"{at}: {first['type']}"
