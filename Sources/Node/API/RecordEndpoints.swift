import Casework
import Divisions
import HTTPTypes
import Hummingbird
import Lattice
import Ledger
import Libraries
import Replication
import Store

/// Reading and editing single records.
extension API {
    func createRecord(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        let request = try NewRecord(try await call.body())
        let kind = try kind(request.kind, at: "/kind")
        try check(.edit(kind), holder, at: "/kind")
        let home = try home(request.home, holder, at: "/home")
        let id =
            if let key = request.key {
                RecordID(home: home, flow: kind.flow, kind: kind.name, naturalKey: try naturalKey(key, at: "/key"))
            } else { RecordID(home: home, flow: kind.flow, kind: kind.name, key: drawKey()) }
        let draft = PlannedDraft(id: id, kind: kind, fields: try wanted(request.fields, of: kind, at: "/fields"))
        if let earlier = call.key?.earlier {
            return try answer(try await written(earlier, id), status: .created)
        }
        return try await gate.holding([id]) {
            let state = try await state(of: id)
            if state?.isVisible == true {
                throw Problem(
                    .alreadyExists, "a record of this key exists: read and edit it", at: "/key",
                    members: ["id": .text(id.description)])
            }
            let edits = EditPlanner.edits(for: draft, from: state)
            return try answer(try await write(edits, to: id, kind, call, holder), status: .created)
        }
    }

    func readRecord(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        let id = try call.record()
        try await checkSight(of: id, holder)
        let message = message(try await visible(id))
        try await logView(.record, ofRecord: id, call, holder)
        return try Self.json(message, headers: [.eTag: message.etag])
    }

    func editRecord(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        let id = try call.record()
        let kind = try kind(id.kind, at: "path:id")
        try check(.edit(kind), holder, at: "path:id")
        try check(home: id.home, holder, at: "path:id")
        let request = try RecordEdits(try await call.body())
        if let earlier = call.key?.earlier { return try answer(try await written(earlier, id)) }
        return try await gate.holding([id]) {
            let state = try await visible(id)
            try checkPrecondition(call, state)
            try Self.checkProcedure(of: state, fields: request.edits.map(\.field))
            let edits = try EditPlanner.edits(request.edits, of: id, kind: kind, state: state)
            return try answer(try await write(edits, to: id, kind, call, holder))
        }
    }

    func removeRecord(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        let id = try call.record()
        let kind = try kind(id.kind, at: "path:id")
        try check(.edit(kind), holder, at: "path:id")
        try check(home: id.home, holder, at: "path:id")
        let request = try RecordRemoval(try await call.body())
        let seen = try EditPlanner.citations(request.seen, at: "/seen")
        guard !seen.isEmpty else { throw Problem.seenRequired(at: "/seen") }
        if let earlier = call.key?.earlier { return try answer(try await written(earlier, id)) }
        return try await gate.holding([id]) {
            let state = try await visible(id)
            try checkPrecondition(call, state)
            try Self.checkProcedure(of: state, fields: [EditPlanner.existsField])
            return try answer(
                try await write([EditPlanner.removal(of: id, seen: seen)], to: id, kind, call, holder))
        }
    }

    func resolveConflict(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        let id = try call.record()
        let kind = try kind(id.kind, at: "path:id")
        try check(.resolve(kind), holder, at: "path:id")
        try check(home: id.home, holder, at: "path:id")
        let request = try Resolution(try await call.body())
        let edits = try EditPlanner.edits(request, of: id, kind: kind)
        if let earlier = call.key?.earlier { return try answer(try await written(earlier, id)) }
        return try await gate.holding([id]) {
            try checkPrecondition(call, try await visible(id))
            return try answer(try await write(edits, to: id, kind, call, holder))
        }
    }

    func readHistory(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        let id = try call.record()
        var query = call.query
        let limit = try query.count(
            "limit", default: APILimits.recordsPerPageMax, max: APILimits.recordsPerPageMax)
        let after = try query.text("cursor").map { text throws(Problem) in
            guard let position = UInt64(text) else { throw Self.badCursor }
            return position
        }
        try query.finish()
        try await checkSight(of: id, holder)
        let (log, heads) = try await core.read { (reader) throws(StoreFailure) in
            let log = try reader.history(of: id)
            let streams = Set(log.map(\.id.stream))
            let heads = try reader.heads().filter { streams.contains($0.stream) }
            return (log, Dictionary(uniqueKeysWithValues: heads.map { ($0.stream, $0) }))
        }
        guard !log.isEmpty else {
            throw Problem(.notFound, "this node holds nothing of such a record: check the id", at: "path:id")
        }
        try await logView(.history, ofRecord: id, call, holder)
        let rest = log.filter { $0.position > after ?? 0 }
        let page = Array(rest.prefix(limit))
        let next = page.count < rest.count ? page.last.map { String($0.position) } : nil
        return try Self.json(HistoryMessage(of: id, log: page, heads: heads, tree: core.tree, next: next))
    }

    /// Fields of a case that anybody who works on it may edit as he likes: they decide nothing.
    private static let freeCaseFields: Set<String> = ["case-no", "fines-fen", "notes", "status", "tags"]

    /// Refuses edits behind the back of a procedure: what a case under one holds is entered and taken as its rules say.
    private static func checkProcedure(of state: RecordState, fields: [String]) throws(Problem) {
        guard state.id.isOfCase, state.view[CaseField.procedure] != nil, !freeCaseFields.isSuperset(of: fields) else {
            return
        }
        throw Problem(
            .notEditable,
            "本案按程序办理，事实和环节请通过案件接口录入 · the case is under a procedure: enter facts and take steps by /v1/cases",
            at: "path:id")
    }

