"""The checks in tools/ find what they are for: each is shown a small tree with one planted fault.

A check that passes on everything would look just like a clean tree.
"""
import json
import pathlib
import subprocess

import pytest

TOOLS = pathlib.Path(__file__).resolve().parents[2] / 'tools'

CLEAN_TREE = {
    'src/LAYERS': 'base  # lowest\nos\nloop\n',
    'src/base/text.h': '/* text.h */\n#pragma once\nint text_size(const char *text);\n',
    'src/base/text.c': '/* text.c */\n#include "base/text.h"\n',
    'src/os/socket.h': '/* socket.h */\n#pragma once\n#include "base/text.h"\n',
    'src/os/socket.c': '/* socket.c */\n#include "os/socket.h"\n#include "berth.h"\n',
    'src/meson.build': "'base/text.c', 'os/socket.c'\n",
    'include/berth.h': '/* berth.h */\n#pragma once\n',
    'tests/unit/test_text.c': '/* test_text.c */\n',
    'tests/unit/meson.build': "'test_text',\n",
    'tests/fuzz/fuzz_line.c': '/* fuzz_line.c */\n',
    'tests/fuzz/meson.build': "'line',\n",
    'man/berth.1.scd': 'berth(1)\n',
    'man/meson.build': "'berth.1',\n",
}


def plant(root, files):
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def run(tool, *arguments):
    return subprocess.run([TOOLS / tool, *arguments], capture_output=True, text=True, check=False)


@pytest.fixture(name='tree')
def _tree(tmp_path):
    plant(tmp_path, CLEAN_TREE)
    return tmp_path


def body(statement):
    return f'/* socket.c */\nint main(void)\n{{\n\t{statement}\n}}\n'


LEFT_OVER = 'TO' 'DO'

# check, planted file, its text, what the check must say
FAULTS = [
    ('check-layers', 'src/base/up.c', '/* */\n#include "os/socket.h"\n', 'src/base/up.c:2: "os/'),
    ('check-layers', 'src/os/bare.c', '/* */\n\n # include "socket.h"\n', 'src/os/bare.c:3: "socket'),
    ('check-layers', 'src/os/far.c', '#include "mail/outbox.h"\n', 'LAYERS does not name mail'),
    ('check-layers', 'src/attic/old.c', '/* old.c */\n', 'src/attic/old.c: LAYERS does not name'),
    ('check-headers', 'src/os/needy.h', '#pragma once\nsize_t needy(void);\n', 'src/os/needy.h: does'),
    ('check-headers', 'include/twice.h', 'struct twice { int x; };\n', 'include/twice.h: does'),
    ('check-lists', 'src/os/spawn.c', '/* spawn.c */\n', 'src/os/spawn.c: not named in src/meson'),
    ('check-lists', 'tests/unit/test_new.c', '/* */\n', 'tests/unit/test_new.c: not named'),
    ('check-lists', 'tests/fuzz/fuzz_new.c', '/* */\n', 'tests/fuzz/fuzz_new.c: not named'),
    ('check-lists', 'man/berthd.8.scd', 'berthd(8)\n', 'man/berthd.8.scd: not named'),
    ('check-style', 'src/os/a.c', 'int a;\n', 'a.c:1: the file does not open with a comment'),
    ('check-style', 'src/os/a.c', '/* a.c */\n// line\n', 'a.c:2: // comment'),
    ('check-style', 'src/os/a.c', '/* a.c */\n\t/*' + 'x' * 112 + '*/\n', 'a.c:2: 124 columns'),
    ('check-style', 'src/os/a.c', '/* a.c */\n' + '\n' * 600, 'a.c:1: file of 601 lines'),
    ('check-style', 'tests/system/a.py', '\n' * 601, 'a.py:1: file of 601 lines'),
    ('check-style', 'src/os/a.c', body('a();\n' * 71), 'a.c:3: function of'),
    ('check-style', 'README.md', 'berth \n', 'README.md:1: trailing space'),
    ('check-style', 'README.md', f'{LEFT_OVER}: more\n', f'README.md:1: {LEFT_OVER} left over'),
    ('check-style', 'README.md', 'see ' + '/'.join(('', 'work', 'main')), 'README.md:1: a path of'),
    ('check-style', 'src/os/a.c', body('int fd = accept(1, NULL, NULL);'), 'a.c:4: accept()'),
    ('check-style', 'src/os/a.c', body('int fd = open("/x", O_RDONLY);'), 'a.c:4: open() without'),
    ('check-style', 'src/os/a.c', body('socket(AF_INET,\n\t\tSOCK_STREAM, (0));'), 'a.c:4: socket()'),
    ('check-style', 'src/loop/a.c', body('pid_t pid = fork();'), 'a.c:4: fork() outside src/os'),
] + [('check-style', 'tests/unit/a.c', body(f'{name} (a, b);'), f'a.c:4: {name}() is banned')
     for name in ('strcpy', 'strcat', 'sprintf', 'vsprintf', 'gets', 'alloca', 'system', 'popen')]

