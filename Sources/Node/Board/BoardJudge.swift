package import Casework
package import Divisions
import Lattice
import Ledger
import Libraries
import Store

/// Judges cases for the board by what the node's store holds, many in one reading of it.
package struct BoardJudge: Sendable {
    /// Whether the bytes of a file of evidence are here, by its digest as records name it.
    package typealias FileCheck = @Sendable (String) -> Bool

    private let tree: DivisionTree
    private let rules: SupervisionRules
    private let board: BoardDatabase
    private let isHere: FileCheck
    /// Milliseconds since 1970.
    private let clock: @Sendable () -> UInt64
    private let book = ProcedureBook()

    package init(
        tree: DivisionTree, rules: SupervisionRules, board: BoardDatabase, isHere: @escaping FileCheck,
        clock: @escaping @Sendable () -> UInt64
    ) {
        (self.tree, self.rules, self.board) = (tree, rules, board)
        (self.isHere, self.clock) = (isHere, clock)
    }

    /// What a follower is given.
    package var judge: BoardFollower.Judge { { records, store in try rows(records, store) } }

    private func rows(_ records: [RecordID], _ store: StoreReader) throws -> [CaseBoardRow] {
        let now = Moments.local(clock())
        return try store.knowing(tree) { knowledge in
            let version = Self.version(of: knowledge)
            // The items of many cases are few.
            var stale: [String: [Bilingual]] = [:]
            return try records.compactMap { id in
                do throws(CaseFault) {
                    let reading = try CaseReading(id, in: knowledge, book: book)
                    return row(reading, calendar: version, stale: &stale, at: now)
                } catch {
                    if case .store(let failure) = error { throw failure }
                    return nil
                }
            }
        }
    }

    private func row(
        _ reading: CaseReading, calendar: String, stale: inout [String: [Bilingual]], at now: LegalMoment
    ) -> CaseBoardRow {
        let assessment = reading.judge.assess(
            reading.history, at: now, outside: reading.outside(at: now, book: book))
        var facts = facts(reading, calendar: calendar, at: now)
        name(&facts, reading)
        if !facts.item.isEmpty {
            let bases =
                stale[facts.item]
                ?? reading.knowledge.staleBases(ofItem: facts.item, on: now.day).map {
                    Bilingual($0.says.chinese, $0.says.english)
                }
            (stale[facts.item], facts.stale) = (bases, bases)
        }
        return CaseBoardRow(assessment, facts, rules: rules, calendar: reading.knowledge.calendar)
    }

    /// What people call the case and what it names.
    private func name(_ facts: inout CaseBoardFacts, _ reading: CaseReading) {
        let isTitlePersonal = reading.procedure.fact("title")?.isPersonal ?? false
        if !isTitlePersonal { facts.title = reading.history.text("title") ?? "" }
        if let item = facts.item.isEmpty ? nil : reading.knowledge.item(code: facts.item) {
            (facts.itemName, facts.itemField) = (item.name, item.field)
        }
        facts.bodyName = facts.body.isEmpty ? "" : reading.knowledge.body(code: facts.body)?.name ?? ""
        facts.conflicts = reading.history.view.conflicts.count
    }

    private func facts(_ reading: CaseReading, calendar: String, at now: LegalMoment) -> CaseBoardFacts {
        let (history, procedure, knowledge) = (reading.history, reading.procedure, reading.knowledge)
        let item = history.text(CaseField.item) ?? ""
        let isPlacePersonal = procedure.fact("place")?.isPersonal ?? false
        var facts = CaseBoardFacts(
            record: history.id, body: history.text(CaseField.body) ?? history.handler?.body ?? "", item: item,
            place: isPlacePersonal ? "" : history.text("place") ?? "",
            party: history.text("party-id").map { board.hash(ofParty: $0) },
            needsReview: item.isEmpty ? nil : knowledge.item(code: item)?.needsReview, calendarVersion: calendar)
        if case .integer(let fen) = history.value("fine-fen") { facts.fineFen = fen }
        facts.publicityRules = procedure.publicity.filter { reading.judge.holds($0.when, history, at: now) }.map(\.id)
        let ofCase = RecordQuery.Condition(field: "case", equals: .record(history.id))
        let source = knowledge.source
        func views(_ kind: String) -> [RecordView] {
            (source.asking { try source.snapshot.records(of: kind, where: ofCase) } ?? []).map(\.view)
        }
        facts.evidence = views(CaseworkKinds.evidence.name).compactMap { view in
            view.text("digest").map { digest in
                CaseBoardFacts.Evidence(digest: digest, recording: view.text("recording"), isHere: isHere(digest))
            }
        }
        facts.publications = views(CaseworkKinds.publication.name).compactMap { view in
            view.text("rule").map { rule in
                CaseBoardFacts.Publication(
                    rule: rule, publishedOn: view.text("published-on").flatMap { LegalDate($0) },
                    isWithheld: view.text("withheld") != nil)
            }
        }
        return facts
    }

    /// A name for the days that are known not to be what the week says.
    private static func version(of knowledge: StoreKnowledge) -> String {
        let days = knowledge.source.records(of: LibraryKinds.calendarDay.name).compactMap { record in
            record.view.text("date").map { "\($0) \(record.view.text("day-kind") ?? "")" }
        }
        return Digest.of(Suite.p256.rawValue, Array(days.sorted().joined(separator: "\n").utf8)).short
    }
}

extension RecordView {
    fileprivate func text(_ field: String) -> String? {
        if case .text(let text) = self[field]?.shown { text } else { nil }
    }
}
