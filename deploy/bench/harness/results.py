"""What a run found, as it is kept in a file."""

import json
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from statistics import median

from .load import Sample


@dataclass
class Spread:
    """The median of some rounds, the least and the most."""

    median: float
    least: float
    most: float


@dataclass
class Results:
    """A run: where, how, and each measurement."""

    machine: dict[str, str]
    settings: dict
    labels: dict[str, str]
    samples: list[Sample] = field(default_factory=list)

    @classmethod
    def begin(cls, systems, machine: dict[str, str], options) -> "Results":
        names = ("rounds", "seconds", "books", "workers", "buffer_pool", "quick")
        settings = {"date": date.today().isoformat()} | {name: getattr(options, name) for name in names}
        return cls(machine, settings, {system.name: system.label for system in systems})

    def write(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        content = {**vars(self), "samples": [sample.as_json() for sample in self.samples]}
        file.write_text(json.dumps(content, indent=1) + "\n")

    @classmethod
    def read(cls, file: Path) -> "Results":
        content = json.loads(file.read_text())
        return cls(**content | {"samples": [Sample(**sample) for sample in content["samples"]]})

    def cells(self) -> list[tuple[str, int]]:
        """Each workload with each number of connections, in the order of the run."""
        return list(dict.fromkeys((sample.workload, sample.connections) for sample in self.samples))

    def of(self, system: str, workload: str, connections: int) -> list[Sample]:
        """The rounds of one measurement."""
        wanted = (system, workload, connections)
        return [one for one in self.samples if (one.system, one.workload, one.connections) == wanted]


def spread(values: list[float]) -> Spread:
    return Spread(median(values), min(values), max(values))
