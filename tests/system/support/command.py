"""The command `berth` as tests run it, and what it prints, read strictly."""
import json
import os
import re
import subprocess

from support import machine

DONE, NO, USAGE, COULD_NOT = 0, 1, 2, 3
PROGRAM = str(machine.PROGRAMS / 'berth')
SECONDS = 20

HELP = re.compile(r'# HELP ([a-z_:][a-z0-9_:]*) [^\n]+')
TYPE = re.compile(r'# TYPE ([a-z_:][a-z0-9_:]*) (counter|gauge|histogram)')
SAMPLE = re.compile(r'([a-z_:][a-z0-9_:]*)(?:\{([^{}]*)\})? ([0-9]+(?:\.[0-9]+)?)')
LABEL = re.compile(r'([a-z_][a-z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"')


def berth(*arguments, octets=b'', code=DONE, environment=None):
    """Runs the command; returns what it printed, and on standard error when it should not be DONE."""
    words = [PROGRAM, *map(str, arguments)]
    ran = subprocess.run(words, input=octets, capture_output=True, timeout=SECONDS, check=False,
                         env={**os.environ, **(environment or {})})
    assert ran.returncode == code, (ran.stdout, ran.stderr)
    if code == DONE:
        assert ran.stderr == b''
        return ran.stdout
    assert ran.stderr.endswith(b'\n')
    return ran.stderr.decode()


def parse_labels(text):
    labels = []
    while text:
        match = LABEL.match(text)
        assert match, text
        labels.append(match.groups())
        text = text[match.end():]
        assert text == '' or text.startswith(','), text
        text = text[1:] if text else text
    assert len({name for name, _ in labels}) == len(labels)
    return tuple(labels)


def parse_metrics(text):
    """The text format, strictly: HELP and TYPE once before all samples of a family, no sample twice."""
    families, types, current = {}, {}, None
    assert text.endswith('\n')
    lines = iter(text[:-1].split('\n'))
    for line in lines:
        if line.startswith('#'):
            name, (typed, kind) = HELP.fullmatch(line)[1], TYPE.fullmatch(next(lines)).groups()
            assert name == typed and name not in families and name.startswith('berth_')
            assert name.endswith('_total') == (kind == 'counter')
            families[name], types[name], current = {}, kind, name
            continue
        name, labels, value = SAMPLE.fullmatch(line).groups()
        suffix = name[len(current):]
        assert name.startswith(current)
        assert suffix in (('_bucket', '_sum', '_count') if types[current] == 'histogram' else ('',))
        key = (suffix, *parse_labels(labels or '')) if suffix else parse_labels(labels or '')
        assert key not in families[current], line
        families[current][key] = float(value)
    return families


class Asker:
    """The command with a berthd's run-dir and address."""

    def __init__(self, berthd):
        self.run_dir = ['--run-dir', berthd.run_directory]
        self.at = ['--at', f'127.0.0.1:{berthd.port}']

    def ask(self, *arguments, **options):
        return berth(*arguments, *self.run_dir, **options)

    def text(self, *arguments):
        return self.ask(*arguments).decode()

    def call(self, *arguments, **options):
        return berth('call', *self.at, *arguments, **options)

    def status(self, *arguments):
        return json.loads(self.ask('status', '--json', *arguments))

    def function(self, name):
        found = self.status(name)['functions']
        assert [function['name'] for function in found] == [name]
        return found[0]

    def metrics(self):
        return parse_metrics(self.text('metrics'))
