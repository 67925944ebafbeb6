"""What becomes of an application on the web: confirmed, asked about, answered, changed, withdrawn, refused, appealed."""
import re

import pytest

from support.forms import ANSWERS, KINDS


@pytest.mark.parametrize('kind', KINDS)
def test_every_kind_goes_from_its_form_to_the_staff(fresh, kind):
    check = fresh.fill(kind, **({'short': 'ssh-user'} if kind == 'relocation' else {}))
    assert check.title.startswith('Check your answers'), check.text[:3000]
    assert 'causes your application to be sent to the registry\'s staff by e-mail' in check.text
    sent = fresh.applicant().post(check, 'send')
    page = fresh.applicant().follow(sent)
    reference = re.search(r'B-\d{4}-\d{4}', page.text)[0]
    assert 'Nothing is with the staff before that' in page.text and fresh.registry.json('review') == []
    for _ in range(3):  # as programs that look at links before people do
        shown = fresh.applicant().get('/confirm/' + fresh.token('confirm'))
        assert shown.status == 200 and reference in shown.text
    assert fresh.registry.json('review') == []
    page = fresh.applicant().get(fresh.confirm())
    assert reference in page.title and 'The receipt that we have mailed to you holds the link' in page.text
    assert {row['ref'] for row in fresh.registry.json('review')} <= {reference}
    assert fresh.applicant().get('/track/' + fresh.token('receipt')).status == 200
    fresh.registry.verify()


def test_questions_answers_and_another_version(fresh):
    applicant = fresh.applicant()
    reference, _ = fresh.begin()
    fresh.review('ask', reference, '-m', 'How many octets may <b>a name</b> have?', '--about', 'functions')
    page = applicant.get('/track/' + fresh.token('questions'))
    assert 'How many octets may <b>a name</b> have?' in page.text and '<b>' not in page.raw
    empty = applicant.post(page, 'answer')
    assert empty.status == 422 and empty.title.startswith('Error: ')
    asked = page
    page = applicant.follow(applicant.post(page, 'answer', answer_1='At most\r\n255.'))
    assert applicant.post(asked, 'answer', answer_1='At most\r\n255.').status == 303  # a double click
    late = applicant.post(asked, 'answer', answer_1='At most 64.')
    assert late.status == 409 and 'answered before' in late.text and 'What you had written: At most 64.' in late.text
    assert fresh.registry.sql('SELECT answer FROM question') == [('At most\n255.',)]
    assert 'At most\n255.' in page.raw and fresh.registry.json('review')[0]['state'] == 'validating'
    form = applicant.post(page, 'edit')
    assert form.form('continue').fields['functions'] == ANSWERS['functions'] and form.form().fields['broadcast-is'] == 'no'
    fresh.later(60)
    check = applicant.post(form, 'continue', functions='Reading files.')
    assert check.title.startswith('Check your answers') and 'Reading files.' in check.text
    page = applicant.follow(applicant.post(check, 'send'))
    assert 'Version 2.' in page.text and 'Reading files.' in page.text
    fresh.registry.verify()


def test_a_new_version_answers_what_is_open(fresh):
    applicant = fresh.applicant()
    reference, _ = fresh.begin()
    fresh.review('ask', reference, '-m', 'What of security?')
    form = applicant.post(applicant.get('/track/' + fresh.token('questions')), 'edit')
    fresh.later(60)
    refused = applicant.post(form, 'continue', short='ssh')
    assert refused.status == 422 and refused.form('continue').fields['short'] == 'ssh'
    page = applicant.follow(applicant.post(applicant.post(form, 'continue', security='None yet.'), 'send'))
    assert 'See the new version.' in page.text and fresh.registry.json('review')[0]['state'] == 'validating'


@pytest.mark.parametrize('looks', ['at the form', 'at its page'])
def test_no_question_is_answered_unseen(fresh, looks):
    """Asked while the applicant was changing the form, or before."""
    applicant = fresh.applicant()
    reference, path = fresh.begin()
    page = applicant.get(path)
    form = applicant.post(page, 'edit') if looks == 'at the form' else None
    fresh.review('ask', reference, '-m', 'What of security?')
    form = form or applicant.post(page, 'edit')
    fresh.later(60)
    late = applicant.post(applicant.post(form, 'continue', functions='Reading files.'), 'send')
    assert late.status == 409 and late.form('continue').fields['functions'] == 'Reading files.'
    assert fresh.registry.json('review')[0]['state'] == 'with-applicant'
    assert applicant.post(applicant.post(late, 'continue'), 'send').status == 303


