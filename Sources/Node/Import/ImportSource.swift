package import Libraries

/// Records that an import writes whole or not at all, and where they were read.
package struct ImportGroup: Sendable {
    package let file: String
    /// Of the first row; 0 for a whole file.
    package let line: Int
    /// Rows it stands for; 1 for a law.
    package let rows: Int
    package let drafts: [RecordDraft]

    package init(file: String, line: Int, rows: Int, drafts: [RecordDraft]) {
        (self.file, self.line, self.rows, self.drafts) = (file, line, rows, drafts)
    }
}

/// What a source brings next.
package enum ImportStep: Sendable {
    case group(ImportGroup)
    /// Imported all the same, and worth a look.
    case warned(RefusedRow)
    case refused(RefusedRow)
    /// Nothing to do: it came up before in this very import.
    case repeated(RefusedRow)
}

/// Something that is imported, read piece by piece: memory does not follow its size.
package protocol ImportSource {
    /// What is read so far, in units of `total`.
    var done: Int64 { get }
    /// Nil where the end is not known, as for a pipe.
    var total: Int64? { get }

    /// Nil at the end.
    mutating func next() throws -> ImportStep?
}

/// The rows of a table. Rows that belong together are one group.
package struct RowSource<Row: ImportedRow>: ImportSource {
    private let name: String
    private let chunk: () throws -> [UInt8]?
    private let drafts: (Row) -> [RecordDraft]
    private var importer: RowImporter<Row>
    private var events: [RowImporter<Row>.Event] = []
    private var taken = 0
    private var isAtEnd = false
    /// The group that is being read: it ends with the first row that does not belong to it.
    private var open: ImportGroup?
    private var last: Row?
    package private(set) var done: Int64 = 0
    package let total: Int64?

    /// - Parameters:
    ///   - name: of the file, for whoever reads what was refused.
    ///   - total: its size in bytes; nil where that is not known.
    ///   - chunk: the next piece of it; nil at the end.
    ///   - drafts: the records a row stands for.
    package init(
        named name: String, total: Int64?, reading chunk: @escaping () throws -> [UInt8]?,
        drafts: @escaping (Row) -> [RecordDraft]
    ) {
        (self.name, self.total, self.chunk, self.drafts) = (name, total, chunk, drafts)
        importer = RowImporter(file: name)
    }

    package mutating func next() throws -> ImportStep? {
        while true {
            while taken < events.count {
                taken += 1
                if let step = read(events[taken - 1]) { return step }
            }
            guard !isAtEnd else {
                defer { open = nil }
                return open.map { .group($0) }
            }
            taken = 0
            if let bytes = try chunk(), !importer.isUnreadable {
                done += Int64(bytes.count)
                events = importer.feed(bytes)
            } else {
                events = importer.finish()
                isAtEnd = true
            }
        }
    }

    private mutating func read(_ event: RowImporter<Row>.Event) -> ImportStep? {
        switch event {
        case .refused(let refused): return .refused(refused)
        case .warned(let warned): return .warned(warned)
        case .row(let row, let line):
            defer { last = row }
            if let open, let last, row.belongs(with: last) {
                self.open = ImportGroup(
                    file: open.file, line: open.line, rows: open.rows + 1, drafts: open.drafts + drafts(row))
                return nil
            }
            defer { open = ImportGroup(file: name, line: line, rows: 1, drafts: drafts(row)) }
            return open.map { .group($0) }
        }
    }
}
