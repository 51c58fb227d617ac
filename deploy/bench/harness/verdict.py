"""What the numbers say: the table of the README, the targets, and where the bookstore loses."""

from dataclasses import dataclass

from .load import Cell
from .results import Results, spread
from .table import MIB, number, table, title

OURS, REST, NODE = "ours", "rest", ("mercurius", "apollo")
TWINS = ("single", "sqlite")


def one_book(results: Results) -> str:
    """Requests a second and delays for one book, at each number of connections."""
    cells = [cell for cell in results.cells() if cell.workload == "book"]
    head = ["one book, requests/s (p50, p99)", *(str(cell.connections) for cell in cells), "idle MiB a process"]
    rows = []
    for name, label in results.labels.items():
        found = [_short(results, name, cell) for cell in cells]
        if any(found):
            rows.append([f"**{label}**" if name == OURS else label, *found, _idle(results, name)])
    return table(head, rows)


def _short(results: Results, system: str, cell: Cell) -> str:
    rate = results.rate(system, cell)
    if rate is None:
        return ""
    p50, p99 = (results.spread(system, cell, value).median / 1000 for value in (_p50, _p99))
    return f"{number(rate.median)} ({number(p50)} ms, {number(p99)} ms)"


def _idle(results: Results, system: str) -> str:
    starts = [one.idle_bytes for one in results.cold if one.system == system]
    sizes = [size for start in starts for part in start.values() for size in part]
    return f"{min(sizes) / MIB:.0f}–{max(sizes) / MIB:.0f}" if sizes else ""


def losses(results: Results) -> str:
    """Each measurement in which a peer was ahead of the bookstore as separate processes."""
    lines = []
    for cell in results.cells():
        if results.rate(OURS, cell) is None:
            continue
        peers = [name for name in results.labels if name not in (OURS, *TWINS) and results.rate(name, cell)]
        lines += [line for name in peers if (line := _loss(results, name, cell))]
    if not lines:
        return "Where we lose: in none of these measurements was a peer ahead."
    return "Where we lose, as our number to theirs (for delays and CPU theirs to ours), so 0.5 is half as good:\n\n" + "\n".join(f"- {line}" for line in lines)


def _loss(results: Results, peer: str, cell: Cell) -> str | None:
    """One line about what a peer does better: requests a second, delays, and CPU of the systems themselves."""
    found = []
    for what, value, more_is_better in (
        ("requests/s", _rate, True), ("p50", _p50, False), ("p99", _p99, False),
        ("CPU", lambda one: one.cpu_per_1000 + one.database_cpu_per_1000, False),
    ):  # fmt: skip
        ours, theirs = (results.spread(name, cell, value).median for name in (OURS, peer))
        ratio = ours / theirs if more_is_better else theirs / ours
        if ratio < 0.995:
            found.append(f"{what} {ratio:.2f}")
    if not found:
        return None
    return f"{title(cell, results)}, to {results.labels[peer]}: {', '.join(found)}"


@dataclass
class Target:
    """A ratio that is wanted, and what was found."""

    text: str
    wanted: float
    found: float | None
    at_most: bool = False

    def row(self) -> list[str]:
        if self.found is None:
            return [self.text, "", "", "not measured"]
        met = self.found <= self.wanted if self.at_most else self.found >= self.wanted
        sign = "≤" if self.at_most else "≥"
        return [self.text, f"{sign} {self.wanted:g}", f"{self.found:.2f}", "met" if met else "missed"]


def targets(results: Results) -> str:
    """The targets of the project beside what was found."""
    all_of_them = [*_against_rest(results), *_against_node(results), *_of_its_own(results)]
    return table(["target", "wanted", "found", ""], [target.row() for target in all_of_them])


def _against_rest(results: Results) -> list[Target]:
    found = []
    for system in (OURS, "sqlite"):
        name = results.labels.get(system, system)
        for connections, wanted in ((1, 1.0), (64, 3.0), (256, 5.0)):
            ratio = _ratio(results, system, REST, "book", connections)
            found.append(Target(f"{name}: one book, {connections} connections, to REST in Rust", wanted, ratio))
    p50 = _ratio(results, REST, OURS, "book", 1, _p50)
    found.append(Target("p50 of one book, 1 connection, REST in Rust to ours", 1.0, p50))
    found.append(Target("the whole list, to REST in Rust", 1.5, _ratio(results, OURS, REST, "list", 8)))
    return found


def _against_node(results: Results) -> list[Target]:
    found = []
    for connections, wanted in ((1, 3.0), (64, 4.0), (256, 7.0)):
        ratios = [_ratio(results, OURS, name, "book", connections) for name in NODE]
        best = min((ratio for ratio in ratios if ratio is not None), default=None)
        found.append(Target(f"one book, {connections} connections, to the best Node pair", wanted, best))
    return found


def _of_its_own(results: Results) -> list[Target]:
    paced = [one.p99_us / one.p50_us for one in results.paced if one.system == OURS]
    idle = [size for one in results.cold if one.system == OURS for part in one.idle_bytes.values() for size in part]
    return [
        Target("p99 to p50 at 70 % of peak", 5.0, spread(paced).median if paced else None, at_most=True),
        Target("idle memory of the largest process, MiB", 40.0, max(idle) / MIB if idle else None, at_most=True),
    ]


def _ratio(results: Results, one: str, other: str, workload: str, connections: int, value=None) -> float | None:
    """One system's median to another's."""
    for cell in results.cells():
        if (cell.workload, cell.connections) == (workload, connections):
            pair = [results.spread(name, cell, value or _rate) for name in (one, other)]
            return pair[0].median / pair[1].median if all(pair) else None
    return None


def _rate(sample) -> float:
    return sample.requests_per_second


def _p50(sample) -> float:
    return sample.p50_us


def _p99(sample) -> float:
    return sample.p99_us
