"""targets.py - the figures berth promises, held against a run.

Each target says in one line what was promised, what was measured, and whether it was met.  A figure whose
rows were not measured is neither met nor missed.
"""
import dataclasses
from typing import Callable


@dataclasses.dataclass(frozen=True)
class Target:
    """A promise: compute takes get(key, field) and returns the measured figure."""

    text: str
    relation: str  # '>=' or '<='
    limit: float
    unit: str
    compute: Callable

    def met(self, measured):
        """Whether the figure keeps the promise."""
        return measured >= self.limit if self.relation == '>=' else measured <= self.limit


class Missing(Exception):
    """A row that a target needs has no figure."""


def rate_ratio(key, other):
    """Calls a second of one row over those of another."""
    return lambda get: get(key, 'per_second') / get(other, 'per_second')


def forwarder_share(get):
    """Server CPU of berth's worker over that of the cheapest forwarder."""
    best = []
    for name in ('sslh', 'haproxy', 'nginx'):
        try:
            best.append(get(f'select/{name}', 'cpu_us'))
        except Missing:
            continue
    if not best:
        raise Missing('select/haproxy')
    return get('select/berth worker', 'cpu_us') / min(best)


def over_best_forwarder(suite, field):
    """berth's relay over the best forwarder of this suite."""
    def compute(get):
        best = []
        for name in ('sslh', 'haproxy', 'haproxy, splice-auto', 'nginx'):
            try:
                best.append(get(f'{suite}/{name}', field))
            except Missing:
                continue
        if not best:
            raise Missing(f'{suite}/haproxy')
        return get(f'{suite}/berth relay', field) / max(best)
    return compute


def many_functions(get):
    """Rate of the last of 10,000 functions over that with 10."""
    return get('functions/berth, 10000 functions', 'per_second') / get(
        'functions/berth, 10 functions', 'per_second')


TARGETS = [
    Target('spawn: calls/s over tcpserver', '>=', 1.8, 'x', rate_ratio('spawn/berth', 'spawn/tcpserver')),
    Target('spawn: calls/s over xinetd', '>=', 3.5, 'x', rate_ratio('spawn/berth', 'spawn/xinetd')),
    Target('glibc: berth_worker_fork over tcpserver', '>=', 5, 'x',
           rate_ratio('glibc/berth_worker_fork', 'glibc/tcpserver')),
    Target('select: server CPU of a worker over the bare loop', '<=', 1.35, 'x',
           lambda get: get('select/berth worker', 'cpu_us') / get('select/bare', 'cpu_us')),
    Target('select: server CPU of a detected worker over the bare loop', '<=', 1.5, 'x',
           lambda get: get('select/berth worker, detect 9', 'cpu_us') / get('select/bare', 'cpu_us')),
    Target('select: server CPU of a worker over the best forwarder', '<=', 0.5, 'x', forwarder_share),
    Target('relay: calls/s over the best forwarder', '>=', 0.95, 'x', over_best_forwarder('relay', 'per_second')),
    Target('bulk: GB/s over the best forwarder', '>=', 0.95, 'x', over_best_forwarder('bulk', 'gb_per_second')),
    Target('bulk8: GB/s over the best forwarder', '>=', 0.95, 'x', over_best_forwarder('bulk8', 'gb_per_second')),
    Target('classifier: a decision among 50 protocols', '<=', 40, ' ns',
           lambda get: get('classifier/table', 'decision_ns')),
    Target('classifier: exact readers one by one over the table', '>=', 50, 'x',
           lambda get: get('classifier/readers', 'decision_ns') / get('classifier/table', 'decision_ns')),
    Target('classifier: 10,000 names over 10', '<=', 1.2, 'x',
           lambda get: get('classifier/10000 names', 'decision_ns') / get('classifier/10 names', 'decision_ns')),
    Target('services: getservbyname of berth over files', '<=', 1.2, 'x',
           lambda get: get('services/berth', 'wall_us') / get('services/files', 'wall_us')),
    Target('port: calls/s over own spawn', '>=', 0.7, 'x', rate_ratio('port/berth port', 'port/berth spawn')),
    Target('functions: 10,000 ready after exec', '<=', 100, ' ms',
           lambda get: get('functions/berth, 10000 functions', 'ready_ms')),
    Target('functions: calls/s to the last of 10,000 over 10', '>=', 0.95, 'x', many_functions),
    Target('silent: p99 of new calls beside 15,000', '<=', 20, ' ms',
           lambda get: get('silent/berth worker', 'p99_us') / 1000),
    Target('silent: memory of the largest process', '<=', 40, ' MB',
           lambda get: get('silent/berth worker', 'rss_mb')),
]


def judge(results):
    """[{text, target, measured, met, ...}] for the suites that were run; measured None when a row is
    missing.  A figure of berth that came with errors keeps no promise."""
    rows = {f'{row["suite"]}/{row["name"]}': row for row in results}
    suites = {row['suite'] for row in results}
    judged = []
    for target in TARGETS:
        if target.text.split(':')[0] not in suites:
            continue
        errors = 0

        def get(key, field):
            nonlocal errors
            median = rows.get(key, {}).get('median')
            if not median or not median.get(field):
                raise Missing(key)
            if rows[key]['peer'] == 'berth':
                errors += rows[key]['errors']
            return median[field]

        try:
            measured, why = target.compute(get), ''
        except Missing as missing:
            measured, why = None, f'no figure for {missing}'
        judged.append({'text': target.text, 'target': f'{target.relation} {target.limit:g}{target.unit}',
                       'measured': measured, 'unit': target.unit, 'why': why,
                       'errors': errors,
                       'met': None if measured is None else target.met(measured) and errors == 0})
    return judged


def line(judged):
    """One target as a line of text."""
    if judged['measured'] is None:
        measured, verdict = 'nothing', f'({judged["why"]})'
    else:
        measured, verdict = f'{judged["measured"]:.3g}{judged["unit"]}', 'met' if judged['met'] else 'MISSED'
    if judged['errors']:
        verdict += f' ({judged["errors"]} errors of berth)'
    return f'{judged["text"]:<56} target {judged["target"]:<10} measured {measured:<12} {verdict}'
