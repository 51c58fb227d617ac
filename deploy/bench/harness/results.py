"""What a run found, as it is kept in a file."""

import argparse
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from statistics import median

from .cold import Cold
from .load import Cell, Sample
from .paced import Paced

SETTINGS = ("preset", "rounds", "seconds", "warm_up", "books", "processes", "workers", "buffer_pool")


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
    labels: dict[str, str] = field(default_factory=dict)
    samples: list[Sample] = field(default_factory=list)
    cold: list[Cold] = field(default_factory=list)
    paced: list[Paced] = field(default_factory=list)

    @classmethod
    def begin(cls, machine: dict[str, str], options: argparse.Namespace) -> "Results":
        settings = {"date": date.today().isoformat()} | {name: getattr(options, name) for name in SETTINGS}
        return cls(machine, settings)

    def write(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n")

    @classmethod
    def read(cls, file: Path) -> "Results":
        content = json.loads(file.read_text())
        for name, kind in (("samples", Sample), ("cold", Cold), ("paced", Paced)):
            content[name] = [kind(**one) for one in content[name]]
        return cls(**content)

    def cells(self) -> list[Cell]:
        """What was measured, in the order of the run."""
        return list(dict.fromkeys(sample.cell for sample in self.samples))

    def spread(self, system: str, cell: Cell, value: Callable[[Sample], float]) -> Spread | None:
        """A value over the rounds; nothing when the system was not measured so."""
        values = [value(one) for one in self.samples if (one.system, one.cell) == (system, cell)]
        return spread(values) if values else None

    def rate(self, system: str, cell: Cell) -> Spread | None:
        """Requests a second."""
        return self.spread(system, cell, lambda sample: sample.requests_per_second)


def spread(values: list[float]) -> Spread:
    return Spread(median(values), min(values), max(values))
