"""The staff at the web site: signed in with a clock that goes on, their forms, their tokens for the API."""
import re

from support.web import PASSWORD, totp

COOKIE = '__Host-berth-session'
STEP = 30


def attempt(site, login, password, code, visitor=None, **headers):
    visitor = visitor or site.visitor(**headers)
    return visitor.post('/staff/sign-in', {'login': login, 'password': password, 'code': code})


def enter(site, who, password=PASSWORD, **headers):
    """A visitor who is in; the clock goes on by a step, because a code works once."""
    site.later(STEP)
    visitor = site.visitor(**headers)
    answer = attempt(site, who[0], password, totp(who[1], site.moment()), visitor)
    assert answer.status == 303, answer.words
    return visitor


def is_in(visitor):
    answer = visitor.get('/staff/account')
    assert answer.status in (200, 303), answer.words
    return answer.status == 200


def works(site, who):
    site.later(STEP)
    return attempt(site, who[0], PASSWORD, totp(who[1], site.moment())).status == 303


def proof(site, who, password=PASSWORD):
    site.later(STEP)
    return {'password': password, 'code': totp(who[1], site.moment())}


def change(visitor, what, fields):
    return visitor.post('/staff/account', {'change': what, **fields}, page=f'/staff/account?change={what}')


def make_token(site, who, visitor, scope='review', days='30'):
    answer = change(visitor, 'token', {'about': 'a program', 'scope': scope, 'days': days, **proof(site, who)})
    assert answer.status == 200, answer.words
    return re.search(r'<code>([a-z2-7]{26})</code>', answer.text)[1]


def ask(site, bearer, method='GET', path='/api/v1/applications', **headers):
    return site.visitor().ask(method, path, '{}' if method == 'POST' else None, Authorization=f'Bearer {bearer}',
                              Content_Type='application/json', **headers)
