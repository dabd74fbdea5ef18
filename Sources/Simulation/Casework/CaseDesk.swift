import Casework
import Divisions
import Lattice
import Ledger
import Libraries
import Replication

/// What one machine can say of cases at one moment, by what its store holds: the same rules over the same store as in a
/// node, thrown away after one look.
struct CaseDesk {
    let knowledge: RecordKnowledge<MemoryRecords>
    let judge: CaseJudge
    let setting: CaseworkSetting
    let now: LegalMoment
    private let store: any Storing
    private let heads: [StreamID: StreamHead]
    private let reader: EntryReader
    private let tree: DivisionTree

    /// - Parameters:
    ///   - moment: what time it is; that of the machine's own clock if it is not said.
    ///   - reader: decodes each entry once, however many machines look.
    /// - Returns: nil for a machine that is down.
    init?(at machine: World.Machine, in world: World, moment: LegalMoment? = nil, reader: EntryReader) throws {
        guard let store = machine.store, let setting = world.casework,
            let now = moment ?? LegalMoment(milliseconds: machine.wall(in: world))
        else { return nil }
        (self.store, self.setting, self.reader, self.now, tree) = (store, setting, reader, now, world.tree)
        let heads = Dictionary(uniqueKeysWithValues: try store.heads().map { ($0.stream, $0) })
        self.heads = heads
        let source = MemoryRecords(
            records: { kind in (try? store.all(of: kind)) ?? [] },
            entry: { stream, number in
                guard let head = heads[stream], number <= head.number,
                    let item = try? store.entries(of: stream, from: number, bytesMax: 1).first,
                    item.id.number == number
                else { return nil }
                return reader.read(item, suite: head.opening.suite)?.judged
            })
        knowledge = RecordKnowledge(source: source, tree: world.tree)
        judge = world.judge(setting, knowledge, at: machine)
    }

    /// Every case that the machine holds and that began, in the order of ids.
    func cases() throws -> [CaseHistory] {
        let kind = setting.procedure.isUrgent ? CaseworkKinds.urgentCase.name : LibraryKinds.caseFile.name
        return try store.all(of: kind).compactMap { state in
            guard state.isVisible, state.view[CaseField.procedure] != nil else { return nil }
            return try history(of: state)
        }
    }

    func history(of record: RecordID) throws -> CaseHistory? {
        try store.record(record).map(history)
    }

    /// Every stored entry that touches a record and counts, in the order of commits.
    func entries(of record: RecordID) throws -> [CaseEntry] {
        try store.history(of: record).compactMap { item in
            guard let head = heads[item.id.stream], item.id.number <= head.number,
                let read = reader.read(item, suite: head.opening.suite), read.judged.header.tree == tree.version,
                let act = read.judged.header.act, let level = tree.level(of: act.division)
            else { return nil }
            return CaseEntry(entry: read.judged, home: item.home, flow: item.flow, level: level)
        }
    }

    private func history(of state: RecordState) throws -> CaseHistory {
        CaseHistory(state, entries: try entries(of: state.id))
    }

    // MARK: Across cases

    /// What other cases and the law itself raise against each case.
    func outside(_ histories: [CaseHistory]) -> [RecordID: [Doubt]] {
        var filings: [Filing] = []
        var uses: [NumberCollision.Use] = []
        var doubts: [RecordID: [Doubt]] = [:]
        for history in histories {
            let steps = judge.judge(history)
            let filing = Filing(
                history, steps: steps, filing: CaseworkSetting.filing, knowledge: judge.knowledge)
            if let filing { filings.append(filing) }
            uses += NumberCollision.uses(steps, of: history.id, knowledge: judge.knowledge)
            doubts[history.id] = amended(history)
        }
        doubts.merge(FirstToFile.doubts(filings)) { $0 + $1 }
        doubts.merge(NumberCollision.doubts(uses)) { $0 + $1 }
        return doubts
    }

    /// Whether the law reads otherwise now than on the day of the act, and nobody has said which applies.
    private func amended(_ history: CaseHistory) -> [Doubt] {
        guard let item = history.text(CaseField.item), let handler = history.handler else { return [] }
        let choice = ItemChoice.choose(
            item: item, body: handler.body, division: handler.division,
            violatedOn: history.text("violated-on").flatMap { LegalDate($0) }, on: now.day, knowledge: knowledge
        ) { id in id == setting.procedure.id ? setting.procedure : nil }
        guard case .chosen(let choice) = choice else { return [] }
        return LawChange.doubts(history, choice)
    }

    func acting(_ division: DivisionCode, _ post: Post, _ officers: [String]) -> Acting {
        Acting(
            division: division, level: tree.level(of: division) ?? .township,
            body: CaseworkSetting.body(of: division), post: post, officers: officers)
    }

    /// Where this machine's store stands in the streams that an office wrote for itself.
    func heads(of division: DivisionCode) -> [ReceiptElement.Head] {
        heads.values.filter { $0.home == division && $0.number > 0 && tree.isAtOrBelow($0.seat, division) }
            .sorted { $0.stream < $1.stream }
            .map { ReceiptElement.Head(stream: $0.stream, number: $0.number, check: $0.hash.check) }
    }
}

extension Storing {
    /// Every record of a kind, in the order of ids.
    fileprivate func all(of kind: String) throws -> [RecordState] {
        var all: [RecordState] = []
        while true {
            let page = try records(of: kind, after: all.last?.id, limit: 1_000)
            all += page
            if page.count < 1_000 { return all }
        }
    }
}
