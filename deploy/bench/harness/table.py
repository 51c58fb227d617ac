"""The numbers as text: lines while the run goes on, and Markdown tables."""

from .cold import Cold
from .load import Cell, Sample
from .paced import Paced
from .results import Results, Spread, spread
from .workloads import WORKLOADS

MIB = 2**20


def line(sample: Sample) -> str:
    """One measurement."""
    return (
        f"round {sample.round + 1} {sample.workload:9} {sample.connections:4} connections {sample.system:10} "
        f"{sample.requests_per_second:9.0f}/s  p50 {sample.p50_us / 1000:8.2f} ms  p99 {sample.p99_us / 1000:8.2f} ms  "
        f"CPU {sample.cpu_per_1000:.3f} + {sample.database_cpu_per_1000:.3f} s/1000"
    )


def cold_line(cold: Cold) -> str:
    """One start."""
    return (
        f"round {cold.round + 1} cold start {cold.system:10} first answer after {cold.first_answer_seconds * 1000:5.0f} ms"
        f"  the next 1,000 in {cold.thousand_seconds * 1000:5.0f} ms"
    )


def paced_line(paced: Paced) -> str:
    """One measurement at 70 % of peak."""
    return (
        f"round {paced.round + 1} at 70 % of peak {paced.system:10} {paced.answered_per_second:7.0f} of "
        f"{paced.asked_per_second:7.0f}/s  p50 {paced.p50_us / 1000:.2f} ms  p99 {paced.p99_us / 1000:.2f} ms"
    )


def text(results: Results) -> str:
    """All tables: medians, and the least and most of the requests a second."""
    cells = [_cell(results, cell) for cell in results.cells()]
    return "\n".join([*cells, _cold(results), _paced(results), _memory(results)])


def title(cell: Cell, results: Results) -> str:
    """What a cell is of, as far as the run had more than one."""
    parts = [WORKLOADS[cell.workload].label, f"{cell.connections} connection{'s' if cell.connections > 1 else ''}"]
    if len(results.settings["books"]) > 1:
        parts.append(f"{cell.books:,} books")
    if len(results.settings["processes"]) > 1:
        parts.append(f"{cell.processes} of each process")
    return ", ".join(parts)


def number(value: float) -> str:
    """A count or a time, with three digits that say something."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def with_spread(found: Spread) -> str:
    """The median, and in brackets the least and the most when they differ."""
    if found.least == found.most:
        return number(found.median)
    return f"{number(found.median)} ({number(found.least)}–{number(found.most)})"


def table(head: list[str], rows: list[list[str]]) -> str:
    """Markdown, with all columns but the first to the right."""
    rule = ["---"] + ["---:"] * (len(head) - 1)
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, rule, *rows])


def _cell(results: Results, cell: Cell) -> str:
    head = ["system", "requests/s", "p50 ms", "p99 ms", "CPU s per 1,000", "of MariaDB", "peak MiB of its parts"]
    rows = [_row(results, name, cell) for name in results.labels if results.rate(name, cell)]
    return f"\n**{title(cell, results)}**\n\n{table(head, rows)}"


def _row(results: Results, system: str, cell: Cell) -> list[str]:
    return [
        results.labels[system],
        with_spread(results.rate(system, cell)),
        number(results.spread(system, cell, lambda one: one.p50_us).median / 1000),
        number(results.spread(system, cell, lambda one: one.p99_us).median / 1000),
        f"{results.spread(system, cell, lambda one: one.cpu_per_1000).median:.3f}",
        f"{results.spread(system, cell, lambda one: one.database_cpu_per_1000).median:.3f}",
        _peaks(results, system, cell),
    ]


def _peaks(results: Results, system: str, cell: Cell) -> str:
    """The most memory of each part, its processes together."""
    rounds = [one.peak_bytes for one in results.samples if (one.system, one.cell) == (system, cell)]
    return " + ".join(f"{max(one[part] for one in rounds) / MIB:.0f}" for part in rounds[0])


def _cold(results: Results) -> str:
    rows = []
    for name, label in results.labels.items():
        if starts := [one for one in results.cold if one.system == name]:
            first = spread([one.first_answer_seconds * 1000 for one in starts])
            next_ = spread([one.thousand_seconds * 1000 for one in starts])
            worst = spread([one.p99_us / 1000 for one in starts])
            rows.append([label, *(with_spread(one) for one in (first, next_, worst))])
    head = ["cold start", "first answer ms", "the next 1,000 ms", "their p99 ms"]
    return f"\n{table(head, rows)}" if rows else ""


def _paced(results: Results) -> str:
    rows = []
    for name, label in results.labels.items():
        if runs := [one for one in results.paced if one.system == name]:
            rate, p50, p99 = (spread([getattr(one, value) for one in runs]).median
                              for value in ("answered_per_second", "p50_us", "p99_us"))  # fmt: skip
            ratio = spread([one.p99_us / one.p50_us for one in runs])
            ratios = f"{ratio.median:.1f} ({ratio.least:.1f}–{ratio.most:.1f})"
            rows.append([label, f"{rate:,.0f}", f"{p50 / 1000:.2f}", f"{p99 / 1000:.2f}", ratios])
    head = ["one book at 70 % of peak", "requests/s", "p50 ms", "p99 ms", "p99 : p50"]
    return f"\n{table(head, rows)}" if rows else ""


def _memory(results: Results) -> str:
    rows = []
    for name, label in results.labels.items():
        if starts := [one.idle_bytes for one in results.cold if one.system == name]:
            for part in starts[0]:
                sizes = [f"{spread(list(process)).median / MIB:.0f}" for process in zip(*(one[part] for one in starts))]
                rows.append([label, part, ", ".join(sizes)])
    return f"\n{table(['idle memory', 'part', 'MiB of each process'], rows)}" if rows else ""
