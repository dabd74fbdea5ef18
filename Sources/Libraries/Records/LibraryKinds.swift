import Divisions
package import Lattice
import Ledger

/// The kinds of records the offices keep, as data for the core and the store.
///
/// The three libraries (statutes, items, bodies with officers) and what belongs to them flow down; cases and the
/// personal facts of officers flow up. Dates are ISO text, money is whole fen, codes are text.
package enum LibraryKinds {
    package static let all = Kinds([
        statute, article, body, item, delegation, benchmark, calendarDay, officer, officerPerson, certificateStatus,
        jointDuty, caseFile,
    ])

    /// One version of a law. Natural key: title, version day, part.
    package static let statute = Kind(
        "statute", chinese: "法律法规", english: "Statute", flow: .down,
        fields: [
            Field("title", isIndexed: true, chinese: "标题", english: "Title"),
            Field("part", chinese: "分编", english: "Part"),
            Field("version-date", isIndexed: true, chinese: "版本日期", english: "Version of"),
            Field("publish-date", chinese: "公布日期", english: "Published"),
            Field("effective-date", isIndexed: true, chinese: "施行日期", english: "In force from"),
            Field("effective-source", chinese: "施行日期出处", english: "Source of that day"),
            Field("original-effective-date", chinese: "首次施行日期", english: "First in force from"),
            Field("events", chinese: "沿革", english: "History"),
            Field("article-count", .register, .integer, chinese: "条数", english: "Articles"),
            Field("repeals", .set, chinese: "同时废止", english: "Repeals"),
        ])

    /// One article of one version. Natural key: that of the statute, then the article's number.
    package static let article = Kind(
        "article", chinese: "条文", english: "Article", flow: .down,
        fields: [
            Field("statute", .register, .record, isIndexed: true, chinese: "所属法律法规", english: "Statute"),
            Field("ordinal", .register, .integer, chinese: "顺序", english: "Position"),
            Field("number", .register, .integer, chinese: "条", english: "Number"),
            Field("suffix", .register, .integer, chinese: "之", english: "Suffix"),
            Field("label", chinese: "条号", english: "Label"),
            Field("chapter", chinese: "章节", english: "Chapter"),
            Field("text", chinese: "条文", english: "Text"),
        ], searched: "text")

    /// A body that enforces. Natural key: its code.
    package static let body = Kind(
        "body", chinese: "执法主体", english: "Enforcement body", flow: .down,
        fields: [
            Field("code", isIndexed: true, chinese: "主体代码", english: "Code"),
            Field("name", chinese: "名称", english: "Name"),
            Field("division", isIndexed: true, chinese: "区划", english: "Division"),
            Field("body-type", chinese: "主体类型", english: "Type"),
            Field("parent", chinese: "上级主体", english: "Superior body"),
            Field("entrusted-by", chinese: "委托机关", english: "Entrusted by"),
            Field("uscc", chinese: "统一社会信用代码", english: "Credit code"),
            Field("fields", .set, chinese: "执法领域", english: "Fields"),
            Field("address", chinese: "地址", english: "Address"),
            Field("phone", chinese: "办公电话", english: "Office phone"),
            Field("basis", chinese: "设定依据", english: "Basis"),
            Field("sign", chinese: "机关代字", english: "Sign in document numbers"),
            Field("valid-from", chinese: "生效日期", english: "Valid from"),
            Field("valid-to", chinese: "失效日期", english: "Valid to"),
        ])

    /// A matter that bodies may enforce. Natural key: its code.
    package static let item = Kind(
        "item", chinese: "执法事项", english: "Enforcement item", flow: .down,
        fields: [
            Field("code", isIndexed: true, chinese: "事项编码", english: "Code"),
            Field("name", chinese: "事项名称", english: "Name"),
            Field("item-kind", isIndexed: true, chinese: "事项类型", english: "Kind"),
            Field("field", isIndexed: true, chinese: "执法领域", english: "Field"),
            Field("levels", .set, chinese: "行使层级", english: "Levels"),
            Field("body-type", chinese: "主体类型", english: "Type of body"),
            Field("bases", .set, chinese: "设定依据", english: "Bases"),
            Field("penalty-kinds", .set, chinese: "处罚种类", english: "Penalties"),
            Field("benchmark", chinese: "裁量基准", english: "Benchmark"),
            Field("hearing", .register, .boolean, chinese: "可听证", english: "Hearing"),
            Field("legal-review", .register, .boolean, chinese: "法制审核", english: "Legal review"),
            Field("publicity", .register, .boolean, chinese: "公示", english: "Publicity"),
            Field("limitation-years", .register, .integer, chinese: "追责时效（年）", english: "Limitation, years"),
            Field("procedure", chinese: "程序", english: "Procedure"),
            Field("delegated-to", .set, chinese: "下放区划", english: "Delegated to"),
            Field("bodies", .set, chinese: "列入权责清单的主体", english: "Bodies that have it on their list"),
            Field("valid-from", chinese: "生效日期", english: "Valid from"),
            Field("valid-to", chinese: "失效日期", english: "Valid to"),
        ])

    /// A power given downward or entrusted for a time (行政处罚法, articles 20 and 24). Natural key: item, to, from.
    package static let delegation = Kind(
        "delegation", chinese: "权力下放", english: "Delegation", flow: .downUrgent,
        fields: [
            Field("item", isIndexed: true, chinese: "执法事项", english: "Item"),
            Field("by", chinese: "委托或下放机关", english: "By"),
            Field("to", isIndexed: true, chinese: "承接区划", english: "To"),
            Field("sort", chinese: "方式", english: "Delegated or entrusted"),
            Field("valid-from", chinese: "生效日期", english: "Valid from"),
            Field("valid-to", chinese: "终止日期", english: "Valid to"),
            Field("basis", chinese: "依据", english: "Basis"),
            Field("published-on", chinese: "公布日期", english: "Published on"),
            Field("evaluation", chinese: "评估", english: "Evaluation"),
        ])

    /// One circumstance of a discretion benchmark. Natural key: set, item, place within the item.
    package static let benchmark = Kind(
        "benchmark", chinese: "裁量基准", english: "Discretion benchmark", flow: .down,
        fields: [
            Field("set", isIndexed: true, chinese: "基准名称", english: "Set"),
            Field("item", isIndexed: true, chinese: "序号", english: "Item"),
            Field("ordinal", .register, .integer, chinese: "顺序", english: "Position"),
            Field("statute-sheet", chinese: "所属法律", english: "Sheet"),
            Field("violation", chinese: "违法行为", english: "Violation"),
            Field("basis-law", chinese: "依据", english: "Basis"),
            Field("basis-article", chinese: "依据条款", english: "Article"),
            Field("basis-text", chinese: "依据内容", english: "Text of the basis"),
            Field("tier", .register, .integer, chinese: "裁量档次", english: "Tier"),
            Field("circumstance", chinese: "情节", english: "Circumstance"),
            Field("standard", chinese: "裁量标准", english: "Standard"),
            Field("fine-unit", chinese: "罚款单位", english: "Unit of the fine"),
            Field("fine-min-hundredths", .register, .integer, chinese: "罚款下限（百分之一）", english: "Least, hundredths"),
            Field("fine-max-hundredths", .register, .integer, chinese: "罚款上限（百分之一）", english: "Most, hundredths"),
            Field("note", chinese: "备注", english: "Note"),
        ])

    /// A day on which the week is not what it seems. Natural key: the day.
    package static let calendarDay = Kind(
        "calendar-day", chinese: "节假日", english: "Calendar day", flow: .down,
        fields: [
            Field("date", isIndexed: true, chinese: "日期", english: "Day"),
            Field("name", chinese: "名称", english: "Name"),
            Field("day-kind", chinese: "放假或上班", english: "Off or work"),
        ])

    /// What the public may know of an officer, and any office must. Natural key: the certificate's number.
    ///
    /// The name flows down because officers' names and numbers are published before enforcement (广东省行政执法公示办法,
    /// article 8); it is personal all the same.
    package static let officer = Kind(
        "officer", chinese: "执法人员", english: "Officer", flow: .down,
        fields: [
            Field("certificate-no", isIndexed: true, chinese: "执法证号", english: "Certificate"),
            Field("name", isPersonal: true, chinese: "姓名", english: "Name"),
            Field("body", isIndexed: true, chinese: "所属主体", english: "Body"),
            Field("division", isIndexed: true, chinese: "区划", english: "Division"),
            Field("areas", .set, chinese: "执法区域", english: "Areas"),
            Field("fields", .set, chinese: "执法领域", english: "Fields"),
            Field("power-source", chinese: "职权来源", english: "Source of power"),
            Field("posts", .set, chinese: "岗位", english: "Posts"),
            Field("qualified", .register, .boolean, chinese: "具有法律职业资格", english: "Legally qualified"),
            Field("valid-from", chinese: "有效期起", english: "Valid from"),
            Field("valid-to", chinese: "有效期止", english: "Valid to"),
        ])

    /// What only an officer's own line of offices needs. Natural key: the certificate's number.
    package static let officerPerson = Kind(
        "officer-person", chinese: "执法人员个人信息", english: "Officer, personal", flow: .up,
        fields: [
            Field("certificate-no", isIndexed: true, chinese: "执法证号", english: "Certificate"),
            Field("phone", isPersonal: true, chinese: "联系电话", english: "Phone"),
            Field("id-no", isPersonal: true, chinese: "身份证号", english: "Identity number"),
        ])

    /// Whether a certificate may be used. Natural key: the certificate's number. Without this record it may.
    package static let certificateStatus = Kind(
        "certificate-status", chinese: "证件状态", english: "Certificate status", flow: .downUrgent,
        fields: [
            Field("certificate-no", isIndexed: true, chinese: "执法证号", english: "Certificate"),
            Field("status", chinese: "状态", english: "Status"),
            Field("since", chinese: "起始日期", english: "Since"),
            Field("reason", chinese: "原因", english: "Reason"),
        ])

    /// A common superior's leave to enforce elsewhere for a time. Natural key: certificate, granting division, first day.
    package static let jointDuty = Kind(
        "joint-duty", chinese: "联合执法授权", english: "Joint duty", flow: .downUrgent,
        fields: [
            Field("certificate-no", isIndexed: true, chinese: "执法证号", english: "Certificate"),
            Field("divisions", .set, chinese: "执法区域", english: "Divisions"),
            Field("granted-by", chinese: "批准区划", english: "Granted by"),
            Field("valid-from", chinese: "起始日期", english: "From"),
            Field("valid-to", chinese: "终止日期", english: "To"),
            Field("reason", chinese: "事由", english: "Reason"),
        ])

    /// A case. Its id is ordered by time; one that was imported takes it from the natural key: source and number.
    package static let caseFile = Kind(
        "case", chinese: "案件", english: "Case", flow: .up,
        fields: [
            Field("case-no", isIndexed: true, chinese: "案件编号", english: "Case number"),
            Field("title", chinese: "案由", english: "Title"),
            Field("party", isPersonal: true, chinese: "当事人", english: "Party"),
            Field("party-id", isPersonal: true, isIndexed: true, chinese: "当事人证件号", english: "Party's number"),
            Field("facts", isPersonal: true, chinese: "违法事实", english: "Facts"),
            Field("item", isIndexed: true, chinese: "执法事项", english: "Item"),
            Field("body", isIndexed: true, chinese: "办案主体", english: "Body"),
            Field("division", isIndexed: true, chinese: "区划", english: "Division"),
            Field("place", chinese: "案发地点", english: "Place"),
            Field("status", isIndexed: true, chinese: "状态", english: "Status"),
            Field("filed-on", isIndexed: true, chinese: "立案日期", english: "Filed on"),
            Field("officers", .set, chinese: "承办人员", english: "Officers"),
            Field("tags", .set, chinese: "标签", english: "Tags"),
            Field("notes", .log, isPersonal: true, chinese: "办案记录", english: "Notes"),
            Field("fines-fen", .counter, .integer, chinese: "罚款合计（分）", english: "Fines, fen"),
            Field("procedure", isIndexed: true, chinese: "办案程序", english: "Procedure"),
            Field("handler", chinese: "承办", english: "Handler"),
            Field("origin", .register, .record, isIndexed: true, chinese: "来源", english: "Origin"),
            Field("steps", .log, chinese: "办案环节", english: "Steps"),
        ])

    /// Names that no library may use for a kind of its own: what they mean is fixed, in part for releases to come.
    package static let reservedNames = [
        "certificate-status", "cut", "erasure", "grant", "limits", "receipt", "tree", "view-log",
    ]
}
