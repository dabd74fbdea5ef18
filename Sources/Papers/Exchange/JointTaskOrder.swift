package import Libraries

/// A joint task of inspection as 互联网+监管 hands it down (`taskInfo`): who asks whom to inspect which objects for what.
package struct JointTaskOrder: Hashable, Sendable {
    package struct Unit: Hashable, Sendable {
        package let code: String
        package let name: String
    }

    /// One object to be inspected. Personal where it is a person.
    package struct Object: Hashable, Sendable {
        package let kind: String
        package let name: String
        /// What the sender knows it by; may be empty.
        package let code: String
        package let documentKind: String
        package let documentNumber: String
    }

    /// The task's number: the natural key of what becomes of it here.
    package let number: String
    package let name: String
    package let startsOn: LegalDate
    package let initiator: Unit
    /// `dept` or `region`.
    package let initiatorKind: String
    /// Departments that take part; the initiator is not among them.
    package let departments: [Unit]
    /// Divisions that take part.
    package let regions: [Unit]
    /// 14 digits of the catalogue of supervised matters; empty if the sender names none.
    package let catalogueCode: String
    package let industryCode: String
    package let content: String
    package let demands: String
    package let note: String
    package let objects: [Object]
    /// What deserves a look though it was taken, such as a check digit.
    package let warnings: [Reason]

    package static let objectsMax = 10_000

    /// Reads a document whose outermost element is `taskInfo`, or holds exactly one.
    ///
    /// - Throws: the first fault, with its line: an element that is missing, stands twice or is not known, a day that
    ///   does not exist, a task without objects, an object named twice.
    package init(_ bytes: [UInt8], file: String) throws(RefusedDocument) {
        let root = try ExchangeXMLReader.read(bytes, file: file)
        do {
            self = try Self.read(root)
        } catch {
            throw RefusedDocument(row: RefusedRow(file: file, line: error.line, reason: error.reason))
        }
    }

    private struct Fault: Error {
        let line: Int
        let reason: Reason

        init(_ element: ExchangeElement, _ chinese: String, _ english: String) {
            (line, reason) = (element.line, Reason(chinese, english))
        }
    }

    private static let names: Set<String> = [
        "taskNo", "taskName", "taskStartTime", "initiateUnitNo", "initiateUnitName", "initiateUnitType", "unionDeptNo",
        "unionDeptName", "unionRegionNo", "unionRegionName", "supervisionMatterCode", "superviseObjectNo",
        "inspectContent", "inspectClaim", "remark", "superviseObjects",
    ]

    private static let objectNames: Set<String> = [
        "superviseObjectType", "superviseObjectName", "superviseObjectCode", "credentialsType", "credentialsValue",
    ]

    private static func read(_ root: ExchangeElement) throws(Fault) -> JointTaskOrder {
        let tasks = root.name == "taskInfo" ? [root] : root.children("taskInfo")
        guard let task = tasks.first, tasks.count == 1 else {
            throw Fault(root, "应有且只有一个 taskInfo", "there must be exactly one taskInfo; send one task at a time")
        }
        try onlyKnown(task, names)
        guard let startsOn = LegalDate(try required(task, "taskStartTime")) else {
            throw Fault(
                try one(task, "taskStartTime") ?? task, "taskStartTime 应为 YYYY-MM-DD 格式的日期",
                "taskStartTime must be a day written YYYY-MM-DD")
        }
        let catalogueCode = try optional(task, "supervisionMatterCode")
        guard catalogueCode.isEmpty || isFourteenDigits(catalogueCode) else {
            throw Fault(
                try one(task, "supervisionMatterCode") ?? task, "supervisionMatterCode 应为14位数字",
                "supervisionMatterCode must have 14 digits")
        }
        let kind = try required(task, "initiateUnitType")
        guard kind == "dept" || kind == "region" else {
            throw Fault(
                try one(task, "initiateUnitType") ?? task, "initiateUnitType 应为 dept 或 region",
                "initiateUnitType must be dept or region")
        }
        var warnings: [Reason] = []
        let objects = try readObjects(task, &warnings)
        return JointTaskOrder(
            number: try required(task, "taskNo"), name: try required(task, "taskName"), startsOn: startsOn,
            initiator: Unit(
                code: try required(task, "initiateUnitNo"), name: try required(task, "initiateUnitName")),
            initiatorKind: kind, departments: try units(task, "unionDeptNo", "unionDeptName"),
            regions: try units(task, "unionRegionNo", "unionRegionName"), catalogueCode: catalogueCode,
            industryCode: try optional(task, "superviseObjectNo"), content: try required(task, "inspectContent"),
            demands: try optional(task, "inspectClaim"), note: try optional(task, "remark"), objects: objects,
            warnings: warnings)
    }

    private init(
        number: String, name: String, startsOn: LegalDate, initiator: Unit, initiatorKind: String, departments: [Unit],
        regions: [Unit], catalogueCode: String, industryCode: String, content: String, demands: String, note: String,
        objects: [Object], warnings: [Reason]
    ) {
        (self.number, self.name, self.startsOn, self.initiator) = (number, name, startsOn, initiator)
        (self.initiatorKind, self.departments, self.regions) = (initiatorKind, departments, regions)
        (self.catalogueCode, self.industryCode, self.content) = (catalogueCode, industryCode, content)
        (self.demands, self.note, self.objects, self.warnings) = (demands, note, objects, warnings)
    }

    private static func readObjects(
        _ task: ExchangeElement, _ warnings: inout [Reason]
    ) throws(Fault) -> [Object] {
        guard let list = try one(task, "superviseObjects") else { throw missing(task, "superviseObjects") }
        try onlyKnown(list, ["superviseObject"])
        guard (1...objectsMax).contains(list.children.count) else {
            throw Fault(
                list, "监管对象应为 1 至 \(objectsMax) 个", "superviseObjects must hold 1 to \(objectsMax) objects")
        }
        var objects: [Object] = []
        var seen: Set<[String]> = []
        for element in list.children {
            try onlyKnown(element, objectNames)
            let object = Object(
                kind: try required(element, "superviseObjectType"), name: try required(element, "superviseObjectName"),
                code: try optional(element, "superviseObjectCode"),
                documentKind: try optional(element, "credentialsType"),
                documentNumber: try optional(element, "credentialsValue"))
            guard seen.insert([object.name, object.code, object.documentNumber]).inserted else {
                throw Fault(element, "监管对象重复", "the same object stands above; leave one of them")
            }
            if object.documentNumber.utf8.count == 18, CreditCode.judge(object.documentNumber) != .valid,
                !ResidentNumber.isValid(object.documentNumber)
            {
                warnings.append(
                    Reason(
                        "第 \(element.line) 行监管对象的证件号校验位不符，请核对",
                        "the check digit of the document on line \(element.line) does not fit; look again"))
            }
            objects.append(object)
        }
        return objects
    }

    /// Units that stand in two elements, one of codes and one of names, several parted by commas or semicolons.
    private static func units(_ task: ExchangeElement, _ codes: String, _ names: String) throws(Fault) -> [Unit] {
        let codeList = parts(try optional(task, codes))
        let nameList = parts(try optional(task, names))
        guard codeList.count == nameList.count else {
            throw Fault(
                try one(task, codes) ?? task, "\(codes) 与 \(names) 数量不一致",
                "\(codes) and \(names) do not hold as many elements")
        }
        return zip(codeList, nameList).map { Unit(code: $0, name: $1) }
    }

    private static func parts(_ text: String) -> [String] {
        text.split { [",", "，", ";", "；", "、"].contains($0) }.map { trimmed(String($0)) }.filter { !$0.isEmpty }
    }

    private static func onlyKnown(_ element: ExchangeElement, _ names: Set<String>) throws(Fault) {
        if let stranger = element.children.first(where: { !names.contains($0.name) }) {
            throw Fault(
                stranger, "\(element.name) 中有不认识的元素 \(stranger.name)",
                "\(element.name) holds an element \(stranger.name) that is not known; ask the sender what it means")
        }
        guard trimmed(element.text).isEmpty else {
            throw Fault(element, "\(element.name) 中有多余的文字", "\(element.name) holds text beside its elements")
        }
    }

    private static func one(_ element: ExchangeElement, _ name: String) throws(Fault) -> ExchangeElement? {
        let found = element.children(name)
        if found.count > 1 { throw Fault(found[1], "\(name) 重复", "\(name) stands twice; leave one of them") }
        return found.first
    }

    private static func optional(_ element: ExchangeElement, _ name: String) throws(Fault) -> String {
        guard let found = try one(element, name) else { return "" }
        guard found.children.isEmpty else {
            throw Fault(found, "\(name) 应为文字", "\(name) must hold text alone")
        }
        return trimmed(found.text)
    }

    private static func required(_ element: ExchangeElement, _ name: String) throws(Fault) -> String {
        let text = try optional(element, name)
        guard !text.isEmpty else { throw missing(element, name) }
        return text
    }

    private static func missing(_ element: ExchangeElement, _ name: String) -> Fault {
        Fault(element, "\(element.name) 缺少 \(name)", "\(element.name) has no \(name); ask the sender for it")
    }

    private static func isFourteenDigits(_ text: String) -> Bool {
        text.utf8.count == 14 && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    private static func trimmed(_ text: String) -> String {
        let kept = text.drop { $0.isWhitespace }
        guard let last = kept.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(kept[...last])
    }
}
