import Casework
import Divisions
import HTTPTypes
import Hummingbird
import Lattice
import Ledger
import Replication
import Store

/// Lists, imports and the statutes.
extension API {
    private static let conditionPrefix = "where."

    /// A page may be shorter than was asked for: what the holder may not see is left out of it.
    func listRecords(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        var query = call.query
        let kind = try kind(try query.required("kind"), at: "query:kind")
        try checkLogSight(kind.name, holder, at: "query:kind")
        var wanted = RecordQuery(kind: kind.name)
        wanted.homes = try query.homes(in: core.tree)
        for (name, text) in query.all(startingWith: Self.conditionPrefix) {
            let parameter = Self.conditionPrefix + name
            guard let field = kind.field(name) else {
                throw Problem(.unknownField, "\(kind.name) has no such field", at: "query:\(parameter)")
            }
            wanted.conditions.append(
                RecordQuery.Condition(field: name, equals: try field.value(query: text, parameter: parameter)))
        }
        wanted.isInConflict = try query.truth("conflict")
        (wanted.limit, wanted.after) = (try Self.limit(&query), try Self.cursor(&query))
        try query.finish()
        let page = try await page(wanted)
        let records = try await seen(page.records, by: holder)
        if kind.isViewLogged, !records.isEmpty { try await logView(.list, of: nil, call, holder) }
        return try Self.json(
            RecordList(records: records.map(RecordSummary.init), next: page.next?.description))
    }

    func listConflicts(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        var query = call.query
        let homes = try query.homes(in: core.tree)
        let (limit, cursor) = (try Self.limit(&query), try Self.cursor(&query))
        try query.finish()
        let page = try await core.read { (reader) throws(StoreFailure) in
            try reader.conflicts(homes: homes, after: cursor, limit: limit)
        }
        let records = try await seen(page.records, by: holder).filter { $0.id.kind != CaseworkKinds.viewLog.name }
        if records.contains(where: { core.kinds[$0.id.kind]?.isViewLogged ?? true }) {
            try await logView(.list, of: nil, call, holder)
        }
        return try Self.json(ConflictList(records: records.map { message($0) }, next: page.next?.description))
    }

    private static func limit(_ query: inout APIQuery) throws(Problem) -> Int {
        try query.count("limit", default: APILimits.recordsPerPage, max: APILimits.recordsPerPageMax)
    }

    private static func cursor(_ query: inout APIQuery) throws(Problem) -> RecordCursor? {
        guard let text = query.text("cursor") else { return nil }
        guard let cursor = RecordCursor(text) else {
            throw Problem(.badCursor, "give back \"next\" of the page before, unchanged", at: "query:cursor")
        }
        return cursor
    }

    func page(_ query: RecordQuery) async throws(Problem) -> RecordPage {
        do throws(QueryFailure) {
            return try await core.read { (reader) throws(QueryFailure) in try reader.records(query) }
        } catch {
            throw Problem(error) { Self.conditionPrefix + $0 }
        }
    }

    // MARK: Imports

    func importDrafts(_ call: APICall, _ holder: TokenHolder) async throws -> Response {
        try Self.json(try await bring(try ImportRequest(try await call.body()), holder, key: call.key))
    }

    /// Brings records to what a request says, as one change.
    func bring(
        _ request: ImportRequest, _ holder: TokenHolder, key: IdempotencyKey? = nil
    ) async throws -> ImportResult {
        var drafts: [PlannedDraft] = []
        var places: [RecordID: Int] = [:]
        for (place, message) in request.drafts.enumerated() {
            let draft = try planned(message, holder, at: "/drafts/\(place)")
            guard places.updateValue(place, forKey: draft.id) == nil else {
                throw Problem(
                    .badValue, "the same record stands in an earlier draft: join the two", at: "/drafts/\(place)")
            }
            drafts.append(draft)
        }
        if let earlier = key?.earlier {
            let written = earlier.records.count
            return ImportResult(written: written, unchanged: drafts.count - written, entries: earlier.entries.count)
        }
        return try await gate.holding(Set(places.keys)) { [drafts, places] in
            let planned = try await plan(drafts)
            let parts = try parts(planned) { id in places[id].map { "/drafts/\($0)" } }
            var entries: [EntryID] = []
            if !parts.isEmpty {
                let named = key?.change ?? request.change.map { RecordKey(naturalKey: $0, kind: "change") }
                let change = named ?? drawKey()
                entries = try await write(act(holder, change: change), parts)
            }
            return ImportResult(
                written: planned.count, unchanged: drafts.count - planned.count, entries: entries.count)
        }
    }

    /// The edits of all records that are not yet as their drafts say.
    private func plan(_ drafts: [PlannedDraft]) async throws -> [PlannedRecord] {
        try await core.read { (reader) throws(StoreFailure) in
            var planned: [PlannedRecord] = []
            for draft in drafts {
                let edits = EditPlanner.edits(for: draft, from: try reader.record(draft.id))
                guard !edits.isEmpty else { continue }
                planned.append(PlannedRecord(id: draft.id, isPacked: draft.kind.isPacked, edits: edits))
            }
            return planned
        }
    }

    private func planned(
        _ message: DraftMessage, _ holder: TokenHolder, at pointer: String
    ) throws(Problem) -> PlannedDraft {
        let id: RecordID
        let kind: Kind
        if let text = message.id {
            let place = "\(pointer)/id"
            guard let named = RecordID(text) else {
                throw Problem(.badID, "a record's id is written kind:home:flow:key", at: place)
            }
            (id, kind) = (named, try self.kind(named.kind, at: place))
            guard id.flow == kind.flow else {
                throw Problem(
                    .badID, "records of kind \(kind.name) are written in the flow \(kind.flow.name)", at: place)
            }
            _ = try home(id.home.text, holder, at: place)
        } else {
            kind = try self.kind(message.kind ?? "", at: "\(pointer)/kind")
            let home = try home(message.home, holder, at: "\(pointer)/home")
            let key = try naturalKey(message.key ?? "", at: "\(pointer)/key")
            id = RecordID(home: home, flow: kind.flow, kind: kind.name, naturalKey: key)
        }
        try check(.importing(kind), holder, at: pointer)
        return PlannedDraft(
            id: id, kind: kind, fields: try wanted(message.fields, of: kind, at: "\(pointer)/fields"),
            onlyIfPresent: message.onlyIfPresent ?? false)
    }
}
