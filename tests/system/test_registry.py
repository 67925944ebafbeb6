"""A registry from the command line: rows in and out, looked up, as of days, with its history, by whom it may be."""
import hashlib
import json
import os
import pty
import shutil
import sqlite3
import subprocess

import xml.etree.ElementTree

import pytest

from support import machine
from support.registry import (COULD_NOT, CSV, DAY, DONE, HEADER, NO, SMALL, USAGE, XML, Registry, listing, needs_data,
                              needs_postgres, postgres, row)

OWN = b'''port,transport,service,team,purpose
20017,tcp,billing,payments,invoices
20018,udp,billing-disc,payments,where invoices are
'''


@pytest.fixture(name='registry')
def _registry(request, tmp_path):
    """In SQLite; a test marked with `both` also has one in PostgreSQL."""
    if getattr(request, 'param', 'sqlite') == 'sqlite':
        yield Registry(tmp_path).init()
        return
    with postgres() as url:
        yield Registry(tmp_path, url).init()


both = pytest.mark.parametrize('registry', ['sqlite', pytest.param('postgres', marks=needs_postgres)], indirect=True)


@pytest.fixture(name='filled')
def _filled(registry):
    registry.put(SMALL, '--dated', '2026-01-01')
    return registry


@pytest.fixture(name='real', scope='module')
def _real(tmp_path_factory):
    registry = Registry(tmp_path_factory.mktemp('real')).init()
    registry.run('import', CSV)
    return registry


# ---- IANA's own files ----

@needs_data
def test_csv_goes_in_and_comes_out_octet_for_octet(real):
    assert real.run('export', 'iana-csv') == CSV.read_bytes()
    assert real.sql('SELECT rows, sha256 FROM snapshot') == [(14500, hashlib.sha256(CSV.read_bytes()).hexdigest())]
    real.verify()


@needs_data
def test_figures_of_the_list_are_one_query_each(real):
    """Counted on the rows of the newest snapshot."""
    of_rows = ('FROM snapshot_run r JOIN entry e ON e.id >= r.entry AND e.id < r.entry + r.count '
               'WHERE r.snapshot = (SELECT max(id) FROM snapshot)')

    def count(condition='1', what='*'):
        return real.sql(f'SELECT count({what}) {of_rows} AND ({condition})')[0][0]

    def each(column):
        return dict(real.sql(f'SELECT {column}, count(*) {of_rows} GROUP BY 1'))

    assert count() == 14500
    assert each('e.transport') == {'tcp': 6586, 'udp': 6346, 'sctp': 93, 'dccp': 11, '': 1464}
    assert (count("port <> '' AND instr(port, '-') = 0"), count("instr(port, '-') > 0"), count('lo IS NULL')) == (12682, 762, 1056)
    assert (count("fold <> ''"), count("fold <> ''", 'DISTINCT fold'), count("fold <> ''", 'DISTINCT name')) == (
        12780, 7306, 7306)
    assert (count("lo IS NULL AND fold <> ''"), count('lo IS NULL', 'DISTINCT fold')) == (1056, 990)
    assert count("instr(notes, char(10)) > 0") == 254
    assert count("instr(notes || description || reference, char(10)) > 0") == 444
    assert [count(f"status = '{status}' AND fold = ''") for status in ('unassigned', 'reserved', 'unclear')] == [886, 808, 26]
    assert count("length(description) > 40") == 803
    assert (count("service_code <> ''"), count("unauthorized <> ''"), count("notes <> ''")) == (4, 112, 1319)
    assert (count("registered = ''"), count('length(registered) = 7'), count('length(registered) = 10')) == (9804, 2618, 2078)
    assert (count("modified = ''"), count('length(modified) = 7'), count('length(modified) = 10')) == (13924, 2, 574)
    assert (count("fold <> '' AND assignee = ''"), count("fold <> '' AND assignee <> contact")) == (1772, 1216)
    assert count('hi > 49151') == 0


