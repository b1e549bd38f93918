"""The heat map in a terminal."""

from __future__ import annotations

import io
import shutil
from typing import TYPE_CHECKING

from awb_core.analysis.matrix import Cell, Matrix
from awb_core.report.colours import background, foreground
from awb_core.words import counted

if TYPE_CHECKING:
    from rich.text import Text


AT_LEAST = ">= at least that much: some requests ended without saying what they used."


class TextReporter:
    """A table of coloured cells; without colours the numbers say the same."""

    name = "text"
    suffix = ".txt"

    def render(self, matrix: Matrix) -> str:
        """Return the heat map without colours."""
        return render_text(matrix, colours=False, width=100)


def render_text(matrix: Matrix, *, colours: bool, width: int | None = None) -> str:
    """Return the heat map: dimensions downwards, workflows across, so that it fits a terminal."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title="Capability gap matrix", title_justify="left", pad_edge=False, box=None)
    table.add_column("dimension", no_wrap=True)
    for row in matrix.rows:
        table.add_column(row.name, justify="center", overflow="fold", min_width=17)
    for index, (_, title) in enumerate(matrix.dimensions):
        cells = [row.cells[index] for row in matrix.rows]
        table.add_row(title, *(_cell(Text, cell, colours) for cell in cells))
    table.add_row()
    table.add_row("overall", *(_cell(Text, row.overall, colours) for row in matrix.rows))
    rates = [row.overall.pass_rate for row in matrix.rows]
    table.add_row("passed", *("-" if rate is None else f"{rate:.0%}" for rate in rates))
    gaps = [row.overall.gap_best for row in matrix.rows]
    table.add_row("gap to best", *("-" if gap is None else f"{gap.value:.2f}" for gap in gaps))
    for name, words in spend_rows(matrix):
        table.add_row(name, *words)
    needed = 28 + 21 * len(matrix.rows)
    console = Console(
        file=io.StringIO(),
        width=max(width or shutil.get_terminal_size((100, 24)).columns, needed),
        force_terminal=colours,
        color_system="truecolor" if colours else None,
        legacy_windows=False,
    )
    console.print(table)
    for line in _notes(matrix):
        console.print(line, highlight=False, markup=False, style="dim" if colours else None)
    output = console.file
    assert isinstance(output, io.StringIO)
    return "\n".join(line.rstrip() for line in output.getvalue().splitlines()) + "\n"


def spend_rows(matrix: Matrix) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return what each workflow cost, as rows of words; nothing if none asks a model."""
    spends = [row.spend for row in matrix.rows]
    if not any(spends):
        return ()
    costs = (dollars(s.cost_usd, at_least=s.is_lower_bound) if s else "-" for s in spends)
    each = (dollars(s.cost_per_solved_usd, at_least=s.is_lower_bound) if s else "-" for s in spends)
    return (("cost", tuple(costs)), ("cost per solved trial", tuple(each)))


def dollars(amount: float | None, *, at_least: bool = False) -> str:
    """Return an amount in US dollars, small ones with more digits, and a mark if it may be more."""
    if amount is None:
        return "-"
    words = f"${amount:.2f}" if amount >= 0.01 else f"${amount:.4f}"
    return f">= {words}" if at_least else words


def _cell(text: type[Text], cell: Cell, colours: bool) -> str | Text:
    words = cell_words(cell)
    if cell.score is None or not colours:
        return words
    back, front = background(cell.score.value), foreground(cell.score.value)
    style = f"rgb({','.join(map(str, front))}) on rgb({','.join(map(str, back))})"
    return text(words.center(19), style=style)


def cell_words(cell: Cell) -> str:
    """Return the estimate with its interval, and a mark where caution is due."""
    if cell.score is None:
        return "no valid trial" if cell.invalid else "-"
    score = cell.score
    if score.low is None or score.high is None:
        interval = " [  ?  ]"
    else:
        interval = f" [{score.low:.2f}-{score.high:.2f}]"
    return f"{score.value:.2f}{interval}{'!' if cell.invalid else ''}"


def _notes(matrix: Matrix) -> list[str]:
    tasks = len({trial["task"] for trial in matrix.trials})
    lines = [
        f"{counted(len(matrix.trials), 'trial')} of {counted(tasks, 'task')};"
        " score [95 % interval], tasks are the sample."
    ]
    thin = max((cell.tasks for row in matrix.rows for cell in row.cells), default=0)
    if thin < 5:
        lines.append(
            f"At most {counted(thin, 'task')} a dimension: intervals of single cells are rough."
        )
    if any(row.spend and row.spend.is_lower_bound for row in matrix.rows):
        lines.append(AT_LEAST)
    if matrix.invalid:
        lines.append(f"! {matrix.invalid} invalid trials are left out of every mean.")
    return lines
