"""Every page of the console: its name, its address, who looks at it, and what its title says."""

from dataclasses import dataclass
from urllib.parse import quote

import cast
from cast import Person
from scene import Scene


@dataclass(frozen=True)
class Page:
    """`name` is what the page's body says in `data-template`; `path` may name parts of the scene in braces."""

    name: str
    path: str
    reader: Person | None
    chinese: str
    english: str
    # At whose node it is looked at, where that is not the reader's.
    office: str = ""

    def __str__(self) -> str:
        return self.name

    def path_in(self, scene: Scene) -> str:
        return self.path.format(scene=scene)

    @property
    def node(self) -> str:
        return self.office or (self.reader.office if self.reader else cast.PROVINCE)


ITEM, LAW = "44990000000001", quote("示例河道保护条例")

PAGES = [
    Page("sign-in", "/sign-in", None, "登录", "Sign in", office=cast.TOWNSHIP),
    Page("password", "/password", cast.OFFICER, "修改密码", "Change password"),
    Page("work", "/work", cast.OFFICER, "我的工作", "My work"),
    Page("cases", "/cases", cast.OFFICER, "案件", "Cases"),
    Page("case-new", "/cases/new", cast.OFFICER, "新建案件", "New case"),
    Page("case", "/cases/{scene.cases[under-review]}", cast.OFFICER, "案件", "Case"),
    Page("case-facts", "/cases/{scene.cases[fresh]}/facts", cast.OFFICER, "补充或修改事实", "Add or change facts"),
    Page("step", "/cases/{scene.cases[fresh]}/steps/file", cast.OFFICER, "呈请立案", "Ask for filing"),
    Page("statutes", "/statutes", cast.OFFICER, "法规", "Statutes"),
    Page("statute-text", f"/statutes/text?title={LAW}", cast.OFFICER, "法规全文", "Text of the law"),
    Page("statute-difference", f"/statutes/difference?title={LAW}", cast.OFFICER, "版本比较", "Compare versions"),
    Page("statute-citing", f"/statutes/citing?title={LAW}&number=8", cast.OFFICER, "引用情况", "Who cites it"),
    Page("items", "/items", cast.OFFICER, "执法事项", "Enforcement items"),
    Page("items-stale", "/items/stale", cast.OFFICER, "依据已变动的事项", "Items with a stale basis"),
    Page(
        "item", f"/items/{ITEM}?calculate=yes&circumstances=1&fineFen=5000", cast.OFFICER, "执法事项", "Enforcement item",
    ),
    Page("bodies", "/bodies", cast.OFFICER, "执法主体", "Enforcement bodies"),
    Page("body", f"/bodies/{cast.OFFICER.body}", cast.OFFICER, "执法主体", "Enforcement body"),
    Page("officers", "/officers", cast.OFFICER, "执法人员", "Enforcement officers"),
    Page("officer", f"/officers/{cast.OFFICER.certificate}", cast.OFFICER, "执法人员", "Enforcement officer"),
    Page(
        "officer-edit", f"/officers/{cast.OFFICER.certificate}/edit", cast.TOWNSHIP_LIBRARIAN, "修改个人信息",
        "Edit personal particulars"),
]
