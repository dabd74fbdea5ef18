import Casework
package import Libraries

/// Every form in which acts leave this platform, and the codes they use.
///
/// Read from files of comma-separated values, which stand in `Exchange/` and can travel as rule sets: `forms.csv` names
/// the forms, `codes.csv` the code sets, and for each form `ID.csv` lists its fields.
package struct ExchangeForms: Sendable {
    package struct File: Hashable, Sendable {
        /// With its ending, without a folder.
        package let name: String
        package let text: String

        package init(name: String, text: String) { (self.name, self.text) = (name, text) }
    }

    /// Every fault of all the files, each with its line.
    package struct Faults: Error, Sendable, CustomStringConvertible {
        package let rows: [RefusedRow]
        package var description: String { rows.map(\.description).joined(separator: "\n") }
    }

    package let all: [ExchangeForm]
    package let codes: ExchangeCodes

    package subscript(id: String) -> ExchangeForm? { all.first { $0.id == id } }

    /// Reads the files in any order; other files are passed over.
    ///
    /// - Throws: every fault found, so that one reading mends them all. A form is there whole or not at all.
    package init(_ files: [File]) throws(Faults) {
        var reader = ExchangeFormReader(files)
        (all, codes) = reader.read()
        guard reader.faults.isEmpty else { throw Faults(rows: reader.faults) }
    }
}

/// Reads the files of the exchange forms and gathers what is wrong with them.
struct ExchangeFormReader {
    private let files: [String: String]
    private(set) var faults: [RefusedRow] = []

    init(_ files: [ExchangeForms.File]) {
        self.files = Dictionary(files.map { ($0.name, $0.text) }) { first, _ in first }
    }

    mutating func read() -> ([ExchangeForm], ExchangeCodes) {
        let codes = ExchangeCodes(readCodes())
        var forms: [ExchangeForm] = []
        let columns = ["form", "zh", "en", "behaviour", "heading", "layout", "published"]
        for row in rows("forms.csv", required: columns, optional: ["note"]) {
            let id = row["form"]
            guard !id.isEmpty, !forms.contains(where: { $0.id == id }) else {
                refuse("forms.csv", row, "form 为空或重复", "form is empty or stands twice; give each form its own id")
                continue
            }
            guard let behaviour: ExchangeBehaviour = word(row, "behaviour"),
                let heading: ExchangeForm.Heading = word(row, "heading"),
                let layout: ExchangeForm.Layout = word(row, "layout"), let isPublished = truth(row, "published")
            else { continue }
            let fields = readFields("\(id).csv", codes)
            if heading == .code || layout == .message {
                for field in fields where !ExchangeXML.isName(field.code) {
                    refuse(
                        "\(id).csv", row, "\(field.code) 不能作为 XML 元素名",
                        "\(field.code) cannot name an XML element; use letters, digits and underscores")
                }
            }
            forms.append(
                ExchangeForm(
                    id: id, name: Bilingual(row["zh"], row["en"]), behaviour: behaviour, heading: heading,
                    layout: layout, isPublished: isPublished, fields: fields))
        }
        return (forms, codes)
    }

    private mutating func readCodes() -> [String: [ExchangeCodes.Code]] {
        var sets: [String: [ExchangeCodes.Code]] = [:]
        for row in rows("codes.csv", required: ["set", "word", "code", "zh", "en"], optional: []) {
            let code = ExchangeCodes.Code(
                word: row["word"], code: row["code"], name: Bilingual(row["zh"], row["en"]))
            guard !row["set"].isEmpty, !code.word.isEmpty, !code.code.isEmpty else {
                refuse("codes.csv", row, "set、word、code 不能为空", "set, word and code must not be empty")
                continue
            }
            guard !sets[row["set"], default: []].contains(where: { $0.word == code.word }) else {
                refuse("codes.csv", row, "同一代码集中 word 重复", "the word stands twice in its set; leave one of them")
                continue
            }
            guard !code.code.contains(";") else {
                refuse("codes.csv", row, "code 不能含分号", "a code must not hold a semicolon, which joins several")
                continue
            }
            sets[row["set"], default: []].append(code)
        }
        return sets
    }

    private mutating func readFields(_ file: String, _ codes: ExchangeCodes) -> [ExchangeField] {
        var fields: [ExchangeField] = []
        var lines: [TableRow] = []
        let required = ["code", "name", "type", "required", "from"]
        for row in rows(file, required: required, optional: ["format", "marks", "after", "note"]) {
            guard let field = readField(file, row, codes) else { continue }
            guard !fields.contains(where: { $0.code == field.code || $0.name == field.name }) else {
                refuse(file, row, "code 或 name 重复", "a field of this code or name stands above; leave one of them")
                continue
            }
            fields.append(field)
            lines.append(row)
        }
        for (field, row) in zip(fields, lines) {
            guard let after = field.after else { continue }
            let other = fields.first { $0.code == after }
            guard field.kind == .date, other?.kind == .date else {
                refuse(file, row, "after 须指向另一日期字段", "after must name another field of type date, from a date")
                continue
            }
        }
        if !fields.contains(where: \.isKey) {
            faults.append(
                RefusedRow(
                    file: file, line: 0,
                    reason: Reason(
                        "没有标记 key 的字段，无法撤回", "no field is marked key; mark what tells an act, to call it back")))
        }
        return fields
    }

