import Casework
import Foundation
import Ledger
import Libraries
import NIOHTTP1
import Node

/// The calls for cases, what is public, exchange and supervision. Their addresses are here and nowhere else.
extension APIClient {
    // MARK: Cases

    func procedures() async throws(APIFailure) -> ProcedureList { try await get("/v1/procedures") }

    func cases(
        key: String? = nil, isUrgent: Bool = false, home: String? = nil, isSubtree: Bool = false,
        cursor: String? = nil, limit: Int
    ) async throws(APIFailure) -> CaseList {
        var parameters = [(name: "limit", value: String(limit)), (name: "urgent", value: String(isUrgent))]
        if let key { parameters.append(("key", key)) }
        if let home { parameters += [("home", home), ("below", String(isSubtree))] }
        if let cursor { parameters.append(("cursor", cursor)) }
        return try await get("/v1/cases", query: parameters)
    }

    func caseFile(_ id: RecordID) async throws(APIFailure) -> CaseMessage { try await get(Self.path(id)) }

    /// What supervision says of one case.
    func boardCase(_ id: RecordID) async throws(APIFailure) -> BoardCase {
        try await get(Self.path(id) + "/supervision")
    }

    func openCase(_ request: JSON) async throws(APIFailure) -> CaseMessage {
        try await send(.POST, "/v1/cases", request)
    }

    func enterFacts(_ facts: [String: JSON], into id: RecordID) async throws(APIFailure) -> CaseMessage {
        try await send(.POST, Self.path(id) + "/facts", JSON.object(["facts": .object(facts)]))
    }

    func takeStep(_ request: JSON, in id: RecordID) async throws(APIFailure) -> TakenStepMessage {
        try await send(.POST, Self.path(id) + "/steps", request)
    }

    func grantHandler(_ request: JSON, of id: RecordID) async throws(APIFailure) -> CaseMessage {
        try await send(.POST, Self.path(id) + "/handler", request)
    }

    func rule(_ request: JSON, in id: RecordID) async throws(APIFailure) -> CaseMessage {
        try await send(.POST, Self.path(id) + "/rulings", request)
    }

    func attachEvidence(_ request: JSON, to id: RecordID) async throws(APIFailure) -> EvidenceMessage {
        try await send(.POST, Self.path(id) + "/evidence", request)
    }

    /// A document as it would be issued now, or a frozen one by its digest.
    func draft(_ kind: String, of id: RecordID) async throws(APIFailure) -> [UInt8] {
        try await bytes(Self.path(id) + "/documents/" + Self.escaped(kind))
    }

    func file(_ digest: String) async throws(APIFailure) -> [UInt8] {
        try await bytes("/v1/files/" + Self.escaped(digest), timeout: .seconds(600))
    }

    func uploadFile(_ path: String, byteCount: Int64?) async throws(APIFailure) -> FileMessage {
        try await upload("/v1/files", file: path, byteCount: byteCount)
    }

    func numbers(body: String?) async throws(APIFailure) -> NumberList {
        try await get("/v1/numbers", query: body.map { [("body", $0)] } ?? [])
    }

    private static func path(_ id: RecordID) -> String { "/v1/cases/\(escaped(id.description))" }

    // MARK: What is public

    func publications(
        _ parameters: [(name: String, value: String)], cursor: String? = nil, limit: Int
    ) async throws(APIFailure) -> PublicationList {
        var parameters = parameters + [("limit", String(limit))]
        if let cursor { parameters.append(("cursor", cursor)) }
        return try await get("/v1/publications", query: parameters)
    }

    func withdraw(_ id: RecordID, _ request: JSON) async throws(APIFailure) -> WithdrawnMessage {
        try await send(.POST, "/v1/publications/\(Self.escaped(id.description))/withdraw", request)
    }

    /// A page of the public, by what stands behind `/public/`.
    func page(
        _ name: String, query: [(name: String, value: String)] = []
    ) async throws(APIFailure) -> [UInt8] {
        try await bytes("/public/" + Self.escaped(name), query: query)
    }

    // MARK: Exchange

    func exchangeForms() async throws(APIFailure) -> ExchangeFormList { try await get("/v1/exchange") }

    func exchange(
        _ form: String, since cursor: String?, _ further: [(name: String, value: String)], limit: Int
    ) async throws(APIFailure) -> ExchangeBatchMessage {
        var parameters = further + [("limit", String(limit)), ("format", "json")]
        if let cursor { parameters.append(("since", cursor)) }
        return try await get("/v1/exchange/" + Self.escaped(form), query: parameters, timeout: .seconds(600))
    }

    // MARK: Supervision

    func supervision<Answer: Decodable>(
        _ name: String, _ parameters: [(name: String, value: String)], as: Answer.Type = Answer.self
    ) async throws(APIFailure) -> Answer {
        try await get("/v1/supervision/" + name, query: parameters)
    }
}
