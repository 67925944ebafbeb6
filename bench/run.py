#!/usr/bin/python3
"""run.py - measures berth beside its peers: ./dev bench [OPTIONS].

Starts each server on CPU 0, the load generator on CPU 1, in interleaved rounds; prints a line for each
measurement, a table, and each promised figure with what was measured.  Loopback only, every load bounded
in time, every process ended by its id, also when interrupted.
"""
import argparse
import pathlib
import signal
import sys

sys.dont_write_bytecode = True

import processes
import programs
import report
import suites
import targets
from context import ROOT, Context, Unavailable

ROUNDS = 5
SECONDS = 1.0


def options():
    """The command line."""
    parser = argparse.ArgumentParser(prog='./dev bench', description='Measures berth beside its peers.')
    parser.add_argument('--quick', action='store_true', help=f'one round instead of {ROUNDS}')
    parser.add_argument('--rounds', type=int, default=ROUNDS, metavar='N', help=f'rounds instead of {ROUNDS}')
    parser.add_argument('--suite', action='append', choices=suites.SUITES, metavar='NAME',
                        help=f'only this suite, may be repeated: {", ".join(suites.SUITES)}')
    parser.add_argument('--only', default='', metavar='PEER,...',
                        help='only these peers, for instance berth,bare')
    parser.add_argument('--list', action='store_true', help='print suites and rows, measure nothing')
    parser.add_argument('--ordinary', action='store_true',
                        help='ordinary scheduling; else root gives servers and load alike SCHED_FIFO 1')
    parser.add_argument('--output', type=pathlib.Path, default=None, metavar='DIR',
                        help='where results go: bench/results for a whole run, else build/bench/results')
    return parser.parse_args()


def chosen(rows, arguments):
    """The rows that were asked for."""
    only = [peer for peer in arguments.only.split(',') if peer]
    return [row for row in rows if (not arguments.suite or row.suite in arguments.suite)
            and (not only or row.peer in only)]


def one(context, row):
    """Measures a row once and says so; returns the result or why there is none."""
    try:
        result = row.measure(context, row)
    except Unavailable as reason:
        print(f'  {row.key:<34} {reason}', flush=True)
        return None, str(reason)
    metric = suites.SUITES[row.suite].metric
    print(f'  {row.key:<34} {result["per_second"]:9.0f} calls/s  p99 {result.get("p99_us", 0):9.0f} us  '
          f'{metric} {result[metric]:.1f}  errors {result["errors"]}', flush=True)
    return result, ''


def measure_all(context, rows, rounds):
    """Interleaved rounds: A B C ... A B C ..., so that a noisy minute hurts all alike."""
    results = {row.key: [] for row in rows}
    why = {row.key: '' for row in rows}
    for number in range(rounds):
        print(f'round {number + 1} of {rounds}', flush=True)
        for row in rows:
            if why[row.key] and not results[row.key]:
                continue  # it could not be had; it will not be there in the next round
            result, reason = one(context, row)
            if result:
                results[row.key].append(result)
            why[row.key] = why[row.key] or reason
    return [report.summarise(row, results[row.key], why[row.key]) for row in rows]


def show(folder, facts, results):
    """Writes the results and prints the table and the promised figures."""
    report.compare(results)
    judged = targets.judge(results)
    report.write(folder, facts, results, judged)
    print('\n' + report.markdown(facts, results, []))
    print(report.judged_lines(judged))
    print(f'\nbench: results in {folder}/latest.json, .md and .svg')


def main():
    """Returns the exit code: a missed target is a finding, not a failure."""
    arguments = options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    processes.become_subreaper()
    rounds = 1 if arguments.quick else arguments.rounds
    context = Context(fifo=not arguments.ordinary and processes.can_fifo(), seconds=SECONDS)
    try:
        rows = chosen(suites.rows(context), arguments)
        if arguments.list:
            print('\n'.join(f'{row.suite:<10} {row.name:<26} {row.peer}' for row in rows))
            return 0
        programs.compile_all(context)
        facts = report.machine(context, rounds)
        whole = rounds >= ROUNDS and not (arguments.suite or arguments.only)
        results = measure_all(context, rows, rounds)
        folder = arguments.output or (ROOT / 'bench' / 'results' if whole else context.build / 'results')
        show(folder, facts, results)
        return 0
    except KeyboardInterrupt:
        return 130
    finally:
        context.close()


if __name__ == '__main__':
    sys.exit(main())
