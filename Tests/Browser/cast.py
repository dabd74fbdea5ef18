"""Who plays: officers of Fixtures/officers.csv and Fixtures/case-officers.csv, all of them invented."""

from dataclasses import dataclass

PROVINCE, CITY, COUNTY = "440000", "440700", "440781"
TOWNSHIP, OTHER_TOWNSHIP = "440781001", "440781115"

# Of every account here. Long enough for any policy.
PASSWORD = "xiang-hu-he-shui-2026"


@dataclass(frozen=True)
class Person:
    """Somebody with an account at the node of his office."""

    name: str
    certificate: str
    role: str
    office: str
    division: str
    body: str


OFFICER = Person("陈样航", "440781000105", "officer", TOWNSHIP, TOWNSHIP, "440781001-01")
SECOND = Person("林例思", "440781000106", "officer", TOWNSHIP, TOWNSHIP, "440781001-01")
HEAD = Person("黄拟秋", "440781000107", "responsible", TOWNSHIP, TOWNSHIP, "440781001-01")
OTHER_OFFICER = Person("周示文", "440781000020", "officer", OTHER_TOWNSHIP, OTHER_TOWNSHIP, "440781115-01")
OTHER_SECOND = Person("吴例华", "440781000021", "officer", OTHER_TOWNSHIP, OTHER_TOWNSHIP, "440781115-01")
REVIEWER = Person("何例真", "440781000103", "reviewer", COUNTY, COUNTY, "440781-01")
COUNTY_OFFICER = Person("唐样舟", "440781000104", "officer", COUNTY, COUNTY, "440781-01")
SUPERVISOR = Person("许拟远", "440000000101", "supervisor", PROVINCE, PROVINCE, "440000-01")
LIBRARIAN = Person("钱例静", "440000000001", "librarian", PROVINCE, PROVINCE, "440000-01")
TOWNSHIP_LIBRARIAN = Person("杨样强", "440781000015", "librarian", TOWNSHIP, TOWNSHIP, "440781001-01")
COUNTY_LIBRARIAN = Person("郑拟晓", "440781000006", "librarian", COUNTY, COUNTY, "440781-01")
OPERATOR = Person("孙拟志", "440000000002", "operator", PROVINCE, PROVINCE, "440000-01")

EVERYBODY = [
    OFFICER, SECOND, HEAD, OTHER_OFFICER, OTHER_SECOND, REVIEWER, COUNTY_OFFICER, SUPERVISOR, LIBRARIAN,
    TOWNSHIP_LIBRARIAN, COUNTY_LIBRARIAN, OPERATOR,
]
# One of each role.
ROLES = [OFFICER, HEAD, REVIEWER, SUPERVISOR, LIBRARIAN, OPERATOR]
