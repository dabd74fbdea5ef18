"""Every page of the console: its name, its address, who looks at it, and what its title says."""

from dataclasses import dataclass

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


PAGES = [
    Page("sign-in", "/sign-in", None, "登录", "Sign in", office=cast.TOWNSHIP),
    Page("password", "/password", cast.OFFICER, "修改密码", "Change password"),
    Page("work", "/work", cast.OFFICER, "我的工作", "My work"),
    Page("cases", "/cases", cast.OFFICER, "案件", "Cases"),
    Page("case-new", "/cases/new", cast.OFFICER, "新建案件", "New case"),
    Page("case", "/cases/{scene.cases[under-review]}", cast.OFFICER, "案件", "Case"),
    Page("case-facts", "/cases/{scene.cases[fresh]}/facts", cast.OFFICER, "补充或修改事实", "Add or change facts"),
    Page("step", "/cases/{scene.cases[fresh]}/steps/file", cast.OFFICER, "呈请立案", "Ask for filing"),
]
