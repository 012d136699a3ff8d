import pytest
from pydantic import BaseModel, ConfigDict, Field

from gennet_service_kit.server import serve
from gennet_service_kit.settings import ServiceSettings, in_cluster, load_settings

from .sample import create_app


class Store(BaseModel):
    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    pool: int = Field(default=5, ge=1)


class Settings(ServiceSettings):
    store: Store = Store()


def test_settings_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_REGION", "eu-west-1")
    monkeypatch.setenv("APP_STORE__POOL", "7")

    settings = load_settings(Settings)

    assert (settings.region, settings.store.pool, settings.environment) == ("eu-west-1", 7, "local")


def test_a_wrong_setting_is_named_and_its_value_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_PORT", "hunter2")
    monkeypatch.setenv("APP_STORE__POOL", "-1")

    with pytest.raises(SystemExit) as stopped:
        load_settings(Settings)

    message = str(stopped.value)
    assert message.startswith("The settings are not valid:\n")
    assert "  APP_PORT: " in message
    assert "  APP_STORE__POOL: " in message
    assert "hunter2" not in message


def test_a_group_that_is_no_json_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_STORE", "{hunter2")

    with pytest.raises(SystemExit) as stopped:
        load_settings(Settings)

    assert '"store"' in str(stopped.value)
    assert "hunter2" not in str(stopped.value)


def test_a_service_does_not_start_with_wrong_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_REQUEST_SECONDS", "0")

    with pytest.raises(SystemExit, match="APP_REQUEST_SECONDS"):
        serve(create_app, ServiceSettings, name="sample")


def test_a_service_has_a_namespace_of_its_name() -> None:
    assert in_cluster("payments") == "http://payments.payments.svc.cluster.local"
