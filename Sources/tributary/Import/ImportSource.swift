import Divisions
import Foundation
import Libraries

/// Records that an import writes whole or not at all, and where they were read.
struct ImportGroup: Sendable {
    let file: String
    /// Of the first row; 0 for a whole file.
    let line: Int
    /// Rows it stands for; 1 for a law.
    let rows: Int
    let drafts: [RecordDraft]
}

/// What a source brings next.
enum ImportStep: Sendable {
    case group(ImportGroup)
    /// Imported all the same, and worth a look.
    case warned(RefusedRow)
    case refused(RefusedRow)
    /// Nothing to do: it came up before in this very import.
    case repeated(RefusedRow)
}

/// Something that is imported, read piece by piece: memory does not follow its size.
protocol ImportSource {
    /// What is read so far, in units of `total`.
    var done: Int64 { get }
    /// Nil where the end is not known, as for a pipe.
    var total: Int64? { get }

    /// Nil at the end.
    mutating func next() throws(CommandFailure) -> ImportStep?
}

// MARK: Laws

/// The law files of a directory and its folders, in the order of their names, or one such file.
struct StatuteSource: ImportSource {
    private static let suffix = ".md"

    private let root: String
    private let home: DivisionCode
    private let names: [String]
    private var place = 0
    private var admission = StatuteAdmission()

    /// - Parameter path: a directory, or one file.
    init(_ path: String, home: DivisionCode) throws(CommandFailure) {
        self.home = home
        guard Files.isDirectory(path) else {
            guard Files.exists(path) else {
                throw CommandFailure(.noInput, "\(path): there is no such directory or file")
            }
            root = ""
            names = [path]
            return
        }
        root = path.hasSuffix("/") ? path : path + "/"
        names = try Self.names(in: path)
        guard !names.isEmpty else {
            throw CommandFailure(.noInput, "\(path): holds no law files (*\(Self.suffix)), in its folders neither")
        }
    }

    /// Paths below `directory`, in the order of their bytes, so that a second import decides alike.
    private static func names(in directory: String) throws(CommandFailure) -> [String] {
        guard let walk = FileManager.default.enumerator(atPath: directory) else {
            throw CommandFailure(.noInput, "\(directory): cannot be read")
        }
        var names: [String] = []
        for case let name as String in walk
        where name.hasSuffix(suffix) && !(name as NSString).lastPathComponent.hasPrefix(".") {
            names.append(name)
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    var done: Int64 { Int64(place) }
    var total: Int64? { Int64(names.count) }

    mutating func next() throws(CommandFailure) -> ImportStep? {
        guard place < names.count else { return nil }
        let name = names[place]
        place += 1
        let path = root + name
        if let size = Files.size(path), size > Int64(StatuteFile.bytesMax) {
            return .refused(RefusedRow(file: path, line: 0, reason: StatuteFault.tooLarge.reason))
        }
        // One file that cannot be opened does not stop the others.
        guard let bytes = try? Files.read(path, bytesMax: StatuteFile.bytesMax) else {
            let reason = Reason("文件无法读取，请检查权限", "the file cannot be read; see who owns it")
            return .refused(RefusedRow(file: path, line: 0, reason: reason))
        }
        switch StatuteFile.parse(bytes, fileName: name) {
        case .failure(let fault): return .refused(RefusedRow(file: path, line: 0, reason: fault.reason))
        case .success(let statute):
            switch admission.admit(statute, file: path) {
            case .first:
                return .group(ImportGroup(file: path, line: 0, rows: 1, drafts: statute.drafts(home: home)))
            case .repeated(let file):
                return .repeated(
                    RefusedRow(
                        file: path, line: 0,
                        reason: Reason("与 \(file) 内容相同，已导入一次", "holds the same as \(file), which is imported")))
            case .contradicts(let file):
                return .refused(RefusedRow(file: path, line: 0, reason: StatuteAdmission.reason(contradicting: file)))
            }
        }
    }
}

// MARK: Tables

/// The rows of a table. Rows that belong together are one group.
struct RowSource<Row: ImportedRow>: ImportSource {
    private let path: String
    private let file: InputFile
    private let drafts: (Row) -> [RecordDraft]
    private var importer: RowImporter<Row>
    private var events: [RowImporter<Row>.Event] = []
    private var taken = 0
    private var isAtEnd = false
    /// The group that is being read: it ends with the first row that does not belong to it.
    private var open: ImportGroup?
    private var last: Row?
    private(set) var done: Int64 = 0
    let total: Int64?

    /// - Parameter drafts: the records a row stands for.
    init(_ path: String, drafts: @escaping (Row) -> [RecordDraft]) throws(CommandFailure) {
        self.path = path
        self.drafts = drafts
        file = try InputFile(path)
        importer = RowImporter(file: path)
        total = Files.size(path)
    }

    mutating func next() throws(CommandFailure) -> ImportStep? {
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
            if let chunk = try file.next(), !importer.isUnreadable {
                done += Int64(chunk.count)
                events = importer.feed(chunk)
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
            defer { open = ImportGroup(file: path, line: line, rows: 1, drafts: drafts(row)) }
            return open.map { .group($0) }
        }
    }
}
