"""Trusted documents, as in production: the services run those of the manifests, sent by id, and no other."""

import hashlib
import json
from pathlib import Path

from . import tools

FILTERED = (
    "query Filtered($filter: BookFilter) {\n"
    "  books(first: 50, filter: $filter) { nodes { isbn title price quantity } }\n"
    "}\n"
)
FILTERED_ID = f"sha256:{hashlib.sha256(FILTERED.encode()).hexdigest()}"
TRUSTED = {"GRAPH_DOCUMENTS": "trusted"}


def manifests(folder: Path) -> dict[str, str]:
    """The setting that has the manifests of both BFFs, and that of the benchmark's own document."""
    files = [folder / f"{name}.json" for name in ("web-bff", "mobile-bff", "benchmark")]
    for file in files[:2]:
        file.write_text(tools.run([str(tools.TARGET / "release" / file.stem), "documents"]))
    document = {"service": "books", "operation": "Filtered", "id": FILTERED_ID, "text": FILTERED}
    files[2].write_text(json.dumps({"client": "benchmark", "documents": [document]}))
    return TRUSTED | {"GRAPH_MANIFESTS": ",".join(map(str, files))}
