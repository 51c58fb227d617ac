"""The plot: requests a second of each system, one panel for each measurement."""

import math
from pathlib import Path

import matplotlib

from .load import Cell
from .results import Results
from .table import number, title

matplotlib.use("svg")
from matplotlib import pyplot  # noqa: E402

# Legible on white and on near-black alike; the background is left out.
INK, LINE = "#7d8590", "#7d859055"
OURS, TWIN, PEER = "#d2691e", "#d2a679", "#5b8fb9"
COLUMNS = 3
STYLE = {
    "svg.fonttype": "none", "svg.hashsalt": "bookstore", "font.family": "sans-serif", "font.size": 9,
    "text.color": INK, "axes.labelcolor": INK, "xtick.color": INK, "ytick.color": INK, "axes.edgecolor": LINE,
}  # fmt: skip


def draw(results: Results, file: Path) -> None:
    """All measurements of a run, as SVG."""
    cells = results.cells()
    names = list(reversed(results.labels))
    rows = math.ceil(len(cells) / COLUMNS)
    with pyplot.rc_context(STYLE):
        size = (12, rows * (0.9 + 0.26 * len(names)))
        figure, grid = pyplot.subplots(rows, COLUMNS, figsize=size, squeeze=False, layout="constrained")
        for axes, cell in zip(grid.flat, cells):
            _panel(axes, results, cell, names)
        for axes in grid.flat[len(cells) :]:
            axes.set_visible(False)
        for axes in grid[:, 1:].flat:
            axes.set_yticklabels([])
        figure.savefig(file, transparent=True, metadata={"Date": None, "Creator": None})
        pyplot.close(figure)


def _panel(axes, results: Results, cell: Cell, names: list[str]) -> None:
    """Bars of the medians, with the least and the most, and p50 beside them."""
    axes.set_title(title(cell, results), fontsize=10, loc="left")
    axes.set_yticks(range(len(names)), [results.labels[name] for name in names])
    for place, name in enumerate(names):
        rate = results.rate(name, cell)
        if rate is None:
            continue
        reach = [[rate.median - rate.least], [rate.most - rate.median]]
        axes.barh(place, rate.median, 0.66, color=_color(name), xerr=reach, error_kw={"ecolor": INK, "elinewidth": 1})
        p50 = results.spread(name, cell, lambda one: one.p50_us).median / 1000
        axes.annotate(f" {number(rate.median)}/s · {number(p50)} ms", (rate.most, place), va="center", fontsize=8)
    axes.margins(x=0.5)
    axes.set_xlim(left=0)
    axes.spines[["top", "right", "bottom"]].set_visible(False)
    axes.tick_params(length=0)
    axes.set_xticks([])


def _color(name: str) -> str:
    return OURS if name == "ours" else TWIN if name in ("single", "sqlite") else PEER