@needs_data
def test_figures_of_ports_are_one_query_each(real):
    """Counted on the ports that the rows cover, ranges spelled out."""
    with sqlite3.connect(real.path) as store:
        store.executescript(
            'CREATE TEMP TABLE port (n INTEGER PRIMARY KEY);'
            'WITH RECURSIVE p(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM p WHERE n < 65535) INSERT INTO port SELECT n FROM p;'
            'CREATE TEMP TABLE covered AS SELECT p.n, e.* FROM entry e CROSS JOIN port p ON p.n BETWEEN e.lo AND e.hi;'
            'CREATE INDEX temp.covered_n ON covered (n, fold)')

        def ask(query):
            return store.execute(query).fetchall()

        for transport, system, user in (('tcp', 682, 5270), ('udp', 678, 4879), ('sctp', 9, 79), ('dccp', 3, 6)):
            assert ask('SELECT count(DISTINCT n) FILTER (WHERE n < 1024), count(DISTINCT n) FILTER (WHERE n >= 1024) '
                       f"FROM covered WHERE fold <> '' AND transport = '{transport}'") == [(system, user)]
        assert ask("SELECT count(DISTINCT n) FROM covered WHERE fold <> '' AND transport = '' AND n >= 1024") == [(190,)]
        assert ask("SELECT sum(t AND u), sum(t AND NOT u), sum(u AND NOT t) FROM (SELECT max(transport = 'tcp') t, "
                   "max(transport = 'udp') u FROM covered WHERE fold <> '' GROUP BY n)") == [(5386, 566, 171)]
        assert ask("SELECT count(*) FROM (SELECT 1 FROM covered WHERE fold <> '' GROUP BY n, transport "
                   "HAVING count(DISTINCT fold) > 1)") == [(226,)]
        assert ask("SELECT count(*) FROM (SELECT 1 FROM entry WHERE fold <> '' AND lo IS NOT NULL GROUP BY fold "
                   "HAVING count(DISTINCT port) > 1)") == [(34,)]
        assert ask("SELECT count(DISTINCT n) FILTER (WHERE n >= 1024), count(DISTINCT n) FILTER (WHERE n < 1024) "
                   "FROM covered WHERE status = 'unassigned' AND transport = ''") == [(42447, 266)]
        assert ask("SELECT DISTINCT a.n FROM covered a JOIN covered b ON a.n = b.n WHERE a.fold <> '' "
                   "AND a.transport = 'tcp' AND b.status = 'unassigned' AND b.hi > b.lo ORDER BY 1") == [(7775,), (7997,)]
        for transport, bare in (('tcp', 223), ('udp', 228)):
            assert ask("SELECT count(*) FROM port WHERE n <= 49151 AND n NOT IN (SELECT n FROM covered WHERE "
                       f"status <> 'unclear' AND (transport = '{transport}' OR (transport = '' AND fold = '')))") == [(bare,)]


@needs_data
def test_the_xml_of_a_day_is_its_csv(tmp_path, real):
    """But for 39 texts that differ by white space, and the revision of one draft."""
    registry = Registry(tmp_path).init()
    registry.run('import', XML)
    assert registry.sql('SELECT rows, dated, format FROM snapshot') == [(14500, DAY, 'iana-xml')]
    columns = 'name, port, transport, description, assignee, contact, registered, modified, reference, service_code, ' \
              'unauthorized, notes'
    rows = (f'SELECT {columns} FROM snapshot_run r JOIN entry e ON e.id >= r.entry AND e.id < r.entry + r.count '
            'ORDER BY r.seq, e.id')
    differing = [(a, b) for of_csv, of_xml in zip(real.sql(rows), registry.sql(rows)) for a, b in zip(of_csv, of_xml) if a != b]
    by_space = [(a, b) for a, b in differing if a.split() == b.split()]
    assert len(by_space) <= 39 and len(differing) - len(by_space) <= 1, differing
    registry.verify()


@needs_data
def test_xml_written_and_read_again_is_equal(tmp_path):
    first = Registry(tmp_path).init()
    first.run('import', XML)
    written = tmp_path / f'written-{DAY}.xml'
    first.run('export', 'iana-xml', '-o', written)
    (tmp_path / 'again').mkdir()
    again = Registry(tmp_path / 'again').init()
    again.run('import', written)
    seals = 'SELECT rows_sha256, header FROM snapshot'
    people = 'SELECT pid, kind, name, uri, updated FROM person ORDER BY pid'
    assert first.sql(seals) == again.sql(seals)
    assert first.sql(people) == again.sql(people) and len(first.sql(people)) > 5000
    assert again.run('export', 'iana-xml') == written.read_bytes()
    namespace = {'i': 'http://www.iana.org/assignments'}
    assert len(xml.etree.ElementTree.parse(written).findall('i:record', namespace)) == 14500


