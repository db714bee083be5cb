"""What the site goes through: its main job, the loss of a worker, the database, the data."""

import json
from collections.abc import Callable

from tests.containers import guest
from tests.containers.engine import Failed
from tests.containers.guest import expect
from tests.containers.site import Site, code_block, eventually
from tests.deploy.visitor import Visitor

# Some seconds of training in many epochs, on a table that every machine can make: long enough to
# lose something in its midst.
LONG = "containers"
MAKE_LONG = f"""
from training_jobs.models import Experiment
long = Experiment.objects.get(slug="optimizers-adam")
long.pk, long.slug, long.permits = None, "{LONG}", {{}}
long.plan |= {{"hidden_units": [256, 256, 256], "batch_size": 8, "epochs": 50, "compiled": False}}
long.save()
"""
# These rows change by themselves while the services run.
REPORTS = ("training_jobs_worker", "training_jobs_heartbeat")


def main_job(site: Site) -> str:
    """A guest practises, finishes, and watches the run to its end."""
    someone = Visitor(site.port)
    result = guest.practise(someone)
    watched = guest.watch(someone, guest.run_of(someone, result))
    expect(watched.state == "succeeded", f"The run has {watched.state}.")
    expect("epoch" in watched.names and "result" in watched.names, f"Seen: {watched.names}")
    page, _ = Visitor(site.port).get(result)
    expect(page.status == 404, f"Somebody else's result answers {page.status}.")
    return f"a guest practised, finished, and saw {len(watched.events)} events to the end"


def lose_worker(site: Site) -> str:
    """The container that trains is killed in the midst of a run; the other one goes on."""
    someone = Visitor(site.port)
    run = start_long(site, someone)
    lost: list[str] = []

    def kill(event: str) -> None:
        if event == "epoch" and not lost:
            lost.append(worker_of(site, run))
            site.engine.ask("kill", lost[0])
            site.engine.ask("rm", "--force", lost[0])

    watched = guest.watch(someone, run, kill)
    expect(watched.state == "succeeded", f"The run of a killed worker has {watched.state}.")
    expect("rewind" in watched.names, "The run ended before its worker was killed.")
    expect(worker_of(site, run) != lost[0], "The run ended on the worker that was killed.")
    resumed = next(data["epoch"] for name, data in watched.events if name == "rewind")
    site.up("worker")
    site.wait_until_ready()
    site.run_in("web", "python", "manage.py", "repeat_run", identity(run), "--wait")
    return (
        f"the other worker went on from epoch {resumed} of 50 and ended with the same weights as "
        "an undisturbed run; a new container took the place of the lost one"
    )


def lose_database(site: Site) -> str:
    """The database's container is restarted in the midst of a run; everything recovers."""
    someone = Visitor(site.port)
    run = start_long(site, someone)
    eventually(lambda: snapshot(someone, run)["state"] == "running", "The run does not start")
    site.compose("restart", "db")
    eventually(
        lambda: snapshot(someone, run)["state"] not in {"running", "queued", ""}, f"No end of {run}"
    )
    state = snapshot(someone, run)["state"]
    expect(state == "succeeded", f"The run during which the database was away has {state}.")
    site.wait_until_ready()
    main_job(site)
    return "the run that was going on succeeded, all services are healthy, a guest practised again"


def restore_backup(site: Site) -> str:
    """A backup by the documented commands, a loss, and the restore by the documented commands."""
    someone = Visitor(site.port)
    result = guest.practise(someone)
    run = guest.run_of(someone, result)
    guest.watch(someone, run)
    shown = snapshot(someone, run)
    before = contents(site)
    site.documented(code_block("Backup and restore", 0))
    site.query("TRUNCATE quizzes_answer CASCADE; DROP TABLE training_jobs_runevent CASCADE")
    expect(contents(site) != before, "Nothing was lost.")
    site.documented(code_block("Backup and restore", 1))
    site.wait_until_ready()
    after = contents(site)
    other = sorted(name for name in before | after if before.get(name) != after.get(name))
    expect(not other, f"After the restore these tables differ: {', '.join(other)}")
    expect(snapshot(someone, run) == shown, "The guest's run is another one.")
    expect(guest.run_of(someone, result) == run, "The guest's result is another one.")
    main_job(site)
    size = (site.folder / "weightwise.dump").stat().st_size
    return f"{len(after)} tables equal before and after, dump of {size // 1024} kB"


STEPS: dict[str, Callable[[Site], str]] = {
    "main job": main_job,
    "worker killed": lose_worker,
    "database restarted": lose_database,
    "backup restored": restore_backup,
}


def start_long(site: Site, someone: Visitor) -> str:
    """A run of some seconds."""
    if site.query(f"SELECT 1 FROM training_jobs_experiment WHERE slug = '{LONG}'") == "":
        site.run_in("web", "python", "manage.py", "shell", "--command", MAKE_LONG)
    return guest.start_run(someone, LONG)


def identity(run: str) -> str:
    return run.strip("/").split("/")[-1]


def worker_of(site: Site, run: str) -> str:
    """The container that trains the run, or did so last; the worker is named after its host."""
    name = site.query(f"SELECT worker FROM training_jobs_run WHERE id = '{identity(run)}'")
    return name.removeprefix("celery@")


def snapshot(someone: Visitor, run: str) -> dict[str, str]:
    """The run as its page would show it; nothing while pages cannot be served."""
    try:
        answer, text = someone.get(f"{run.rstrip('/')}.json")
    except OSError:
        return {"state": ""}
    if answer.status == 503:
        return {"state": ""}
    if answer.status != 200:
        raise Failed(f"{run} answers {answer.status}.")
    found: dict[str, str] = json.loads(text)
    return found


def contents(site: Site) -> dict[str, str]:
    """Each table's number of rows and a digest of them."""
    tables = site.query("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").split()
    digest = "SELECT count(*), md5(string_agg(t::text, '' ORDER BY t::text)) FROM \"{}\" t"
    kept = [name for name in sorted(tables) if name not in REPORTS]
    return {name: site.query(digest.format(name)) for name in kept}
