import Foundation
import HTTPTypes
import Hummingbird
import Libraries
import NIOCore

/// What a form sent: its fields, and files where it has any.
struct Form: Sendable {
    struct File: Sendable {
        let name: String
        let mediaType: String
        let bytes: [UInt8]
    }

    /// A form without files has at most so many bytes, one with files so many.
    static let bytesMax = 1 << 20
    static let bytesWithFilesMax = 64 << 20
    static let fieldsMax = 512
    static let filesMax = 64

    private(set) var fields: [String: [String]] = [:]
    private(set) var files: [String: [File]] = [:]

    /// The one value of a field, without blanks around it; nil where it is absent or empty.
    subscript(name: String) -> String? {
        guard let text = fields[name]?.last?.trimmingCharacters(in: .whitespacesAndNewlines), !text.isEmpty else {
            return nil
        }
        return text
    }

    /// All values of a field that are not empty.
    func all(_ name: String) -> [String] { (fields[name] ?? []).filter { !$0.isEmpty } }

    /// The fields as a template takes them when it shows a form again; secrets are left out.
    var view: JSON {
        .object(
            fields.filter { !$0.key.hasPrefix("password") && $0.key != "csrf" && $0.key != "once" }
                .mapValues { .text($0.last ?? "") })
    }

    /// Reads the body of a request as far as it may go.
    ///
    /// - Parameter mayHoldFiles: whether there is room for files; nobody who has not signed in needs it.
    init(_ request: Request, mayHoldFiles: Bool = true) async throws {
        let type = request.headers[.contentType] ?? ""
        let isMultipart = type.lowercased().hasPrefix("multipart/form-data")
        let limit = isMultipart && mayHoldFiles ? Self.bytesWithFilesMax : Self.bytesMax
        var bytes: [UInt8] = []
        for try await part in request.body {
            guard bytes.count + part.readableBytes <= limit else { throw Self.refusal(413, "too-large") }
            bytes.append(contentsOf: part.readableBytesView)
        }
        if isMultipart {
            guard let boundary = Self.boundary(of: type) else { throw Self.refusal(400, "bad-value") }
            try read(multipart: bytes, boundary: boundary)
        } else {
            try read(encoded: bytes)
        }
    }

    /// A form that says nothing.
    init() {}

    /// For `application/x-www-form-urlencoded` as a text.
    init(encoded text: String) throws { try read(encoded: Array(text.utf8)) }

    private mutating func add(_ value: String, to name: String) throws {
        guard fields.values.reduce(0, { $0 + $1.count }) < Self.fieldsMax else { throw Self.refusal(400, "bad-value") }
        fields[name, default: []].append(value)
    }

    // MARK: URL-encoded

    private mutating func read(encoded bytes: [UInt8]) throws {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Self.refusal(400, "bad-value") }
        for pair in text.split(separator: "&", omittingEmptySubsequences: true) {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(halves[0]), let value = Self.decoded(halves.count > 1 ? halves[1] : "")
            else { throw Self.refusal(400, "bad-value") }
            try add(value, to: name)
        }
    }

    private static func decoded(_ text: Substring) -> String? {
        String(text).replacing("+", with: " ").removingPercentEncoding
    }

    // MARK: Multipart (RFC 7578)

    private static func boundary(of type: String) -> [UInt8]? {
        guard let range = type.range(of: "boundary=", options: .caseInsensitive) else { return nil }
        let value = type[range.upperBound...].prefix { $0 != ";" }.trimmingCharacters(
            in: CharacterSet(charactersIn: "\" "))
        return (1...70).contains(value.utf8.count) ? Array("--\(value)".utf8) : nil
    }

    private mutating func read(multipart bytes: [UInt8], boundary: [UInt8]) throws {
        let (blank, line) = (Array("\r\n\r\n".utf8), Array("\r\n".utf8))
        let end = line + boundary
        guard let first = Self.place(of: boundary, in: bytes[...]) else { throw Self.refusal(400, "bad-value") }
        var place = first + boundary.count
        while bytes[place...].starts(with: line) {
            guard let next = Self.place(of: end, in: bytes[place...]),
                let head = Self.place(of: blank, in: bytes[place..<next]),
                let headers = String(validating: bytes[place..<head], as: UTF8.self)
            else { throw Self.refusal(400, "bad-value") }
            try readPart(headers, Array(bytes[head + blank.count..<next]))
            place = next + end.count
        }
    }

    /// Where some bytes stand first, found in one pass over memory: a form may have millions of bytes.
    private static func place(of wanted: [UInt8], in bytes: ArraySlice<UInt8>) -> Int? {
        let place = bytes.withUnsafeBufferPointer { bytes -> Int? in
            guard bytes.count >= wanted.count else { return nil }
            return (0...bytes.count - wanted.count).first { start in
                wanted.indices.allSatisfy { bytes[start + $0] == wanted[$0] }
            }
        }
        return place.map { bytes.startIndex + $0 }
    }

    private mutating func readPart(_ headers: String, _ content: [UInt8]) throws {
        var disposition = ""
        var mediaType = "application/octet-stream"
        for header in headers.split(separator: "\r\n") {
            let lowered = header.lowercased()
            if lowered.hasPrefix("content-disposition:") { disposition = String(header) }
            if lowered.hasPrefix("content-type:") {
                mediaType = header.dropFirst("content-type:".count).trimmingCharacters(in: .whitespaces)
            }
        }
        guard let name = Self.parameter("name", of: disposition) else { throw Self.refusal(400, "bad-value") }
        guard let file = Self.parameter("filename", of: disposition) else {
            guard let text = String(validating: content, as: UTF8.self) else { throw Self.refusal(400, "bad-value") }
            return try add(text, to: name)
        }
        // An empty file input sends a part without a name and without bytes.
        guard !file.isEmpty || !content.isEmpty else { return }
        guard files.values.reduce(0, { $0 + $1.count }) < Self.filesMax else { throw Self.refusal(400, "bad-value") }
        files[name, default: []].append(File(name: file, mediaType: mediaType, bytes: content))
    }

    private static func parameter(_ name: String, of disposition: String) -> String? {
        guard let start = disposition.range(of: "; \(name)=\"") else { return nil }
        return String(disposition[start.upperBound...].prefix { $0 != "\"" })
    }

    private static func refusal(_ status: Int, _ kind: String) -> Refusal {
        Refusal(
            status: status,
            problem: [
                "type": .text("urn:tributary:problem:\(kind)"), "title": "表单无法读取 · The form cannot be read",
                "detail": "请返回重新填写 · Go back and fill it in again",
            ])
    }
}