@needs_data
@needs_postgres
def test_so_it_does_in_postgres(tmp_path):
    with postgres() as url:
        registry = Registry(tmp_path, url).init()
        registry.run('import', CSV)
        assert registry.run('export', 'iana-csv') == CSV.read_bytes()
        registry.run('import', XML)
        registry.verify()


@needs_data
def test_a_second_snapshot_costs_little(tmp_path):
    registry = Registry(tmp_path).init()
    registry.run('import', CSV)
    before = registry.path.stat().st_size
    lines = CSV.read_bytes().split(b'\n')
    for number in range(100, 8000, 200):
        lines[number] = lines[number].replace(b',', b',x', 1)
    changed = b'\n'.join(lines)
    told = registry.put(changed, '--dated', '2026-06-01')
    assert '14,500 rows' in told
    assert registry.run('export', 'iana-csv') == changed
    assert registry.run('export', 'iana-csv', '--as-of', DAY) == CSV.read_bytes()
    assert registry.path.stat().st_size - before <= 300_000
    registry.verify()


@needs_data
def test_an_import_takes_little_memory(tmp_path):
    """Where sanitizers do not add to it."""
    registry = Registry(tmp_path).init()
    command = ['/usr/bin/python3', '-c', 'import os, resource, sys\n'
               'status = os.spawnv(os.P_WAIT, sys.argv[1], sys.argv[1:])\n'
               'print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\nsys.exit(status)',
               *registry.command('import', CSV)]
    ran = subprocess.run(command, capture_output=True, timeout=120, check=True)
    if 'sanitize' not in str(machine.PROGRAMS):
        assert int(ran.stdout.split()[-1]) <= 60 * 1024


# ---- forms of files ----

@pytest.mark.parametrize('octets', [
    SMALL, SMALL.replace(b'\r', b'').replace(b'\n', b'\r\n'), SMALL.rstrip(b'\n'), HEADER.encode(), HEADER.encode() + b'\r\n',
    SMALL.replace(b'Unauthorized Use Reported', b'Known Unauthorized Uses'), b'\xef\xbb\xbf' + SMALL,
    SMALL.replace(b'ssh,22', b'"ssh",22'), SMALL + b'\n\n', listing(row('a b', 'x', 'tcp+udp', 'Q? "?"', '\u00e9\u202e\x7f\x85')),
], ids=['lf', 'crlf', 'no end', 'header', 'header crlf', 'older header', 'bom', 'quoted', 'blank lines', 'odd'])
def test_each_form_comes_out_as_it_went_in(registry, octets):
    registry.put(octets, '--dated', '2026-01-01')
    assert registry.run('export', 'iana-csv') == octets
    registry.verify()


@pytest.mark.parametrize('octets, words', [
    (SMALL.replace(b'Secure', b'Sec\0ure', 1), ['record 2', 'Description', 'NUL']),
    (SMALL.replace(b'Secure', b'Sec\x1bure', 1), ['record 2', 'Description']),
    (SMALL.replace(b'Secure', b'Sec\xffure', 1), ['record 2', 'Description', 'UTF-8']),
    (SMALL.replace(b'ssh,22', b'ssh,22,1,2', 1), ['record 2']),
    (SMALL.replace(b'Secure', b'x' * 11_000_000, 1), ['record 2', 'Description']),
    (SMALL + b'a,"never ends', ['record 9']),
    (b'name,port\nssh,22\n', ['--as own']),
    (b'', []), (b'\0\0\0', []), (b'<registry>', []),
    (b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><registry '
     b'xmlns="http://www.iana.org/assignments"><record><name>&b;</name></record></registry>', []),
], ids=['nul', 'escape', 'utf-8', 'columns', '10 MB', 'quote', 'other csv', 'empty', 'nonsense', 'cut xml', 'entities'])
def test_a_broken_file_is_refused_by_place(registry, octets, words):
    told = registry.put(octets, '--dated', '2026-01-01', code=NO)
    assert all(word in told for word in words), told
    assert len(told) < 1000 and told.isprintable() or told.count('\n') == 1, told
    assert registry.json('registry', 'list') == []
    registry.verify()


