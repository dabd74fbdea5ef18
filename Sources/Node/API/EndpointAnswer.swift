import HTTPTypes
import Hummingbird
import Ledger
import Libraries
import NIOCore

/// What every endpoint does alike around its own handler: who asks, what comes twice, what has not changed.
extension Endpoint {
    /// Answers that are longer are not held back to be hashed.
    private static let taggedBytesMax = 4 << 20

    func answer(_ call: APICall, with api: API) async throws -> Response {
        let response: Response
        switch handler {
        case .open(let handler): response = try await handler(api, call)
        case .holder(let handler):
            let holder = try api.holder(of: call.request)
            response =
                isKeyed
                ? try await api.once(call, holder) { call in try await handler(api, call, holder) }
                : try await handler(api, call, holder)
        case .session(let handler):
            response = try await handler(api, call, try api.session(of: call.request))
        }
        return isTagged ? try await Self.tagged(response, call) : response
    }

    /// Whether its answer bears an entity tag and need not be sent again to whoever has it (RFC 9110, section 13).
    var isTagged: Bool {
        let tagged = ["application/json", "text/html", "application/atom+xml"]
        return method == .get && path != "/v1/status" && tagged.contains { answer.mediaType.hasPrefix($0) }
    }

    private static func tagged(_ response: Response, _ call: APICall) async throws -> Response {
        var response = response
        guard response.status == .ok, let length = response.body.contentLength, length <= taggedBytesMax else {
            return response
        }
        if response.headers[.eTag] == nil {
            let collected = CollectedBody()
            try await response.body.write(BodyCollector(body: collected))
            let bytes = collected.bytes
            response.body = ResponseBody(byteBuffer: bytes)
            response.headers[.eTag] = "\"\(EntityTag.fingerprint(of: Array(bytes.readableBytesView)))\""
        }
        guard let tag = response.headers[.eTag], EntityTag.has(call.header(.ifNoneMatch), tag) else { return response }
        var headers = response.headers
        headers[.contentType] = nil
        return Response(status: .notModified, headers: headers)
    }
}

/// Entity tags (RFC 9110, section 8.8.3). That of a record stands for all that was seen of it. A case is judged by more
/// than its record: the tag of its page has a second half, for what the page says, and `If-Match` looks at the first
/// alone, so that an edit is not refused because a day has passed or another office's register has come.
enum EntityTag {
    private static let digitsMax = 32

    /// Stands for the bytes of an answer.
    static func fingerprint(of bytes: [UInt8]) -> String {
        let digest = Digest.of(Suite.p256.rawValue, Array("tributary answer 1\n".utf8), bytes)
        return hexadecimal(Array(digest.bytes[1...(digitsMax / 2)]))
    }

    /// The tag of an answer about a record that says more than the record does.
    static func joined(_ tag: String, _ bytes: [UInt8]) -> String { "\(tag.dropLast()).\(fingerprint(of: bytes))\"" }

    /// Whether a list of tags, or `*`, has this one; weak ones are compared as strong ones.
    static func has(_ list: String?, _ tag: String) -> Bool {
        guard let list else { return false }
        return tags(list).contains { $0 == "*" || $0 == tag }
    }

    /// Whether a list of tags has that of a record, with or without a second half.
    static func has(_ list: String, record tag: String) -> Bool {
        tags(list).contains { $0 == "*" || $0 == tag || $0.hasPrefix("\(tag.dropLast()).") }
    }

    private static func tags(_ list: String) -> [Substring] {
        list.split(separator: ",").map { tag in
            var tag = tag.drop { $0 == " " || $0 == "\t" }
            while tag.last == " " || tag.last == "\t" { tag.removeLast() }
            return tag.hasPrefix("W/") ? tag.dropFirst(2) : tag
        }
    }
}

/// A body as it was written.
private final class CollectedBody {
    var bytes = ByteBuffer()
}

private struct BodyCollector: ResponseBodyWriter {
    let body: CollectedBody

    mutating func write(_ buffer: ByteBuffer) async throws { body.bytes.writeImmutableBuffer(buffer) }

    consuming func finish(_ trailingHeaders: HTTPFields?) async throws {}
}
