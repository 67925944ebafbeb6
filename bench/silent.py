"""silent.py - the measurement of suite silent: many clients connect and say nothing; how do others fare?

Called by run.py through the rows of suites.py.
"""
import pathlib
import re

from context import Unavailable
from measure import load, wait_ready

CLIENTS = 15000
CALLS_A_SECOND = 1000
IN_FLIGHT_MAX = 256


def peak_rss_mb(pid):
    """The most memory that was ever resident of a process, in megabytes of 10^6 octets."""
    try:
        status = pathlib.Path(f'/proc/{pid}/status').read_text()
    except OSError:
        return 0
    peak = re.search(r'^VmHWM:\s+(\d+) kB', status, re.MULTILINE)
    return int(peak.group(1)) * 1024 / 1e6 if peak else 0


def measure(context, row):
    """Holds silent clients open and calls at a fixed rate beside them.  The memory is that of the largest
    process, which is at least what the acceptor has."""
    server = row.start(context)
    try:
        wait_ready(context, server, row.load)
        result = load(context, server, [*row.load, '--hold', str(CLIENTS), '-c', str(IN_FLIGHT_MAX),
                                        '-R', str(CALLS_A_SECOND)], context.seconds)
        server.check()
        if result['held'] < CLIENTS:
            raise Unavailable(f'only {result["held"]} of {CLIENTS} silent clients could connect')
        result['errors'] += result['held'] - result['held_at_end']
        result['rss_mb'] = max(peak_rss_mb(pid) for pid in server.processes())
        return result
    finally:
        server.stop()