def test_the_day_is_known_or_asked_for(registry):
    told = registry.put(SMALL, code=USAGE)
    assert '--dated' in told
    registry.put(SMALL, name='list-2025-06-30.csv')
    registry.put(SMALL, '--dated', '2025-07-01', name='list-2025-06-30.csv')
    assert [one['dated'] for one in registry.json('registry', 'list')] == ['2025-06-30', '2025-07-01']
    assert 'day' in registry.put(SMALL, '--dated', '2025-02-30', code=USAGE)
    assert 'already' in registry.put(SMALL, '--dated', '2025-07-01', code=NO)


def test_a_dry_run_keeps_nothing(registry):
    assert 'dry run' in registry.put(SMALL, '--dated', '2026-01-01', '--dry-run')
    assert registry.json('registry', 'list') == []


# ---- look-ups ----

@both
def test_lookup(filled):
    (ssh_tcp, ssh_udp) = filled.json('lookup', 'SSH')
    assert (ssh_tcp['name'], ssh_tcp['port'], ssh_tcp['transport'], ssh_tcp['status']) == ('ssh', 22, 'tcp', 'assigned')
    assert ssh_udp['transport'] == 'udp'
    assert [one['name'] for one in filled.json('lookup', '80/tcp')] == ['http', 'www']
    assert filled.json('lookup', '6010')[0]['name'] == 'x11'
    assert filled.json('lookup', '_wot._tcp')[0]['name'] == 'wot'
    assert filled.text('lookup', '--tabs', '22/tcp').split('\t')[:2] == ['22/tcp', 'ssh']
    assert filled.text('lookup', '--tabs', octets=b'ssh\n# a comment\n\n80/tcp\n').count('\n') == 4
    assert filled.text('lookup', '22/tcp').startswith('PORT')
    filled.run('lookup', '--quiet', 'ssh')
    filled.run('lookup', '--quiet', 'nobody', code=NO)
    assert 'unassigned' in filled.text('lookup', '6065', code=NO)
    assert 'unassigned' in filled.text('lookup', '12345', code=NO)
    assert 'ssh' in filled.text('lookup', 'shs', code=NO)
    assert 'its default port is 64634/dccp' in filled.text('lookup', 'SC:fdpz', code=NO)
    filled.run('lookup', '70000', code=USAGE)


def test_search_and_next(filled):
    assert [one['name'] for one in filled.json('search', 'window', 'SYSTEM')] == ['x11']
    assert filled.json('search', '--transport', 'udp', 'shell')[0]['transport'] == 'udp'
    filled.run('search', 'nothing of this', code=NO)
    assert len(filled.json('search', '')) == len(filled.json('search', '', '')) > 5
    assert filled.text('next') == '1025\n'
    assert filled.json('next', '--count', '3', '--from', '5998', '--transport', 'tcp') == [5998, 5999, 6064]
    assert 'band' in filled.text('next', '--band', 'nothing', code=USAGE)


def test_nothing_steers_a_terminal(registry):
    """DEL, C1 and bidirectional controls come through IANA's CSV; on a terminal they are shown."""
    registry.put(listing(row('evil', 4000, 'tcp', 'a\u009b31mb\u202ec\x7fd')), '--dated', '2026-01-01')
    for arguments in (['lookup', 'evil'], ['search', 'evil'], ['lookup', '--json', 'evil'], ['history', 'evil'],
                      ['lookup', '--tabs', 'evil'], ['map', '--text']):
        shown = registry.run(*arguments)
        if arguments[0] != 'map':
            raw = '\u009b\u202e\x1b' + ('' if '--json' in arguments else '\x7f')
            assert not set(raw) & set(shown.decode()), arguments
    for arguments in (['export', 'iana-csv'], ['export', 'services'], ['diff', '2025-01-01']):
        assert '\u009b' not in on_a_terminal(registry.command(*arguments)), arguments


def on_a_terminal(command):
    ours, theirs = pty.openpty()
    with subprocess.Popen(command, stdout=theirs, stderr=theirs, stdin=subprocess.DEVNULL) as process:
        os.close(theirs)
        shown = b''
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:
                break
            if not piece:
                break
            shown += piece
        process.wait(timeout=30)
    os.close(ours)
    return shown.decode()


def test_the_notice_is_for_people_only(filled):
    assert b'endorsement' not in filled.run('lookup', 'ssh')
    assert 'endorsement' in on_a_terminal(filled.command('lookup', 'ssh'))


# ---- days ----

