import Casework
import Ledger
import Libraries

/// Every case as every machine judges it at one moment, read once for all who ask.
final class CaseReading {
    struct Office {
        let machine: World.Machine
        let desk: CaseDesk
        /// In the order of ids.
        let cases: [(history: CaseHistory, steps: [JudgedStep])]
    }

    private let reader: EntryReader
    private var known: (moment: UInt64, events: UInt64, offices: [Office])?

    init(reading reader: EntryReader) { self.reader = reader }

    /// Those that run, in the order of the world, all by one clock that is right.
    func offices(of world: World) throws -> [Office] {
        if let known, known.moment == world.now, known.events == world.events { return known.offices }
        let now = LegalMoment(milliseconds: world.instant.wall)
        let offices = try world.running.compactMap { machine -> Office? in
            guard let desk = try CaseDesk(at: machine, in: world, moment: now, reader: reader) else { return nil }
            return Office(
                machine: machine, desk: desk, cases: try desk.cases().map { ($0, desk.judge.judge($0)) })
        }
        known = (world.now, world.events, offices)
        return offices
    }

    /// The edits of a record as they are stored, by what cites them.
    func edits(of record: RecordID, at office: Office) throws -> [Citation: RawEdit] {
        var edits: [Citation: RawEdit] = [:]
        for item in try office.desk.entries(of: record) {
            guard let act = item.entry.header.act else { continue }
            for (index, edit) in item.entry.header.edits.enumerated()
            where edit.kind == record.kind && edit.record == record.key {
                let dot = Dot(stream: item.entry.id.stream, number: item.entry.id.number, index: UInt32(index))
                var mark: StepMark?
                if edit.field == CaseField.steps, case .plain(.text(let text)) = edit.content { mark = StepMark(text) }
                edits[Citation(dot: dot, check: item.entry.hash.check)] = RawEdit(
                    field: edit.field, reads: Set(edit.reads), author: act.author, mark: mark)
            }
        }
        return edits
    }

    struct RawEdit {
        let field: String
        let reads: Set<Citation>
        let author: RecordID?
        /// What the log of steps holds.
        let mark: StepMark?
    }
}
