import Casework
import Divisions
import Lattice
import Ledger
import Libraries
import Node
import Replication
import Store

/// Writes invented cases in all stages, each step an entry that cites what a person would have looked at.
struct ConsoleBenchCases {
    /// What the bench keeps of a case, to open its pages by.
    struct Written: Sendable {
        let id: RecordID
        let isOpen: Bool
        /// The step that somebody may take next.
        let next: String?
        let isOrdinary: Bool
    }

    private let library: ConsoleBenchLibrary
    private let writer: ConsoleBenchWriter
    private let files: [FileName]
    private let today: LegalDate
    private var chance: SplitMix64
    private var procedures: [String: (procedure: Procedure, pin: [Citation])] = [:]
    private var seen: [String: [Citation]] = [:]
    private var numbers: [String: Int] = [:]
    private(set) var written: [Written] = []
    private(set) var steps = 0

    /// Cases that are written side by side: one move of each is a step of the core.
    private static let waveMax = 1_000
    /// Over how many days cases were opened.
    private static let daysBack = 1_095

    /// - Parameter files: what recordings there are; cases share them, since files lie outside the log.
    init(
        _ library: ConsoleBenchLibrary, _ writer: ConsoleBenchWriter, files: [FileName], seed: UInt64
    ) throws {
        (self.library, self.writer, self.files) = (library, writer, files)
        chance = SplitMix64(seed: seed ^ 0x6361_7365)
        guard let moment = LegalMoment(milliseconds: BenchClock.wallMilliseconds) else {
            throw BenchFailure("this machine's clock is wrong")
        }
        today = moment.day
        for id in ["simple-penalty", "ordinary-penalty"] { procedures[id] = try procedure(id) }
        seen = try writer.store.reader.knowing(writer.tree) { [library] knowledge in
            var seen: [String: [Citation]] = [:]
            for person in library.people {
                seen[person.certificate] = knowledge.officer(certificate: person.certificate)?.seen
            }
            for item in library.usableItems { seen[item] = knowledge.item(code: item)?.seen }
            seen[ConsoleBenchLibrary.body] = knowledge.body(code: ConsoleBenchLibrary.body)?.seen
            return seen
        }
    }

    private func procedure(_ id: String) throws -> (procedure: Procedure, pin: [Citation]) {
        let kind = CaseworkKinds.procedure
        for version in 1...9 {
            let record = RecordID(
                home: ConsoleBenchTown.town, flow: kind.flow, kind: kind.name, naturalKey: "\(id)@\(version)")
            guard let field = try writer.store.record(record)?.view[PinnedProcedure.textField],
                case .text(let text) = field.shown
            else { continue }
            return (try Procedure(yaml: text, file: id), field.values.map(\.citation))
        }
        throw BenchFailure("\(id): the procedures hold no such procedure")
    }

    /// - Parameter tell: hears how many cases are written.
    mutating func write(_ count: Int, tell: (Int) -> Void) throws {
        for first in stride(from: 0, to: count, by: Self.waveMax) {
            tell(first)
            try write((first..<min(first + Self.waveMax, count)).map { begin($0) })
        }
    }

    static func day(_ day: LegalDate, _ days: Int) -> LegalDate { day.adding(days: days) ?? day }

    // MARK: One case

    private struct Running {
        let id: RecordID
        let opened: LegalDate
        let officers: [String]
        let author: ConsoleBenchLibrary.Person
        let script: ConsoleBenchScript
        var facts: [String: Citation] = [:]
        var steps: [Citation] = []
        var taken: [String] = []
        /// How many of the steps that are to be recorded have their recording.
        var recorded = 0
        var lastNumber: String?
        var minute = 540
        var lastDay = -1
    }

    private mutating func begin(_ number: Int) -> Running {
        let age = 1 + chance.below(Self.daysBack)
        let opened = Self.day(today, -age)
        let item = library.usableItems[chance.below(library.usableItems.count)]
        let isOrdinary = chance.below(100) < 40
        let isReviewed = isOrdinary && chance.below(100) < 30
        let isReturned = isReviewed && age < 120 && chance.below(100) < 30
        var script =
            isOrdinary
            ? .ordinary(
                item: item, opened: opened, isReviewed: isReviewed, isReturned: isReturned, &chance, number: number)
            : ConsoleBenchScript.simple(item: item, opened: opened, &chance, number: number)
        // Most young cases are open, and few old ones: those are overdue.
        if chance.below(100) < (age < 60 ? 75 : age < 120 ? 30 : 2) {
            script.cut(afterSteps: 1 + chance.below(script.steps - 1))
        }
        if chance.below(100) == 0, !script.isWhole {
            script.add(.conflict(id: "place", .text("示例镇东一村一组"), .text("示例镇东一村二组")))
        }
        let officers = library.people(.officer)
        let first = chance.below(officers.count)
        let pair = [officers[first], officers[(first + 1 + chance.below(officers.count - 1)) % officers.count]]
        let kind = LibraryKinds.caseFile
        let key = RecordKey(
            milliseconds: LegalMoment(opened).milliseconds + UInt64(chance.below(28_800_000)),
            chance: (chance.next(), chance.next()))
        return Running(
            id: RecordID(home: ConsoleBenchTown.town, flow: kind.flow, kind: kind.name, key: key), opened: opened,
            officers: pair.map(\.certificate), author: pair[0], script: script)
    }

