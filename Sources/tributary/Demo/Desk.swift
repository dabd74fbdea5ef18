import Divisions
import Foundation
import Lattice
import Ledger
import Libraries
import Node

/// A person at a node: reads and writes records through its API, as the console and the commands do, and notes what the
/// node has answered for.
struct Desk: Sendable {
    /// How long a node that is down is waited for.
    static let patience: Duration = .seconds(60)

    let client: APIClient
    let acknowledged: Acknowledged

    /// What an edit does to one field.
    struct Stroke: Sendable {
        let field: String
        let action: FieldEdit.Action
        let value: JSON

        static func set(_ field: String, _ value: String) -> Stroke {
            Stroke(field: field, action: .set, value: .text(value))
        }

        static func add(_ field: String, _ value: String) -> Stroke {
            Stroke(field: field, action: .add, value: .text(value))
        }

        static func append(_ field: String, _ value: String) -> Stroke {
            Stroke(field: field, action: .append, value: .text(value))
        }

        static func increment(_ field: String, by value: Int64) -> Stroke {
            Stroke(field: field, action: .increment, value: .integer(value))
        }
    }

    /// Opens a case.
    @discardableResult
    func open(_ row: CaseRow, home: DivisionCode) async throws -> RecordID {
        let fields = row.drafts(home: home).first.map { DraftMessage($0).fields } ?? [:]
        return try await create(NewRecord(kind: LibraryKinds.caseFile.name, home: home.text, fields: fields))
    }

    func create(_ record: NewRecord) async throws -> RecordID {
        let written = try await client.retrying(patience: Self.patience) { () throws(APIFailure) in
            try await client.create(record)
        }
        acknowledged.add(written.entries)
        guard let id = RecordID(written.id) else {
            throw CommandFailure(.failed, "the node answered with an id that cannot be read")
        }
        return id
    }

    /// Edits what the record shows now.
    func edit(_ id: RecordID, _ strokes: Stroke...) async throws {
        let record = try await client.record(id)
        let edits = strokes.map { stroke in
            FieldEdit(
                field: stroke.field, action: stroke.action, value: stroke.value,
                seen: stroke.action == .set ? record[stroke.field]?.seen ?? "" : nil)
        }
        acknowledged.add(try await client.edit(id, edits, ifMatch: record.etag).entries)
    }

    /// Whether the node holds the record.
    func holds(_ id: RecordID) async throws -> Bool {
        do throws(APIFailure) {
            _ = try await client.record(id)
            return true
        } catch {
            if case .problem(let problem) = error, problem.status == 404 { return false }
            throw error
        }
    }

    /// How many articles a search brings, counted to its last page.
    ///
    /// - Returns: the count, and whether there may be more than the node pages through.
    func hits(_ words: String) async throws -> (count: Int, isBound: Bool) {
        var (count, cursor) = (0, String?.none)
        repeat {
            let page = try await client.searchStatutes(words, limit: APILimits.hitsPerPageMax, cursor: cursor)
            count += page.hits.count
            cursor = page.next
        } while cursor != nil && count < Self.hitsCountedMax
        return (count, cursor != nil)
    }

    /// Counting further would only cost time.
    private static let hitsCountedMax = 2_000
}

extension NodeStatus {
    func records(of kind: Lattice.Kind) -> Int { kinds.first { $0.kind == kind.name }?.records ?? 0 }

    /// Whom this node talks to above itself, and in which phase; nil while nobody above is linked.
    var uplink: Link? {
        let above = links.filter { $0.isUp && $0.peer != nil }
        return above.first { $0.phase == "streaming" } ?? above.first
    }
}
