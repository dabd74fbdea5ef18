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
    /// Accounts and sessions of people.
    let access: Access
    let gate = RecordGate()
    /// Lets one request of an idempotency key in at a time.
    let keys = RecordGate()
    /// What the log of views was told a moment ago.
    let views = RecentViews()
    /// The procedures that were read so far.
    let cases = ProcedureBook()
    /// The laws of the library as they were last read.
    let statutes = StatuteCatalogue()
    /// What of items and benchmarks has gone stale, as it was last found.
    let staleBases = StaleBases()
    /// Hands out document numbers; nil where nobody does.
    let numbers: NumberService?
    /// Answers for supervision; nil where no board is kept.
    let board: Board?
    /// Keeps the machine; nil where that is not done through the API.
    let operation: NodeOperation?
    /// Milliseconds since 1970.
    let clock: @Sendable () -> UInt64
    let metrics: @Sendable () async -> String
    let health: @Sendable () async -> APIHealth
    let heartbeat: Duration
    let logger: Logger

    // MARK: Who asks

    /// Whoever the token in the request stands for: of a machine, or of a session.
    func holder(of request: Request) throws(Problem) -> TokenHolder {
        let token = try bearer(of: request)
        if token.hasPrefix(Sessions.prefix) { return try holder(of: signedIn(token)) }
        do throws(AccessFault) {
            if let holder = try tokens.holder(of: token) { return holder }
        } catch {
            logger.error("the file of tokens cannot be used", metadata: ["reason": "\(error)"])
            throw Problem(
                .unavailable, "the node cannot read its file of tokens: its operator finds the reason in its log")
        }
        throw Problem(
            .unauthenticated, "the token is not known here: ask the node's operator for another",
            at: "header:authorization")
    }

    /// Whether whoever asked may go on being told things: not once his session has ended or his token was revoked. That
    /// he is still told is no use of the session, or nobody's would ever be idle.
    func isStillIn(_ request: Request) -> Bool {
        guard let token = try? bearer(of: request) else { return false }
        guard token.hasPrefix(Sessions.prefix) else { return (try? tokens.holder(of: token)) != nil }
        return access.isSession(token, now: clock())
    }

    /// Whoever is signed in under the token in the request.
    func session(of request: Request) throws(Problem) -> SignedIn {
        let token = try bearer(of: request)
        guard token.hasPrefix(Sessions.prefix) else {
            throw Problem(
                .unauthenticated, "the token is of no session: sign in with POST /v1/sessions",
                at: "header:authorization")
        }
        return try signedIn(token)
    }

    private func holder(of signedIn: SignedIn) throws(Problem) -> TokenHolder {
        guard !signedIn.account.mustChange || signedIn.session.isByCertificate else {
            throw Problem(
                .passwordChangeRequired, "choose a password of your own with POST /v1/sessions/current/password")
        }
        var holder = signedIn.account.holder
        holder.purpose = signedIn.session.purpose
        return holder
    }

    private func bearer(of request: Request) throws(Problem) -> String {
        let scheme = "bearer "
        guard let header = request.headers[.authorization], header.lowercased().hasPrefix(scheme) else {
            throw Problem(
                .unauthenticated, "send the header Authorization: Bearer TOKEN", at: "header:authorization")
        }
        return String(header.dropFirst(scheme.count))
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
        answer(status, try encoded(body), type: "application/json", headers: headers)
    }

    static func encoded(_ body: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(body))
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
        if problem.kind.status == 401 { headers[.wwwAuthenticate] = "Bearer" }
        if case .integer(let seconds) = problem.members["retryAfter"] { headers[.retryAfter] = "\(seconds)" }
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
