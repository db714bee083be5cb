"""Whether this process is alive, and whether the platform is ready to serve."""

import os
from pathlib import Path
from typing import Any

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import REGISTRY, Collector, CollectorRegistry

from training_jobs.doorbell import takes_messages
from training_jobs.models import Worker
from training_jobs.queries import (
    connected_workers,
    counts_by_state,
    fresh_workers,
    is_stalled,
    is_sweeping,
    seen_workers,
)


@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Alive: this process answers."""
    return HttpResponse("ok", content_type="text/plain")


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Readiness: 503 only if pages would fail; the rest is reported, since pages work without."""
    facts = {"database": _database(), "broker": takes_messages()}
    facts["migrations"] = facts["database"] and _migrated()
    ready = bool(facts["migrations"])
    if ready:
        facts |= _training()
    return JsonResponse({"ready": ready, **facts}, status=200 if ready else 503)


def _database() -> bool:
    try:
        connection.ensure_connection()
    except DatabaseError:
        return False
    return True


def _migrated() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _training() -> dict[str, Any]:
    states = [worker.state for worker in seen_workers()]
    useless = states.count(Worker.State.USELESS)
    return {
        "workers": len(states) - useless,
        "warming": states.count(Worker.State.WARMING),
        "useless": useless,
        "connected": len(connected_workers()),
        "sweep": is_sweeping(),
        "stalled": is_stalled(),
    }


class RunCounts(Collector):
    """Runs by state, counted when they are asked for: every web process says the same."""

    def collect(self) -> list[GaugeMetricFamily]:
        runs = GaugeMetricFamily("weightwise_runs", "Runs by state", labels=["state"])
        for state, count in counts_by_state():
            runs.add_metric([state], count)
        workers = GaugeMetricFamily("weightwise_workers", "Workers heard of lately")
        workers.add_metric([], len(fresh_workers()))
        return [runs, workers]

    def describe(self) -> list[GaugeMetricFamily]:
        return []  # otherwise registering would already query the database


@require_safe
@never_cache
def metrics(request: HttpRequest) -> HttpResponse:
    """Figures in Prometheus's text format, for all web processes together."""
    return HttpResponse(generate_latest(_registry()), content_type=CONTENT_TYPE_LATEST)


def _registry() -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(RunCounts())
    if folder := os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        _forget_ended(Path(folder))
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        registry.register(REGISTRY)
    return registry


def _forget_ended(folder: Path) -> None:
    """Removes the gauges of processes that have ended; what they counted stays."""
    for pid in {int(path.stem.rpartition("_")[2]) for path in folder.glob("gauge_live*_*.db")}:
        try:
            os.kill(pid, 0)  # only asks whether it exists
        except ProcessLookupError:
            mark_process_dead(pid)  # type: ignore[no-untyped-call]
