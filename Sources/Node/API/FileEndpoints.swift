import HTTPTypes
import Hummingbird
import Lattice
import Ledger
import Libraries
import NIOCore
import Replication
import Store

/// Evidence files: handed in, read, and those that are missing.
extension Endpoint {
    private static let digest = Parameter.path("id", "The file's SHA-256: 64 hexadecimal digits in lower case.")

    static let files: [Endpoint] = [
        Endpoint(
            method: .post, path: "/v1/files", operation: "uploadFile",
            summary: "Takes a file as it is, hashed while it is written, and answers how a record of kind `evidence` "
                + "names it. The same file twice is kept once.",
            bodyMediaType: "application/octet-stream",
            answer: .json("FileMessage", status: 201, "The file is whole and durable here."),
            problems: [.roleForbids, .tooLarge],
            handler: .holder { api, call, holder in try await api.uploadFile(call, holder) }),
        Endpoint(
            method: .get, path: "/v1/files/missing", operation: "listMissingFiles",
            summary: "Files that records here name and that are not here yet, the first \(NodeLimits.missingFilesMax).",
            answer: .json("MissingFiles", "The files, and how many there are."),
            handler: .holder { api, call, _ in try await api.missingFiles(call) }),
        Endpoint(
            method: .get, path: "/v1/files/{id}", operation: "readFile", summary: "A file as it was handed in.",
            parameters: [digest, .header("Range", "One range of bytes (RFC 9110): answered with 206.")],
            answer: .text("application/octet-stream", "The bytes."), isViewLogged: true,
            alternatives: [.text("application/octet-stream", status: 206, "Those of the range.")],
            problems: [.roleForbids, .notFound, .badID, .badRange],
            handler: .holder { api, call, holder in try await api.readFile(call, holder) }),
    ]
}

extension API {
    func uploadFile(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        try call.query.finish()
        guard let kind = core.kinds["evidence"] else { throw Problem(.unknownKind, "this node keeps no evidence") }
        try check(.edit(kind), holder, at: nil)
        let limit = ReplicationLimits.fileBytesMax
        if let length = call.request.headers[.contentLength].flatMap({ UInt64($0) }), length > limit {
            throw Problem(UploadFailure.tooLarge(limit: limit))
        }
        let upload = FileUpload(to: core.files)
        do {
            for try await part in call.request.body { try upload.write(part.readableBytesView) }
        } catch let failure as UploadFailure {
            throw Problem(failure)
        } catch {
            throw Problem(.badValue, "the body ended early: send it again")
        }
        // Until a large file is durable takes a while: where waiting for the disk holds up nobody.
        let result: Result<FileName, UploadFailure> = await core.read { _ in
            do throws(UploadFailure) { return .success(try upload.finish()) } catch { return .failure(error) }
        }
        let name: FileName
        do throws(UploadFailure) { name = try result.get() } catch { throw Problem(error) }
        core.fileArrived(name)
        return try Self.json(FileMessage(name), status: .created)
    }

    func missingFiles(_ call: APICall) async throws -> Response {
        try call.query.finish()
        let (status, missing) = await core.missingFiles()
        return try Self.json(
            MissingFiles(
                missing: status.missing, isScanning: status.isScanning, files: missing.map(MissingFileMessage.init)))
    }

    func readFile(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        try call.query.finish()
        let digest = try call.file()
        let shelf = core.files
        guard let size = shelf.byteCount(of: digest) else {
            throw Problem(
                .notFound, "the file is not here: see /v1/files/missing for whether it is expected", at: "path:id")
        }
        let subject = try await checkSight(ofFile: digest, holder)
        let range = try ByteRange.of(call.header(.range), size: size)
        try await logView(.file, of: subject, call, holder)
        var headers: HTTPFields = [
            .contentType: "application/octet-stream", .cacheControl: "no-store", .acceptRanges: "bytes",
            .eTag: "\"\(digest.sha256Text)\"",
        ]
        if range.isPart { headers[.contentRange] = "bytes \(range.first)-\(range.end - 1)/\(size)" }
        let core = core
        let body = ResponseBody(contentLength: range.end - range.first) { writer in
            var offset = range.first
            while offset < range.end {
                let (from, count) = (offset, min(ReplicationLimits.fileChunkBytes, range.end - offset))
                let bytes = try await core.read { (_) throws(StoreFailure) in
                    try shelf.read(digest, from: from, count: count)
                }
                guard bytes.count == count else { throw StoreFailure.inputOutput("an evidence file ends early") }
                try await writer.write(ByteBuffer(bytes: bytes))
                offset += count
            }
            try await writer.finish(nil)
        }
        return Response(status: range.isPart ? .partialContent : .ok, headers: headers, body: body)
    }
}

extension APICall {
    /// The file that the path names.
    fileprivate func file() throws(Problem) -> Digest {
        guard let text = path("id"), let digest = Digest(sha256: text) else {
            throw Problem(.badID, "a file is named by 64 hexadecimal digits in lower case", at: "path:id")
        }
        return digest
    }
}

/// One range of bytes (RFC 9110, section 14.2); anything else that may stand in the header asks for the whole.
private struct ByteRange {
    let first: Int
    /// One past the last.
    let end: Int
    let isPart: Bool

    static func of(_ header: String?, size: Int) throws(Problem) -> ByteRange {
        let whole = ByteRange(first: 0, end: size, isPart: false)
        guard let header, header.hasPrefix("bytes="), !header.contains(",") else { return whole }
        let ends = header.dropFirst("bytes=".count).split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2 else { return whole }
        let range: ByteRange
        switch (Int(ends[0]), Int(ends[1])) {
        case (let first?, let last?) where last >= first:
            range = ByteRange(first: first, end: min(last, size - 1) + 1, isPart: true)
        case (let first?, nil) where ends[1].isEmpty: range = ByteRange(first: first, end: size, isPart: true)
        case (nil, let count?) where ends[0].isEmpty:
            range = ByteRange(first: size - min(count, size), end: size, isPart: true)
        default: return whole
        }
        guard range.first < range.end else {
            throw Problem(.badRange, "the file has \(size) bytes: ask for some of them", at: "header:range")
        }
        return range
    }
}

/// How a record of kind `evidence` names a file.
package struct FileMessage: Codable, Hashable, Sendable {
    /// SHA-256, 64 hexadecimal digits: the value of the field `digest`.
    package let digest: String
    /// The value of the field `chunk-root`.
    package let chunkRoot: String
    /// Bytes: the value of the field `size`.
    package let size: UInt64

    init(_ name: FileName) {
        (digest, chunkRoot, size) = (name.digest.sha256Text, name.root.sha256Text, name.size)
    }
}

package struct MissingFileMessage: Codable, Hashable, Sendable {
    package let digest: String
    package let size: UInt64
    /// A record that names it.
    package let record: String
    /// Whether it is on its way at this moment.
    package let isArriving: Bool

    init(_ file: MissingFile) {
        (digest, size) = (file.name.digest.sha256Text, file.name.size)
        (record, isArriving) = (file.record.description, file.isArriving)
    }
}

package struct MissingFiles: Codable, Hashable, Sendable {
    /// How many there are.
    package let missing: Int
    /// Whether records are still looked through after a start: until then more may be missing.
    package let isScanning: Bool
    package let files: [MissingFileMessage]
}

extension Problem {
    init(_ failure: UploadFailure) {
        switch failure {
        case .empty: self.init(.badValue, failure.description)
        case .tooLarge(let limit):
            self.init(.tooLarge, failure.description, members: ["limit": .integer(Int64(limit))])
        case .store(let failure): self.init(failure)
        }
    }
}