def test_withdrawn_and_applied_for_again(fresh):
    applicant = fresh.applicant()
    _, path = fresh.begin()
    asked = applicant.post(applicant.get(path), 'withdraw')
    assert 'withdraw-now' in asked.raw and len(fresh.registry.json('review')) == 1
    page = applicant.follow(applicant.post(asked, 'withdraw-now'))
    assert 'You took it back' in page.text and fresh.registry.json('review') == []
    draft = applicant.follow(applicant.post(page, 'copy'))
    form = applicant.post(draft, 'edit')
    assert form.form('continue').fields['formats'] == ANSWERS['formats']
    fresh.later(60)
    sent = applicant.post(applicant.post(form, 'continue'), 'send')
    assert 'follow the link in the letter' in applicant.follow(sent).text
    assert 'with the staff' in fresh.applicant().get(fresh.confirm()).text


def test_a_refusal_has_reasons_and_can_be_appealed_for_sixty_days(fresh):
    fresh.registry.run('band', 'set', '20000-20999', 'team')
    applicant = fresh.applicant()
    reference, _ = fresh.begin(port='20001')
    fresh.review('finding', reference, 'all', 'understood')
    fresh.review('refuse', reference, '--because', 'J6,P8', '-m', 'Use port 80 <i>instead</i>.')
    page = applicant.get('/track/' + fresh.token('refused'))
    assert 'Use port 80 <i>instead</i>.' in page.text and '<i>' not in page.raw
    assert {'/rules#J6', '/rules#P8'} <= set(page.read.links)
    empty = applicant.post(page, 'appeal', facts='  ')
    assert empty.status == 422 and 'states facts' in empty.text
    fresh.later(60 * 86400 - 3600)
    stale = applicant.post(page, 'appeal', facts='An HTTP client cannot use it.')
    assert stale.status == 403 and stale.form('appeal').fields['facts'] == 'An HTTP client cannot use it.'
    page = applicant.follow(applicant.post(stale, 'appeal'))
    assert 'Your appeal is with the board' in page.text and 'An HTTP client cannot use it.' in page.text


def test_sixty_one_days_are_too_many(fresh):
    fresh.registry.run('band', 'set', '20000-20999', 'team')
    reference, _ = fresh.begin(port='20001')
    fresh.review('finding', reference, 'all', 'understood')
    fresh.review('refuse', reference, '--because', 'J6', '-m', 'No.')
    fresh.later(61 * 86400)
    page = fresh.applicant().get('/track/' + fresh.token('refused'))
    assert 'appeal' not in {button.get('value') for form in page.forms for button in form.buttons}
    assert 'Apply again with what you wrote' in page.text


def asked_for_consent(fresh):
    """An application whose holder is asked: the port was given to another applicant before."""
    fresh.registry.run('band', 'set', '20000-20999', 'team')
    reference, _ = fresh.begin(port='20001')
    fresh.review('finding', reference, 'all', 'understood')
    fresh.review('assign', reference, '-m', 'Complete.')
    reference, _ = fresh.begin('modification', about='20001/tcp', applicant='Eve', applicant_email='eve@example.net',
                                new_contact='Eve Example', new_contact_email='eve@example.net')
    fresh.review('need-consent', reference)
    return reference, '/consent/' + fresh.token('consent', 0)


@pytest.mark.parametrize('verdict, state', [('yes', 'validating'), ('no', 'refused')])
def test_a_holder_sees_what_shall_change_and_says_yes_or_no(fresh, verdict, state):
    applicant = fresh.applicant()
    reference, link = asked_for_consent(fresh)
    page = applicant.get(link)
    assert 'silence is not consent' in page.text and '[Ada_Example]' in page.text and '[Eve_Example]' in page.text
    assert 'eve@example.net' not in page.text and ANSWERS['change'] not in page.text
    assert f'"state": "{state}"' not in fresh.review('show', reference, '--json')
    said = applicant.follow(applicant.post(page, verdict, button='verdict'))
    assert said.status == 200 and f'"state": "{state}"' in fresh.review('show', reference, '--json')
    assert applicant.get(link).status == 404
