"""The base images: pulled where they can be, else made from Debian's packages."""

import os
import shutil
import subprocess
from pathlib import Path

from tests.containers.engine import HERE, Engine, Failed

FILES = HERE / "bases"
# The image that the compose file or the Dockerfile names, and what is made in its place.
STAND_INS = {
    "python:3.13-slim": "python.Containerfile",
    "postgres:17": "postgres.Containerfile",
    "redis:7.4": "redis.Containerfile",
}
DEBIAN = "weightwise-debian"
MARK = "weightwise.stand-in"
# A registry that does not answer is given up.
PULL_SECONDS = 300
# Where uv and pip are to look for them, in case this machine has some of its own.
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"


def provide(engine: Engine, folder: Path) -> list[str]:
    """Sees to it that every base image is here; names those that are stand-ins."""
    for name, containerfile in STAND_INS.items():
        if not engine.has_image(name) and not pulled(engine, name):
            make(engine, name, containerfile, folder)
    return [name for name in STAND_INS if is_stand_in(engine, name)]


def pulled(engine: Engine, name: str) -> bool:
    """The image came from a registry."""
    try:
        return engine.run("pull", "--quiet", name, timeout=PULL_SECONDS).returncode == 0
    except subprocess.TimeoutExpired:
        return False


def is_stand_in(engine: Engine, name: str) -> bool:
    template = f'{{{{ index .Config.Labels "{MARK}" }}}}'
    return engine.run("image", "inspect", "--format", template, name).stdout.strip() == "true"


def make(engine: Engine, name: str, containerfile: str, folder: Path) -> None:
    """An image of this name from Debian's packages, marked as such."""
    if not engine.has_image(DEBIAN):
        make_debian(engine, folder)
    engine.build(name, FILES / containerfile, "--label", f"{MARK}=true")


def make_debian(engine: Engine, folder: Path) -> None:
    """The system that the stand-ins are made on."""
    if shutil.which("debootstrap") is None or os.geteuid() != 0:
        raise Failed(
            "The base images cannot be pulled. To make them from Debian's packages this has to run "
            "as root, with debootstrap installed."
        )
    archive = folder / "debian.tar"
    with archive.open("wb") as file:
        made = subprocess.run(
            [FILES / "debian.sh", folder],
            check=False,
            stdout=file,
            stderr=subprocess.PIPE,
        )
    if made.returncode != 0:
        raise Failed(f"debootstrap failed:\n{made.stderr.decode()}")
    told = [f"ENV {name}={CERTIFICATES}" for name in ("SSL_CERT_FILE", "PIP_CERT")]
    options = [word for change in told for word in ("--change", change)]
    engine.ask("import", *options, str(archive), DEBIAN)
    archive.unlink()
