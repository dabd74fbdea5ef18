/// A column of one of our tables.
package struct TableColumn: Hashable, Sendable {
    package let name: String
    /// Whether every file must have it.
    package let isRequired: Bool

    package static func required(_ name: String) -> TableColumn { TableColumn(name: name, isRequired: true) }
    package static func optional(_ name: String) -> TableColumn { TableColumn(name: name, isRequired: false) }
}

/// Reads a table whose first row names its columns, in any order.
///
/// A header with an unknown, missing or repeated name makes the whole file unreadable: a misspelt name must not
/// silently drop a column. A row with too few or too many fields is refused alone.
package struct TableReader: Sendable {
    package enum Event: Hashable, Sendable {
        case row(TableRow)
        case refused(RefusedRow)
    }

    private enum Header: Sendable {
        case awaited
        case known([String: Int])
        case unreadable
    }

    private let file: String
    private let columns: [TableColumn]
    private var reader: CSVReader
    private var header = Header.awaited

    package init(file: String, columns: [TableColumn], limits: CSVReader.Limits = CSVReader.Limits()) {
        self.file = file
        self.columns = columns
        self.reader = CSVReader(limits: limits)
    }

    /// Whether the header was refused, so that nothing further will be read.
    package var isUnreadable: Bool {
        if case .unreadable = header { true } else { false }
    }

    package mutating func feed(_ bytes: some Sequence<UInt8>) -> [Event] {
        isUnreadable ? [] : reader.feed(bytes).compactMap { read($0) }
    }

    package mutating func finish() -> [Event] {
        var events = isUnreadable ? [] : reader.finish().compactMap { read($0) }
        if case .awaited = header {
            events.append(refuseFile(line: 0, Reason("文件是空的", "the file is empty")))
        }
        return events
    }

    private mutating func read(_ event: CSVReader.Event) -> Event? {
        switch (header, event) {
        case (.unreadable, _): return nil
        case (.awaited, .row(let row)): return readHeader(row)
        case (.awaited, .refused(let line, let fault)): return refuseFile(line: line, fault.reason)
        case (.known, .refused(let line, let fault)):
            return .refused(RefusedRow(file: file, line: line, reason: fault.reason))
        case (.known(let places), .row(let row)):
            guard row.fields.count == places.count else {
                let reason = Reason(
                    "有 \(row.fields.count) 个字段，应有 \(places.count) 个",
                    "the row has \(row.fields.count) fields instead of \(places.count)")
                return .refused(RefusedRow(file: file, line: row.line, reason: reason))
            }
            return .row(TableRow(line: row.line, fields: row.fields, places: places))
        }
    }

    private mutating func readHeader(_ row: CSVRow) -> Event? {
        var places: [String: Int] = [:]
        for (place, field) in row.fields.enumerated() {
            let name = field.trimmingBlanks()
            guard columns.contains(where: { $0.name == name }) else {
                let known = columns.map(\.name).joined(separator: ", ")
                return refuseFile(
                    line: row.line,
                    Reason("第 \(place + 1) 列的列名不认识", "column \(place + 1) has an unknown name; known are \(known)"))
            }
            guard places.updateValue(place, forKey: name) == nil else {
                return refuseFile(line: row.line, Reason("列名 \(name) 重复", "column \(name) stands twice"))
            }
        }
        let missing = columns.filter { $0.isRequired && places[$0.name] == nil }.map(\.name)
        guard missing.isEmpty else {
            let names = missing.joined(separator: ", ")
            return refuseFile(line: row.line, Reason("缺少列 \(names)", "missing columns: \(names)"))
        }
        header = .known(places)
        return nil
    }

    private mutating func refuseFile(line: Int, _ reason: Reason) -> Event {
        header = .unreadable
        return .refused(RefusedRow(file: file, line: line, reason: reason))
    }
}

/// A row whose fields are called by the names of their columns.
package struct TableRow: Hashable, Sendable {
    /// Where the row begins, from 1.
    package let line: Int
    private let fields: [String]
    private let places: [String: Int]

    init(line: Int, fields: [String], places: [String: Int]) {
        (self.line, self.fields, self.places) = (line, fields, places)
    }

    /// The field without blanks at its ends; empty if the file has no such column.
    package subscript(_ column: String) -> String {
        places[column].map { fields[$0].trimmingBlanks() } ?? ""
    }
}

extension String {
    /// Without spaces of any width, tabs and line ends at both ends.
    func trimmingBlanks() -> String {
        let isBlank: (Unicode.Scalar) -> Bool = { $0.properties.isWhitespace || $0 == "\u{FEFF}" || $0 == "\u{200B}" }
        guard let first = unicodeScalars.firstIndex(where: { !isBlank($0) }),
            let last = unicodeScalars.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return first == startIndex && unicodeScalars.index(after: last) == endIndex
            ? self : String(unicodeScalars[first...last])
    }
}
