package import Divisions
package import Lattice
package import Ledger
import Libraries

/// An entry that touches a case, with the level of the division acted for by the tree it names.
package struct CaseEntry: Sendable {
    package let entry: JudgedEntry
    package let home: DivisionCode
    package let flow: Flow
    package let level: Level

    package init(entry: JudgedEntry, home: DivisionCode, flow: Flow, level: Level) {
        (self.entry, self.home, self.flow, self.level) = (entry, home, flow, level)
    }
}

/// One taking of a step as it stands in the case's log.
package struct TakenMark: Hashable, Sendable {
    package let citation: Citation
    package let mark: StepMark
    /// The author's officer record; nil for the node itself.
    package let author: RecordID?
    package let division: DivisionCode
    package let level: Level
    package let body: String
    /// Milliseconds since 1970 by the writer's clock.
    package let stamp: UInt64
    /// Everything it looked at, ascending.
    package let reads: [Citation]

    package init(
        citation: Citation, mark: StepMark, author: RecordID?, division: DivisionCode, level: Level, body: String,
        stamp: UInt64, reads: [Citation]
    ) {
        (self.citation, self.mark, self.author, self.division) = (citation, mark, author, division)
        (self.level, self.body, self.stamp, self.reads) = (level, body, stamp, reads.sorted())
    }

    package func has(read citation: Citation) -> Bool {
        var (low, high) = (0, reads.count)
        while low < high {
            let middle = low + (high - low) / 2
            if reads[middle] < citation { low = middle + 1 } else { high = middle }
        }
        return low < reads.count && reads[low] == citation
    }
}

/// One value that a fact has or had.
package struct FactEdit: Hashable, Sendable {
    package let citation: Citation
    package let field: String
    /// Nil where it was removed or erased.
    package let value: Value?
    /// Whether it only took away what it replaces.
    package let isRemoval: Bool
    package let replaces: [Citation]
    package let reads: [Citation]
    package let division: DivisionCode
    package let level: Level
    package let stamp: UInt64
    package let isLive: Bool
}

/// Who handles a case: the one who holds it may decide, number and serve.
package struct Handler: Hashable, Sendable {
    package let division: DivisionCode
    package let body: String
    /// Certificates of the officers; the first leads.
    package let officers: [String]
    package let citation: Citation

    package init(division: DivisionCode, body: String, officers: [String], citation: Citation) {
        (self.division, self.body, self.officers, self.citation) = (division, body, officers, citation)
    }

    /// How the field `handler` holds it.
    package static func text(division: DivisionCode, body: String, officers: [String]) -> String {
        ([division.text, body] + officers).joined(separator: " ")
    }

    package init?(_ text: String, citation: Citation) {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
        guard parts.count >= 2, let division = DivisionCode(parts[0]) else { return nil }
        self.init(division: division, body: parts[1], officers: Array(parts.dropFirst(2)), citation: citation)
    }
}

/// A case as its entries tell it: every step with what it looked at, every value a fact ever had.
package struct CaseHistory: Hashable, Sendable {
    package let id: RecordID
    /// In the order of the log: an element stands after all that it follows.
    package let steps: [TakenMark]
    /// By dot, replaced ones included.
    package let edits: [Dot: FactEdit]
    /// What the record shows now.
    package let view: RecordView

    /// - Parameters:
    ///   - state: the record as it is merged.
    ///   - entries: all that touch it, those beyond forks left out.
    package init(_ state: RecordState, entries: [CaseEntry]) {
        id = state.id
        view = state.view
        let live = Set(view.fields.flatMap { field in field.values.map(\.dot) })
        var edits: [Dot: FactEdit] = [:]
        var marks: [Dot: TakenMark] = [:]
        for item in entries {
            guard let act = item.entry.header.act else { continue }
            for (record, write) in item.entry.writes(home: item.home, flow: item.flow, level: item.level)
            where record == state.id {
                let citation = Citation(dot: write.dot, check: write.check)
                let value: Value? =
                    switch write.value {
                    case .plain(let value), .personal(let value): value
                    case .none, .erased: nil
                    }
                if write.edit.field == CaseField.steps, write.edit.type == .log {
                    guard case .text(let text) = value, let mark = StepMark(text) else { continue }
                    marks[write.dot] = TakenMark(
                        citation: citation, mark: mark, author: act.author, division: act.division, level: item.level,
                        body: act.body, stamp: write.stamp, reads: write.edit.reads)
                } else {
                    edits[write.dot] = FactEdit(
                        citation: citation, field: write.edit.field, value: value, isRemoval: write.edit.isRemoval,
                        replaces: write.edit.replaces, reads: write.edit.reads, division: act.division,
                        level: item.level, stamp: write.stamp,
                        isLive: live.contains(write.dot))
                }
            }
        }
        self.edits = edits
        let log = view[CaseField.steps]?.values ?? []
        steps = log.compactMap { marks[$0.dot] }
    }

    /// What a register shows now.
    package func value(_ field: String) -> Value? { view[field]?.shown }

    package func text(_ field: String) -> String? { if case .text(let text) = value(field) { text } else { nil } }

    /// Live dots of a field: what a step that looks at it cites.
    package func citations(of field: String) -> [Citation] { view[field]?.seen ?? [] }
}

/// Fields of a case that every procedure shares.
package enum CaseField {
    package static let steps = "steps"
    package static let procedure = "procedure"
    package static let handler = "handler"
    package static let item = "item"
    package static let body = "body"
    package static let division = "division"
    /// The case or record out of which this one came, or which it continues.
    package static let origin = "origin"
}
