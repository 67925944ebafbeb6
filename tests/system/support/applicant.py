"""Somebody who fills in forms without a script: pages read as a browser without one reads them."""
import html.parser
import http.client
import secrets
import urllib.parse

SECONDS = 60
VOID = {'input', 'meta', 'link', 'br', 'hr', 'img'}


class Form:
    """What would be posted when nothing was changed, and its buttons."""

    def __init__(self, attributes):
        self.action = attributes.get('action', '')
        self.method = attributes.get('method', 'get')
        self.with_file = attributes.get('enctype') == 'multipart/form-data'
        self.fields, self.boxes, self.buttons, self.files = {}, set(), [], set()


class Reader(html.parser.HTMLParser):
    """Forms, the window's title, headings, the text, and the ids of a page."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.forms, self.title, self.words, self.ids, self.links, self.tags = [], '', [], [], [], []
        self.area, self.select, self.inside = None, None, []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attributes = {name: value if value is not None else '' for name, value in attrs}
        self.tags.append((tag, attributes))
        if 'id' in attributes:
            self.ids.append(attributes['id'])
        if tag == 'a':
            self.links.append(attributes.get('href', ''))
        if tag == 'form':
            self.forms.append(Form(attributes))
        if tag not in VOID:
            self.inside.append(tag)
        if self.forms:
            self.control(self.forms[-1], tag, attributes)

    def control(self, form, tag, attributes):
        name = attributes.get('name')
        if tag == 'button':
            form.buttons.append(attributes)
        elif tag == 'select':
            self.select = name
        elif tag == 'option' and self.select and ('selected' in attributes or self.select not in form.fields):
            form.fields[self.select] = attributes.get('value', '')
        elif tag == 'textarea':
            self.area, form.fields[name] = name, ''
        elif tag == 'input' and attributes.get('type') == 'file':
            form.files.add(name)
        elif tag == 'input' and attributes.get('type') in ('radio', 'checkbox'):
            form.boxes.add(name)
            if 'checked' in attributes:
                form.fields[name] = attributes.get('value', 'on')
        elif tag == 'input' and name:
            form.fields[name] = attributes.get('value', '')

    def handle_endtag(self, tag):
        if tag == 'textarea':
            value = self.forms[-1].fields[self.area]
            self.forms[-1].fields[self.area] = value[1:] if value.startswith('\n') else value
            self.area = None
        if tag == 'select':
            self.select = None
        while self.inside and self.inside.pop() != tag:
            pass

    def handle_data(self, data):
        if self.area is not None:
            self.forms[-1].fields[self.area] += data
        elif 'style' not in self.inside and 'script' not in self.inside:
            if 'title' in self.inside:
                self.title += data
            self.words.append(data)


class Page:
    """An answer."""

    def __init__(self, path, status, headers, octets):
        self.path, self.status, self.headers = path, status, headers
        self.raw = octets.decode()
        self.read = Reader(self.raw)
        self.title = self.read.title
        self.text = ' '.join(' '.join(self.read.words).split())
        self.forms = self.read.forms

    def form(self, act=None):
        """The form that has this button; without one, the first that posts."""
        for form in self.forms:
            if form.method == 'post' and (act is None or any(button.get('value') == act for button in form.buttons)):
                return form
        raise AssertionError(f'no form with a button {act} at {self.path}: {self.text[:2000]}')


def multipart(fields, files):
    boundary = secrets.token_hex(16)
    parts = []
    for name, value in fields:
        value = value if isinstance(value, bytes) else value.replace('\r\n', '\n').replace('\n', '\r\n').encode()
        parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode() + value + b'\r\n')
    for name, value in files.items():
        parts.append(f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="a.berth"\r\n'
                     'Content-Type: application/octet-stream\r\n\r\n'.encode() + value + b'\r\n')
    return b''.join(parts) + f'--{boundary}--\r\n'.encode(), f'multipart/form-data; boundary={boundary}'


class Applicant:
    """A browser without scripts and without cookies."""

    def __init__(self, url):
        self.url = urllib.parse.urlsplit(url)

    def ask(self, method, path, body=None, **headers):
        connection = http.client.HTTPConnection(self.url.hostname, self.url.port, timeout=SECONDS)
        try:
            connection.request(method, path, body, {'Host': self.url.netloc, **headers})
            answer = connection.getresponse()
            return Page(path, answer.status, dict(answer.getheaders()), answer.read())
        finally:
            connection.close()

    def get(self, path):
        return self.ask('GET', path)

    def follow(self, page):
        assert page.status == 303, (page.status, page.text[:3000])
        return self.get(page.headers['Location'])

    def post(self, page, act=None, /, files=None, button='act', token=None, **changes):
        """Presses a button of a page: everything that stands in it, with these changes, None takes a field away."""
        form = page.form(act)
        fields = dict(form.fields)
        for name, value in changes.items():
            fields[name.replace('_', '-')] = value
        if token is not None:
            fields['token'] = token
        if act is not None:
            fields[button] = act
        return self.send(form, {name: value for name, value in fields.items() if value is not None}, files or {})

    def send(self, form, fields, files):
        if form.with_file:
            body, kind = multipart(fields.items(), files)
        else:
            body, kind = urllib.parse.urlencode(fields).encode(), 'application/x-www-form-urlencoded'
        return self.ask('POST', form.action, body, **{'Content-Type': kind, 'Origin': self.url.geturl().rstrip('/')})
