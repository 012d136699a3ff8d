"""The cookies of clients that are shared by all requests."""

from http.client import HTTPResponse
from http.cookiejar import Cookie, CookieJar
from urllib.request import Request


class NoCookies(CookieJar):
    """Keeps no cookies: what a target sets for one caller is not sent for another."""

    def extract_cookies(self, response: HTTPResponse, request: Request) -> None:
        """Leaves the cookies of an answer where they are."""

    def set_cookie(self, cookie: Cookie) -> None:
        """Raises TypeError: httpx recommends this for the cookies of a single call."""
        raise TypeError("the client is shared by all requests; give the call a Cookie header")
