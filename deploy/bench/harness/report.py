"""From results to the README: the table and the plot, where the bookstore loses, and all tables in RESULTS.md."""

import sys
from pathlib import Path

from . import plot, table, verdict
from .results import Results
from .tools import BENCH, BUILT, ROOT

BEGIN, END = "<!-- benchmark: written by deploy/bench/report -->", "<!-- end of benchmark -->"
README, RESULTS, PLOT = ROOT / "README.md", BENCH / "RESULTS.md", BENCH / "results.svg"


def main() -> int:
    files = [Path(name) for name in sys.argv[1:]]
    files = files or [BUILT / f"{name}.json" for name in ("full", "growth", "scaling")]
    main_run, *others = files
    if not main_run.exists():
        print(f"error: {main_run} is missing: deploy/bench/run.sh makes it", file=sys.stderr)
        return 66
    results = Results.read(main_run)
    more = [Results.read(file) for file in others if file.exists()]
    plot.draw(results, PLOT)
    RESULTS.write_text(_everything([results, *more]))
    README.write_text(_replaced(README.read_text(), _section(results)))
    print(f"Written: {README}, {RESULTS}, {PLOT}.")
    return 0


def _where(results: Results) -> str:
    machine, settings = results.machine, results.settings
    books = " / ".join(f"{count:,}" for count in settings["books"])
    rounds = f"{settings['rounds']} rounds" if settings["rounds"] > 1 else "1 round"
    return (
        f"Measured on {settings['date']} (commit {machine['commit']}): {machine['processor']}, {machine['memory']}, "
        f"{machine['system']}, MariaDB {machine['mariadb']}, Rust {machine['rust']}; clients, systems and database on "
        f"the one machine; {books} books; {rounds} of {settings['seconds']} s each, medians (least–most)."
    )


def _section(results: Results) -> str:
    parts = [
        _where(results),
        f"![Requests a second of each system]({PLOT.relative_to(ROOT)})",
        verdict.one_book(results),
        verdict.losses(results),
        f"All numbers: [RESULTS.md]({RESULTS.relative_to(ROOT)}). To repeat them: `deploy/bench/run.sh`; what makes it fair "
        "is in [its README](deploy/bench/README.md).",
    ]
    return "\n\n".join(part for part in parts if part)


def _everything(runs: list[Results]) -> str:
    parts = ["# Results of the benchmark\n\nWritten by `deploy/bench/report`."]
    for results in runs:
        parts.append(f"## {results.settings['preset'].capitalize()}\n\n{_where(results)}\n{table.text(results)}")
        if results.settings["preset"] == "full":
            parts.append(f"### Targets\n\n{verdict.targets(results)}")
    return "\n\n".join(parts) + "\n"


def _replaced(readme: str, section: str) -> str:
    """The README with the section between its marks."""
    before, begin, rest = readme.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise SystemExit(f"error: {README} has no lines '{BEGIN}' and '{END}' to write between")
    return f"{before}{BEGIN}\n{section}\n{END}{after}"


if __name__ == "__main__":
    sys.exit(main())
