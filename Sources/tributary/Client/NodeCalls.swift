import Foundation
import Ledger
import NIOHTTP1
import Node

/// The calls of a node's API by what they are for. Their addresses are here and nowhere else in the command.
extension APIClient {
    func status() async throws(APIFailure) -> NodeStatus { try await get("/v1/status", timeout: .seconds(10)) }

    // MARK: Records

    struct Query: Sendable {
        var kind: String
        /// Only records of this home.
        var home: String?
        /// With those of the divisions below it.
        var isSubtree = false
        /// Shown values of indexed fields.
        var conditions: [(field: String, value: String)] = []
        var cursor: String?
        var limit: Int

        var parameters: [(name: String, value: String)] {
            var parameters = [(name: "kind", value: kind), (name: "limit", value: String(limit))]
            if let home { parameters += [("home", home), ("below", String(isSubtree))] }
            parameters += conditions.map { ("where.\($0.field)", $0.value) }
            if let cursor { parameters.append(("cursor", cursor)) }
            return parameters
        }
    }

    func records(_ query: Query) async throws(APIFailure) -> RecordList {
        try await get("/v1/records", query: query.parameters)
    }

    func record(_ id: RecordID) async throws(APIFailure) -> RecordMessage { try await get(Self.path(id)) }

    func create(_ record: NewRecord) async throws(APIFailure) -> WrittenRecord {
        try await send(.POST, "/v1/records", record)
    }

    /// - Parameter entityTag: refused if the record has changed since it had this tag.
    func edit(_ id: RecordID, _ edits: [FieldEdit], ifMatch entityTag: String?) async throws(APIFailure)
        -> WrittenRecord
    {
        try await send(.PATCH, Self.path(id), RecordEdits(edits: edits), ifMatch: entityTag)
    }

    /// - Parameter seen: the record's token: what of it was seen, and goes.
    func remove(_ id: RecordID, seen: String, ifMatch entityTag: String?) async throws(APIFailure) -> WrittenRecord {
        try await send(.DELETE, Self.path(id), RecordRemoval(seen: seen), ifMatch: entityTag)
    }

    func history(_ id: RecordID) async throws(APIFailure) -> HistoryMessage {
        try await get(Self.path(id) + "/history")
    }

    /// Tells every change of a record on this node from now on, as it becomes durable, until the node ends the stream.
    func followChanges(_ body: (ChangeEvent) throws -> Void) async throws {
        try await follow("/v1/changes") { event in
            let data = Data(event.data.utf8)
            switch event.name {
            case "change": try body(.change(try JSONDecoder().decode(ChangeMessage.self, from: data)))
            case "missed": try body(.missed(try JSONDecoder().decode(MissedMessage.self, from: data).count))
            default: break
            }
            return true
        }
    }

    enum ChangeEvent: Sendable {
        case change(ChangeMessage)
        /// So many changes were not told; read anew what is shown.
        case missed(Int?)
    }

    private static func path(_ id: RecordID) -> String { "/v1/records/\(escaped(id.description))" }

    // MARK: Conflicts

    func conflicts(home: String?, cursor: String?, limit: Int) async throws(APIFailure) -> ConflictList {
        var parameters = [(name: "limit", value: String(limit))]
        if let home { parameters += [("home", home), ("below", "true")] }
        if let cursor { parameters.append(("cursor", cursor)) }
        return try await get("/v1/conflicts", query: parameters)
    }

    func resolve(_ id: RecordID, _ resolution: Resolution) async throws(APIFailure) -> WrittenRecord {
        try await send(.POST, Self.path(id) + "/resolve", resolution)
    }

    // MARK: Libraries

    /// The node compares each draft with what it holds, so that the same call twice writes once.
    func importDrafts(_ request: ImportRequest) async throws(APIFailure) -> ImportResult {
        try await send(.POST, "/v1/import", request, timeout: .seconds(300))
    }

    func searchStatutes(_ words: String, limit: Int, cursor: String?) async throws(APIFailure) -> StatuteHits {
        var parameters = [(name: "q", value: words), (name: "limit", value: String(limit))]
        if let cursor { parameters.append(("cursor", cursor)) }
        return try await get("/v1/statutes/search", query: parameters)
    }

    func article(title: String, number: String, on day: String?) async throws(APIFailure) -> Node.ArticleInForce {
        var parameters = [(name: "title", value: title), (name: "number", value: number)]
        if let day { parameters.append(("on", day)) }
        return try await get("/v1/statutes/article", query: parameters)
    }
}
