package import Libraries

/// What an import came to: the one report it ends with.
package struct ImportReport: Encodable, Sendable {
    package struct Row: Encodable, Sendable {
        package let file: String
        /// 0 for a whole file.
        package let line: Int
        package let chinese: String
        package let english: String

        init(_ row: RefusedRow) {
            (file, line) = (row.file, row.line)
            (chinese, english) = (row.reason.chinese, row.reason.english)
        }

        package var text: String { (line > 0 ? "\(file):\(line)" : file) + ": \(chinese) (\(english))" }
    }

    /// Rows are counted beyond this number, and no longer kept.
    package static let rowsKeptMax = 1_000

    /// Records that had to be made or changed.
    package var written = 0
    package var unchanged = 0
    /// Changes that wrote something.
    package var changes = 0
    /// Rows, or files of laws, that were read and sent.
    package var rows = 0
    /// Rows that were not taken.
    package var refused = 0
    package var warned = 0
    /// Files of laws that hold what an earlier file held.
    package var repeated = 0
    package var seconds = 0.0
    package private(set) var refusals: [Row] = []
    package private(set) var warnings: [Row] = []

    package init() {}

    package mutating func refuse(_ row: RefusedRow, rows: Int = 1) {
        refused += rows
        if refusals.count < Self.rowsKeptMax { refusals.append(Row(row)) }
    }

    package mutating func warn(_ row: RefusedRow) {
        warned += 1
        if warnings.count < Self.rowsKeptMax { warnings.append(Row(row)) }
    }

    /// In the order of files and lines: answers come in any order.
    package mutating func sort() {
        refusals.sort { ($0.file, $0.line) < ($1.file, $1.line) }
    }
}
