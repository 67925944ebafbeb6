"""Every act of the table of moves x every role x every state: what the table does not say changes nothing, and is noted."""
import pytest

from support.house import House

ROLES = {'rae': 'registrar', 'eve': 'expert', 'bo': 'board', 'ada': 'administrator', 'aud': 'auditor'}
WORDS = {'text': 'Now.', 'verdict': 'assign', 'port': '7999', 'expert': 'eve', 'rules': 'J6'}
REFUSED = (400, 403, 404, 409, 422)


def about(*names, **changes):
    """Answers to what forms about an assignment ask."""
    answers = {'impact': 'None that we know of.', 'reason': 'It is out of use.', 'change': 'Another contact.',
               'evidence': 'Nobody answered for years.', 'new-contact': 'Nora Example', 'new-contact-email': 'nora@example.org'}
    return {**{name: answers[name] for name in names}, **changes}


def applied(house, name, port='any', kind='user'):
    return house.begin(kind, short=name, port=port, applicant_email=f'{name}@example.org')[0]


def fill(house):
    """{state: the reference of an application in it}."""
    references = {'validating': applied(house, 'newfiles'), 'with-applicant': applied(house, 'askfiles'),
                  'expert-review': applied(house, 'expfiles'), 'board': applied(house, 'boafiles'),
                  'approved': applied(house, 'appfiles', '7001'), 'assigned': applied(house, 'assfiles', '7002'),
                  'withdrawn': applied(house, 'witfiles')}
    page = house.applicant().get('/track/' + house.token('receipt'))
    assert house.applicant().post(house.applicant().post(page, 'withdraw'), 'withdraw-now').status == 303
    house.do('rae', references['with-applicant'], 'ask', text='How long may a name be?')
    house.do('rae', references['expert-review'], 'to-expert', expert=house.number_of('eve'))
    house.do('rae', references['board'], 'to-board', text='Nobody else can.')
    house.approve(references['approved'])
    house.approve(references['assigned'])
    house.do('rae', references['assigned'], 'assign')
    references['call'] = house.begin('revocation', **about('impact', 'evidence', 'reason', about='22/tcp'))[0]
    house.do('bo', references['call'], 'call', text='No product with it was sold for years.')
    house.send(short='senfiles', applicant_email='sen@example.org')
    references['unconfirmed'] = house.registry.sql('SELECT ref FROM application ORDER BY id DESC LIMIT 1')[0][0]
    return references


@pytest.fixture(name='full', scope='module')
def _full(tmp_path_factory):
    house = House(tmp_path_factory.mktemp('matrix'))
    try:
        house.start()
        for login in ROLES:
            house.who(login)
        house.references = fill(house)
        yield house
    finally:
        house.clean_up()


def moves(house):
    """{(state, act): the words of who may}; anyone is also whoever signed in."""
    found = {}
    for state, act, actors in house.registry.sql('SELECT from_state, act, actor FROM transition'):
        found.setdefault((state, act), set()).update(ROLES.values() if actors == 'anyone' else actors.split())
    return found


def test_each_state_is_the_one_it_is_meant_to_be(full):
    for state, reference in full.references.items():
        assert full.state(reference) == state


@pytest.mark.asvs('2.3.1', '8.3.1')
@pytest.mark.timeout(600)
@pytest.mark.parametrize('login', ROLES)
def test_what_the_table_does_not_say_changes_nothing(full, login):
    """By a form that somebody makes themselves, with the right token; the acts that are allowed are other tests' matter."""
    allowed = moves(full)
    acts = sorted({act for _, act in allowed} | {'approve', 'anything'})
    full.later(3600)  # so many refusals an hour become events
    visitor = full.enter(login)
    token = visitor.get('/staff').field('token')
    before = full.registry.sql('SELECT count(*) FROM step')[0][0]
    for state, reference in full.references.items():
        for act in acts:
            if ROLES[login] in allowed.get((state, act), ()):
                continue
            fields = {f'{act}-{name}': value for name, value in WORDS.items()}
            answer = visitor.send(f'/staff/application/{reference}/{act}', {'token': token, **fields})
            assert answer.status in REFUSED, (state, act, answer.status)
        assert full.state(reference) == state
    assert full.registry.sql('SELECT count(*) FROM step')[0][0] == before


@pytest.mark.asvs('16.3.2')
def test_and_each_who_tried_stands_in_the_chain(full):
    told = {login for _, _, login, _ in full.events('refused')}
    assert set(ROLES) - told == set()
    full.registry.verify()


@pytest.mark.asvs('8.2.1')
@pytest.mark.parametrize('login', ROLES)
def test_each_page_of_the_staff_in_each_state(full, login):
    """Whoever is of the staff reads it once it is confirmed, and is offered nothing that the table does not say."""
    allowed = moves(full)
    full.enter(login)
    for state, reference in full.references.items():
        page = full.dossier(login, reference)
        assert page.status == (404 if state == 'unconfirmed' else 200)
        for act in {act for _, act in allowed}:
            if ROLES[login] not in allowed.get((state, act), ()):
                assert f'action="/staff/application/{reference}/{act}"' not in page.text, (state, act)
