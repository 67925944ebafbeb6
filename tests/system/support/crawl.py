"""Follows the links of a site, as a robot that means no harm, within bounds."""
import collections
import html
import re
import urllib.parse


def links(answer, path):
    """Addresses of the same site in a page, without what stands behind a '#'."""
    found = re.findall(r'\b(?:href|src|action)="([^"]*)"', answer.text) if 'html' in answer.headers.get('content-type', '') else []
    for link in map(html.unescape, found):
        parts = urllib.parse.urlsplit(urllib.parse.urljoin(path, link))
        if not parts.scheme and not parts.netloc and parts.path.startswith('/'):
            yield parts.path + (f'?{parts.query}' if parts.query else '')


def kind(path):
    """Pages of one kind: /port/22 and /port/23 are two of the same."""
    parts = urllib.parse.urlsplit(path)
    names = sorted(name for name, _ in urllib.parse.parse_qsl(parts.query))
    return re.sub(r'^(/(?:api/v1/)?[a-z.-]+/)[^/]+', r'\1{}', parts.path), tuple(names)


def crawl(visitor, *starts, within='/', of_a_kind=8, leave=()):
    """{path: answer} of all that is reached from the starts, at most so many pages of a kind."""
    seen, counts = {}, collections.Counter()
    waiting = collections.deque(starts)
    while waiting:
        path = waiting.popleft()
        if path in seen or not path.startswith(within) or path.startswith(tuple(leave)) or (
                counts[kind(path)] >= of_a_kind and path not in starts):
            continue
        counts[kind(path)] += 1
        seen[path] = visitor.get(path)
        waiting.extend(links(seen[path], path))
    return seen
