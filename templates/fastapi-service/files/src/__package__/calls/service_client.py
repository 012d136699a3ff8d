from typing import TypeVar

import httpx
from pydantic import BaseModel, ValidationError

Answer = TypeVar("Answer", bound=BaseModel)


class ServiceClient:
    """Calls one service with models. Raises httpx.HTTPError, whatever goes wrong."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def get(self, path: str, answer: type[Answer]) -> Answer:
        return await self.call("GET", path, answer)

    async def call(
        self, method: str, path: str, answer: type[Answer], body: BaseModel | None = None
    ) -> Answer:
        content = None if body is None else body.model_dump_json()
        headers = {} if body is None else {"content-type": "application/json"}
        response = await self._http.request(method, path, content=content, headers=headers)
        response.raise_for_status()
        try:
            return answer.model_validate_json(response.content)
        except ValidationError as error:
            message = f"{path} is not answered with a {answer.__name__}"
            raise httpx.DecodingError(message, request=response.request) from error
