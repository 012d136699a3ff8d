"""The API as a page, for who develops the service."""

import base64
import hashlib
import re
from importlib.resources import files
from importlib.util import find_spec

from fastapi import APIRouter, FastAPI, Response
from fastapi.openapi.docs import get_swagger_ui_html
from starlette.responses import HTMLResponse

ASSETS = "fastapi_swagger"
"""The package with Swagger UI's files: a page must not load code from elsewhere, such as a CDN."""

FILES = {
    "swagger-ui-bundle.js": "text/javascript",
    "swagger-ui.css": "text/css",
    "favicon-32x32.png": "image/png",
}
INLINE_SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


def docs_available() -> bool:
    """Returns whether the extra `docs` is installed, which no image of a service needs."""
    return find_spec(ASSETS) is not None


def docs_routes(app: FastAPI) -> APIRouter:
    """Returns the routes of /docs."""
    router = APIRouter(include_in_schema=False)
    page = page_of(app)

    @router.get("/docs")
    async def docs() -> Response:
        return page

    @router.get("/docs/{name}")
    async def asset(name: str) -> Response:
        if name not in FILES:
            return Response(status_code=404)
        content = files(ASSETS).joinpath("resources", name).read_bytes()
        return Response(content, media_type=FILES[name])

    return router


def page_of(app: FastAPI) -> Response:
    """Returns the page, which may run its own script only, and talk to this service only."""
    bundle, style, icon = FILES
    html = get_swagger_ui_html(
        openapi_url="/openapi.json",
        title=app.title,
        swagger_js_url=f"/docs/{bundle}",
        swagger_css_url=f"/docs/{style}",
        swagger_favicon_url=f"/docs/{icon}",
    ).body
    scripts = "".join(
        f" 'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'"
        for script in INLINE_SCRIPT.findall(bytes(html))
    )
    policy = (
        f"default-src 'none'; script-src 'self'{scripts}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'"
    )
    return HTMLResponse(bytes(html), headers={"content-security-policy": policy})
