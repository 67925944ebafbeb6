"""classify.py - how long it takes to know a first message: classify.c, one run for a row.

Called by run.py like measure.py.  No server is started and nothing is sent: what is measured is the classifier alone, on
CPU 0.
"""
import json
import subprocess

from context import ROOT, SERVER_CPU, Unavailable
from processes import placement

PROTOCOLS = ROOT / 'protocols'


def measure(context, row):
    """Runs classify with the arguments of the row."""
    program = context.build / 'classify'
    if not program.exists():
        raise Unavailable('classify was not compiled')
    mode, *count = row.load
    arguments = count or [PROTOCOLS, PROTOCOLS / 'examples']
    done = subprocess.run([program, mode, str(context.seconds), *arguments], stdout=subprocess.PIPE, check=False,
                          preexec_fn=placement(SERVER_CPU, context.fifo))
    if done.returncode != 0:
        raise Unavailable('classify failed')
    result = json.loads(done.stdout)
    result['wall_us'] = result['decision_ns'] / 1000
    return result
