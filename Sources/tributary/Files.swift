import Divisions
import Foundation

/// Files as commands read and write them: a failure names the file and what to do.
enum Files {
    /// Standard input or output in place of a file.
    static let standard = "-"
    /// What is read at a time.
    static let chunkBytes = 256 << 10

    static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    static func isDirectory(_ path: String) -> Bool {
        var isDirectory: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isDirectory) && isDirectory.boolValue
    }

    /// The size in bytes; nil where it cannot be told, as for a pipe.
    static func size(_ path: String) -> Int64? {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        guard attributes?[.type] as? FileAttributeType == .typeRegular else { return nil }
        return (attributes?[.size] as? NSNumber)?.int64Value
    }

    /// All of a file.
    ///
    /// - Parameter bytesMax: a larger file is refused, so that a wrong name does not fill the memory.
    static func read(_ path: String, bytesMax: Int) throws(CommandFailure) -> [UInt8] {
        var bytes: [UInt8] = []
        try stream(path) { chunk throws(CommandFailure) in
            guard bytes.count + chunk.count <= bytesMax else {
                throw CommandFailure(.badData, "\(path): has more than \(bytesMax) bytes; is it the right file?")
            }
            bytes += chunk
        }
        return bytes
    }

    static func readText(_ path: String, bytesMax: Int) throws(CommandFailure) -> String {
        guard let text = String(validating: try read(path, bytesMax: bytesMax), as: UTF8.self) else {
            throw CommandFailure(.badData, "\(path): is not text in UTF-8; convert it first")
        }
        return text
    }

    /// A file piece by piece, so that memory does not follow its size.
    static func stream(
        _ path: String, _ body: ([UInt8]) throws(CommandFailure) -> Void
    ) throws(CommandFailure) {
        let file = try InputFile(path)
        while let chunk = try file.next() { try body(chunk) }
    }

    /// Writes a whole new file, or to standard output. A file that is there is replaced at once, never half.
    static func write(_ text: String, to path: String, mode: Int? = nil) throws(CommandFailure) {
        guard path != standard else {
            Terminal.output.write(text)
            return
        }
        do {
            try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
            if let mode { try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path) }
        } catch {
            throw CommandFailure(.cannotWrite, "\(path): cannot be written: \(reason(error))")
        }
    }

    static func makeDirectory(_ path: String, mode: Int) throws(CommandFailure) {
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: mode])
        } catch {
            throw CommandFailure(.cannotWrite, "\(path): cannot be made: \(reason(error))")
        }
    }

    /// How a file is named from a directory: relative where it was given so, that both can be moved together.
    static func path(of file: String, from directory: String) -> String {
        guard !file.hasPrefix("/") else { return file }
        let file = URL(fileURLWithPath: file).standardizedFileURL.pathComponents
        let directory = URL(fileURLWithPath: directory).standardizedFileURL.pathComponents
        let common = zip(file, directory).prefix { $0 == $1 }.count
        return (directory.dropFirst(common).map { _ in ".." } + file.dropFirst(common)).joined(separator: "/")
    }

    static func reason(_ error: any Error) -> String {
        let error = error as NSError
        if let underlying = error.userInfo[NSUnderlyingErrorKey] as? NSError, underlying.domain == NSPOSIXErrorDomain {
            return String(cString: strerror(Int32(underlying.code)))
        }
        return error.localizedDescription
    }

    /// The tree in a topology file.
    static func topology(_ path: String) throws(CommandFailure) -> DivisionTree {
        let text = try readText(path, bytesMax: Topology.textBytesMax)
        do {
            return try Topology.parse(text, named: path)
        } catch {
            throw CommandFailure(.badData, "\(error)")
        }
    }
}

/// A file that is read in order, or standard input.
final class InputFile {
    let path: String
    private let descriptor: Int32

    init(_ path: String) throws(CommandFailure) {
        self.path = path
        descriptor = path == Files.standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            let status: ExitStatus = errno == EACCES ? .notPermitted : .noInput
            throw CommandFailure(status, "\(path): cannot be opened: \(String(cString: strerror(errno)))")
        }
    }

    deinit { if descriptor != STDIN_FILENO { close(descriptor) } }

    /// The next piece; nil at the end.
    func next() throws(CommandFailure) -> [UInt8]? {
        while true {
            var count = 0
            let bytes = [UInt8](unsafeUninitializedCapacity: Files.chunkBytes) { buffer, filled in
                count = Foundation.read(descriptor, buffer.baseAddress, buffer.count)
                filled = max(0, count)
            }
            if count > 0 { return bytes }
            if count == 0 { return nil }
            guard errno == EINTR else {
                throw CommandFailure(.noInput, "\(path): cannot be read: \(String(cString: strerror(errno)))")
            }
        }
    }
}

/// A file that is written in order, or standard output. The file has its name only once it is whole.
final class OutputFile {
    private let path: String
    private let temporary: String
    private var descriptor: Int32
    private var buffer: [UInt8] = []

    init(_ path: String) throws(CommandFailure) {
        self.path = path
        temporary = path + ".part"
        descriptor =
            path == Files.standard ? STDOUT_FILENO : open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw CommandFailure(.cannotWrite, "\(temporary): cannot be made: \(String(cString: strerror(errno)))")
        }
    }

    /// What was not finished is taken away.
    deinit {
        guard descriptor >= 0, path != Files.standard else { return }
        close(descriptor)
        unlink(temporary)
    }

    func write(_ text: String) throws(CommandFailure) {
        buffer += text.utf8
        if buffer.count >= Files.chunkBytes { try flush() }
    }

    func finish() throws(CommandFailure) {
        try flush()
        guard path != Files.standard else { return }
        guard fsync(descriptor) == 0, close(descriptor) == 0, rename(temporary, path) == 0 else {
            throw CommandFailure(.cannotWrite, "\(path): cannot be written: \(String(cString: strerror(errno)))")
        }
        descriptor = -1
    }

    private func flush() throws(CommandFailure) {
        var rest = buffer[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 {
                guard errno == EINTR else {
                    throw CommandFailure(
                        .cannotWrite, "\(path): cannot be written: \(String(cString: strerror(errno)))")
                }
                continue
            }
            rest = rest.dropFirst(count)
        }
        buffer.removeAll(keepingCapacity: true)
    }
}
