"""What applicants write into the forms: an answer to each question that must be answered."""

KINDS = ['user', 'system', 'relocation', 'name', 'service-code', 'modification', 'transport', 'release', 'revocation',
         'renewal']

# What answers every question of every form that must be answered.
ANSWERS = {
    'applicant': 'Ada Example', 'applicant-email': 'ada@example.org', 'about': '80/tcp', 'transport-tcp': 'yes',
    'formats': 'A length of two octets, an op code, an argument.', 'types': 'Request and reply.',
    'opcodes': 'read 1, write 2', 'sequences': 'A client sends a request and waits for the reply.',
    'functions': 'Reading and writing files by name.', 'broadcast-is': 'no',
    'reference': 'https://example.org/exfiles.txt', 'title': 'Example file service', 'short': 'exfiles', 'port': 'any',
    'service-code': 'SC:fdpz', 'specification': 'document', 'why-not-dynamic': 'Packet filters admit listed numbers only.',
    'why-not-user': 'The server must be known to be run by the owner of the machine.', 'relocates': '22 ssh',
    'txt-keys': 'none', 'differs': 'Not at all.', 'congestion': 'One datagram is under way at a time.',
    'discovery-only': 'no', 'change': 'The contact leaves us.', 'new-contact': 'Bo Example',
    'new-contact-email': 'bo@example.org', 'impact': 'Nobody else.', 'evidence': 'No product with it was sold since 2009.',
    'reason': 'The service was given up.', 'security': 'TLS 1.3 with client certificates.',
    'versioning': 'By op codes.', 'development': 'Two implementations.'}
# The RFC's fields that only the kinds with a transport over UDP or DCCP take.
ONLY = {'service-code': {'service-code'}, 'differs': {'transport'}, 'congestion': {'transport'},
        'discovery-only': {'transport'}, 'transport-tcp': set(KINDS) - {'service-code', 'transport'}}


# Those of the form for a user port alone, as a program sends them in JSON.
OF_USER = ('applicant', 'applicant-email', 'formats', 'types', 'opcodes', 'sequences', 'functions', 'reference', 'title', 'short', 'port',
           'specification', 'why-not-dynamic', 'security', 'versioning', 'development')


def answers_of_call(**changes):
    given = {key: ANSWERS[key] for key in OF_USER}
    return given | {'transport': 'tcp', 'broadcast': 'no'} | {key.replace('_', '-'): value for key, value in changes.items()}


def answers(kind, /, **changes):
    """By the fields' names on the form of this kind; a form asks for a part of them."""
    given = {key: value for key, value in ANSWERS.items() if kind in ONLY.get(key, KINDS)}
    if kind == 'transport':
        given |= {'transport-udp': 'yes', 'about': '80/tcp'}
        del given['short']
    if kind == 'modification':
        del given['short']
    if kind == 'system':
        given['specification'] = 'rfc'
    return given | {key.replace('_', '-'): value for key, value in changes.items()}
