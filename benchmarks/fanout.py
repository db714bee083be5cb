"""A thousand viewers of one run on one web process, while a core trains.

The lag of an event is the time from `recorded_at`, which is taken before its row is written, to its
arrival at a viewer: the commit, the doorbell, the reading and the sending are all in it. It counts
from the moment when every viewer has its stream; losses and repetitions count from the first event.
"""

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.platform import ROOT, Platform, running_platform
from benchmarks.report import Figure

VIEWERS = 1_000
CLIENTS = 2
PLAN = {
    "dataset": "mnist",
    "hidden_units": [256, 256],
    "activation": "relu",
    "optimizer": "adam",
    "learning_rate": 0.0001,
    "batch_size": 32,
    "seed": 1,
}


@dataclass(frozen=True)
class Use:
    """What a process has used and holds: seconds of processor time, kB of memory, and when."""

    cpu: float
    memory: int
    at: float

    @classmethod
    def of(cls, pid: int) -> "Use":
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        ticks = int(fields[11]) + int(fields[12])
        status = Path(f"/proc/{pid}/status").read_text()
        memory = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return cls(ticks / os.sysconf("SC_CLK_TCK"), int(memory.split()[1]), time.time())


def run() -> list[Figure]:
    """Lag, losses, and what the web process needs for its viewers."""
    with running_platform() as running:
        before = Use.of(running.web.pid)
        run_id = _start_long_run(running)
        clients = [_client(running, run_id, number) for number in range(CLIENTS)]
        for client in clients:
            _wait_until_open(client)
        opened = Use.of(running.web.pid)
        for client in clients:
            client.wait()
        ended = Use.of(running.web.pid)
        arrivals = np.concatenate([np.load(_file(running, number)) for number in range(CLIENTS)])
        recorded = _recorded(run_id)
    return _figures(arrivals, recorded, before, opened, ended)


def _start_long_run(running: Platform) -> str:
    """A reference run of some twenty seconds, by a worker that has one core."""
    from django.conf import settings  # noqa: PLC0415  (after Django is set up)

    from training_jobs import services  # noqa: PLC0415
    from training_jobs.models import Experiment  # noqa: PLC0415

    for pid in _group(running.worker.pid):
        for thread in Path(f"/proc/{pid}/task").iterdir():
            os.sched_setaffinity(int(thread.name), {0})
    # The stand-in for MNIST has a fortieth of the rows; without XLA a step takes longer.
    small = not (Path(settings.WEIGHTWISE_DATASETS) / "mnist.npz").exists()
    size = {"epochs": 50, "batch_size": 8, "compiled": False} if small else {"epochs": 20}
    experiment = Experiment.objects.create(
        slug="benchmark", title="A long run", summary="Many watch it.", plan={**PLAN, **size}
    )
    run = services.request_reference_run(experiment)
    while not run.events.filter(name="tick").exists():
        time.sleep(0.1)
    return str(run.id)


def _group(group: int) -> list[int]:
    """The processes of a group: the worker and its child."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        pid = int(entry.name)
        try:
            if os.getpgid(pid) == group:
                found.append(pid)
        except ProcessLookupError:
            continue
    return found


def _file(running: Platform, number: int) -> Path:
    return Path(running.workshop.environment["WEIGHTWISE_DATA"], f"viewers-{number}.npy")


def _client(running: Platform, run_id: str, number: int) -> subprocess.Popen[str]:
    count = str(VIEWERS // CLIENTS)
    file = str(_file(running, number))
    command = [sys.executable, "-m", "benchmarks.viewers", str(running.port), run_id, count, file]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def _wait_until_open(client: subprocess.Popen[str]) -> None:
    if client.stdout is None or client.stdout.readline() != "open\n":
        raise RuntimeError("A viewers' process ended before its streams were open.")


def _recorded(run_id: str) -> Any:
    """When each event was recorded, in seconds since 1970."""
    from training_jobs.models import RunEvent  # noqa: PLC0415  (after Django is set up)

    rows = RunEvent.objects.filter(run_id=run_id).order_by("seq")
    return np.array([at.timestamp() for at in rows.values_list("recorded_at", flat=True)])


def _figures(arrivals: Any, recorded: Any, before: Use, opened: Use, ended: Use) -> list[Figure]:
    repeated, times = int(arrivals[:, 0].sum()), arrivals[:, 1:]
    lost = int(len(recorded) * len(times) - np.count_nonzero(times))
    watched = recorded > opened.at
    lags = (times[:, watched] - recorded[watched]) * 1000
    samples = int(lags.size)
    cpu = (ended.cpu - opened.cpu) / (ended.at - opened.at) * 100
    memory = (opened.memory - before.memory) / VIEWERS
    seconds = recorded[-1] - recorded[watched][0]
    return [
        Figure("fanout", "viewers", len(times), "", "", 1),
        Figure("fanout", "events", len(recorded), "", "", 1),
        Figure("fanout", "events_a_second", watched.sum() / seconds, "/s", "", 1),
        Figure("fanout", "lost", lost, "", "rows in the database", samples),
        Figure("fanout", "repeated", repeated, "", "", samples),
        Figure("fanout", "lag_p50", float(np.quantile(lags, 0.5)), "ms", "", samples),
        Figure("fanout", "lag_p95", float(np.quantile(lags, 0.95)), "ms", "", samples),
        Figure("fanout", "lag_max", float(lags.max()), "ms", "", samples),
        Figure("fanout", "web_cpu", cpu, "%", "one core", 1),
        Figure("fanout", "memory_a_viewer", memory, "kB", "", VIEWERS),
    ]
