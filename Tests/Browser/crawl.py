"""Walks through the console by its links, as somebody who has signed in."""

import re
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter, deque
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urljoin, urlsplit

# Documents of a case: papers of their own, not pages of the console.
PAPERS = re.compile(r"/cases/[^/]+/(documents|papers)/")
# Pages of one template that are looked at, and pages in all.
PER_TEMPLATE_MAX = 4
PAGES_MAX = 400


class Links(HTMLParser):
    """The links of a page, and its template."""

    def __init__(self, text: str):
        super().__init__()
        self.template, self.links = "", []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = dict(attributes)
        if tag == "body":
            self.template = values.get("data-template") or ""
        elif tag == "a" and values.get("href"):
            self.links.append(values["href"])


@dataclass
class Walk:
    """What a walk came to."""

    # Templates that were seen, each with the first address that showed it.
    templates: dict[str, str] = field(default_factory=dict)
    # Links that lead nowhere, each with where it stands.
    broken: dict[str, str] = field(default_factory=dict)
    pages: int = 0


def walk(start: str, cookies: dict[str, str], root: Path) -> Walk:
    """Follows every link on the same host, a few pages of each template."""
    context = ssl.create_default_context(cafile=str(root))
    result, seen, looked = Walk(), {start}, Counter[str]()
    waiting = deque([(start, "the start")])
    while waiting and result.pages < PAGES_MAX:
        address, where = waiting.popleft()
        status, kind, text = _fetch(address, cookies, context)
        result.pages += 1
        if status >= 400:
            result.broken[address] = f"{status}, linked on {where}"
        if status != 200 or not kind.startswith("text/html") or PAPERS.match(urlsplit(address).path):
            continue
        page = Links(text)
        result.templates.setdefault(page.template, address)
        looked[page.template] += 1
        if looked[page.template] > PER_TEMPLATE_MAX:
            continue
        for link in page.links:
            target = urljoin(address, link).split("#")[0]
            parts = urlsplit(target)
            is_own = parts.netloc == urlsplit(start).netloc and not parts.path.startswith("/language/")
            if is_own and target not in seen:
                seen.add(target)
                waiting.append((target, address))
    return result


def _fetch(address: str, cookies: dict[str, str], context: ssl.SSLContext) -> tuple[int, str, str]:
    request = urllib.request.Request(urllib.parse.quote(address, safe=":/?&=%@+,;~!$'()*"))
    request.add_header("Cookie", "; ".join(f"{name}={value}" for name, value in cookies.items()))
    request.add_header("Accept-Language", "zh-CN")
    try:
        with urllib.request.urlopen(request, timeout=30, context=context) as answer:
            return answer.status, answer.headers.get("Content-Type", ""), answer.read().decode(errors="replace")
    except urllib.error.HTTPError as failure:
        return failure.code, "", ""
