import HTTPTypes
import Hummingbird
import Libraries

/// One call of the API: how it is reached, what it takes and gives, and what answers it. The table of all endpoints is
/// what the router is filled from and what the OpenAPI document is written from, so that neither can drift.
struct Endpoint: Sendable {
    struct Parameter: Sendable {
        enum Place: String, Sendable { case path, query, header }

        let name: String
        let place: Place
        let isRequired: Bool
        let type: JSON
        let summary: String

        static func path(_ name: String, _ summary: String) -> Parameter {
            Parameter(name: name, place: .path, isRequired: true, type: ["type": "string"], summary: summary)
        }

        static func query(_ name: String, _ type: JSON, required: Bool = false, _ summary: String) -> Parameter {
            Parameter(name: name, place: .query, isRequired: required, type: type, summary: summary)
        }

        static func header(_ name: String, _ summary: String, type: JSON = ["type": "string"]) -> Parameter {
            Parameter(name: name, place: .header, isRequired: false, type: type, summary: summary)
        }
    }

    /// What a successful call answers.
    struct Answer: Sendable {
        let status: Int
        let mediaType: String
        /// The name of a schema of `Schemas`; `nil` for plain text.
        let schema: String?
        let summary: String

        static func json(_ schema: String, status: Int = 200, _ summary: String) -> Answer {
            Answer(status: status, mediaType: "application/json", schema: schema, summary: summary)
        }

        static func text(_ mediaType: String, status: Int = 200, _ summary: String) -> Answer {
            Answer(status: status, mediaType: mediaType, schema: nil, summary: summary)
        }
    }

    enum Handler: Sendable {
        /// For anyone who reaches the port.
        case open(@Sendable (API, APICall) async throws -> Response)
        /// For any token; what its role permits is looked at where the kind of record is known.
        case holder(@Sendable (API, APICall, TokenHolder) async throws -> Response)
        /// For whoever is signed in, and for him alone.
        case session(@Sendable (API, APICall, SignedIn) async throws -> Response)
    }

    let method: HTTPRequest.Method
    /// With parameters in braces.
    let path: String
    /// The operation's name for generated clients.
    let operation: String
    let summary: String
    var parameters: [Parameter] = []
    /// The name of the body's schema.
    var body: String?
    /// What a body is that is taken as it comes, instead of JSON.
    var bodyMediaType: String?
    let answer: Answer
    /// Whether it may be sent twice under one `Idempotency-Key`.
    var isKeyed = false
    /// Whether it shows what is personal, and writes that down first.
    var isViewLogged = false
    /// What else it may answer that is no problem: other media types, other states.
    var alternatives: [Answer] = []
    /// Problems it has beside those of every call.
    var problems: [Problem.Kind] = []
    let handler: Handler

    var needsToken: Bool {
        switch handler {
        case .open: false
        case .holder, .session: true
        }
    }
}

extension Endpoint {
    private static let id = Parameter.path("id", "The record's id, kind:home:flow:key, percent-encoded where need be.")
    static let ifMatch = Parameter.header(
        "If-Match",
        "The entity tag of the read that the edit is based on: refused with 412 if the record has changed since.")
    private static let homes = [
        Parameter.query("home", ["type": "string"], "The code of a division: only records of this home."),
        Parameter.query("below", ["type": "boolean"], "With home: the records of the divisions below it too."),
    ]
    static let paging = [
        Parameter.query(
            "limit",
            ["type": "integer", "minimum": 1, "maximum": .integer(Int64(APILimits.recordsPerPageMax))],
            "Records a page, \(APILimits.recordsPerPage) by default."),
        Parameter.query("cursor", ["type": "string"], "\"next\" of the page before."),
    ]

    /// Every endpoint there is.
    static let all: [Endpoint] =
        open + records + conflicts + imports + statutes + files + cases + supervision
        + publicity + exchange + caseDesk + items + library + access + views + dossier + conflictDesk + network
        + field

    /// The methods that a path takes, in the order of their names; none where there is no such path.
    static func methods(at path: String) -> [String] {
        let parts = path.split(separator: "/")
        let methods = all.filter { endpoint in
            let wanted = endpoint.path.split(separator: "/")
            return wanted.count == parts.count && zip(wanted, parts).allSatisfy { $0 == $1 || $0.hasPrefix("{") }
        }.map(\.method)
        // Whatever can be read can be asked for its head alone.
        return Set((methods.contains(.get) ? methods + [.head] : methods).map(\.rawValue)).sorted()
    }

    private static let open: [Endpoint] = [
        Endpoint(
            method: .get, path: "/healthz", operation: "readHealth",
            summary: "Whether the node runs and can write; needs no token.",
            answer: .text("text/plain; charset=utf-8", "The node is well."), problems: [.unavailable],
            handler: .open { api, _ in
                let health = await api.health()
                return API.answer(
                    health.isHealthy ? .ok : .serviceUnavailable, Array("\(health.text)\n".utf8),
                    type: "text/plain; charset=utf-8")
            }),
        Endpoint(
            method: .get, path: "/metrics", operation: "readMetrics",
            summary: "The node's metrics in the text format of Prometheus; needs no token.",
            answer: .text("text/plain; version=0.0.4; charset=utf-8", "The metrics."),
            handler: .open { api, _ in
                API.answer(
                    .ok, Array(await api.metrics().utf8), type: "text/plain; version=0.0.4; charset=utf-8")
            }),
        Endpoint(
            method: .get, path: "/openapi.json", operation: "readDescription",
            summary: "This document; needs no token.", answer: .json("Description", "An OpenAPI 3.1 document."),
            handler: .open { api, _ in try API.json(OpenAPI.document(kinds: api.core.kinds)) }),
        Endpoint(
            method: .get, path: "/v1/status", operation: "readStatus",
            summary: "How the node is: its links and how far behind they are, counts, conflicts, digest.",
            answer: .json("NodeStatus", "The status."),
            handler: .holder { api, _, _ in try API.json(try await api.core.status()) }),
        Endpoint(
            method: .get, path: "/v1/changes", operation: "followChanges",
            summary: "Every change of a record from now on, as server-sent events: `change` with a ChangeMessage, "
                + "`network` with a NetworkChangeMessage where links or nodes stand another way, and "
                + "`missed` with a MissedMessage where some were lost because the reader was slow or had read before "
                + "(Last-Event-ID): read anew what is shown. Comments keep the line open.",
            parameters: [.header("Last-Event-ID", "What a browser sends when it connects again.")],
            answer: .text("text/event-stream", "The stream, until the reader goes or the node stops."),
            handler: .holder { api, call, _ in try await api.followChanges(call) }),
    ]

