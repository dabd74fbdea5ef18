import Casework
import Divisions
import HTTPTypes
import Hummingbird
import Ledger
import Libraries
import Replication
import Store

/// Calls that change a case: one at a time, once for each key, and not behind the back of whoever read it.
extension API {
    /// Runs what changes a case while no other call is at it: not at all where the same request was carried out before,
    /// and not where the case is another than `If-Match` names.
    func changing(
        _ id: RecordID, _ call: APICall, _ body: (_ change: RecordKey) async throws -> Void
    ) async throws {
        guard call.key?.earlier == nil else { return }
        try await gate.holding([id]) {
            try checkPrecondition(call, try await visible(id))
            try await body(change(of: call))
        }
    }

    /// The case as it is after a call, with the tag that the next one may name. Whoever changed it is shown all of it:
    /// that is logged as any view is.
    func answer(
        _ id: RecordID, _ call: APICall, _ holder: TokenHolder, status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let message = try await message(of: id, for: holder)
        try await logView(.case, of: id, call, holder)
        var headers: HTTPFields = [.eTag: message.etag]
        if status == .created { headers[.location] = "/v1/cases/\(id)" }
        return try Self.json(message, status: status, headers: headers)
    }

    /// What a step came to that the same request took before: its number and its paper are those of then. Had the node
    /// stopped before it published, it does so now.
    func takenBefore(_ earlier: NamedChange, in id: RecordID, _ holder: TokenHolder) async throws -> TakenStepMessage {
        let entries = Set(earlier.entries)
        let mark = try await reading(id) { reading in
            reading.history.steps.first { entries.contains($0.citation.dot.entryID) }?.mark
        }
        guard let mark else {
            throw Problem(
                .notFound, "the step was taken with this key, and the case does not show it: read it", at: "path:id")
        }
        let published = try await publish(after: mark, in: id, at: mark.at, holder, isRepeat: true)
        return TakenStepMessage(
            entries: earlier.entries.map(\.text), number: mark.issued.compactMap(\.number).first,
            published: published.map(\.description), record: try await message(of: id, for: holder))
    }
}

extension CaseReading {
    /// The entity tag of the case's record.
    var etag: String { knowledge.source.record(history.id)?.seenToken.entityTag ?? "" }
}

extension [String: String] {
    /// Tokens of facts, as they came with a read.
    func citations(at pointer: String) throws(Problem) -> [String: [Citation]] {
        var read: [String: [Citation]] = [:]
        for name in keys.sorted() {
            guard let text = self[name] else { continue }
            read[name] = try EditPlanner.citations(text, at: JSONObject.pointer(pointer, name))
        }
        return read
    }
}

extension Dot {
    fileprivate var entryID: EntryID { EntryID(stream: stream, number: number) }
}
