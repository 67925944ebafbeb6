"""What somebody types who wants more than to apply, and how to see that it stayed what it is: text.

Each name that would come out of such a text begins with `xqz`, so that nothing of ours is taken for it.
"""
import html.parser
import re
import urllib.parse

MARK = 'xqz'

# Short enough, most of them, for a field of one line.
LINES = {
    'element': '<xqzelement xqzattribute=1>',
    'script': '<script>xqz()</script>',
    'event': '<img src=x onerror=xqz()><svg/onload=xqz()>',
    'double quotes': '" xqzattribute="1" onfocus="xqz()" autofocus x="',
    'single quotes': "' xqzattribute='1' onfocus='xqz()' autofocus x='",
    'no quotes': 'x onfocus=xqz() autofocus',
    'the end of what it stands in': '</textarea></title></pre></option></select></script></style>--><xqzelement>',
    'already escaped': '&lt;xqzelement&gt;&#60;xqzelement&#62;&amp;lt;',
    'another base': '<base href=//xqz.example/><meta http-equiv=refresh content="0;url=//xqz.example/">',
    'another form': '</form><form action=//xqz.example/ id=xqz><input name=xqz>',
    'a style': '<style>@import "//xqz.example/";</style><link rel=stylesheet href=//xqz.example/>',
    'an address of a script': 'javascript:xqz()',
    'one in brackets': '[javascript:xqz()] [JaVaScRiPt&colon;xqz()] [RFC1"xqzattribute="] [RFC99999999999999999999]',
    'an address of data': 'data:text/html,<xqzelement>',
    'an address elsewhere': '//xqz.example/ https://xqz.example/"xqzattribute="',
    'SQL': "xqz'; DROP TABLE application; DELETE FROM event; --",
    'SQL that is true': "' OR '1'='1\" OR \"\"=\"' UNION SELECT hash FROM token --",
    'a template': '{{7*7}} ${7*7} <%= 7*7 %> #{7*7} %s%n%x%99999d',
    'a formula': '=cmd|"/c calc"!A1',
    'a formula with a sign': '@SUM(1+1)*cmd|"xqz"!A0',
    'JSON': '","state":"approved","xqz":"',
    'a header': '=?utf-8?q?=0D=0ABcc:_xqz@example.net?= Bcc: xqz@example.net',
    'a path': '../../../../etc/passwd\\..\\..',
    'UTF-7': '+ADw-xqzelement+AD4-',
}

# What no line can hold, and what steers a terminal or the direction of reading.
TEXTS = {
    **LINES,
    'lines': 'one\r\nBcc: xqz@example.net\r\n\r\n.\r\nMAIL FROM:<xqz@example.net>\r\nFrom xqz\r\n>quoted',
    'direction': 'abc \u202exqz\u2066 def \u200f\u061c\ufeff',
    'one long word': 'x' * 1200,
}
CONTROLS = 'a\x01b\x07c\x1b]0;xqz\x1b\\d\x1b[2Je\x7ff\x9bg'

# What is no UTF-8, or stands for a character that may not be written that way.
NO_TEXT = {
    'NUL': b'a\0b', 'overlong <': b'a\xc0\xbcscript\xc0\xbe', 'overlong NUL': b'a\xc0\x80b', 'longer <': b'\xe0\x80\xbc',
    'half of a pair': b'\xed\xa0\x80', 'past the last': b'\xf4\x90\x80\x80', 'cut off': b'a\xe2\x82', 'alone': b'\x80',
    'Latin-1': b'M\xfcller',
}

ADDRESSES = {'href', 'src', 'action', 'formaction', 'data', 'xlink:href', 'poster', 'cite', 'background', 'manifest', 'ping'}
NEVER = {'base', 'iframe', 'object', 'embed', 'frame', 'applet', 'style'}
UNSHOWN = re.compile('[\\x00-\\x08\\x0b-\\x1f\\x7f\\x80-\\x9f\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff]')


class Looker(html.parser.HTMLParser):
    """Notes what stands in a page that nobody of ours wrote there.  `own`: the site's address."""

    def __init__(self, own):
        super().__init__(convert_charrefs=True)
        self.own, self.wrong, self.inside, self.tags = own, [], None, []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.inside = tag if tag in ('script', 'style') else None
        names = [name for name, _ in attrs]
        if MARK in tag or len(names) != len(set(names)):
            self.wrong.append(self.get_starttag_text())
        for name, value in attrs:
            if MARK in name or name.startswith('on') or name in ('style', 'srcdoc') or '"' in name or "'" in name:
                self.wrong.append(self.get_starttag_text())
            if name in ADDRESSES and not self.is_ours(tag, value or ''):
                self.wrong.append((name, value))
        attributes = dict(attrs)
        if tag in NEVER - {'style'} or 'http-equiv' in attributes or (tag == 'script' and 'src' not in attributes):
            self.wrong.append(self.get_starttag_text())

    def is_ours(self, tag, address):
        """A page of ours, what somebody may click on and we wrote, or a public specification."""
        parts = urllib.parse.urlsplit(address)
        if MARK in parts.netloc or any(character in address for character in ' \t\n<>"\\'):
            return False
        if not parts.scheme:
            return address.startswith(('/', '#', '?')) and not address.startswith('//')
        return tag == 'a' and parts.scheme in ('https', 'http', 'mailto', 'otpauth') or address.startswith(self.own)

    def handle_data(self, data):
        if self.inside == 'script' and data.strip() or self.inside == 'style' and MARK in data:
            self.wrong.append(data[:200])

    def handle_endtag(self, tag):
        self.inside = None

    def handle_comment(self, data):
        self.wrong.append(f'<!--{data[:100]}-->')

    def handle_pi(self, data):
        self.wrong.append(f'<?{data[:100]}>')

    def unknown_decl(self, data):
        self.wrong.append(f'<![{data[:100]}]>')


def came_out(answer, own):
    """What came out of a text in this page: must be empty.  What goes back to who typed it may hold any character."""
    looker = Looker(own)
    looker.feed(answer.text)
    looker.close()
    shown = re.sub(r'(?s)<textarea.*?</textarea>| value="[^"]*"', ' ', answer.text)
    steering = [hex(ord(character)) for character in UNSHOWN.findall(shown.replace('\r\n', '\n'))]
    if looker.tags.count('html') != 1 or looker.tags.count('main') != 1 or looker.tags.count('h1') != 1:
        looker.wrong.append(f'{looker.tags.count("html")} pages, {looker.tags.count("h1")} headings')
    return looker.wrong + steering
