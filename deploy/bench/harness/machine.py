"""What the run was made on: without it the numbers mean little."""

import os
import platform
from pathlib import Path

from . import tools
from .mariadb import MariaDb


def describe(database: MariaDb) -> dict[str, str]:
    """Processor, memory, system, and the versions that matter."""
    return {
        "processor": f"{os.cpu_count()} × {_field('/proc/cpuinfo', 'model name')}",
        "memory": f"{int(_field('/proc/meminfo', 'MemTotal').split()[0]) / 1024**2:.0f} GiB",
        "system": f"{_os()}, Linux {platform.release()}",
        "mariadb": database.version(),
        "rust": tools.run([tools.find("rustc"), "--version"]).split()[1],
        "commit": tools.run(["git", "rev-parse", "--short", "HEAD"]).strip(),
        "load": f"{os.getloadavg()[0]:.1f} before the run",
    }


def _field(file: str, name: str) -> str:
    for line in Path(file).read_text().splitlines():
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return "unknown"


def _os() -> str:
    return platform.freedesktop_os_release().get("PRETTY_NAME", "Linux")
