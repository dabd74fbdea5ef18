import Casework
import Ledger
import Libraries

/// Writes one act in one form and says what the form's receiver would not take of it.
struct ExchangeRowMaker {
    /// What is wrong with a field, or worth a look: the field's code, and a sentence that holds no value of it.
    struct Finding: Sendable {
        let field: ExchangeField
        let reason: Reason
    }

    let form: ExchangeForm
    let codes: ExchangeCodes
    let report: ExchangeSource.Report
    private(set) var faults: [Finding] = []
    private(set) var warnings: [Finding] = []

    init(form: ExchangeForm, codes: ExchangeCodes, report: ExchangeSource.Report) {
        (self.form, self.codes, self.report) = (form, codes, report)
    }

    /// - Parameter keysOnly: leaves everything out but what tells the act at the receiver: a row that calls it back
    ///   sends nobody's data anew.
    /// - Returns: one text per field of the form, empty where there is nothing.
    mutating func texts(_ act: ExchangeCase, keysOnly: Bool) -> [String] {
        (faults, warnings) = ([], [])
        let texts = form.fields.map { field in
            let isWanted =
                !keysOnly || field.isKey || field.sources.contains { $0.name == "standing" || $0.isOfMessage }
            return isWanted ? text(field, act) : ""
        }
        if !keysOnly { judgeOrder(texts) }
        return texts
    }

    /// What all versions of an act share in a form, or what one version of it is: SHA-256 over the parts as a UUID.
    static func identity(_ parts: [String]) -> String {
        var writer = ByteWriter()
        for part in parts { writer.text(part) }
        var bytes = Array(Digest.of(1, Array("tributary exchange 1\n".utf8), writer.bytes).bytes[1...16])
        // Version 8, variant 10 of RFC 9562: a UUID whose bits are of the maker's own making.
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = Array(hexadecimal(bytes))
        return [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(digits[$0]) }.joined(separator: "-")
    }

    /// The texts without those that belong to the message.
    func versionTexts(_ texts: [String]) -> [String] {
        zip(form.fields, texts).map { field, text in field.sources.contains { $0.isOfMessage } ? "" : text }
    }

    private mutating func text(_ field: ExchangeField, _ act: ExchangeCase) -> String {
        var text = ""
        for source in field.sources {
            guard let value = source.value(act, report) else { continue }
            text = write(value, field, act)
            break
        }
        if text.isEmpty {
            if isDemanded(field, act), faults.last?.field.code != field.code {
                fault(field, "缺少“\(field.name)”，请在案件中补录", "\(field.code) is missing; enter it in the case")
            }
        } else if let position = text.unicodeScalars.firstIndex(where: { !ExchangeXML.isAllowed($0) }) {
            let place = text.unicodeScalars.distance(from: text.startIndex, to: position) + 1
            fault(
                field, "“\(field.name)”第 \(place) 个字符是控制字符，请删除",
                "character \(place) of \(field.code) is a control character that no message can hold; delete it")
        } else {
            judge(text, field)
        }
        return text
    }

    private func isDemanded(_ field: ExchangeField, _ act: ExchangeCase) -> Bool {
        switch field.requirement {
        case .no: return false
        case .yes: return true
        case .when(let source, let words):
            switch ExchangeSource.named(source)?.value(act, report) {
            case .words(let held): return held.contains { words.contains($0) }
            case .truth(let truth): return words.contains(truth ? "yes" : "no")
            default: return false
            }
        }
    }

    private mutating func write(_ value: ExchangeValue, _ field: ExchangeField, _ act: ExchangeCase) -> String {
        switch value {
        case .text(let text):
            switch field.format {
            case .masked: return act.party.kind == "citizen" || act.party.kind == nil ? Self.masked(text) : text
            case .area: return String(text.prefix(6))
            case .plain, .tenThousandYuan, .yuan: return text
            }
        case .texts(let texts): return texts.joined(separator: ";")
        case .day(let day): return day.description
        case .moment(let moment):
            let parts = moment.description.split(separator: "T")
            return parts.joined(separator: " ") + ":00"
        case .truth(let truth): return truth ? "是" : "否"
        case .fen(let fen): return amount(fen, field)
        case .words(let words): return joined(words, field)
        }
    }

    /// The first character of a name, and two asterisks for the rest, however long it is.
    private static func masked(_ name: String) -> String { name.prefix(1) + "**" }

    private mutating func joined(_ words: [String], _ field: ExchangeField) -> String {
        guard case .codes(let set, _) = field.kind else { return words.joined(separator: ";") }
        var texts: [String] = []
        for word in words {
            guard let code = codes.code(of: word, in: set)?.code else {
                fault(
                    field, "“\(field.name)”没有对应的交换代码，请在代码集 \(set) 中补充",
                    "\(field.code) holds a word without a code; add it to the set \(set)")
                return ""
            }
            if !texts.contains(code) { texts.append(code) }
        }
        return texts.joined(separator: ";")
    }

