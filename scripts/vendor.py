"""Fetches the browser libraries that static/vendor/manifest.toml pins, and checks their digests.

Needs npm, which asks the registry this machine is configured for; nothing here names one.
"""

import hashlib
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

VENDOR = Path(__file__).resolve().parent.parent / "static" / "vendor"


class VendorError(Exception):
    """A library cannot be had as it is pinned; the text says which and why."""


@dataclass(frozen=True)
class Pinned:
    """One file of a package, and the digest that it must have."""

    path: str
    package: str
    version: str
    member: str
    licence: str
    sha256: str


def pinned() -> list[Pinned]:
    manifest = tomllib.loads((VENDOR / "manifest.toml").read_text(encoding="utf-8"))
    return [Pinned(**entry) for entry in manifest["file"]]


def packed(package: str, version: str, folder: Path) -> Path:
    """The package's archive, fetched by npm into `folder`."""
    command = ["npm", "pack", "--silent", f"{package}@{version}"]
    try:
        done = subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise VendorError(
            "npm is missing; `make vendor` is the only command that needs it"
        ) from error
    except subprocess.CalledProcessError as error:
        raise VendorError(
            f"npm cannot fetch {package}@{version}: {error.stderr.strip()}"
        ) from error
    return folder / done.stdout.split()[-1]


def checked(file: Pinned, archive: Path) -> bytes:
    """The file's content, if it has the pinned digest."""
    with tarfile.open(archive) as tar:
        name = f"package/{file.member}"
        member = tar.extractfile(name) if name in tar.getnames() else None
        if member is None:
            raise VendorError(f"{file.package} {file.version} has no file {file.member}")
        content = member.read()
    found = hashlib.sha256(content).hexdigest()
    if found != file.sha256:
        raise VendorError(f"{file.path} has sha256 {found}, the manifest says {file.sha256}")
    return content


def fetch(files: list[Pinned]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        wanted = sorted({(file.package, file.version) for file in files})
        archives = {pair: packed(*pair, Path(folder)) for pair in wanted}
        contents = {
            file.path: checked(file, archives[file.package, file.version]) for file in files
        }
    # Written only when every digest was right: never half of a change.
    for path, content in contents.items():
        (VENDOR / path).write_bytes(content)


def main() -> int:
    files = pinned()
    try:
        fetch(files)
    except VendorError as error:
        print(f"Not vendored: {error}.", file=sys.stderr)
        return 1
    for file in files:
        print(f"{file.path}  {file.package} {file.version}  {file.licence}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