@both
def test_as_of_diff_and_history(filled):
    changed = SMALL.replace(b'World Wide Web HTTP,[Example]', b'World Wide Web,[Example]').replace(
        b'wot,,tcp', b'wot,9,tcp') + b'new,70,tcp,New,,,,,,,,\n'
    filled.put(changed, '--dated', '2026-06-01')
    assert filled.json('lookup', '80/tcp', '--as-of', '2026-03-01')[0]['description'] == 'World Wide Web HTTP'
    assert filled.json('lookup', '80/tcp')[0]['description'] == 'World Wide Web'
    filled.run('lookup', 'new', '--as-of', '2026-05', code=NO)
    filled.run('lookup', 'ssh', '--as-of', '2025-01-01', code=NO)
    unified = filled.text('diff', '2026-01', '2026-06-01', code=NO)
    assert '-http,80,tcp,World Wide Web HTTP' in unified and '+http,80,tcp,World Wide Web,' in unified
    assert filled.text('diff', '2026-06-01') == ''
    assert filled.text('next', '--from', '70', '--band', 'system', '--as-of', '2026-03') == '70\n'
    assert filled.text('next', '--from', '70', '--band', 'system') == '71\n'
    assert 'tcp' in filled.text('diff', '2026-01-15', '--stat', code=NO)
    assert {one['kind'] for one in filled.json('diff', '2026-01-15', code=NO)['changes']} >= {'added', 'edited'}
    old, new = filled.folder / 'old.csv', filled.folder / 'new.csv'
    old.write_bytes(SMALL)
    new.write_bytes(changed)
    assert filled.text('diff', old, new, code=NO).splitlines()[2:] == unified.splitlines()[2:]
    lines = filled.json('history', '80/tcp')
    assert [(one['day'], one['what']) for one in lines if one['name'] == 'http'] == [
        ('2026-01-01', 'assigned'), ('2026-06-01', 'edited')]
    assert 'World Wide Web HTTP -> World Wide Web' in lines[-1]['detail']
    assert filled.text('lookup', '--history', 'new').startswith('2026-06-01')


# ---- own rows ----

@both
def test_an_own_list(filled):
    filled.run('band', 'set', '20000-24999', 'team')
    assert '2 assigned' in filled.put(OWN, '--as', 'own', '--dry-run')
    assert filled.json('search', '--own', 'billing', code=NO) == []
    filled.put(OWN, '--as', 'own')
    (found,) = filled.json('lookup', '20017')
    assert (found['name'], found['holder'], found['source']) == ('billing', 'payments', 'own')
    assert filled.text('next', '--band', 'team', '--count', '2', '--from', '20017') == '20019\n20020\n'
    assert '2 as they were' in filled.put(OWN, '--as', 'own')
    assert '1 edited' in filled.put(OWN.replace(b'invoices\n', b'bills\n', 1), '--as', 'own')
    assert filled.json('lookup', 'billing')[0]['description'] == 'bills'
    told = filled.put(OWN.replace(b'billing,', b'other,'), '--as', 'own', code=NO)
    assert ':2:' in told and 'billing' in told
    filled.run('release', '20017/tcp', '--why', 'moved to 20018')
    assert filled.json('lookup', '20017/tcp')[0]['status'] == 'reserved'
    assert filled.text('next', '--band', 'team', '--from', '20017') == '20019\n'
    filled.run('release', '20017/tcp', '--why', 'again', code=NO)
    filled.verify()


@pytest.mark.parametrize('line, word', [
    ('22,tcp,mine,me,x', 'board'), ('50000,tcp,mine,me,x', 'P2'), ('6001,tcp,mine,me,x', 'x11'), ('20001,tcp,-bad,me,x', 'N4'),
    ('20001,tcp,averyveryverylongname,me,x', 'N1'), ('20001,quic,mine,me,x', 'quic'), ('x,tcp,mine,me,x', 'port'),
])
def test_an_own_list_refused_names_line_and_rule(filled, line, word):
    filled.run('band', 'set', '20000-24999', 'team')
    told = filled.put(OWN + line.encode() + b'\n', '--as', 'own', code=NO)
    assert ':4:' in told and word in told, told
    assert filled.json('search', '--own', 'billing', code=NO) == []
    filled.verify()


@both
def test_a_base_in_the_way_is_a_warning_where_the_band_says_so(filled):
    filled.run('band', 'set', '6000-6100', 'screens', '--over', 'warn')
    told = filled.put(b'port,service,team\n6001/tcp,display,desk\n', '--as', 'own', code=DONE)
    assert 'warn' in told and 'x11' in told
    (conflict,) = filled.json('diff', '--conflicts', code=NO)
    assert (conflict['own'], conflict['base']) == ('display', 'x11')