    private mutating func amount(_ fen: Int64, _ field: ExchangeField) -> String {
        guard case .decimal(let digits, let scale) = field.kind else { return String(fen) }
        guard fen >= 0 else {
            fault(field, "“\(field.name)”不能为负数，请核对金额", "\(field.code) is below zero; check the sum")
            return ""
        }
        let places = field.format == .tenThousandYuan ? 6 : 2
        let unit: Int64 = places == 6 ? 1_000_000 : 100
        let whole = String(fen / unit)
        let fraction = String(String(unit + fen % unit).dropFirst()) + String(repeating: "0", count: scale - places)
        if whole.count > digits - scale {
            fault(
                field, "“\(field.name)”超过 \(digits - scale) 位整数，请核对金额",
                "\(field.code) has more than \(digits - scale) digits before the point; check the sum")
        }
        return "\(whole).\(fraction)"
    }

    private mutating func judge(_ text: String, _ field: ExchangeField) {
        switch field.kind {
        case .text(let range): judgeLength(text.unicodeScalars.count, range, field, "字", "characters")
        case .codes(_, let most): judgeLength(text.unicodeScalars.count, 0...most, field, "字", "characters")
        case .bytes(let range): judgeLength(text.utf8.count, range, field, "字节", "bytes")
        case .digits(let range):
            guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), range.contains(text.utf8.count) else {
                let length = range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
                return fault(
                    field, "“\(field.name)”应为 \(length) 位数字，请改正", "\(field.code) must have \(length) digits; correct it"
                )
            }
        case .creditCode: judgeCreditCode(text, field)
        case .partyCode:
            if CreditCode.judge(text) != .valid, !ResidentNumber.isValid(text) {
                warn(field, "“\(field.name)”校验位不符，请核对", "the check digit of \(field.code) does not fit; look again")
            }
            judgeLength(text.unicodeScalars.count, 1...32, field, "字", "characters")
        case .listCode:
            let digits = Array(text.utf8)
            guard digits.count == 19, (0x31...0x35).contains(digits[18]) else {
                return fault(
                    field, "“\(field.name)”应为18位统一社会信用代码加1至5中的一位数字，请改正",
                    "\(field.code) must be a credit code of 18 characters and one digit 1 to 5; correct it")
            }
            judgeCreditCode(String(text.dropLast()), field)
        case .decimal, .date, .moment, .truth: break
        }
    }

    /// Some codes that were really issued fail their own check, so that only the form is insisted on.
    private mutating func judgeCreditCode(_ text: String, _ field: ExchangeField) {
        switch CreditCode.judge(text) {
        case .valid: break
        case .checkDigitDiffers:
            warn(field, "“\(field.name)”校验位不符，请核对", "the check digit of \(field.code) does not fit; look again")
        case .malformed:
            fault(
                field, "“\(field.name)”不是18位统一社会信用代码，请改正",
                "\(field.code) is no unified social credit code of 18 characters; correct it")
        }
    }

    private mutating func judgeLength(
        _ length: Int, _ range: ClosedRange<Int>, _ field: ExchangeField, _ unit: String, _ english: String
    ) {
        if length > range.upperBound {
            fault(
                field, "“\(field.name)”有 \(length) \(unit)，最多 \(range.upperBound) \(unit)，请精简",
                "\(field.code) has \(length) \(english), at most \(range.upperBound) are taken; shorten it")
        } else if length < range.lowerBound {
            fault(
                field, "“\(field.name)”只有 \(length) \(unit)，至少 \(range.lowerBound) \(unit)，请补全",
                "\(field.code) has \(length) \(english), at least \(range.lowerBound) are needed; complete it")
        }
    }

    /// Days that must follow each other; the same day is in order, since an act can be begun and closed on the spot.
    private mutating func judgeOrder(_ texts: [String]) {
        for (field, text) in zip(form.fields, texts) {
            guard let after = field.after, let place = form.fields.firstIndex(where: { $0.code == after }),
                let day = LegalDate(text), let earlier = LegalDate(texts[place]), day < earlier
            else { continue }
            let other = form.fields[place]
            fault(
                field, "“\(field.name)”早于“\(other.name)”，请核对两个日期",
                "\(field.code) lies before \(other.code); check both days")
        }
    }

    private mutating func fault(_ field: ExchangeField, _ chinese: String, _ english: String) {
        faults.append(Finding(field: field, reason: Reason(chinese, english)))
    }

    private mutating func warn(_ field: ExchangeField, _ chinese: String, _ english: String) {
        warnings.append(Finding(field: field, reason: Reason(chinese, english)))
    }
}
