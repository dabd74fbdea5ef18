import Divisions
import HTTPTypes
import HummingbirdCore
import Ledger
import Libraries
import Replication
import Store

/// What makes a request that comes twice one request: the header `Idempotency-Key` of whoever calls.
///
/// It is kept where what it guards is kept. Every entry of the log names the change that it is part of by sixteen bytes;
/// of a request with a key these are no chance but two hashes, of holder and key (60 bits) and of the request itself
/// (62 bits). So a key becomes known in the very transaction that makes the request's change durable, comes through a
/// restart, a backup and a restored store as the log does, and costs no second database and no byte on a line. The
/// store keeps an index of such changes.
///
/// A request whose change is known writes nothing: its answer is put together again from what is stored by now. One
/// whose key is known with another request is refused. A request that was refused, or that had nothing to write, leaves
/// its key unused. Where a call writes several changes, only the one that decides bears the key: what came before it
/// brings records to what they shall hold, and does so again without harm where a node stopped in between.
struct IdempotencyKey: Sendable {
    static let header = "Idempotency-Key"
    static let bytesMax = 255

    /// The key of the change that the request writes.
    let change: RecordKey
    /// That change, if the request was carried out before.
    let earlier: NamedChange?

    /// Nil for a request without the header.
    static func text(of request: HTTPFields) throws(Problem) -> String? {
        guard let text = request[.idempotencyKey] else { return nil }
        let bytes = text.utf8
        guard (1...bytesMax).contains(bytes.count), bytes.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw Problem(
                .badValue, "a key has 1 to \(bytesMax) visible ASCII characters, a UUID for instance",
                at: "header:idempotency-key")
        }
        return text
    }

    /// - Parameters:
    ///   - target: path and query.
    static func change(
        _ key: String, of holder: TokenHolder, _ method: HTTPRequest.Method, _ target: String, _ body: [UInt8]
    ) -> RecordKey {
        var name = ByteWriter()
        // Tokens without an officer are told apart by their labels; an officer is the same with every token.
        name.text(holder.author?.description ?? holder.label)
        name.text(holder.division.text)
        name.text(holder.body)
        name.text(holder.role.rawValue)
        name.text(key)
        var print = ByteWriter()
        print.text(method.rawValue)
        print.text(target)
        return RecordKey(
            name: number("tributary key 1\n", name.bytes, []), print: number("tributary request 1\n", print.bytes, body)
        )
    }

    private static func number(_ domain: String, _ first: [UInt8], _ second: [UInt8]) -> UInt64 {
        let digest = Digest.of(Suite.p256.rawValue, Array(domain.utf8), first, second)
        return digest.bytes[1...8].reduce(0) { $0 << 8 | UInt64($1) }
    }
}

extension HTTPField.Name {
    static var idempotencyKey: HTTPField.Name {
        guard let name = HTTPField.Name(IdempotencyKey.header) else { preconditionFailure("it is a field's name") }
        return name
    }
}

extension API {
    /// Answers a call that may come twice: two of one key wait for each other, and the second finds what the first did.
    func once<Answer>(
        _ call: APICall, _ holder: TokenHolder, _ body: (APICall) async throws -> Answer
    ) async throws -> Answer {
        guard let key = try IdempotencyKey.text(of: call.request.headers) else { return try await body(call) }
        let bytes = try await call.bytes()
        let change = IdempotencyKey.change(
            key, of: holder, call.request.method, call.request.head.path ?? "", Self.canonical(bytes))
        let lock = RecordID(home: holder.division, flow: .up, kind: "call", key: change.namesakes.lowerBound)
        return try await keys.holding([lock]) {
            let known: [NamedChange]
            do throws(StoreFailure) {
                known = try await core.read { (reader) throws(StoreFailure) in try reader.changes(namedAs: change) }
            } catch {
                throw Problem(error)
            }
            let own = known.filter { $0.author == holder.author && $0.division == holder.division }
            guard own.allSatisfy({ $0.key == change }) else {
                throw Problem(
                    .idempotencyKeyReused, "another request was sent with this key: draw a new one for each request",
                    at: "header:idempotency-key")
            }
            return try await body(call.repeated(bytes, IdempotencyKey(change: change, earlier: own.first)))
        }
    }

    /// A body as it is compared: the same members in another order are the same request.
    private static func canonical(_ bytes: [UInt8]) -> [UInt8] {
        guard let json = try? JSONParser.parse(bytes), let canonical = try? encoded(json) else { return bytes }
        return canonical
    }

    /// The key of the change that decides a call: its own, or one that nobody has drawn before.
    func change(of call: APICall) -> RecordKey { call.key?.change ?? drawKey() }
}