# ---- who may ----

@machine.needs_root
def test_whoever_has_no_right_reads_what_was_published(filled):
    """The store is closed to others; look-ups and exports answer, changes and days do not."""
    os.chmod(filled.path, 0o600)
    os.chmod(filled.folder, 0o755)
    for parent in filled.folder.parents:
        if parent.is_relative_to('/tmp') and parent != parent.parent:
            os.chmod(parent, os.stat(parent).st_mode | 0o055)
    as_other = {'user': machine.account(), 'group': 'nogroup', 'extra_groups': []}
    assert 'ssh' in filled.text('lookup', 'ssh', **as_other)
    assert 'x11' in filled.text('search', 'window', **as_other)
    assert 'ssh' in filled.text('export', 'services', **as_other)
    assert filled.run('export', 'iana-csv', **as_other) == SMALL
    assert filled.text('next', **as_other) == '1025\n'
    filled.run('band', 'list', **as_other)
    filled.run('band', 'set', '20000-20010', 'mine', code=COULD_NOT, **as_other)


@machine.needs_root
def test_strangers_change_nothing(filled):
    name = machine.account()
    shutil.chown(filled.folder, name)
    for path in filled.folder.iterdir():
        shutil.chown(path, name)
    as_other = {'user': name, 'group': 'nogroup', 'extra_groups': []}
    for parent in filled.folder.parents:
        if parent.is_relative_to('/tmp') and parent != parent.parent:
            os.chmod(parent, os.stat(parent).st_mode | 0o055)
    assert 'staff' in filled.text('band', 'set', '20000-20010', 'mine', code=NO, **as_other)
    filled.run('staff', 'add', name, '--role', 'auditor')
    assert 'role' in filled.text('band', 'set', '20000-20010', 'mine', code=NO, **as_other)
    filled.run('staff', 'grant', name, '--role', 'administrator')
    filled.run('band', 'set', '20000-20010', 'mine', **as_other)
    filled.run('staff', 'retire', name)
    filled.run('band', 'remove', 'mine', code=NO, **as_other)
    assert [one['login'] for one in filled.json('staff', 'list') if one['active']].count(name) == 0
    filled.verify()