    // MARK: Waves

    private mutating func write(_ cases: [Running]) throws {
        var cases = cases
        try open(&cases)
        for round in 0..<(cases.map(\.script.moves.count).max() ?? 0) {
            var acts: [(act: Act, entries: [ConsoleBenchWriter.Content])] = []
            var owners: [(place: Int, move: ConsoleBenchScript.Move)] = []
            for place in cases.indices where round < cases[place].script.moves.count {
                let move = cases[place].script.moves[round]
                let (author, content) = try self.content(of: move, &cases[place])
                guard !content.isEmpty else { continue }
                acts.append((act(author), [content]))
                owners.append((place, move))
            }
            for (owner, marks) in zip(owners, try writer.write(acts)) {
                guard let mark = marks.first else { throw BenchFailure("a move of a case was not written") }
                note(owner.move, mark, &cases[owner.place])
            }
        }
        for one in cases {
            steps += one.steps.count
            written.append(
                Written(
                    id: one.id, isOpen: !one.script.isWhole, next: one.script.next,
                    isOrdinary: one.script.procedure == "ordinary-penalty"))
        }
    }

    private func act(_ author: ConsoleBenchLibrary.Person) -> Act {
        Act(
            author: author.record, division: ConsoleBenchTown.town, body: ConsoleBenchLibrary.body,
            change: writer.draw())
    }

    private func open(_ cases: inout [Running]) throws {
        let drafts = try writer.store.reader.knowing(writer.tree) { [procedures] knowledge in
            cases.map { one in
                guard let (procedure, pin) = procedures[one.script.procedure] else { return [EditDraft]() }
                return CasePlan(procedure: procedure, knowledge: knowledge).open(
                    one.id,
                    handler: (ConsoleBenchTown.town, ConsoleBenchLibrary.body, one.officers),
                    facts: one.script.opening.compactMap { id, value in procedure.fact(id).map { ($0, [value]) } },
                    pin: pin)
            }
        }
        let marks = try writer.write(zip(cases, drafts).map { (act($0.author), [$1]) })
        for (place, (edits, marks)) in zip(drafts, marks).enumerated() {
            guard let mark = marks.first else { throw BenchFailure("a case was not written") }
            for (index, edit) in edits.enumerated() { cases[place].facts[edit.field] = mark.citation(index) }
        }
    }

    // MARK: Moves

    private mutating func content(
        of move: ConsoleBenchScript.Move, _ one: inout Running
    ) throws -> (ConsoleBenchLibrary.Person, ConsoleBenchWriter.Content) {
        switch move {
        case .facts(let facts): return (one.author, facts.compactMap { edit($0.id, $0.value, of: one) })
        case .conflict(let id, let first, let second):
            return (one.author, [first, second].compactMap { edit(id, $0, of: one) })
        case .recordings: return (one.author, recordings(of: &one))
        case .publication: return (one.author, publication(of: one))
        case .step(let id, let day, let role, let outcome):
            return try step(id, day: day, by: role, outcome: outcome, &one)
        }
    }

    private func note(
        _ move: ConsoleBenchScript.Move, _ mark: ConsoleBenchWriter.EntryMark, _ one: inout Running
    ) {
        switch move {
        case .facts(let facts):
            let known = facts.filter { edit($0.id, $0.value, of: one) != nil }
            for (index, fact) in known.enumerated() { one.facts[fact.id] = mark.citation(index) }
        case .step: one.steps.append(mark.citation(0))
        case .recordings, .publication, .conflict: break
        }
    }

    private func edit(_ id: String, _ value: Value, of one: Running) -> EditDraft? {
        guard let rule = procedures[one.script.procedure]?.procedure.fact(id) else { return nil }
        return EditDraft(
            kind: one.id.kind, record: one.id.key, field: id, type: rule.isMany ? .set : .register, value: value,
            isPersonal: rule.isPersonal, replaces: rule.isMany ? [] : one.facts[id].map { [$0] } ?? [],
            reads: one.steps)
    }

