"""The cookies of clients that are shared by all requests."""

from http.cookiejar import Cookie, CookieJar, DefaultCookiePolicy


class NoCookies(CookieJar):
    """Keeps no cookies: what a target sets for one caller is not sent for another."""

    def __init__(self) -> None:
        super().__init__(DefaultCookiePolicy(allowed_domains=()))

    def set_cookie(self, cookie: Cookie) -> None:
        """Raises TypeError: httpx recommends this for the cookies of a single call."""
        raise TypeError("the client is shared by all requests; give the call a Cookie header")
