import Casework
import Divisions
import Lattice
import Ledger
import Libraries
import Node
import Simulation

/// Officers and importers of a story, at the API of a real node.
struct NamespaceClerk: Sendable {
    /// What came of saving.
    enum Saved: Sendable {
        /// The entries, as the node named them.
        case written([String])
        /// Nobody answered, or the node cannot write now.
        case unanswered(String)
        /// There was nothing on the screen to edit.
        case nothingThere
        case refused(String)
    }

    let office: Office

    /// The same name is the same record on every machine and in every run.
    static func id(of record: RecordName) -> RecordID {
        RecordID(home: record.home, flow: record.flow, kind: record.kind, naturalKey: record.name)
    }

    /// Makes the token that the officer will need.
    func prepare(_ writing: Writing) throws(CommandFailure) { _ = try client(writing) }

    /// What the officer sees of the record; nil where there is none, or no answer.
    func look(_ writing: Writing) async -> RecordMessage? {
        try? await client(writing).record(Self.id(of: writing.record))
    }

    func save(_ writing: Writing, seen: RecordMessage?) async throws -> Saved {
        do {
            return try await write(writing, seen: seen)
        } catch let failure as APIFailure {
            return failure.isPassing ? .unanswered(failure.brief) : .refused(failure.brief)
        }
    }

    private func write(_ writing: Writing, seen: RecordMessage?) async throws -> Saved {
        let client = try client(writing)
        let id = Self.id(of: writing.record)
        if !writing.also.isEmpty {
            _ = try await client.importDrafts(ImportRequest(drafts: drafts(writing)))
            return .written([])
        }
        if writing.edits.contains(.removal) {
            guard let seen else { return .nothingThere }
            return .written(try await client.remove(id, seen: seen.seen, ifMatch: nil).entries)
        }
        if writing.edits.contains(.creation), seen == nil {
            do throws(APIFailure) {
                return .written(try await client.create(newRecord(writing)).entries)
            } catch {
                // It came to be while he was thinking: he edits what he did not see.
                guard error.refusal?.kind == "already-exists" else { throw error }
            }
        } else if seen == nil {
            return .nothingThere
        }
        let edits = writing.edits.compactMap { Self.edit($0, seen: seen) }
        return edits.isEmpty ? .written([]) : .written(try await client.edit(id, edits, ifMatch: nil).entries)
    }

    /// Whoever may do it: an officer for cases, a librarian for the rest, the keeper of the machine for imports.
    private func client(_ writing: Writing) throws(CommandFailure) -> APIClient {
        let kind = CaseworkKinds.all[writing.record.kind]
        let editor = Role.allCases.first { role in kind.map { role.permits(.edit($0)) } ?? false } ?? .officer
        return try office.client(writing.also.isEmpty ? editor : .operator, for: writing.acting)
    }

    // MARK: In the API's words

    private func newRecord(_ writing: Writing) -> NewRecord {
        let record = writing.record
        return NewRecord(
            kind: record.kind, home: record.home.text, key: record.name, fields: Self.fields(writing.edits))
    }

    private func drafts(_ writing: Writing) -> [DraftMessage] {
        let (record, fields) = (writing.record, Self.fields(writing.edits))
        return ([record.name] + writing.also).map { name in
            DraftMessage(
                kind: record.kind, home: record.home.text, key: name,
                onlyIfPresent: !writing.edits.contains(.creation), fields: fields)
        }
    }

    /// What a new record holds: one value, or an array for a set or log.
    private static func fields(_ edits: [Simulation.FieldEdit]) -> [String: JSON] {
        var fields: [String: JSON] = [:]
        for edit in edits {
            guard case .put(let value) = edit.change else { continue }
            switch edit.type {
            case .set, .log: fields[edit.field] = .array((fields[edit.field]?.array ?? []) + [value.inJSON])
            case .register, .counter, .exists: fields[edit.field] = value.inJSON
            }
        }
        return fields
    }

    /// - Parameter seen: what stood on the author's screen.
    private static func edit(_ edit: Simulation.FieldEdit, seen: RecordMessage?) -> Node.FieldEdit? {
        let field = edit.isBlind ? nil : seen?[edit.field]
        let token = field?.seen ?? ""
        switch (edit.change, edit.type) {
        case (.put(let value), .register):
            return Node.FieldEdit(field: edit.field, action: .set, value: value.inJSON, seen: token)
        case (.put(let value), .set): return Node.FieldEdit(field: edit.field, action: .add, value: value.inJSON)
        case (.put(let value), .log):
            return Node.FieldEdit(
                field: edit.field, action: .append, value: value.inJSON,
                after: (field?.values.last?.seen).map { [$0] } ?? [])
        case (.put(let value), .counter):
            return Node.FieldEdit(field: edit.field, action: .increment, value: value.inJSON)
        case (.drop, .register): return Node.FieldEdit(field: edit.field, action: .clear, seen: token)
        case (.drop(let value), .set):
            return Node.FieldEdit(field: edit.field, action: .remove, value: value.inJSON, seen: token)
        case (.drop, _), (.put, .exists), (.create, _), (.remove, _): return nil
        }
    }
}

extension Value {
    /// As the API writes it: bytes as hexadecimal digits, a record as its id.
    var inJSON: JSON {
        switch self {
        case .text(let text): .text(text)
        case .integer(let integer): .integer(integer)
        case .boolean(let truth): .boolean(truth)
        case .bytes(let bytes): .text(hexadecimal(bytes))
        case .record(let id): .text(id.description)
        }
    }
}
