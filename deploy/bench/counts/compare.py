"""Compares the instructions that were counted with those of the baseline."""

import json
import sys
from pathlib import Path

# The same binary counts the same to within a fraction of a percent; compilers of another version do not.
TOLERANCE = 0.03


def main() -> int:
    folder, baseline, *flags = sys.argv[1:]
    counted = dict(sorted(map(_count, Path(folder).rglob("summary.json"))))
    if not counted:
        print(f"error: nothing was counted in {folder}", file=sys.stderr)
        return 1
    if "--accept" in flags:
        Path(baseline).write_text(json.dumps(counted, indent=2) + "\n")
        return 0
    known = json.loads(Path(baseline).read_text())
    return 1 if any([_worse(name, known.get(name), counted.get(name)) for name in known | counted]) else 0


def _count(file: Path) -> tuple[str, int]:
    """The name of a count, and the instructions."""
    summary = json.loads(file.read_text())
    return f"{summary['function_name']} {summary['id']}", _instructions(summary)


def _instructions(summary: dict) -> int:
    """Instructions (Ir) of the thread that was counted."""
    [callgrind] = [profile for profile in summary["profiles"] if profile["tool"] == "Callgrind"]
    return callgrind["data"]["total"]["metrics"]["Ir"]["values"]["new"]


def _worse(name: str, before: int | None, now: int | None) -> bool:
    """Prints a line; says whether the count is missing or grew beyond the tolerance."""
    if before is None or now is None:
        print(f"{name:30} {'new: run with --accept' if now else 'is not counted any more'}")
        return True
    change = now / before - 1
    worse = change > TOLERANCE
    note = "WORSE" if worse else "better: run with --accept" if change < -TOLERANCE else ""
    print(f"{name:30} {before:>12,} {now:>12,} {change:+7.1%} {note}")
    return worse


sys.exit(main())