    /// Refuses a case under a procedure to whoever may not see it.
    func checkSight(of id: RecordID, _ holder: TokenHolder) async throws {
        try checkLogSight(id.kind, holder, at: "path:id")
        guard id.isOfCase || id.kind == CaseworkKinds.evidence.name, let state = try await state(of: id) else { return }
        if try await seen([state], by: holder).isEmpty { throw Self.hidden }
    }

    /// Of some records those that somebody may see: cases under a procedure by division, and within it by body and
    /// field, and their evidence with them; everything else is seen by whoever holds a token.
    func seen(_ records: [RecordState], by holder: TokenHolder) async throws -> [RecordState] {
        let evidence = CaseworkKinds.evidence.name
        guard records.contains(where: { $0.id.isOfCase || $0.id.kind == evidence }) else { return records }
        let viewer = Sight.Viewer(division: holder.division, body: holder.body, posts: holder.role.posts)
        return try await knowing { knowledge in
            records.filter { record in
                var judged = record
                if record.id.kind == evidence, case .record(let id) = record.view["case"]?.shown {
                    guard let found = knowledge.source.record(id) else { return true }
                    judged = found
                }
                guard judged.id.isOfCase, case let view = judged.view, view[CaseField.procedure] != nil else {
                    return true
                }
                func text(_ field: String) -> String? {
                    if case .text(let text) = view[field]?.shown { text } else { nil }
                }
                let subject = Sight.Subject(
                    home: judged.id.home, body: text(CaseField.body) ?? "",
                    field: text(CaseField.item).flatMap { knowledge.item(code: $0)?.field })
                return Sight.maySee(viewer: viewer, subject: subject, tree: knowledge.tree) { knowledge.body(code: $0) }
            }
        }
    }

    // MARK: Reading requests

    func kind(_ name: String, at place: String) throws(Problem) -> Kind {
        guard let kind = core.kinds[name] else {
            throw Problem(.unknownKind, "this node knows no such kind: see the list in /openapi.json", at: place)
        }
        return kind
    }

    func home(_ text: String?, _ holder: TokenHolder, at place: String) throws(Problem) -> DivisionCode {
        var home = holder.division
        if let text {
            guard let code = DivisionCode(text), core.tree.division(code) != nil else {
                throw Problem(.badValue, "the tree has no division of this code", at: place)
            }
            home = code
        }
        try check(home: home, holder, at: place)
        return home
    }

    /// Bytes of a natural key: more than any title of a law with its day.
    static let keyBytesMax = 1_024

    func naturalKey(_ text: String, at place: String) throws(Problem) -> String {
        guard (1...Self.keyBytesMax).contains(text.utf8.count) else {
            throw Problem(.badValue, "a natural key has 1 to \(Self.keyBytesMax) bytes", at: place)
        }
        return text
    }

    /// What fields shall hold, in the order of the kind.
    func wanted(
        _ fields: [String: JSON], of kind: Kind, at pointer: String
    ) throws(Problem) -> [PlannedDraft.Wanted] {
        if let unknown = fields.keys.filter({ kind.field($0) == nil }).min() {
            throw Problem(
                .unknownField, "\(kind.name) has no such field: see the list in /openapi.json",
                at: JSONObject.pointer(pointer, unknown))
        }
        var wanted: [PlannedDraft.Wanted] = []
        for field in kind.fields {
            guard let value = fields[field.name] else { continue }
            let place = JSONObject.pointer(pointer, field.name)
            wanted.append(PlannedDraft.Wanted(field, try field.values(value, at: place)))
        }
        return wanted
    }

    func checkPrecondition(_ call: APICall, _ state: RecordState) throws(Problem) {
        guard let wanted = call.header(.ifMatch) else { return }
        guard EntityTag.has(wanted, record: state.seenToken.entityTag) else {
            throw Problem(
                .changedMeanwhile, "the record is another than the one you read: read it again", at: "header:if-match")
        }
    }

    // MARK: Writing

    private func write(
        _ edits: [EditDraft], to id: RecordID, _ kind: Kind, _ call: APICall, _ holder: TokenHolder
    ) async throws(Problem) -> WrittenRecord {
        var entries: [EntryID] = []
        if !edits.isEmpty {
            let planned = PlannedRecord(id: id, isPacked: kind.isPacked, edits: edits)
            entries = try await write(act(holder, change: change(of: call)), try parts([planned]) { _ in nil })
        }
        return try await written(entries, id)
    }

    /// What a request came to that was carried out before.
    private func written(_ earlier: NamedChange, _ id: RecordID) async throws(Problem) -> WrittenRecord {
        try await written(earlier.entries, earlier.records.first ?? id)
    }

    private func written(_ entries: [EntryID], _ id: RecordID) async throws(Problem) -> WrittenRecord {
        let state = try await state(of: id)
        return WrittenRecord(
            id: id.description, entries: entries.map(\.text),
            record: state.flatMap { $0.isVisible ? message($0) : nil })
    }

    private func answer(_ written: WrittenRecord, status: HTTPResponse.Status = .ok) throws -> Response {
        var headers: HTTPFields = [:]
        if let record = written.record { headers[.eTag] = record.etag }
        if status == .created { headers[.location] = "/v1/records/\(written.id)" }
        return try Self.json(written, status: status, headers: headers)
    }
}
