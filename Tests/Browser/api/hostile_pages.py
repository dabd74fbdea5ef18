"""Pages and forms that hostile inputs are put into, beside the calls of the OpenAPI document. Whoever adds a page adds
a line: `{text}` stands for a hostile text, in the address or in a field of the form."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Page:
    """An address that answers HTML or a feed, with the form that is sent to it, if one is."""

    path: str
    # Names and values, sent as application/x-www-form-urlencoded; a form is only sent where it has fields.
    form: dict[str, str] = field(default_factory=dict)
    # Further headers: a page that reads one of them may show it.
    headers: dict[str, str] = field(default_factory=dict)


PAGES = [
    Page("/public"),
    Page("/public?page={text}"),
    Page("/public/{text}"),
    Page("/public/feed.atom"),
    Page("/public/feed.atom", headers={"Host": "{text}"}),
    Page("/public/feed.atom", headers={"X-Forwarded-Proto": "{text}"}),
    Page("/public/officers?certificate={text}"),
]
