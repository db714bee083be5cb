"""What the launcher reads from the environment."""

from pathlib import Path

import pytest

from launcher.errors import LaunchError
from launcher.platform import weightwise
from launcher.settings import child_environment, read_settings

ROOT = Path("/somewhere/weightwise")


def test_nothing_given_means_this_machine_and_this_folder() -> None:
    settings = read_settings({"PORT": "", "REDIS_URL": "", "WEIGHTWISE_HOST": ""}, ROOT)
    assert settings.address == "http://127.0.0.1:8000/"
    assert settings.data == ROOT / ".data"
    assert settings.redis_url is None


def test_a_relative_data_folder_lies_in_the_checkout() -> None:
    assert read_settings({"WEIGHTWISE_DATA": "elsewhere"}, ROOT).data == ROOT / "elsewhere"
    assert read_settings({"WEIGHTWISE_DATA": "/srv/ww"}, ROOT).data == Path("/srv/ww")


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "80.5", "8000 ", "²"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(LaunchError, match="PORT="):
        read_settings({"PORT": port}, ROOT)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("0.0.0.0", "http://127.0.0.1:8000/"),  # noqa: S104 - nothing is bound here
        ("::", "http://[::1]:8000/"),
        ("::1", "http://[::1]:8000/"),
        ("192.0.2.7", "http://192.0.2.7:8000/"),
    ],
)
def test_the_address_is_one_that_a_browser_here_can_open(host: str, address: str) -> None:
    assert read_settings({"WEIGHTWISE_HOST": host}, ROOT).address == address


@pytest.mark.parametrize("prefix", ["ml", "/ml", "/ml/"])
def test_the_address_has_the_prefix_of_the_site(prefix: str) -> None:
    settings = read_settings({"WEIGHTWISE_URL_PREFIX": prefix}, ROOT)
    assert settings.address == "http://127.0.0.1:8000/ml/"


# A sample of what shells, package managers and other projects export.
FOREIGN = {
    "HOST": "x86_64-conda-linux-gnu",
    "DJANGO_SETTINGS_MODULE": "other.settings",
    "KERAS_BACKEND": "jax",
    "TF_XLA_FLAGS": "--tf_xla_auto_jit=2",
    "XLA_FLAGS": "--unknown",
    "CELERY_BROKER_URL": "redis://other/0",
    "BROKER_URL": "redis://other/0",
    "CELERY_WORKER_POOL": "solo",
    "UVICORN_WORKERS": "9",
    "WEB_CONCURRENCY": "9",
    "FORWARDED_ALLOW_IPS": "*",
    "PGSERVICE": "other",
    "PYTHONPATH": "/other",
    "PYTHONWARNINGS": "error",
    "LC_ALL": "de_DE.ISO-8859-1",
    "LD_PRELOAD": "/other.so",
}


def test_children_get_the_broker_and_development_settings() -> None:
    settings = read_settings({"PORT": "8123"}, ROOT)
    told = child_environment(settings, "redis://broker/0", "/scratch")
    assert told["DJANGO_SETTINGS_MODULE"] == "config.settings.dev"
    assert told["REDIS_URL"] == "redis://broker/0"
    assert told["WEIGHTWISE_DATA"] == str(ROOT / ".data")
    assert told["PORT"] == "8123"
    assert told["TMPDIR"] == "/scratch"


def test_what_other_programs_export_reaches_no_child() -> None:
    bare = child_environment(read_settings({}, ROOT), "redis://broker/0", "/scratch")
    given = read_settings(FOREIGN, ROOT)
    assert given.host == "127.0.0.1"
    assert child_environment(given, "redis://broker/0", "/scratch") == bare


def test_our_own_variables_and_the_way_to_the_network_do() -> None:
    ours = {
        "WEIGHTWISE_RUN_LIMIT_SECONDS": "60",
        "DATABASE_URL": "postgres://db/weightwise",
        "DATABASE_URL_FILE": "/run/secrets/database_url",
        "https_proxy": "http://proxy:3128",
        "HOME": "/home/somebody",
        "PATH": "/usr/bin",
    }
    told = child_environment(read_settings(ours, ROOT), "redis://broker/0", "/scratch")
    assert ours.items() <= told.items()
    assert "127.0.0.1" in told["no_proxy"]


def test_the_web_server_stops_first_and_listens_where_it_was_told() -> None:
    platform = weightwise(read_settings({"PORT": "8123", "WEIGHTWISE_HOST": "192.0.2.7"}, ROOT))
    assert [service.name for service in reversed(platform.services)] == ["web", "worker", "sweep"]
    web = platform.services[-1].command
    assert web[web.index("--host") + 1] == "192.0.2.7"
    assert web[web.index("--port") + 1] == "8123"
