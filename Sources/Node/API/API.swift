import Divisions
import Foundation
import HTTPTypes
import Hummingbird
import Lattice
import Ledger
import Libraries
import Logging
import NIOCore
import Replication
import Store

/// Everything the endpoints work with.
struct API: Sendable {
    let core: any NodeAccess
    let tokens: APITokens
    let gate = RecordGate()
    /// The procedures that were read so far.
    let cases = ProcedureBook()
    /// Hands out document numbers; nil where nobody does.
    let numbers: NumberService?
    /// Answers for supervision; nil where no board is kept.
    let board: Board?
    /// Milliseconds since 1970.
    let clock: @Sendable () -> UInt64
    let metrics: @Sendable () async -> String
    let health: @Sendable () async -> APIHealth
    let heartbeat: Duration
    let logger: Logger

    // MARK: Who asks

    /// Whoever the token in the request stands for.
    func holder(of request: Request) throws(Problem) -> TokenHolder {
        let scheme = "bearer "
        guard let header = request.headers[.authorization], header.lowercased().hasPrefix(scheme) else {
            throw Problem(
                .unauthenticated, "send the header Authorization: Bearer TOKEN", at: "header:authorization")
        }
        do throws(TokenFault) {
            if let holder = try tokens.holder(of: String(header.dropFirst(scheme.count))) { return holder }
        } catch {
            logger.error("the file of tokens cannot be used", metadata: ["reason": "\(error)"])
            throw Problem(
                .unavailable, "the node cannot read its file of tokens: its operator finds the reason in its log")
        }
        throw Problem(
            .unauthenticated, "the token is not known here: ask the node's operator for another",
            at: "header:authorization")
    }

    /// Refuses what the holder's role does not permit.
    func check(_ permission: Permission, _ holder: TokenHolder, at place: String?) throws(Problem) {
        guard !holder.role.permits(permission) else { return }
        let what =
            switch permission {
            case .edit(let kind): "edit records of kind \(kind.name)"
            case .importing(let kind): "import records of kind \(kind.name)"
            case .resolve(let kind): "resolve conflicts of kind \(kind.name)"
            }
        throw Problem(
            .roleForbids, "the role \(holder.role.rawValue) may not \(what): use the token of another role", at: place)
    }

    /// Refuses a home at which the holder's division may not write through this node.
    func check(home: DivisionCode, _ holder: TokenHolder, at place: String?) throws(Problem) {
        guard !core.tree.mayWrite(seat: core.seat, acting: holder.division, home: home) else { return }
        throw Problem(
            .homeForbids,
            "the division acted for must lie between the record's home and this node, both included: "
                + "write at or below your own division, through its own node or one above",
            at: place)
    }

    func act(_ holder: TokenHolder, change: RecordKey) -> Act {
        Act(author: holder.author, division: holder.division, body: holder.body, change: change)
    }

    /// A key that nobody has drawn before.
    func drawKey() -> RecordKey {
        var chance = SystemRandomNumberGenerator()
        return RecordKey(
            milliseconds: clock(),
            chance: (UInt64.random(in: 0 ... .max, using: &chance), UInt64.random(in: 0 ... .max, using: &chance)))
    }

    // MARK: Reading

    func state(of id: RecordID) async throws(Problem) -> RecordState? {
        do throws(StoreFailure) {
            return try await core.read { (reader) throws(StoreFailure) in try reader.record(id) }
        } catch {
            throw Problem(error)
        }
    }

    /// The record as it is shown.
    func visible(_ id: RecordID) async throws(Problem) -> RecordState {
        guard let state = try await state(of: id), state.isVisible else {
            throw Problem(
                .notFound,
                "this node holds no such record, or it was removed: check the id, or ask a node that holds it",
                at: "path:id")
        }
        return state
    }

    func message(_ state: RecordState) -> RecordMessage { RecordMessage(state, kind: core.kinds[state.id.kind]) }

    // MARK: Writing

    func write(_ act: Act, _ parts: [LocalChange.Part]) async throws(Problem) -> [EntryID] {
        do throws(WriteFailure) { return try await core.write(act, parts) } catch { throw Problem(error) }
    }

    func parts(_ records: [PlannedRecord], place: (RecordID) -> String?) throws(Problem) -> [LocalChange.Part] {
        do throws(PackingFault) { return try EditPlanner.parts(records) } catch {
            switch error {
            case .editTooLarge(let id, let field):
                throw Problem(
                    .tooLarge,
                    "the value of \(field) does not fit into an entry of \(Limits.entryBytesMax) bytes: shorten it",
                    at: place(id))
            case .tooManyCitations(let id, let field):
                throw Problem(
                    .tooLarge, "an edit of \(field) names more than \(Limits.citationsPerEditMax) others: divide it",
                    at: place(id))
            case .changeTooLarge:
                throw Problem(.tooLarge, "the change is larger than \(EditPlanner.changeBytesMax) bytes: divide it")
            }
        }
    }

    // MARK: Answering

    static func json(
        _ body: some Encodable, status: HTTPResponse.Status = .ok, headers: HTTPFields = [:]
    ) throws -> Response {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return answer(status, Array(try encoder.encode(body)), type: "application/json", headers: headers)
    }

    static func answer(
        _ status: HTTPResponse.Status, _ body: [UInt8], type: String, headers: HTTPFields = [:]
    ) -> Response {
        var headers = headers
        headers[.contentType] = type
        headers[.cacheControl] = "no-store"
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }

    static func answer(_ problem: Problem, to request: Request) -> Response {
        var headers: HTTPFields = [:]
        if problem.kind == .unauthenticated { headers[.wwwAuthenticate] = "Bearer" }
        if case .text(let allowed) = problem.members["allow"] { headers[.allow] = allowed }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Encoding JSON that was put together here cannot fail; an empty body would still carry the status.
        let body = (try? encoder.encode(problem.body(instance: request.uri.path))) ?? Data()
        return answer(
            HTTPResponse.Status(code: problem.kind.status), Array(body), type: "application/problem+json",
            headers: headers)
    }
}

/// What `/healthz` says.
package struct APIHealth: Hashable, Sendable {
    package let isHealthy: Bool
    /// One line for people.
    package let text: String

    package init(isHealthy: Bool, text: String) { (self.isHealthy, self.text) = (isHealthy, text) }
}
