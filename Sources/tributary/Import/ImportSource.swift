import Divisions
import Foundation
import Libraries
import Node

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

extension RowSource {
    /// - Parameter drafts: the records a row stands for.
    init(_ path: String, drafts: @escaping (Row) -> [RecordDraft]) throws(CommandFailure) {
        let file = try InputFile(path)
        self.init(named: path, total: Files.size(path), reading: { try file.next() }, drafts: drafts)
    }
}
