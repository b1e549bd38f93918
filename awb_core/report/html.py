"""One self-contained page: the heat map with a drill-down to tasks, trials, evidence and diffs; no script."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from awb_core.analysis.matrix import OVERALL, Cell, Estimate, Matrix, Row
from awb_core.report.colours import RAMP, background, foreground, stripe
from awb_core.report.html_spend import render_spend
from awb_core.report.html_trials import render_details
from awb_core.resources import resource_dir
from awb_core.words import counted


class HtmlReporter:
    """Opens offline, prints well, loads nothing."""

    name = "html"
    suffix = ".html"

    def render(self, matrix: Matrix) -> str:
        """Return the page."""
        style = (resource_dir("templates") / "report.css").read_text("utf-8")
        return "".join(
            (
                '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n',
                '<meta http-equiv="Content-Security-Policy" content="default-src \'none\';',
                " style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'\">\n",
                '<meta name="viewport" content="width=device-width, initial-scale=1">\n',
                "<title>Capability gap matrix</title>\n<style>\n",
                style,
                "</style>\n</head>\n<body>\n",
                _header(matrix),
                "<main>\n",
                _heat_map(matrix),
                _legend(),
                _gaps(matrix),
                render_spend(matrix),
                render_details(matrix),
                _about(matrix),
                "</main>\n</body>\n</html>\n",
            )
        )


def _header(matrix: Matrix) -> str:
    tasks = len({trial["task"] for trial in matrix.trials})
    facts = [
        counted(len(matrix.rows), "workflow"),
        counted(len(matrix.dimensions), "dimension"),
        counted(tasks, "task"),
        counted(len(matrix.trials), "trial"),
    ]
    if matrix.invalid:
        facts.append(f"<strong>{matrix.invalid} invalid, left out of every mean</strong>")
    return (
        f"<header>\n<h1>Capability gap matrix</h1>\n<p>{' &middot; '.join(facts)}</p>\n</header>\n"
    )


def _heat_map(matrix: Matrix) -> str:
    lines = ['<section class="scroll">\n<table class="map">\n<caption>']
    lines.append("Mean score per workflow and dimension, with its 95 % interval and the number of ")
    lines.append("tasks n. Follow a cell to its trials.</caption>\n<thead>\n<tr><td></td>")
    for _, title in matrix.dimensions:
        lines.append(f'<th scope="col"><span>{escape(title)}</span></th>')
    lines.append(
        '<th scope="col" class="total"><span>Overall</span></th></tr>\n</thead>\n<tbody>\n'
    )
    for row in matrix.rows:
        lines.append(f'<tr><th scope="row">{escape(row.name)}</th>')
        lines += [_map_cell(row, cell) for cell in row.cells]
        lines.append(_map_cell(row, row.overall) + "</tr>\n")
    lines.append("</tbody>\n</table>\n</section>\n")
    return "".join(lines)


def anchor(row: Row, dimension: str) -> str:
    """Return the id of a cell's drill-down."""
    return f"c-{row.identity[:10]}-{dimension}"


def _map_cell(row: Row, cell: Cell) -> str:
    total = " total" if cell.dimension == OVERALL else ""
    if cell.score is None:
        words = f"{cell.invalid} invalid" if cell.invalid else "not run"
        return f'<td class="none{total}">{words}</td>'
    value = cell.score.value
    colours = f"background-color:rgb{background(value)};color:rgb{foreground(value)}"
    thin = " thin" if cell.is_thin and not total else ""
    if thin:
        colours += f";--stripe:{stripe(value)}"
    inner = f"<b>{value:.2f}</b><small>{_interval(cell.score)}</small><small>n={cell.tasks}"
    inner += f", {cell.invalid} invalid</small>" if cell.invalid else "</small>"
    rate = "" if cell.pass_rate is None else f"; {cell.pass_rate:.0%} of tasks passed"
    title = f"{row.name}, {cell.dimension}: {value:.3f} {_interval(cell.score)}{rate}; interval: {cell.method}"
    if not total:
        inner = f'<a href="#{anchor(row, cell.dimension)}">{inner}</a>'
    return f'<td class="cell{thin}{total}" style="{colours}" title="{escape(title)}">{inner}</td>'


def _interval(estimate: Estimate) -> str:
    if estimate.low is None or estimate.high is None:
        return "no interval"
    return f"{estimate.low:.2f}&ndash;{estimate.high:.2f}"


def _legend() -> str:
    stops = ", ".join(f"rgb{colour} {position:.0%}" for position, colour in RAMP)
    return (
        '<p class="legend"><span>0</span>'
        f'<i style="background:linear-gradient(90deg, {stops})"></i><span>1</span>'
        "<span>score: below .5 fails, .5 is the minimal acceptable solution, .95 near-optimal</span>"
        '<span><i class="thin"></i> fewer than 5 tasks, or more than 5 % invalid</span></p>\n'
    )


def _gaps(matrix: Matrix) -> str:
    lines = ["<section>\n<h2>Gaps</h2>\n"]
    lines.append(
        "<p>How far each workflow is from the best one in a dimension, with the range that "
    )
    lines.append(
        "fits the data: paired by task, bands hold for all comparisons of a column at once. "
    )
    lines.append("The best workflow is itself uncertain.</p>\n")
    lines.append('<div class="scroll"><table class="gaps">\n<thead><tr><td></td>')
    for _, title in matrix.dimensions:
        lines.append(f'<th scope="col"><span>{escape(title)}</span></th>')
    lines.append('<th scope="col" class="total"><span>Overall</span></th></tr></thead>\n<tbody>\n')
    for row in matrix.rows:
        lines.append(f'<tr><th scope="row">{escape(row.name)}</th>')
        lines += [_gap_cell(cell) for cell in (*row.cells, row.overall)]
        lines.append("</tr>\n")
    lines.append("</tbody></table></div>\n</section>\n")
    return "".join(lines)


def _gap_cell(cell: Cell) -> str:
    gap = cell.gap_best
    if gap is None:
        return "<td>&ndash;</td>"
    median = cell.gap_median
    title = f"gap to median {median.value:+.2f} {_interval(median)}" if median else ""
    return f'<td title="{escape(title)}">{gap.value:.2f}<small>{_interval(gap)}</small></td>'


def _about(matrix: Matrix) -> str:
    return "".join(
        (
            "<section>\n<h2>How to read this</h2>\n<ul>\n",
            "<li>Tasks are the sample: repeats of a task are averaged first and never counted as ",
            "independent evidence.</li>\n",
            "<li>Invalid trials (the infrastructure or a verifier failed) have no score; they are ",
            "counted, shown and left out.</li>\n",
            "<li>Each dimension weighs the same in the overall column.</li>\n</ul>\n",
            "<h2>Runs</h2>\n<dl>\n",
            *_runs(matrix),
            "</dl>\n</section>\n",
        )
    )


def _runs(matrix: Matrix) -> Iterator[str]:
    for lock in matrix.runs:
        host = lock.get("host", {})
        yield f"<dt>{escape(str(lock.get('started', '')))}</dt><dd>"
        yield f"plan {escape(str(lock.get('plan', ''))[:12])}, sandbox {escape(str(lock.get('sandbox')))}, "
        yield f"seed {lock.get('seed')}, {counted(lock.get('repeats', 1), 'repeat')}, "
        yield f"awb-core {escape(str(host.get('awb-core')))}, Python {escape(str(host.get('python')))}, "
        yield ", ".join(escape(str(value)) for value in lock.get("packs", {}).values())
        yield "</dd>\n"
