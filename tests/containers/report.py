"""What a run of `make containers` measured, as a table for a person."""

import json
from dataclasses import dataclass, field

from tests.containers.bases import STAND_INS
from tests.containers.site import IMAGES, LASTING, Site


@dataclass
class Report:
    """Lines, each with what it is about."""

    lines: list[tuple[str, str]] = field(default_factory=list)

    def add(self, about: str, text: str) -> None:
        """Kept for the end, and shown at once to the one who waits."""
        self.lines.append((about, text))
        print(f"  {about}: {text}", flush=True)

    def add_images(self, site: Site) -> None:
        """How large each image is."""
        for image in (*IMAGES.values(), *STAND_INS):
            size = int(site.engine.ask("image", "inspect", "--format", "{{ .Size }}", image))
            self.add(f"image {image}", f"{size / 1e6:.0f} MB")

    def add_memory(self, site: Site, when: str) -> None:
        """What each container uses, by the engine's own count."""
        for service in LASTING:
            containers = site.containers(service)
            used = [memory(site, container) for container in containers]
            self.add(f"memory of {service}, {when}", ", ".join(used))

    def text(self) -> str:
        width = max(len(about) for about, _ in self.lines)
        return "\n".join(f"{about.ljust(width)}  {text}" for about, text in self.lines)


def memory(site: Site, container: str) -> str:
    """Used and permitted, as `635MB / 4.295GB`."""
    template = "{{ json .MemUsage }}"
    return str(json.loads(site.engine.ask("stats", "--no-stream", "--format", template, container)))
