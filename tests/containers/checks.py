"""What the images and the running containers must be, asked of them as they are."""

from tests.containers.engine import Engine, Failed
from tests.containers.guest import expect
from tests.containers.site import IMAGES, LASTING, Site

TRAINING = ("tensorflow", "keras", "sklearn", "scipy", "numpy")
ABSENT = f"""
import importlib.util, sys
print(*[name for name in {TRAINING} if importlib.util.find_spec(name)])
"""
# No capability to be had, none to be gained, nobody's root, and nothing to be written.
ASKED = """
grep -E '^(CapEff|CapBnd|NoNewPrivs|Uid):' /proc/self/status
if (: >/written) 2>/dev/null; then echo writable; fi
"""
NOTHING = "0000000000000000"


def images(site: Site) -> str:
    """TensorFlow is where training happens only; no image holds a secret or runs as root."""
    found = {name: packages(site.engine, image) for name, image in IMAGES.items()}
    expect(not found["web"], f"The web image has {found['web']}.")
    expect(set(TRAINING) == set(found["worker"]), f"The worker's image has {found['worker']}.")
    for image in IMAGES.values():
        expect_clean(site, image)
    return "no training library in the web image; user 10001, health check, no secret in any layer"


def packages(engine: Engine, image: str) -> list[str]:
    """Which of the libraries that train can be imported in an image."""
    return engine.ask("run", "--rm", "--network", "none", image, "python", "-c", ABSENT).split()


def expect_clean(site: Site, image: str) -> None:
    """An image that was not told any secret, and says who runs it and how its health is asked."""
    history = site.engine.ask("history", "--no-trunc", image)
    told = site.engine.ask("image", "inspect", image)
    for secret in (site.folder / "secrets").iterdir():
        value = secret.read_text()
        expect(value not in history + told, f"{image} knows the secret {secret.name}.")
    inspect = ("image", "inspect", "--format")
    user = site.engine.ask(*inspect, "{{ .Config.User }}", image)
    expect(user == "10001:10001", f"{image} runs as {user}.")
    check = site.engine.ask(*inspect, "{{ json .Config.Healthcheck }}", image)
    expect("health.py" in check, f"{image} has no health check.")


def hardening(site: Site) -> str:
    """Every container is refused what the compose file refuses it, and has limits."""
    for service in LASTING:
        for container in site.containers(service):
            expect_hardened(site, service, container)
    return "no capabilities, no root, nothing writable, memory and processes limited"


def expect_hardened(site: Site, service: str, container: str) -> None:
    said = site.engine.ask("exec", container, "sh", "-c", ASKED)
    facts = dict(line.split(":", 1) for line in said.splitlines() if ":" in line)
    if "writable" in said or facts["Uid"].split()[0] == "0":
        raise Failed(f"{service} runs as root, or may write:\n{said}")
    expect({facts["CapEff"].strip(), facts["CapBnd"].strip()} == {NOTHING}, f"{service}: {said}")
    expect(facts["NoNewPrivs"].strip() == "1", f"{service} may gain privileges.")
    limits = "{{ .HostConfig.Memory }} {{ .HostConfig.PidsLimit }}"
    expect(all(int(limit) > 0 for limit in site.inspect(container, limits).split()), service)
