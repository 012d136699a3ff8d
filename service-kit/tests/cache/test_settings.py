import pytest
from pydantic import ValidationError

from gennet_service_kit.cache.cache import Cache
from gennet_service_kit.cache.errors import CacheUnreachableError
from gennet_service_kit.cache.settings import RedisSettings


class Redis(RedisSettings):
    application: str = "orders"


def test_the_prefix_is_the_service_s_name_unless_it_is_given() -> None:
    assert RedisSettings().prefix == "service"
    assert Redis().prefix == "orders"
    assert Redis(prefix="shop").prefix == "shop"


def test_a_wrong_name_is_an_error_of_the_settings() -> None:
    with pytest.raises(ValidationError) as raised:
        RedisSettings(application="")
    assert raised.value.errors()[0]["loc"] == ("application",)


def test_one_late_heartbeat_is_no_silence() -> None:
    assert RedisSettings(heartbeat_seconds=2, presence_seconds=4).presence_seconds == 4
    with pytest.raises(ValidationError, match="at least twice heartbeat_seconds"):
        RedisSettings(heartbeat_seconds=2, presence_seconds=3)


@pytest.mark.anyio
async def test_a_service_without_its_cache_is_degraded() -> None:
    [check] = Cache(Redis()).checks

    assert (check.name, check.required) == ("cache", False)
    with pytest.raises(CacheUnreachableError, match="not reached yet"):
        await check.ask()
