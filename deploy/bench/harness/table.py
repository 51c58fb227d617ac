"""The numbers as Markdown."""

from .load import Sample
from .results import Results, spread
from .workloads import WORKLOADS

HEAD = "| system | requests/s | p50 ms | p99 ms | CPU s per 1,000 | of MariaDB | peak memory MiB |"
RULE = "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"


def line(sample: Sample) -> str:
    """One measurement, while the run goes on."""
    return (
        f"round {sample.round + 1} {sample.workload:9} {sample.connections:4} connections {sample.system:10} "
        f"{sample.requests_per_second:9.0f}/s  p50 {sample.p50_us / 1000:8.2f} ms  p99 {sample.p99_us / 1000:8.2f} ms  "
        f"CPU {sample.cpu_per_1000:.3f} + {sample.database_cpu_per_1000:.3f} s/1000"
    )


def text(results: Results) -> str:
    """A table for each workload and number of connections: medians, and the spread of the requests/s."""
    parts = []
    for workload, connections in results.cells():
        title = WORKLOADS[workload].label
        many = "connection" if connections == 1 else "connections"
        rows = [_row(results, name, workload, connections) for name in results.labels]
        parts.append("\n".join([f"\n**{title}, {connections} {many}**\n", HEAD, RULE, *rows]))
    return "\n".join(parts)


def _row(results: Results, system: str, workload: str, connections: int) -> str:
    samples = results.of(system, workload, connections)
    rate = spread([sample.requests_per_second for sample in samples])
    middle = {name: spread([getattr(sample, name) for sample in samples]).median
              for name in ("p50_us", "p99_us", "cpu_per_1000", "database_cpu_per_1000")}  # fmt: skip
    peaks = {part: max(sample.peak_bytes[part] for sample in samples) for part in samples[0].peak_bytes}
    memory = ", ".join(f"{part} {size / 2**20:.0f}" for part, size in peaks.items())
    return (
        f"| {results.labels[system]} | {rate.median:,.0f} ({rate.least:,.0f}–{rate.most:,.0f}) "
        f"| {middle['p50_us'] / 1000:.2f} | {middle['p99_us'] / 1000:.2f} "
        f"| {middle['cpu_per_1000']:.3f} | {middle['database_cpu_per_1000']:.3f} | {memory} |"
    )