    private static let records: [Endpoint] = [
        Endpoint(
            method: .get, path: "/v1/records", operation: "listRecords",
            summary: "Records of one kind, a page at a time, in the order in which this node first heard of them. "
                + "where.FIELD=VALUE, for any indexed field of the kind, keeps those that show the value.",
            parameters: [.query("kind", ["type": "string"], required: true, "The kind of record.")] + homes + [
                .query("conflict", ["type": "boolean"], "Only records in conflict, or only those without."),
                .query("where.FIELD", ["type": "string"], "The shown value of an indexed field, by the field's name."),
            ] + paging,
            answer: .json("RecordList", "A page of records."), isViewLogged: true, problems: [.unknownKind],
            handler: .holder { api, call, holder in try await api.listRecords(call, holder) }),
        Endpoint(
            method: .post, path: "/v1/records", operation: "createRecord", summary: "Makes a record.",
            body: "NewRecord", answer: .json("WrittenRecord", status: 201, "The record as it is now."),
            isKeyed: true, problems: [.roleForbids, .alreadyExists, .tooLarge, .notJSON, .unknownKind],
            handler: .holder { api, call, holder in try await api.createRecord(call, holder) }),
        Endpoint(
            method: .get, path: "/v1/records/{id}", operation: "readRecord",
            summary: "A record with its conflicts, and the tokens that an edit gives back.", parameters: [id],
            answer: .json("RecordMessage", "The record; its entity tag is in the header ETag."), isViewLogged: true,
            problems: [.roleForbids, .notFound],
            handler: .holder { api, call, holder in try await api.readRecord(call, holder) }),
        Endpoint(
            method: .patch, path: "/v1/records/{id}", operation: "editRecord",
            summary: "Edits fields of a record, whole or not at all. An edit of a register replaces what its author "
                + "saw, by the token that came with the read, and nothing else: two who edit at once make a conflict.",
            parameters: [id, ifMatch], body: "RecordEdits", answer: .json("WrittenRecord", "The record as it is now."),
            isKeyed: true,
            problems: [.roleForbids, .notFound, .changedMeanwhile, .tooLarge, .notJSON, .unknownField, .seenRequired],
            handler: .holder { api, call, holder in try await api.editRecord(call, holder) }),
        Endpoint(
            method: .delete, path: "/v1/records/{id}", operation: "removeRecord",
            summary: "Removes what was seen of a record. If someone else edited it meanwhile it stays, in conflict.",
            parameters: [id, ifMatch], body: "RecordRemoval",
            answer: .json("WrittenRecord", "What the removal came to."),
            isKeyed: true, problems: [.roleForbids, .notFound, .changedMeanwhile, .tooLarge, .notJSON, .seenRequired],
            handler: .holder { api, call, holder in try await api.removeRecord(call, holder) }),
        Endpoint(
            method: .get, path: "/v1/records/{id}/history", operation: "readHistory",
            summary: "Every entry that touches a record: who wrote what, where and when, and when it arrived here.",
            parameters: [id] + paging, answer: .json("HistoryMessage", "The history in the order of commits."),
            isViewLogged: true,
            problems: [.roleForbids, .notFound],
            handler: .holder { api, call, holder in try await api.readHistory(call, holder) }),
    ]

    private static let conflicts: [Endpoint] = [
        Endpoint(
            method: .get, path: "/v1/conflicts", operation: "listConflicts",
            summary: "Records that wait for a person's decision, of every kind.", parameters: homes + paging,
            answer: .json("ConflictList", "A page of records."), isViewLogged: true,
            handler: .holder { api, call, holder in try await api.listConflicts(call, holder) }),
        Endpoint(
            method: .post, path: "/v1/records/{id}/resolve", operation: "resolveConflict",
            summary: "Puts one value in the place of all that were seen, and keeps the reason in the record's log "
                + "`resolutions`.",
            parameters: [id, ifMatch], body: "Resolution", answer: .json("WrittenRecord", "The record as it is now."),
            isKeyed: true,
            problems: [.roleForbids, .notFound, .changedMeanwhile, .tooLarge, .notJSON, .unknownField, .seenRequired],
            handler: .holder { api, call, holder in try await api.resolveConflict(call, holder) }),
    ]

    private static let imports: [Endpoint] = [
        Endpoint(
            method: .post, path: "/v1/import", operation: "importRecords",
            summary: "Brings records to what a source says, as one change that is there whole or not at all. Only "
                + "differences are written: the same request twice writes once.",
            body: "ImportRequest", answer: .json("ImportResult", "How much had to be written."),
            isKeyed: true, problems: [.roleForbids, .tooLarge, .notJSON, .unknownKind],
            handler: .holder { api, call, holder in try await api.importDrafts(call, holder) })
    ]
}
