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
    Page("work", "/work", cast.REVIEWER, "我的工作", "My work"),
    Page("cases", "/cases", cast.OFFICER, "案件", "Cases"),
    Page("case-new", "/cases/new", cast.OFFICER, "新建案件", "New case"),
    Page("case-new", f"/cases/new?item={ITEM}", cast.OFFICER, "新建案件", "New case"),
    Page("case", "/cases/{scene.cases[under-review]}", cast.OFFICER, "案件", "Case"),
    Page("case-facts", "/cases/{scene.cases[fresh]}/facts", cast.OFFICER, "补充或修改事实", "Add or change facts"),
    Page("step", "/cases/{scene.cases[fresh]}/steps/file", cast.OFFICER, "呈请立案", "Ask for filing"),
    Page("field", "/field", cast.OFFICER, "现场执法", "In the field"),
    Page("field-new", "/field/new", cast.OFFICER, "当场处罚", "Penalty on the spot"),
    Page("statutes", "/statutes", cast.OFFICER, "法规", "Statutes"),
    Page("statutes", f"/statutes?q={quote('倾倒')}", cast.OFFICER, "法规", "Statutes"),
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
    Page("conflicts", "/conflicts", cast.TOWNSHIP_LIBRARIAN, "冲突处理", "Conflict desk"),
    Page("conflicts", "/conflicts", cast.OTHER_OFFICER, "冲突处理", "Conflict desk"),
    Page("conflict", "/conflicts/{scene.conflicts[phone]}", cast.TOWNSHIP_LIBRARIAN, "裁定冲突", "Settle a conflict"),
    Page("network", "/network", cast.SUPERVISOR, "网络", "Network"),
    Page("network", "/network/440781", cast.SUPERVISOR, "网络", "Network"),
    Page("network", "/network", cast.OFFICER, "网络", "Network"),
    Page("publicity", "/publicity", None, "行政执法公示", "Enforcement made public"),
    Page(
        "publicity-entry", "/publicity/{scene.publications[published]}", None, "涉嫌在河道管理范围内倾倒垃圾案",
        "涉嫌在河道管理范围内倾倒垃圾案"),
    Page(
        "publicity-officers", f"/publicity/officers?certificate={cast.OFFICER.certificate}", None, "执法人员查询",
        "Look up an officer"),
    Page("publications", "/publications", cast.SUPERVISOR, "公示管理", "Manage publications"),
    Page(
        "publicity-withdraw", "/publicity/{scene.publications[published]}/withdraw", cast.SUPERVISOR, "撤回公示",
        "Withdraw"),
    Page("views", "/views", cast.SUPERVISOR, "个人信息查阅记录", "Views of personal data"),
    Page("supervision", "/supervision", cast.SUPERVISOR, "执法监督", "Supervision"),
    Page("supervision", f"/supervision?division={cast.COUNTY}&colour=cases", cast.SUPERVISOR, "执法监督", "Supervision"),
    Page("trends", "/supervision/trends", cast.SUPERVISOR, "趋势", "Trends"),
    Page("trends", "/supervision/trends?indicator=opened", cast.REVIEWER, "趋势", "Trends"),
    Page(
        "supervision-cases", "/supervision/cases?indicator=cases", cast.SUPERVISOR, "数字背后的案件",
        "Cases behind a number"),
    Page("supervision-overdue", "/supervision/overdue", cast.SUPERVISOR, "逾期案件", "Overdue cases"),
    Page(
        "supervision-nearly-overdue", "/supervision/nearly-overdue", cast.SUPERVISOR, "即将到期案件",
        "Nearly overdue cases"),
    Page("supervision-findings", "/supervision/findings", cast.SUPERVISOR, "监督发现", "Findings"),
    Page("hot-spots", "/supervision/hot-spots", cast.SUPERVISOR, "热点", "Hot spots"),
    Page("supervision-scores", "/supervision/scores", cast.SUPERVISOR, "主体评分", "Scores of bodies"),
    Page("supervision-officers", "/supervision/officers", cast.SUPERVISOR, "人员评分", "Scores of officers"),
    Page("directives", "/supervision/directives", cast.OFFICER, "督办", "Directives"),
    Page(
        "directive-new", "/supervision/directives/new?case={scene.cases[under-review]}", cast.SUPERVISOR, "发出督办",
        "Write a directive"),
    Page("directive", "/supervision/directives/{scene.directive}", cast.OFFICER, "督办", "Directive"),
    Page("number-gaps", "/supervision/number-gaps", cast.SUPERVISOR, "文书跳号", "Numbers left out"),
    Page("operation", "/operation", cast.OPERATOR, "节点运维", "Operation"),
    Page("operation-job", "/operation/jobs/{scene.job}", cast.OPERATOR, "任务", "Job"),
    Page("operation-tokens", "/operation/tokens", cast.OPERATOR, "接口令牌", "Tokens"),
    Page("operation-accounts", "/operation/accounts", cast.OPERATOR, "账号", "Accounts"),
    Page(
        "operation-account", f"/operation/accounts/{cast.OPERATOR.certificate}", cast.OPERATOR, "账号", "Account"),
]
