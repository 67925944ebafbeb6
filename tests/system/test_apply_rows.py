"""What is changed and given back where several rows of bases stand at a number, or a range is one row."""
from support.office import examine, write
from support.registry import NO, listing, row


HELD = {'contact': 'holder@example.org'}
OF_HOLDER = 'application {} {{ applicant "Hal" "holder@example.org"; about "{}"; {} reason "It is so."; }}\n'


def given(office, kind, about, answers=''):
    """To the holder, by whom nobody else has to be asked."""
    ref = examine(office, OF_HOLDER.format(kind, about, answers))
    return office.text('review', 'assign', ref, '-m', 'Of the holder.')


def own(office, port, key):
    return {one[key] for one in office.json('lookup', f'{port}/tcp') if one['source'] == 'own'}


def test_a_number_that_stands_in_several_rows_is_one_right(office):
    """Of two bases, word for word or not, and with two names."""
    office.put(listing(row('held', 70, 'tcp', 'Held', **HELD), row('same', 71, 'tcp', 'Same', **HELD),
                       row('one', 72, 'tcp', 'One', **HELD), row('two', 72, 'tcp', 'Two', **HELD)), '--dated', '2026-01-02')
    office.put(listing(row('held', 70, 'tcp', 'Held here', **HELD), row('same', 71, 'tcp', 'Same', **HELD)),
               '--as', 'site', '--dated', '2026-01-02')
    for port in (70, 71, 72):
        told = given(office, 'modification', f'{port}/tcp', 'change "The words."; impact "None."; description "New";')
        assert f'{port}/tcp' in told
        assert own(office, port, 'description') == {'New'}
        given(office, 'release', f'{port}/tcp')
        assert own(office, port, 'status') == {'reserved'}
    assert office.sql('SELECT port, kind FROM claim ORDER BY port') == [(port, 'reserved') for port in (70, 71, 72)]
    office.verify()


def test_a_range_is_named_whole(office):
    office.put(listing(row('x11', '6000-6063', 'tcp', 'X', **HELD), row('one', 6010, 'tcp', 'One', **HELD)), '--dated', '2026-01-02')
    told = office.text('apply', write(office, OF_HOLDER.format('release', '6011/tcp', '')), code=NO)
    assert '"6011/tcp" is part of x11 6000-6063/tcp' in told and 'Name the whole range: 6000-6063/tcp.' in told
    given(office, 'release', '6010/tcp')
    assert office.json('lookup', '6011/tcp')[0]['status'] == 'assigned'
    office.put(listing(row('x11', '6000-6063', 'tcp', 'X', **HELD)), '--dated', '2026-01-03')
    given(office, 'release', '6000-6063/tcp')
    assert office.json('lookup', '6011/tcp')[0]['status'] == 'reserved'
    office.verify()


def test_a_range_is_not_taken_over_with_a_number_of_another_in_it(office):
    office.put(listing(row('x11', '6000-6063', 'tcp', 'X', **HELD), row('one', 6010, 'tcp', 'One', **HELD)), '--dated', '2026-01-02')
    given(office, 'modification', '6010/tcp', 'change "The words."; impact "None."; description "New";')
    ref = examine(office, OF_HOLDER.format('release', '6000-6063/tcp', ''))
    told = office.text('review', 'assign', ref, '-m', 'x', code=NO)
    assert '6010/tcp belongs to another assignment already' in told and 'UNIQUE' not in told
