"""docker-compose.yml: valid, whole, and without a secret.

The schema knows what a compose file may say, but not that a name it mentions exists; hence both.
"""

import json
import re
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from django.conf import settings

from tests.deploy.compose import FILE, OURS, VARIABLE, fill, read, services

COMPOSE = read()
SERVICES = services()
ONE_SHOT = "prepare"
# An address may hold a password; the prefix of the site's own addresses holds none.
SECRET_NAMES = re.compile(r"password|secret|token|_url(_file)?$|_key", re.IGNORECASE)

each_service = pytest.mark.parametrize("name", SERVICES)


def names(value: Any) -> list[str]:
    """The names in a list or a table of references."""
    return [item if isinstance(item, str) else item["source"] for item in value or []]


def test_it_is_valid_by_the_official_schema() -> None:
    schema = files("check_jsonschema").joinpath("builtin_schemas/vendor/compose-spec.json")
    jsonschema.validate(COMPOSE, json.loads(schema.read_text()))


def test_the_schema_would_notice_a_mistake() -> None:
    schema = files("check_jsonschema").joinpath("builtin_schemas/vendor/compose-spec.json")
    wrong = {"services": {"web": {"image": "x", "comand": ["typo"]}}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, json.loads(schema.read_text()))


def test_the_services_are_all_there() -> None:
    assert set(SERVICES) == {*OURS, "db", "redis"}


@each_service
def test_whatever_it_refers_to_is_defined(name: str) -> None:
    service = SERVICES[name]
    assert set(service.get("depends_on", {})) <= set(SERVICES) - {name}
    assert set(names(service.get("networks"))) <= set(COMPOSE["networks"])
    assert set(names(service.get("secrets"))) <= set(COMPOSE["secrets"])
    mounted = [volume.split(":")[0] for volume in service.get("volumes", [])]
    assert set(mounted) <= set(COMPOSE["volumes"])


def test_nothing_is_defined_in_vain() -> None:
    for kind in ("networks", "secrets"):
        used = {name for service in SERVICES.values() for name in names(service.get(kind))}
        assert used == set(COMPOSE[kind])
    mounts = [volume for service in SERVICES.values() for volume in service.get("volumes", [])]
    assert {mount.split(":")[0] for mount in mounts} == set(COMPOSE["volumes"])


@each_service
def test_it_waits_for_what_it_needs_in_the_right_way(name: str) -> None:
    for needed, terms in SERVICES[name].get("depends_on", {}).items():
        if terms["condition"] == "service_healthy":
            assert "test" in SERVICES[needed]["healthcheck"]
        else:
            assert (needed, terms["condition"]) == (ONE_SHOT, "service_completed_successfully")


@pytest.mark.parametrize("name", ["web", "worker", "scheduler"])
def test_nobody_serves_before_the_database_is_prepared(name: str) -> None:
    assert ONE_SHOT in SERVICES[name]["depends_on"]


@each_service
def test_it_has_a_health_check(name: str) -> None:
    check = SERVICES[name]["healthcheck"]
    assert check == {"disable": True} if name == ONE_SHOT else check["test"][0].startswith("CMD")


@each_service
def test_it_is_not_root_and_cannot_become_it(name: str) -> None:
    service = SERVICES[name]
    assert str(service["user"]).split(":")[0] not in {"", "0", "root"}
    assert "no-new-privileges:true" in service["security_opt"]
    assert service["cap_drop"] == ["ALL"]
    assert service["read_only"] is True
    assert "privileged" not in service


@each_service
def test_it_has_limits_and_time_to_stop(name: str) -> None:
    """One service's growth ends before it is the whole machine's; a crash leaves no core file."""
    service = SERVICES[name]
    assert re.fullmatch(r"[1-9][0-9]*[mg]", service["mem_limit"])
    assert service["pids_limit"] > 0
    assert service["ulimits"] == {"core": 0, "nofile": 8192}
    assert re.fullmatch(r"[1-9][0-9]*[sm]", service["stop_grace_period"])


def test_a_worker_has_room_for_the_largest_run_beside_its_own() -> None:
    """A trainer that is warm with MNIST holds up to 2,000 MB before any run."""
    assert megabytes("worker") >= 2000 + 1.5 * settings.RUN_MEMORY_MEGABYTES


def test_the_broker_refuses_before_it_is_killed() -> None:
    configuration = SERVICES["redis"]["command"][-1]
    kept = re.search(r"maxmemory (\d+)mb", configuration)
    assert kept
    assert megabytes("redis") >= 2 * int(kept[1])


def test_a_streams_limit_fits_the_limit_of_open_files() -> None:
    assert SERVICES["web"]["ulimits"]["nofile"] > 2 * settings.STREAMS_PER_PROCESS


def megabytes(name: str) -> int:
    """The service's limit of memory."""
    limit: str = SERVICES[name]["mem_limit"]
    return int(limit[:-1]) * {"m": 1, "g": 1024}[limit[-1]]


def test_runs_go_on_while_one_worker_is_away() -> None:
    assert fill(str(SERVICES["worker"]["scale"]), {}) == "2"


def test_workers_can_be_many() -> None:
    worker = SERVICES["worker"]
    assert "container_name" not in worker
    assert "ports" not in worker


def test_only_the_web_server_is_reached_from_outside_and_only_on_loopback() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert list(published) == ["web"]
    assert all(port.startswith("127.0.0.1:") for port in published["web"])
    assert COMPOSE["networks"]["inside"]["internal"] is True
    for name in ("db", "redis"):
        assert SERVICES[name]["networks"] == ["inside"]


def test_secrets_come_from_files_outside_the_repository() -> None:
    for name, secret in COMPOSE["secrets"].items():
        assert re.fullmatch(rf"\$\{{WEIGHTWISE_SECRETS:\?[^}}]+\}}/{name}", secret["file"])


@each_service
def test_no_variable_holds_a_secret(name: str) -> None:
    """What looks like one by its name must be the path of a secret that the service has."""
    service = SERVICES[name]
    for variable, value in service.get("environment", {}).items():
        if SECRET_NAMES.search(variable):
            assert variable.endswith("_FILE")
            assert value.removeprefix("/run/secrets/") in service["secrets"]


def test_no_secret_has_a_default() -> None:
    defaults = {match[1] for match in VARIABLE.finditer(FILE.read_text()) if ":-" in match[0]}
    assert not [name for name in defaults if SECRET_NAMES.search(name)]


def test_no_address_holds_a_password() -> None:
    assert not re.search(r"://[^/\s]*:[^/\s]*@", FILE.read_text())


def test_the_broker_refuses_rather_than_forgets() -> None:
    configuration = SERVICES["redis"]["command"][-1]
    assert "maxmemory-policy noeviction" in configuration
    assert "requirepass $$(cat /run/secrets/redis_password)" in configuration
