"""Pages and forms that hostile inputs are put into, beside the calls of the OpenAPI document, and who may open what of
the console. Whoever adds a page adds a line."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Page:
    """An address of the node's API port that answers HTML or a feed, with the form that is sent to it, if one is.
    `{text}` stands for a hostile text, in the address or in a field of the form."""

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

ROLES = frozenset({"officer", "reviewer", "responsible", "supervisor", "librarian", "operator"})
CASEWORK = frozenset({"officer", "reviewer", "responsible"})
READERS = CASEWORK | {"supervisor"}
WATCHERS = frozenset({"supervisor", "responsible", "reviewer"})
OFFICER, SUPERVISOR = frozenset({"officer"}), frozenset({"supervisor"})
LIBRARIAN, OPERATOR = frozenset({"librarian"}), frozenset({"operator"})
# Also whoever has not signed in.
EVERYBODY = ROLES | {"citizen"}

# Who may open an address of the console, by its path in the program.
READ: dict[str, frozenset[str]] = {
    "/": EVERYBODY, "/sign-in": EVERYBODY, "/password": ROLES, "/work": READERS, "/views": ROLES,
    "/cases": READERS, "/cases/new": OFFICER, "/cases/{id}": READERS, "/cases/{id}/facts": CASEWORK,
    "/cases/{id}/steps/{step}": CASEWORK, "/cases/{id}/documents/{kind}": READERS,
    "/cases/{id}/papers/{digest}": READERS, "/cases/{id}/files/{digest}": READERS,
    "/conflicts": CASEWORK | {"librarian", "supervisor"}, "/conflicts/{id}": CASEWORK | {"librarian", "supervisor"},
    "/statutes": ROLES, "/statutes/text": ROLES, "/statutes/difference": ROLES, "/statutes/citing": ROLES,
    "/items": ROLES, "/items/stale": ROLES, "/items/{code}": ROLES, "/bodies": ROLES, "/bodies/{code}": ROLES,
    "/officers": ROLES, "/officers/{certificate}": ROLES, "/officers/{certificate}/edit": LIBRARIAN,
    "/network": ROLES, "/network/{code}": ROLES, "/supervision": WATCHERS, "/supervision/trends": WATCHERS,
    "/supervision/cases": WATCHERS, "/supervision/overdue": WATCHERS, "/supervision/nearly-overdue": WATCHERS,
    "/supervision/findings": WATCHERS, "/supervision/hot-spots": WATCHERS, "/supervision/scores": WATCHERS,
    "/supervision/officers": WATCHERS, "/supervision/number-gaps": WATCHERS, "/supervision/directives": READERS,
    "/supervision/directives/new": SUPERVISOR, "/supervision/directives/{id}": READERS,
    "/publicity": EVERYBODY, "/publicity/{id}": EVERYBODY, "/publicity/officers": EVERYBODY,
    "/publicity/feed.atom": EVERYBODY, "/publicity/{id}/withdraw": READERS, "/publications": READERS,
    "/operation": OPERATOR, "/operation/tokens": OPERATOR, "/operation/accounts": OPERATOR,
    "/operation/accounts/{certificate}": OPERATOR, "/operation/jobs/{id}": OPERATOR,
    "/field": EVERYBODY, "/field/new": EVERYBODY, "/manifest.webmanifest": EVERYBODY, "/worker.js": EVERYBODY,
}
# Who may send a form there.
SENT: dict[str, frozenset[str]] = {
    "/sign-in": EVERYBODY, "/sign-out": EVERYBODY, "/password": ROLES, "/cases/new": OFFICER,
    "/cases/{id}/facts": CASEWORK, "/cases/{id}/evidence": CASEWORK, "/cases/{id}/handler": CASEWORK,
    "/cases/{id}/rulings": CASEWORK, "/cases/{id}/steps/{step}": CASEWORK,
    "/conflicts/{id}/resolve": CASEWORK | {"librarian", "supervisor"}, "/officers/{certificate}/edit": LIBRARIAN,
    "/publicity/{id}/withdraw": READERS, "/supervision/directives/new": SUPERVISOR,
    "/supervision/directives/{id}/acknowledge": CASEWORK, "/supervision/directives/{id}/answer": CASEWORK,
    "/operation/tokens": OPERATOR, "/operation/tokens/revoke": OPERATOR, "/operation/accounts": OPERATOR,
    "/operation/accounts/{certificate}": OPERATOR, "/operation/accounts/{certificate}/password": OPERATOR,
    "/operation/accounts/{certificate}/state": OPERATOR, "/operation/backups": OPERATOR,
    "/operation/verifications": OPERATOR, "/operation/imports": OPERATOR, "/operation/jobs/{id}/cancel": OPERATOR,
}