@both
def test_two_imports_at_once(registry):
    files = []
    for number in range(4):
        path = registry.folder / f'list-2026-01-0{number + 1}.csv'
        path.write_bytes(SMALL)
        files.append(path)
    running = [subprocess.Popen(registry.command('import', path), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
               for path in files]
    for process in running:
        told = process.communicate(timeout=60)
        assert process.returncode == DONE, told
    assert len(registry.json('registry', 'list')) == 4
    registry.verify()


# ---- kept safe ----

@both
def test_backup_and_restore(filled):
    filled.run('band', 'set', '20000-24999', 'team')
    filled.put(OWN, '--as', 'own')
    backup = filled.folder / 'backup.db'
    filled.run('backup', backup)
    other_folder = filled.folder / 'other'
    other_folder.mkdir()
    other = Registry(other_folder)
    other.run('restore', backup)
    assert other.run('export', 'iana-csv') == SMALL
    assert other.json('lookup', '20017')[0]['name'] == 'billing'
    assert other.verify() == filled.verify()
    other.text('restore', backup, code=COULD_NOT)
    octets = bytearray(backup.read_bytes())
    octets[octets.index(b'billing')] ^= 0x10
    backup.write_bytes(octets)
    third_folder = filled.folder / 'third'
    third_folder.mkdir()
    Registry(third_folder).run('restore', backup, code=COULD_NOT)


def test_audit_names_what_was_changed(filled):
    anchors = filled.folder / 'anchors'
    filled.run('audit', 'anchor', '-o', anchors)
    filled.run('band', 'set', '20000-24999', 'team')
    filled.run('audit', 'anchor', '-o', anchors)
    assert 'chain whole' in filled.verify(DONE, '--anchor', anchors)
    filled.sql("UPDATE band SET decides = 'anyone' WHERE name = 'team'")
    assert 'band 20000' in filled.verify(NO)
    filled.sql("UPDATE band SET decides = 'registrar' WHERE name = 'team'")
    filled.verify()
    filled.sql("UPDATE entry SET description = 'Something else' WHERE name = 'ssh' AND transport = 'tcp'")
    assert 'entry' in filled.verify(NO)
    assert filled.json('audit', 'verify', code=NO)['fault_count'] >= 1


@both
def test_audit_holds_the_published_file_against_the_registry(filled):
    good = filled.published.read_bytes()
    assert 'published file equal to the tables' in filled.verify()
    filled.run('staff', 'add', 'nobody', '--role', 'auditor')
    assert filled.published.read_bytes() == good
    filled.verify()
    filled.run('band', 'set', '20000-24999', 'team')
    newer = filled.published.read_bytes()
    filled.published.write_bytes(good)
    assert 'is older than the registry: written at event 3 of 5; run: berth publish' in filled.verify(NO)
    found = filled.json('audit', 'verify', code=NO)
    assert found['published'] and found['fault_count'] == len(found['faults']) == 1
    filled.run('publish')
    filled.verify()
    for at in range(100, len(newer), len(newer) // 20):
        filled.published.write_bytes(newer[:at] + bytes([newer[at] ^ 1]) + newer[at + 1:])
        assert 'is damaged' in filled.verify(NO)
    filled.published.write_bytes(newer[:100])
    assert 'cannot be read' in filled.verify(NO)
    filled.run('publish')
    filled.verify()
    filled.published.unlink()
    assert 'nothing published' in filled.verify()
    assert not filled.json('audit', 'verify')['published']


def test_audit_knows_a_published_file_of_another_registry(tmp_path, filled):
    """With a right digest, so that only chain and tables tell."""
    folder = tmp_path / 'other'
    folder.mkdir()
    other = Registry(folder).init()
    filled.published.write_bytes(other.published.read_bytes())
    assert 'was written at another event 2 than the chain has' in filled.verify(NO)
    for number in range(3):
        other.run('band', 'set', f'2{number}000-2{number}009', f'b{number}')
    filled.published.write_bytes(other.published.read_bytes())
    assert 'the chain ends at event 3' in filled.verify(NO)
    filled.run('band', 'set', '20000-24999', 'team')
    expert = 'UPDATE band SET expert = ? WHERE name = ?'
    filled.sql(expert, 1, 'team')
    filled.run('publish')
    filled.sql(expert, 0, 'team')
    assert 'does not show what the tables hold' in filled.verify(NO)


@both
def test_the_log_tells_who_did_what(filled):
    lines = [json.loads(line) for line in filled.text('audit', 'log', '--json').splitlines()]
    assert [line['act'] for line in lines][-2:] == ['init', 'import']
    assert [line['n'] for line in lines] == list(range(1, len(lines) + 1))
    assert 'snapshot 1' in filled.text('audit', 'log')


# ---- the picture ----

def test_the_map(filled):
    picture = filled.run('map')
    root = xml.etree.ElementTree.fromstring(picture)
    assert root.tag == '{http://www.w3.org/2000/svg}svg' and len(picture) < 400_000
    path = filled.folder / 'map.svg'
    filled.run('map', '--transport', 'tcp', '--since', '2025-01-01', '-o', path)
    assert xml.etree.ElementTree.parse(path).getroot().tag == root.tag
    assert max(map(len, filled.text('map', '--text').splitlines())) <= 80


# ---- usage ----

@pytest.mark.parametrize('arguments', [
    ['registry'], ['registry', 'sail'], ['audit'], ['staff', 'add'], ['band', 'set', '5'], ['export', 'sevices'], ['import'],
    ['diff'], ['history'], ['search'], ['release', '5'], ['lookup', '--as-of', 'yesterday', 'ssh'], ['map', 'x-y'],
    ['search', '--status', 'gone', 'x'], ['search', '--transport', 'ip', 'x'],
])
def test_usage_is_told(filled, arguments):
    told = filled.text(*arguments, code=USAGE)
    assert told.startswith('berth: ') and told.count('\n') == 1


def test_without_a_registry_it_is_said_how_to_make_one(tmp_path):
    registry = Registry(tmp_path)
    assert 'berth registry init' in registry.text('lookup', 'ssh', code=COULD_NOT)
    assert 'berth registry init' in registry.text('band', 'set', '1-2', 'x', code=COULD_NOT)
    registry.init()
    registry.run('registry', 'init', code=COULD_NOT)