    private mutating func step(
        _ id: String, day: Int, by role: Role, outcome: String?, _ one: inout Running
    ) throws -> (ConsoleBenchLibrary.Person, ConsoleBenchWriter.Content) {
        guard let rule = procedures[one.script.procedure]?.procedure.step(id) else {
            throw BenchFailure("\(one.script.procedure): has no step \(id)")
        }
        let others = library.people(role)
        let author = role == .officer ? one.author : others[chance.below(others.count)]
        let officers =
            role == .officer ? Array(one.officers.prefix(max(1, rule.certified))) : [author.certificate]
        if day == one.lastDay { one.minute += 10 } else { (one.minute, one.lastDay) = (540, day) }
        let date = min(Self.day(one.opened, day), Self.day(today, -1))
        guard let at = LegalMoment(day: date, minute: one.minute) else {
            throw BenchFailure("a step has no time")
        }
        var mark = StepMark(
            step: id, outcome: outcome ?? rule.outcomes[0].id, at: at, post: Post(rawValue: role.rawValue) ?? .officer,
            officers: officers)
        if let kind = rule.document {
            var number: String?
            if let word = rule.numbered { number = next(word, at.day.year) }
            one.lastNumber = number ?? one.lastNumber
            mark.issued = [StepMark.Issued(kind: kind, number: number, digest: digest())]
        }
        one.taken.append(id)
        var reads = Set(one.facts.values).union(one.steps)
        for name in officers + [ConsoleBenchLibrary.body] + item(of: one) { reads.formUnion(seen[name] ?? []) }
        let edit = EditDraft(
            kind: one.id.kind, record: one.id.key, field: CaseField.steps, type: .log, value: .text(mark.text),
            reads: reads.sorted(), after: one.steps.last.map { [$0] } ?? [])
        return (author, [edit])
    }

    private func item(of one: Running) -> [String] {
        one.script.opening.compactMap { id, value in
            if id == "item", case .text(let code) = value { code } else { nil }
        }
    }

    private mutating func next(_ word: String, _ year: Int) -> String {
        let series = "\(ConsoleBenchTown.sign)\(word)〔\(year)〕"
        numbers[series, default: 0] += 1
        return "\(series)\(numbers[series, default: 0])号"
    }

    /// Of a paper whose text the bench does not keep.
    private mutating func digest() -> String {
        "\(RecordKey(chance.next(), chance.next()))\(RecordKey(chance.next(), chance.next()))"
    }

    // MARK: What belongs to a case

    private func recordings(of one: inout Running) -> ConsoleBenchWriter.Content {
        let (kind, done) = (CaseworkKinds.evidence, one.recorded)
        let asked = one.taken.filter { id in
            procedures[one.script.procedure]?.procedure.step(id).map { $0.recording != .none } ?? false
        }
        one.recorded = asked.count
        return zip(asked, files).dropFirst(done).flatMap { [one] step, file in
            let digest = file.digest.sha256Text
            let id = RecordID(
                home: one.id.home, flow: kind.flow, kind: kind.name, naturalKey: "\(one.id)\u{1F}\(digest)")
            let day = "\(one.opened)T09:30"
            return ConsoleBenchWriter.record(
                id, kind,
                [
                    ("case", .record(one.id)), ("digest", .text(digest)), ("size", .integer(Int64(file.size))),
                    ("chunk-root", .text(file.root.sha256Text)), ("media-type", .text("video/mp4")),
                    ("evidence-kind", .text("视听资料")), ("recording", .text(step)), ("captured-at", .text(day)),
                    ("attached-at", .text(day)), ("officer", .text(one.officers[0])), ("place", .text("示例镇")),
                ])
        }
    }

    private func publication(of one: Running) -> ConsoleBenchWriter.Content {
        let kind = CaseworkKinds.publication
        let id = RecordID(
            home: one.id.home, flow: kind.flow, kind: kind.name, naturalKey: "\(one.id)\u{1F}decision")
        let day = min(Self.day(one.opened, one.lastDay), today)
        let lines: [JSON] = [
            ["zh": "当事人类型", "en": "Kind of party", "text": "公民"],
            ["zh": "违法事实", "en": "Facts of the violation", "text": "经现场检查，当事人实施上述行为，事实清楚，证据充分。"],
            ["zh": "处罚决定内容", "en": "Decision", "text": "罚款人民币一百元"],
        ]
        return ConsoleBenchWriter.record(
            id, kind,
            [
                ("case", .record(one.id)), ("rule", .text("decision")), ("phase", .text("after")),
                ("title", .text("示例行政处罚决定")), ("content", .text(JSON.array(lines).compactText)),
                ("document-no", .text(one.lastNumber ?? "")), ("body", .text(ConsoleBenchLibrary.body)),
                ("item", .text(item(of: one).first ?? "")), ("due-on", .text(Self.day(day, 7).description)),
                ("published-on", .text(day.description)), ("expires-on", .text(Self.day(day, 1_095).description)),
            ])
    }
}
