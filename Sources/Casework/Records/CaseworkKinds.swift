import Divisions
package import Lattice
import Ledger
import Libraries

/// The kinds of records that casework adds to the libraries, as data for the core and the store.
package enum CaseworkKinds {
    /// Every kind that a node knows.
    package static let all = Kinds(
        LibraryKinds.all.all + [
            urgentCase, procedure, template, ruleSet, evidence, publication, numberRequest, numberBlock, receipt,
            directive, viewLog, legalPerson, person, licence,
        ] + FieldKinds.all)

    /// What cannot wait for ordinary cases: complaints, alerts, dispatches. It has all the fields of a case.
    package static let urgentCase = Kind(
        "urgent-case", chinese: "紧急事项", english: "Urgent matter", flow: .upUrgent,
        fields: LibraryKinds.caseFile.fields)

    /// A procedure in one version. Natural key: `id@version`.
    package static let procedure = Kind(
        "procedure", chinese: "办案程序", english: "Procedure", flow: .down,
        fields: [
            Field("id", isIndexed: true, chinese: "程序编码", english: "Id"),
            Field("version", .register, .integer, chinese: "版本", english: "Version"),
            Field("name", chinese: "名称", english: "Name"),
            Field("text", chinese: "内容", english: "Text"),
            Field("in-force-from", chinese: "启用日期", english: "In force from"),
        ])

    /// A document template in one version. Natural key: `kind@version`.
    package static let template = Kind(
        "template", chinese: "文书模板", english: "Document template", flow: .down,
        fields: [
            Field("id", isIndexed: true, chinese: "文书种类", english: "Document kind"),
            Field("version", .register, .integer, chinese: "版本", english: "Version"),
            Field("name", chinese: "名称", english: "Name"),
            Field("text", chinese: "内容", english: "Text"),
        ])

    /// Rules of supervision, publicity or exchange as data. Natural key: `id@version`.
    package static let ruleSet = Kind(
        "rule-set", chinese: "规则集", english: "Rule set", flow: .down,
        fields: [
            Field("id", isIndexed: true, chinese: "规则集编码", english: "Id"),
            Field("version", .register, .integer, chinese: "版本", english: "Version"),
            Field("text", chinese: "内容", english: "Text"),
        ])

    /// A file from the scene: what it is, and the digest that is its name. The bytes lie outside the log.
    /// Natural key: case and digest.
    package static let evidence = Kind(
        "evidence", chinese: "证据材料", english: "Evidence", flow: .up,
        fields: [
            Field("case", .register, .record, isIndexed: true, chinese: "案件", english: "Case"),
            Field("digest", isIndexed: true, chinese: "摘要", english: "Digest"),
            Field("chunk-root", chinese: "分块根摘要", english: "Root of the chunks"),
            Field("size", .register, .integer, chinese: "字节数", english: "Bytes"),
            Field("media-type", chinese: "格式", english: "Media type"),
            Field("document-no", isIndexed: true, chinese: "文书号", english: "Document number"),
            Field("evidence-kind", chinese: "证据种类", english: "Kind of evidence"),
            Field("recording", chinese: "音像记录环节", english: "Recorded step"),
            Field("captured-at", chinese: "采集时间", english: "Captured at"),
            Field("attached-at", chinese: "上传时间", english: "Attached at"),
            Field("connected-at", chinese: "具备上传条件时间", english: "Able to upload from"),
            Field("place", isPersonal: true, chinese: "采集地点", english: "Place"),
            Field("officer", isIndexed: true, chinese: "采集人员证号", english: "Officer"),
            Field("device", chinese: "设备", english: "Device"),
            Field("interruption", chinese: "中断说明", english: "Reason of an interruption"),
            Field("caption", isPersonal: true, chinese: "说明", english: "Caption"),
        ])

    /// How evidence names its file, which lies outside the log.
    package static let files = FileNaming(kind: "evidence", digest: "digest", root: "chunk-root", size: "size")

    /// What of a case the public sees, already desensitised. Natural key: case and publicity rule.
    package static let publication = Kind(
        "publication", chinese: "公示信息", english: "Publication", flow: .up,
        fields: [
            Field("case", .register, .record, isIndexed: true, chinese: "案件", english: "Case"),
            Field("rule", chinese: "公示规则", english: "Rule"),
            Field("phase", isIndexed: true, chinese: "环节", english: "Phase"),
            Field("title", chinese: "标题", english: "Title"),
            Field("content", chinese: "内容", english: "Content"),
            Field("document-no", isIndexed: true, chinese: "文书号", english: "Document number"),
            Field("body", isIndexed: true, chinese: "执法主体", english: "Body"),
            Field("item", isIndexed: true, chinese: "执法事项", english: "Item"),
            Field("due-on", chinese: "公示期限", english: "To be public by"),
            Field("published-on", isIndexed: true, chinese: "公示日期", english: "Public since"),
            Field("expires-on", chinese: "撤下日期", english: "Public until"),
            Field("withheld", chinese: "不予公示理由", english: "Reason for not publishing"),
            Field("withdrawals", .log, chinese: "撤回", english: "Withdrawals"),
        ])

    /// An office asks for document numbers. Natural key: body, kind, year, machine, how many blocks it had.
    package static let numberRequest = Kind(
        "number-request", chinese: "文号申请", english: "Request for numbers", flow: .up,
        fields: [
            Field("body", isIndexed: true, chinese: "执法主体", english: "Body"),
            Field("word", chinese: "文种字", english: "Kind of document"),
            Field("year", .register, .integer, chinese: "年份", english: "Year"),
            Field("machine", isIndexed: true, chinese: "机器", english: "Machine"),
            Field("count", .register, .integer, chinese: "数量", english: "How many"),
            Field("had", .register, .integer, chinese: "已有号段", english: "Blocks had"),
        ])

    /// Document numbers leased to one machine. Natural key: body, kind, year, first number.
    package static let numberBlock = Kind(
        "number-block", chinese: "文号段", english: "Block of numbers", flow: .up,
        fields: [
            Field("body", isIndexed: true, chinese: "执法主体", english: "Body"),
            Field("sign", chinese: "机关代字", english: "Sign of the body"),
            Field("word", chinese: "文种字", english: "Kind of document"),
            Field("year", .register, .integer, isIndexed: true, chinese: "年份", english: "Year"),
            Field("first", .register, .integer, chinese: "起号", english: "First number"),
            Field("last", .register, .integer, chinese: "止号", english: "Last number"),
            Field("machine", isIndexed: true, chinese: "机器", english: "Machine"),
            Field("void-from", .register, .integer, chinese: "作废起号", english: "Void from"),
            Field("explanations", .log, chinese: "空号说明", english: "Explanations of gaps"),
        ])

    /// What a superior had of a child's streams, by his clock: the notary against backdating and repudiation.
    /// Natural key: superior, day.
    package static let receipt = Kind(
        "receipt", chinese: "上级收讫", english: "Receipt of a superior", flow: .up,
        fields: [
            Field("superior", isIndexed: true, chinese: "上级区划", english: "Superior"),
            Field("day", isIndexed: true, chinese: "日期", english: "Day"),
            Field("heads", .log, .bytes, chinese: "收讫进度", english: "Heads"),
        ])

    /// What a superior asks of a lower office, in the lower office's home.
    package static let directive = Kind(
        "directive", chinese: "督办", english: "Directive", flow: .upUrgent,
        fields: [
            Field("case", .register, .record, isIndexed: true, chinese: "案件", english: "Case"),
            Field("sort", isIndexed: true, chinese: "类型", english: "Sort"),
            Field("text", isPersonal: true, chinese: "内容", english: "Text"),
            Field("from", chinese: "督办单位", english: "From"),
            Field("due-on", isIndexed: true, chinese: "办理期限", english: "Due"),
            Field("acknowledgements", .log, chinese: "签收", english: "Acknowledgements"),
            Field("answers", .log, isPersonal: true, chinese: "反馈", english: "Answers"),
        ])

    /// The reference registers: kinds of the libraries' rows.
    package static let legalPerson = LibraryKinds.legalPerson
    package static let person = LibraryKinds.person
    package static let licence = LibraryKinds.licence
}
