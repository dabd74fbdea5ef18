import Ledger
package import Libraries

/// That a node will never take a change as it is, and may take another.
package struct ImportRefusal: Error, Hashable, Sendable {
    /// The problem's kind, as machines tell it apart.
    package let kind: String
    package let reason: Reason
    /// The draft that is meant; nil if none is named.
    package let draft: Int?

    package init(kind: String, reason: Reason, draft: Int?) {
        (self.kind, self.reason, self.draft) = (kind, reason, draft)
    }
}

/// What became of the groups of one change.
package struct ImportAnswer: Sendable {
    package var written = 0
    package var unchanged = 0
    package var changes = 0
    package var refused: [(row: RefusedRow, rows: Int)] = []

    package static func + (left: ImportAnswer, right: ImportAnswer) -> ImportAnswer {
        ImportAnswer(
            written: left.written + right.written, unchanged: left.unchanged + right.unchanged,
            changes: left.changes + right.changes, refused: left.refused + right.refused)
    }
}

extension ImportReport {
    package mutating func add(_ answer: ImportAnswer) {
        written += answer.written
        unchanged += answer.unchanged
        changes += answer.changes
        for refused in answer.refused { refuse(refused.row, rows: refused.rows) }
    }
}

/// Bundles what a source brings into changes, and leaves out of each what the node does not take.
package struct ImportWriter: Sendable {
    /// Groups and drafts in one change, unless a single group has more.
    package static let groupsPerChangeMax = 200
    package static let draftsPerChangeMax = 600

    /// Writes one change, or throws `ImportRefusal` if it is not taken.
    package typealias Send = @Sendable (ImportRequest) async throws -> ImportResult

    private let groupsPerChangeMax: Int
    private let send: Send

    /// - Parameter groupsPerChangeMax: 1 where each group is a change of its own, as for laws.
    package init(groupsPerChangeMax: Int = Self.groupsPerChangeMax, send: @escaping Send) {
        (self.groupsPerChangeMax, self.send) = (groupsPerChangeMax, send)
    }

    /// The groups of the next change; nil at the end. What needs no sending goes straight into the report.
    package func next(
        _ source: inout some ImportSource, _ report: inout ImportReport
    ) throws -> [ImportGroup]? {
        var groups: [ImportGroup] = []
        var drafts = 0
        while groups.count < groupsPerChangeMax, drafts < Self.draftsPerChangeMax {
            guard let step = try source.next() else { break }
            switch step {
            case .group(let group):
                groups.append(group)
                drafts += group.drafts.count
            case .warned(let row): report.warn(row)
            case .refused(let row): report.refuse(row)
            case .repeated: report.repeated += 1
            }
        }
        return groups.isEmpty ? nil : groups
    }

    /// Writes the groups as one change. If the node refuses it, the groups it does not take are left out and the others
    /// are sent again, so that one bad row does not take its neighbours with it.
    package func write(_ groups: [ImportGroup]) async throws -> ImportAnswer {
        let request = ImportRequest(drafts: groups.flatMap { $0.drafts.map { DraftMessage($0) } })
        do {
            let result = try await send(request)
            return ImportAnswer(
                written: result.written, unchanged: result.unchanged, changes: result.written > 0 ? 1 : 0)
        } catch let refusal as ImportRefusal {
            guard groups.count > 1 else { return refused(groups, refusal) }
            guard let bad = Self.groups(meantBy: refusal, of: groups) else {
                let middle = groups.count / 2
                return try await write(Array(groups[..<middle])) + write(Array(groups[middle...]))
            }
            let rest = groups.indices.filter { !bad.contains($0) }.map { groups[$0] }
            let answer = refused(bad.sorted().map { groups[$0] }, refusal)
            return rest.isEmpty ? answer : try await answer + write(rest)
        }
    }

    private func refused(_ groups: [ImportGroup], _ refusal: ImportRefusal) -> ImportAnswer {
        ImportAnswer(
            refused: groups.map { (RefusedRow(file: $0.file, line: $0.line, reason: refusal.reason), $0.rows) })
    }

    /// The group whose draft the refusal names; where a home is forbidden, every group with a record of that home. Nil
    /// if it names no draft.
    private static func groups(meantBy refusal: ImportRefusal, of groups: [ImportGroup]) -> Set<Int>? {
        guard var place = refusal.draft else { return nil }
        for (index, group) in groups.enumerated() {
            guard place >= group.drafts.count else {
                guard refusal.kind == Problem.Kind.homeForbids.rawValue else { return [index] }
                let home = group.drafts[place].id.home
                return Set(groups.indices.filter { groups[$0].drafts.contains { $0.id.home == home } })
            }
            place -= group.drafts.count
        }
        return nil
    }
}
