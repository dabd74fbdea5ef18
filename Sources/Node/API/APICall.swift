import Divisions
import HTTPTypes
import Hummingbird
import Ledger
import Libraries
import NIOCore

/// One request on its way to its endpoint.
struct APICall: Sendable {
    private(set) var request: Request
    /// Of a request that may come twice.
    private(set) var key: IdempotencyKey?
    /// The parts of the path that the endpoint names, decoded.
    private let parameters: Parameters
    /// Who asks, as far as the connection tells.
    let peer: Peer
    var query: APIQuery

    init(_ request: Request, _ parameters: Parameters, from peer: Peer) throws(Problem) {
        (self.request, self.parameters, self.peer) = (request, parameters, peer)
        query = try APIQuery(request.uri.query ?? "")
    }

    /// The record that the path names.
    func record() throws(Problem) -> RecordID {
        guard let text = parameters.get("id").flatMap({ PercentCoding.decoded($0[...]) }), let id = RecordID(text)
        else {
            throw Problem(.badID, "a record's id is written kind:home:flow:key", at: "path:id")
        }
        return id
    }

    /// A parameter of the path, decoded.
    func path(_ name: String) -> String? { parameters.get(name).flatMap { PercentCoding.decoded($0[...]) } }

    func header(_ name: HTTPField.Name) -> String? { request.headers[name] }

    /// The body as JSON, read as far as it may go and not a byte further.
    func body() async throws(Problem) -> JSON {
        let type = (request.headers[.contentType] ?? "").prefix { $0 != ";" }.lowercased()
        guard type.trimmingSpaces == "application/json" else {
            throw Problem(.notJSON, "send the header Content-Type: application/json", at: "header:content-type")
        }
        let bytes = try await bytes()
        do throws(JSONFault) { return try JSONParser.parse(bytes) } catch { throw Problem(error) }
    }

    /// The same call with its body at hand.
    func repeated(_ bytes: [UInt8], _ key: IdempotencyKey) -> APICall {
        var call = self
        call.request.body = RequestBody(buffer: ByteBuffer(bytes: bytes))
        call.key = key
        return call
    }

    /// The body, read as far as it may go and not a byte further.
    func bytes() async throws(Problem) -> [UInt8] {
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > APILimits.bodyBytesMax {
            throw Self.tooLarge
        }
        var bytes: [UInt8] = []
        do {
            for try await part in request.body {
                guard bytes.count + part.readableBytes <= APILimits.bodyBytesMax else { throw Self.tooLarge }
                bytes.append(contentsOf: part.readableBytesView)
            }
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem(.malformedJSON, "the body ended early: send it again")
        }
        return bytes
    }

    private static var tooLarge: Problem {
        Problem(
            .tooLarge, "a body has at most \(APILimits.bodyBytesMax) bytes: divide it",
            members: ["limit": .integer(Int64(APILimits.bodyBytesMax))])
    }
}

/// What the API takes and holds at most.
package enum APILimits {
    /// A change of an import with room to spare.
    package static let bodyBytesMax = 8 << 20
    /// Parameters of one query.
    static let parametersMax = 32
    /// Records a page has unless it is asked for otherwise, and at most.
    package static let recordsPerPage = 50
    package static let recordsPerPageMax = 500
    /// Hits of a search.
    package static let hitsPerPage = 20
    package static let hitsPerPageMax = 200
    /// How far a search may be paged through: nobody reads further, and each page costs what came before it.
    static let hitsOffsetMax = 10_000
    /// Articles of one version that are looked through for a number.
    static let articlesPerPage = 1_000
    /// Versions of one title.
    static let versionsMax = 1_000
    /// How long a stream of changes is silent at most.
    package static let heartbeatSeconds = 15
    /// A connection on which nothing is asked for so long is closed.
    static let idleSecondsMax: Int64 = 75
    static let connectionsMax = 512
}

/// The parameters of a query: each once, and none that nobody asks for.
struct APIQuery: Sendable {
    private var values: [String: String] = [:]

    init(_ text: String) throws(Problem) {
        guard !text.isEmpty else { return }
        let pairs = text.split(separator: "&", omittingEmptySubsequences: true)
        guard pairs.count <= APILimits.parametersMax else {
            throw Problem(.badValue, "a query has at most \(APILimits.parametersMax) parameters")
        }
        for pair in pairs {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentCoding.decoded(halves[0], plusIsSpace: true),
                let value = PercentCoding.decoded(halves.count > 1 ? halves[1] : "", plusIsSpace: true)
            else {
                throw Problem(.badValue, "the query is not percent-encoded UTF-8: encode it so", at: "query")
            }
            guard values.updateValue(value, forKey: name) == nil else {
                throw Problem(.badValue, "a parameter stands in the query twice", at: "query:\(name)")
            }
        }
    }

    mutating func text(_ name: String) -> String? { values.removeValue(forKey: name) }

    mutating func required(_ name: String) throws(Problem) -> String {
        guard let text = text(name), !text.isEmpty else {
            throw Problem(.missingMember, "the parameter is required: add it", at: "query:\(name)")
        }
        return text
    }

    mutating func count(_ name: String, default count: Int, max: Int) throws(Problem) -> Int {
        guard let text = text(name) else { return count }
        guard let count = Int(text), (1...max).contains(count) else {
            throw Problem(.badValue, "a number from 1 to \(max) is expected", at: "query:\(name)")
        }
        return count
    }

    mutating func truth(_ name: String) throws(Problem) -> Bool? {
        guard let text = text(name) else { return nil }
        guard let truth = Bool(text) else {
            throw Problem(.wrongType, "true or false is expected", at: "query:\(name)")
        }
        return truth
    }

    /// The divisions that `home` and `below` name; `nil` for any.
    mutating func homes(in tree: DivisionTree) throws(Problem) -> [DivisionCode]? {
        let isSubtree = try truth("below") ?? false
        guard let text = text("home") else {
            guard !isSubtree else {
                throw Problem(.missingMember, "below needs the parameter home", at: "query:home")
            }
            return nil
        }
        guard let home = DivisionCode(text), tree.division(home) != nil else {
            throw Problem(.badValue, "the tree has no division of this code", at: "query:home")
        }
        return isSubtree ? tree.subtree(of: home) : [home]
    }

    /// All parameters that begin so, without the beginning, in the order of names.
    mutating func all(startingWith prefix: String) -> [(name: String, value: String)] {
        let names = values.keys.filter { $0.hasPrefix(prefix) }.sorted()
        return names.compactMap { name in
            values.removeValue(forKey: name).map { (String(name.dropFirst(prefix.count)), $0) }
        }
    }

    func finish() throws(Problem) {
        guard let unknown = values.keys.min() else { return }
        throw Problem(
            .unknownMember, "there is no such parameter here: remove it or correct its name", at: "query:\(unknown)")
    }
}

/// Percent-encoding (RFC 3986, section 2.1), and the plus sign for a space as forms write it.
enum PercentCoding {
    /// Nil unless the text is properly encoded UTF-8.
    static func decoded(_ text: Substring, plusIsSpace: Bool = false) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                    return nil
                }
                bytes.append(high << 4 | low)
            case UInt8(ascii: "+") where plusIsSpace: bytes.append(UInt8(ascii: " "))
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension StringProtocol {
    fileprivate var trimmingSpaces: String {
        var rest = Substring(self)
        while rest.last == " " { rest.removeLast() }
        while rest.first == " " { rest.removeFirst() }
        return String(rest)
    }
}
