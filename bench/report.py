"""report.py - results as JSON and as Markdown, and the facts about the machine that belong to them.

Called by run.py at the end.  Computes medians and ratios; measures nothing.
"""
import datetime
import json
import os
import pathlib
import platform
import statistics
import subprocess

import plot
import targets
from context import ROOT
from suites import SUITES

MEDIANS = ('per_second', 'p50_us', 'p99_us', 'max_us', 'cpu_us', 'wall_us', 'ready_ms', 'rss_mb', 'gb_per_second', 'decision_ns',
           'table_kb', 'whole_kb', 'build_ms')


def summarise(row, rounds, why):
    """One row of the results: medians over the rounds, errors of all of them, or why there is none."""
    median = {field: statistics.median(values) for field in MEDIANS
              if (values := [one[field] for one in rounds if field in one])}
    return {'suite': row.suite, 'name': row.name, 'peer': row.peer, 'note': row.note,
            'unavailable': why, 'median': median, 'rounds': rounds,
            'errors': sum(one['errors'] for one in rounds),
            'transactions': sum(one['transactions'] for one in rounds)}


def compare(results):
    """Adds to each row: ratio (to the base of its suite) and berth_is (how many times better berth is)."""
    figures = {(row['suite'], row['name']): row['median'].get(SUITES[row['suite']].metric)
               for row in results}
    for row in results:
        suite = SUITES[row['suite']]
        own = figures[row['suite'], row['name']]
        base = figures.get((row['suite'], suite.base))
        subject = figures.get((row['suite'], suite.subject))
        row['ratio'] = own / base if own and base else None
        row['berth_is'] = None
        if own and subject and row['peer'] != 'berth':
            row['berth_is'] = own / subject if suite.lower else subject / own


def versions(context):
    """{package: version} of the peers, from the names of the archives they were unpacked from."""
    found = {}
    for archive in sorted((context.peers / 'archives').glob('*.deb')):
        package, version, _ = archive.name.split('_')
        found[package] = version.replace('%3a', ':')
    return found


def machine(context, rounds):
    """What the figures depend on."""
    cpu = [line.split(':')[1].strip() for line in pathlib.Path('/proc/cpuinfo').read_text().splitlines()
           if line.startswith('model name')]
    commit = subprocess.run(['git', 'rev-parse', '--short', 'HEAD'], cwd=ROOT, check=False,
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout.strip()
    return {'date': datetime.date.today().isoformat(), 'commit': commit, 'kernel': platform.release(),
            'cpu': cpu[0] if cpu else platform.machine(), 'cpus': os.cpu_count(),
            'scheduler': 'SCHED_FIFO 1' if context.fifo else 'ordinary', 'rounds': rounds,
            'seconds': context.seconds, 'load': os.getloadavg(), 'versions': versions(context)}


def number(value, digits=0):
    """A figure for people, or nothing."""
    return '' if value is None else f'{value:,.{digits}f}'


def microseconds(value):
    """Small ones with a decimal."""
    return number(value, 1 if value is not None and value < 100 else 0)


def table(suite, results):
    """The lines of one suite's table."""
    title = SUITES[suite]
    extra = [(field, head) for field, head in (('ready_ms', 'ready ms'), ('rss_mb', 'MB'), ('gb_per_second', 'GB/s'),
             ('decision_ns', 'ns a decision'), ('table_kb', 'table KB'), ('whole_kb', 'whole KB'), ('build_ms', 'build ms'))
             if any(field in row['median'] for row in results)]
    cost = 'µs of CPU 0' if title.cost == 'wall_us' else 'µs of server CPU'
    heads = ['', 'calls/s', 'p50 µs', 'p99 µs', 'max µs', cost, *(head for _, head in extra),
             'ratio', 'berth is', 'errors', '']
    lines = [f'## {title.title}', '', f'`ratio` is of {title.label}; 1.00 is *{title.base}*. '
             f'`berth is` says how many times better *{title.subject}* is.', '',
             f'| {" | ".join(heads)} |', '|---' + '|---:' * (len(heads) - 2) + '|---|']
    for row in results:
        median = row['median']
        name = f'**{row["name"]}**' if row['peer'] == 'berth' else row['name']
        if not median:
            lines.append(f'| {name} |{" |" * (len(heads) - 2)} {row["unavailable"]} |')
            continue
        cells = [name, number(median['per_second'], 1 if median['per_second'] < 100 else 0), *(microseconds(median.get(field)) for field in
                 ('p50_us', 'p99_us', 'max_us')), microseconds(median.get(title.cost)),
                 *(number(median.get(field), 1) for field, _ in extra), number(row['ratio'], 2),
                 f'{row["berth_is"]:.2f}x' if row['berth_is'] else '', number(row['errors']),
                 '; '.join(filter(None, (row['note'], row['unavailable'])))]
        lines.append('| ' + ' | '.join(cells) + ' |')
    return lines


def markdown(facts, results, judged):
    """The whole page."""
    lines = ['# berth beside its peers', '',
             f'{facts["date"]}, commit {facts["commit"] or "none"}, Linux {facts["kernel"]}, {facts["cpus"]} x '
             f'{facts["cpu"]}, {facts["scheduler"]} scheduling, median of {facts["rounds"]} rounds of '
             f'{facts["seconds"]:g} s. Servers on CPU 0, callers on CPU 1. How it is measured and what '
             'not to conclude: [bench/README.md](../README.md).', '', '![](latest.svg)', '']
    if judged:
        lines += ['## Promised and measured', '', '| | target | measured | |', '|---|---:|---:|---|']
        for target in judged:
            measured = target['why'] if target['measured'] is None else \
                f'{target["measured"]:.3g}{target["unit"]}'
            verdict = {None: 'not measured', True: 'met', False: '**missed**'}[target['met']]
            lines.append(f'| {target["text"]} | {target["target"]} | {measured} | {verdict} |')
        lines.append('')
    for suite in SUITES:
        rows = [row for row in results if row['suite'] == suite]
        if rows:
            lines += [*table(suite, rows), '']
    known = ', '.join(f'{package} {version}' for package, version in facts['versions'].items())
    return '\n'.join([*lines, f'Peers: {known or "as installed"}.', ''])


def write(folder, facts, results, judged):
    """latest.json, latest.md and latest.svg in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    everything = {'machine': facts, 'targets': judged, 'rows': results}
    (folder / 'latest.json').write_text(json.dumps(everything, indent=1) + '\n')
    (folder / 'latest.md').write_text(markdown(facts, results, judged))
    (folder / 'latest.svg').write_text(plot.svg(facts, results))


def judged_lines(judged):
    """Targets for the terminal."""
    return '\n'.join(targets.line(one) for one in judged)