# What looks like a fault to a careless check.
INNOCENT = [
    body('int fd = open("/x", O_RDONLY |\n\t\tO_CLOEXEC);'),
    body('int fd = accept4(1, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);'),
    body('snprintf(a, 9, "// strcpy(a) \\" fork()"); /* system() is banned */'),
    body('my_fork(); dialect->accept(call); table.open(path);'),
    body('pid_t pid = fork();'),
    body("char quote = '\"'; puts(\"x\"); /* // */"),
    body('a();\n' * 69),
]


@pytest.mark.parametrize('check', ['check-layers', 'check-headers', 'check-lists', 'check-style'])
def test_clean_tree_passes(tree, check):
    result = run(check, tree)
    assert (result.returncode, result.stdout, result.stderr) == (0, '', '')


@pytest.mark.parametrize('check,name,text,complaint', FAULTS)
def test_planted_fault_is_found(tree, check, name, text, complaint):
    plant(tree, {name: text})
    result = run(check, tree)
    assert result.returncode == 1
    assert complaint in result.stdout


@pytest.mark.parametrize('text', INNOCENT)
def test_innocent_code_passes(tree, text):
    plant(tree, {'src/os/a.c': text})
    result = run('check-style', tree)
    assert (result.returncode, result.stdout) == (0, '')


def meson_log(*tests):
    return ''.join(json.dumps({'name': name, 'result': result, 'stderr': text}) + '\n'
                   for name, result, text in tests)


CASE = '<testcase classname="c" name="n">{}</testcase>'

# report files, the last line, the exit status
REPORTS = [
    ({'a.json': meson_log(('a', 'OK', '[  PASSED  ] 3 test(s).'), ('b', 'OK', ''))},
     '4 passed, 0 failed, 0 skipped', 0),
    ({'a.json': meson_log(('a', 'FAIL', '[  PASSED  ] 3 test(s).\n[  FAILED  ] 2 test(s), listed'))},
     '3 passed, 2 failed, 0 skipped', 1),
    ({'a.json': meson_log(('a leak', 'FAIL', '[  PASSED  ] 3 test(s).'), ('b', 'TIMEOUT', ''))},
     '3 passed, 2 failed, 0 skipped', 1),
    ({'a.json': meson_log(('a', 'SKIP', '')),
      'b.xml': '<s>' + CASE.format('') + CASE.format('<skipped/>') + '</s>'},
     '1 passed, 0 failed, 2 skipped', 0),
    ({'b.xml': '<s>' + CASE.format('<failure/>') + CASE.format('<error/>') + '</s>'},
     '0 passed, 2 failed, 0 skipped', 1),
    ({'b.xml': '<s></s>'}, '0 passed, 1 failed, 0 skipped', 1),
    ({'a.json': ''}, '0 passed, 1 failed, 0 skipped', 1),
    ({'b.xml': '<s><testca'}, '0 passed, 1 failed, 0 skipped', 1),
]


@pytest.mark.parametrize('reports,last_line,status', REPORTS)
def test_summary_adds_up(tmp_path, reports, last_line, status):
    plant(tmp_path, reports)
    result = run('summary', *(tmp_path / name for name in reports))
    assert result.stdout.splitlines()[-1] == last_line
    assert result.returncode == status


def test_missing_report_is_a_failure(tmp_path):
    result = run('summary', tmp_path / 'none.xml')
    assert result.stdout.splitlines()[-1] == '0 passed, 1 failed, 0 skipped'
    assert result.returncode == 1