    private mutating func readField(_ file: String, _ row: TableRow, _ codes: ExchangeCodes) -> ExchangeField? {
        guard !row["code"].isEmpty, !row["name"].isEmpty else {
            refuse(file, row, "code、name 不能为空", "code and name must not be empty")
            return nil
        }
        guard let kind = ExchangeField.Kind(row["type"]) else {
            refuse(file, row, "type 不认识", "the type is not known; write it as Docs/exchange.md lists them")
            return nil
        }
        if case .codes(let set, _) = kind, !codes.has(set) {
            refuse(file, row, "codes.csv 中没有代码集 \(set)", "codes.csv has no set \(set); add it there")
            return nil
        }
        guard let format = ExchangeField.Format(rawValue: row["format"]) else {
            refuse(file, row, "format 不认识", "the format is not known; leave it empty, or wan, yuan, masked or area")
            return nil
        }
        guard let requirement = requirement(row["required"]) else {
            refuse(file, row, "required 不认识", "required must be yes, no, or `if SOURCE has WORD/WORD`")
            return nil
        }
        var sources: [ExchangeSource] = []
        for name in row["from"].split(separator: "|") {
            guard let source = ExchangeSource.named(name), kind.admits(source.shape, format) else {
                refuse(
                    file, row, "来源 \(name) 不存在或与类型不符",
                    "there is no source \(name), or it cannot be written as this type and format")
                return nil
            }
            sources.append(source)
        }
        let marks = row["marks"].split(separator: " ")
        guard marks.allSatisfy({ $0 == "hidden" || $0 == "key" }) else {
            refuse(file, row, "marks 只能是 hidden、key", "marks may hold hidden and key")
            return nil
        }
        guard !sources.isEmpty || requirement == .no else {
            refuse(file, row, "必填字段没有来源", "a field that is required has no source; name one in the column from")
            return nil
        }
        return ExchangeField(
            code: row["code"], name: row["name"], kind: kind, format: format, isHidden: marks.contains("hidden"),
            isKey: marks.contains("key"), after: row["after"].isEmpty ? nil : row["after"], requirement: requirement,
            sources: sources)
    }

    /// Reads `yes`, `no`, `if penalty.kinds has fine/detention`; the source must give words.
    private func requirement(_ text: String) -> ExchangeField.Requirement? {
        switch text {
        case "yes": return .yes
        case "no": return .no
        default:
            let words = text.split(separator: " ").map(String.init)
            guard words.count == 4, words[0] == "if", words[2] == "has", let source = ExchangeSource.named(words[1]),
                source.shape == .words || source.shape == .truth
            else { return nil }
            return .when(source: source.name, words: words[3].split(separator: "/").map(String.init))
        }
    }

    private mutating func rows(
        _ file: String, required: some Sequence<String>, optional: [String]
    ) -> [TableRow] {
        guard let text = files[file] else {
            faults.append(
                RefusedRow(file: file, line: 0, reason: Reason("缺少文件", "the file is missing; put it beside the others"))
            )
            return []
        }
        let columns = required.map(TableColumn.required) + optional.map(TableColumn.optional)
        var reader = TableReader(file: file, columns: columns)
        var rows: [TableRow] = []
        for event in reader.feed(Array(text.utf8)) + reader.finish() {
            switch event {
            case .row(let row): rows.append(row)
            case .refused(let row): faults.append(row)
            }
        }
        return rows
    }

    private mutating func word<Word: RawRepresentable & CaseIterable>(
        _ row: TableRow, _ column: String
    ) -> Word? where Word.RawValue == String {
        if let word = Word(rawValue: row[column]) { return word }
        let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
        refuse("forms.csv", row, "\(column) 应为：\(known)", "\(column) must be one of \(known)")
        return nil
    }

    private mutating func truth(_ row: TableRow, _ column: String) -> Bool? {
        switch row[column] {
        case "yes": return true
        case "no": return false
        default:
            refuse("forms.csv", row, "\(column) 应为 yes 或 no", "\(column) must be yes or no")
            return nil
        }
    }

    private mutating func refuse(_ file: String, _ row: TableRow, _ chinese: String, _ english: String) {
        faults.append(RefusedRow(file: file, line: row.line, reason: Reason(chinese, english)))
    }
}
