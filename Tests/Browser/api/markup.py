"""What a page is made of, as a browser takes it: its forms, and whatever stands in it that no page of the console has
of itself, such as a script within the page, an attribute that runs one, or a piece of a hostile text as an element."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

# Part of every hostile text: as an element, an attribute, a comment or a style it was not escaped.
MARK = "tributary"
# Each is to be seen in a page only as text.
MARKUP = [
    "<script>tributary()</script>", "\"><img src=x onerror=tributary()>", "'><svg/onload=tributary()>",
    "</title><script>tributary()</script>", "<a href=\"javascript:tributary()\">x</a>", "<!--<script>tributary()",
    "</textarea><iframe srcdoc='<script>tributary()</script>'>", "]]><script>tributary()</script>",
    "<style>@import 'tributary'</style>", "<b onmouseover=tributary()>行政</b>",
]
# What a template engine would have filled in.
UNFILLED = "tributary-{{csrf}}-{{{here}}}-[[lang]]"
NEVER = {"iframe", "object", "embed", "base", "applet", "frame", "frameset"}
ADDRESSES = {"href", "src", "action", "formaction", "data", "poster", "xlink:href", "srcdoc", "background", "srcset"}
# Elements that have no end.
VOID = {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
TEXT_INPUTS = {"", "text", "search", "email", "tel", "url", "password", "hidden"}


@dataclass
class Field:
    """One control of a form."""

    name: str
    sort: str
    value: str = ""
    choices: list[str] = field(default_factory=list)
    is_chosen: bool = False

    @property
    def is_text(self) -> bool:
        return self.sort in TEXT_INPUTS or self.sort == "textarea"


@dataclass
class Form:
    """A form as it stands in a page."""

    action: str
    method: str
    has_files: bool
    fields: list[Field] = field(default_factory=list)

    def values(self) -> list[tuple[str, str]]:
        """What a browser would send if everything that is empty were filled in with something of its sort."""
        plain = {"date": "2026-03-01", "datetime-local": "2026-03-01T08:00", "number": "1", "month": "2026-03"}
        sent: list[tuple[str, str]] = []
        for control in self.fields:
            if control.sort == "file":
                continue
            if control.sort in ("radio", "checkbox"):
                if control.is_chosen or all(name != control.name for name, _ in sent):
                    sent = [pair for pair in sent if pair[0] != control.name or control.sort == "checkbox"]
                    sent.append((control.name, control.value or "on"))
            elif control.sort == "select":
                filled = [choice for choice in control.choices if choice]
                sent.append((control.name, control.value or (filled[0] if filled else "")))
            else:
                blank = "" if control.sort == "hidden" else plain.get(control.sort, "x")
                sent.append((control.name, control.value or blank))
        return sent

    @property
    def texts(self) -> list[str]:
        """Names of the fields into which anything can be written, but for the session's secret."""
        names = [control.name for control in self.fields if control.is_text and control.name != "csrf"]
        return list(dict.fromkeys(names))


class Shown(HTMLParser):
    """A page, taken apart."""

    def __init__(self, text: str, is_paper: bool = False):
        super().__init__(convert_charrefs=True)
        # Printed documents carry their own style.
        self.is_paper = is_paper
        self.template, self.heading = "", ""
        self.forms: list[Form] = []
        self.links: list[str] = []
        # What no page has of itself.
        self.foreign: list[str] = []
        # Texts, and values of attributes, that a hostile text ended up in.
        self.marked: list[str] = []
        # Whether any of it is to be read, between elements or in a control of a form.
        self.is_marked = False
        self._open: list[str] = []
        self._select: Field | None = None
        if "<!--" in text:
            # To a browser it reaches as far as the page does where nothing ends it.
            self.foreign.append("a comment")
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attributes}
        if len(values) != len(attributes):
            self.foreign.append(f"<{tag}> with an attribute twice: {attributes}")
        self._judge(tag, values)
        if tag not in VOID:
            self._open.append(tag)
        if tag == "body":
            self.template = values.get("data-template", "")
        elif tag == "a" and values.get("href"):
            self.links.append(values["href"])
        elif tag == "form":
            self.forms.append(Form(
                values.get("action", ""), values.get("method", "get").lower(),
                values.get("enctype") == "multipart/form-data"))
        elif tag in ("input", "select", "textarea") and self.forms and values.get("name"):
            sort = values.get("type", "").lower() if tag == "input" else tag
            control = Field(values["name"], sort, values.get("value", ""), is_chosen="checked" in values)
            self.forms[-1].fields.append(control)
            self._select = control if tag in ("select", "textarea") else self._select
        elif tag == "option" and self._select is not None and self._select.sort == "select":
            self._select.choices.append(values.get("value", ""))
            if "selected" in values:
                self._select.value = values.get("value", "")

    def _judge(self, tag: str, values: dict[str, str]) -> None:
        words = f"<{tag} {' '.join(f'{name}={value!r}' for name, value in values.items())}>"[:300]
        if tag in NEVER or MARK in tag:
            self.foreign.append(f"{words} is no element of the console")
        if tag == "script" and not re.fullmatch(r"/assets/[a-z-]+\.js\?v=\w+", values.get("src", "")):
            self.foreign.append(f"{words} stands within the page")
        if tag == "style" and not self.is_paper:
            self.foreign.append(f"{words} stands within the page")
        if tag == "meta" and "http-equiv" in values:
            self.foreign.append(f"{words} acts as a header")
        for name, value in values.items():
            if name.startswith("on") or MARK in name or "<" in name or "'" in name or '"' in name:
                self.foreign.append(f"{words} has the attribute {name}")
            if name in ("style", "srcdoc") and not self.is_paper:
                self.foreign.append(f"{words} has the attribute {name}")
            if name in ADDRESSES and not self._is_own(tag, value):
                self.foreign.append(f"{words} leads elsewhere")
            if MARK in value:
                self.marked.append(value)
                self.is_marked |= name == "value"

    def _is_own(self, tag: str, address: str) -> bool:
        """An address on this host, or a picture within the page."""
        plain = re.sub(r"[\x00-\x20]", "", address)
        if tag == "img" and plain.startswith("data:image/"):
            return True
        parts = urlsplit(plain.replace("\\", "/"))
        return not parts.scheme and not parts.netloc

    def handle_endtag(self, tag: str) -> None:
        if tag in ("select", "textarea"):
            self._select = None
        while tag in self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        within = self._open[-1] if self._open else ""
        if within == "h1":
            self.heading += data
        if within == "textarea" and self._select is not None:
            self._select.value += data
        if MARK in data:
            if within in ("script", "style"):
                self.foreign.append(f"a hostile text within <{within}>: {data[:200]!r}")
            self.marked.append(data)
            self.is_marked = True

    def handle_comment(self, data: str) -> None:
        self.foreign.append(f"a comment: {data[:200]!r}")

    def handle_pi(self, data: str) -> None:
        self.foreign.append(f"an instruction: {data[:200]!r}")

    def unknown_decl(self, data: str) -> None:
        self.foreign.append(f"a declaration: {data[:200]!r}")

    @property
    def faults(self) -> list[str]:
        """Why this page is not as it was written."""
        beginning = UNFILLED.partition("{")[0]
        filled = [
            f"a template's words were replaced in {text[:200]!r}" for text in map(plain, self.marked)
            if text.count(beginning) != text.count(UNFILLED)
        ]
        return self.foreign + filled


def plain(text: str) -> str:
    """A text without the escapes of an address, however often it went into one."""
    while (decoded := unquote(text)) != text:
        text = decoded
    return text
