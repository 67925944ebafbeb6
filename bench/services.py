"""services.py - what it costs to ask the C library for a service: services.c, one run for a row.

Called by run.py like measure.py. The registry holds IANA's list when $BERTH_IANA_DATA has it, else the rows of
examples/registry; nothing of the machine's configuration is touched.
"""
import os
import pathlib
import shutil
import subprocess

from context import ROOT, SERVER_CPU, Unavailable
from processes import placement


def prepare(context):
    """A published view, made once for a run; returns its path."""
    folder = context.build / 'registry'
    published = folder / 'registry.published'
    if published.exists():
        return published
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    data = os.environ.get('BERTH_IANA_DATA')
    lists = sorted((pathlib.Path(data) if data else ROOT / 'examples/registry').glob('*20??-??-??.csv'))
    for words in (['registry', 'init'], ['import', lists[-1]]):
        done = subprocess.run([context.programs / 'berth', *words, '--registry', folder / 'registry.db'],
                              stdout=subprocess.DEVNULL, check=False)
        if done.returncode != 0:
            raise Unavailable('no registry could be made')
    return published


def measure(context, row):
    """The mean over questions of the best of some rounds."""
    program = context.build / 'services'
    if not program.exists():
        raise Unavailable('services was not compiled')
    libraries = (context.programs / 'berthd').resolve().parent
    done = subprocess.run([program, *row.load], stdout=subprocess.PIPE, text=True, check=False,
                          preexec_fn=placement(SERVER_CPU, context.fifo),
                          env={**os.environ, 'LD_LIBRARY_PATH': str(libraries), 'BERTH_PUBLISHED': str(prepare(context))})
    if done.returncode != 0:
        raise Unavailable('services failed')
    answers = [line.split('\t') for line in done.stdout.splitlines()]
    times = [float(time.split()[0]) for _, question, time in answers if question != 'first']
    each_us = sum(times) / len(times)
    return {'wall_us': each_us, 'per_second': 1e6 / each_us, 'errors': 0, 'transactions': len(times)}
