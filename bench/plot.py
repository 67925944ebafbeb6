"""plot.py - results as an SVG picture: a group of horizontal bars for each suite.

Called by report.py.  The picture carries its own colours for light and for dark pages.  Axes begin at zero,
because the length of a bar is what people compare.
"""
import math
from xml.sax.saxutils import escape

from suites import SUITES

WIDTH = 880
LEFT = 190       # where bars begin
BAR_SPACE = 430  # the longest bar
BAR = 17
STEP = 24
GROUP_HEAD = 58

STYLE = """
  text { font: 13px system-ui, sans-serif; fill: #1f2328; }
  text { stroke: #ffffff; stroke-width: 3px; paint-order: stroke; }
  .title { font-size: 20px; font-weight: 600; }
  .head { font-size: 15px; font-weight: 600; }
  .quiet { fill: #59636e; font-size: 12px; }
  .page { fill: #ffffff; }
  .grid { stroke: #d8dee4; stroke-width: 1; }
  .berth { fill: #0969da; }
  .bare { fill: #9aa4ae; }
  .peer { fill: #bf8700; }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3; stroke: #0d1117; }
    .quiet { fill: #9198a1; }
    .page { fill: #0d1117; }
    .grid { stroke: #30363d; }
    .berth { fill: #4493f8; }
    .bare { fill: #6e7681; }
    .peer { fill: #d29922; }
  }
"""


def text(x, y, words, kind='', anchor='start'):
    """One line of text."""
    return f'<text x="{x:.0f}" y="{y:.0f}" class="{kind}" text-anchor="{anchor}">{escape(words)}</text>'


def nice_step(most):
    """A round distance of grid lines that gives three to six of them."""
    power = 10 ** math.floor(math.log10(most))
    return next(power * factor for factor in (0.2, 0.5, 1, 2) if most / (power * factor) <= 6)


class Axis:
    """From a figure to a length."""

    def __init__(self, values):
        self.most = max(values)
        step = nice_step(self.most)
        self.ticks = [step * count for count in range(int(self.most / step) + 1)]

    def length(self, value):
        """The length of a bar."""
        return BAR_SPACE * value / self.most


def figure(value):
    """A figure with as many digits as it deserves."""
    return f'{value:,.0f}' if value >= 100 else f'{value:.3g}'


def bar(row, suite, axis, y):
    """A bar with its name and figure."""
    value = row['median'].get(suite.metric)
    middle = y + BAR - 4
    parts = [text(LEFT - 10, middle, row['name'], anchor='end')]
    if not value:
        return [*parts, text(LEFT, middle, 'not measured', 'quiet')]
    kind = row['peer'] if row['peer'] in ('berth', 'bare') else 'peer'
    length = max(1, axis.length(value))
    remarks = []
    if row['berth_is'] and row['peer'] != 'bare':
        times = row['berth_is']
        remarks.append(f'berth is {times:.2g}x better' if times >= 1 else f'berth is {1 / times:.2g}x worse')
    elif row['ratio'] and row['name'] != suite.base:
        remarks.append(f'{row["ratio"]:.2f} of {suite.base}')
    if row['errors']:
        remarks.append(f'{row["errors"]} errors')
    label = (f'<text x="{LEFT + length + 7:.0f}" y="{middle}">{figure(value)}'
             f'<tspan dx="9" class="quiet">{escape("; ".join(remarks))}</tspan></text>')
    return [*parts, f'<rect x="{LEFT}" y="{y}" width="{length:.1f}" height="{BAR}" rx="2" class="{kind}"/>',
            label]


def group(suite, rows, top):
    """One suite; returns its parts and where it ends."""
    values = [value for row in rows if (value := row['median'].get(suite.metric))]
    bottom = top + GROUP_HEAD + STEP * len(rows)
    better = 'less is better' if suite.lower else 'more is better'
    parts = [text(LEFT, top + 22, suite.title, 'head')]
    axis = Axis(values) if values else None
    parts.append(text(LEFT, top + 39, f'{suite.label}; {better}', 'quiet'))
    for tick in axis.ticks if axis else []:
        x = LEFT + axis.length(tick)
        parts.append(f'<line x1="{x:.1f}" y1="{top + GROUP_HEAD - 8}" x2="{x:.1f}" y2="{bottom}" '
                     'class="grid"/>')
        parts.append(text(x, bottom + 13, figure(tick), 'quiet', 'middle'))
    for number, row in enumerate(rows):
        parts += bar(row, suite, axis, top + GROUP_HEAD + STEP * number)
    return parts, bottom + 24


def svg(facts, results):
    """The whole picture."""
    parts = [text(LEFT, 34, 'berth beside its peers', 'title'),
             text(LEFT, 54, f'{facts["date"]}, Linux {facts["kernel"]}, median of {facts["rounds"]} x '
                  f'{facts["seconds"]:g} s, servers on one CPU', 'quiet')]
    y = 64
    for name, suite in SUITES.items():
        rows = [row for row in results if row['suite'] == name]
        if rows:
            group_parts, y = group(suite, rows, y)
            parts += group_parts
    height = y + 12
    return (f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
            f'viewBox="0 0 {WIDTH} {height}" role="img" aria-label="berth beside its peers">\n'
            f'<style>{STYLE}</style>\n<rect width="{WIDTH}" height="{height}" class="page"/>\n'
            + '\n'.join(parts) + '\n</svg>\n')
