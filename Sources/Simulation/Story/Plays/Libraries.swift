import Divisions
import Ledger

/// Officers change their bodies, offices and areas; now and then a certificate is suspended or restored.
struct Roster: Play {
    var moves: Amount
    /// Never empty.
    var desks: [Desk]

    /// So many moves fall on one officer, more or less.
    private static let movesPerOfficer = 4

    func draw(_ span: ClosedRange<Instant>, using random: inout SeededGenerator, on stage: inout Stage) {
        let moves = moves.count(using: &random)
        let officers = (0..<max(1, moves / Self.movesPerOfficer)).map { _ in random.pick(desks) }
        var isKnown = officers.map { _ in false }
        var isSuspended: [Bool?] = officers.map { _ in nil }
        for moment in OfficeHours.moments(moves, in: span, using: &random) {
            let index = Int.random(in: 0..<officers.count, using: &random)
            let desk = officers[index]
            let number = "officer-\(stage.step)-\(index + 1)"
            var record = RecordName(kind: "officer", home: desk.division, flow: .down, name: number)
            var edits = move(using: &random)
            if !isKnown[index] {
                edits = [
                    .creation, FieldEdit("certificate-no", .register, .put(.text(number))),
                    FieldEdit("name", .register, .put(.text(random.pick(Self.persons))), isPersonal: true),
                    FieldEdit("body", .register, .put(.text("body-\(desk.division)"))),
                    FieldEdit("division", .register, .put(.text(desk.division.text))),
                ]
                isKnown[index] = true
            } else if random.chance(20) {
                record = RecordName(
                    kind: "certificate-status", home: desk.division, flow: .downUrgent, name: "status-of-\(number)")
                let suspends = !(isSuspended[index] ?? false)
                edits = [FieldEdit("status", .register, .put(.text(suspends ? "suspended" : "valid")))]
                if isSuspended[index] == nil {
                    edits = [.creation, FieldEdit("certificate-no", .register, .put(.text(number)))] + edits
                }
                isSuspended[index] = suspends
            }
            stage.add(
                .write(Writing(machine: desk.machine, record: record, acting: desk.division, edits: edits)),
                at: moment)
        }
    }

    private static let persons = ["周示宁", "吴例涛", "郑拟华", "王样敏"]
    private static let areas = ["东片", "西片", "河道", "集市", "港口"]

    private func move(using random: inout SeededGenerator) -> [FieldEdit] {
        let area = Value.text(random.pick(Self.areas))
        let edits = [
            FieldEdit("body", .register, .put(.text("body-\(Int.random(in: 1...5, using: &random))"))),
            FieldEdit("power-source", .register, .put(.text(random.pick(["法定", "委托", "授权"])))),
            FieldEdit("areas", .set, random.chance(40) ? .drop(area) : .put(area)),
        ]
        return [random.pick(edits)]
    }
}

/// A statute and its articles are written at one moment.
struct Amendment: Play {
    var statute: RecordName
    var articles: Amount
    var machine: String
    /// Whether the statute is not there yet.
    var isNew: Bool
    var needs: [String]

    func draw(_ span: ClosedRange<Instant>, using random: inout SeededGenerator, on stage: inout Stage) {
        let moment = stage.notBefore(needs, span.lowerBound)
        let acting = statute.home
        let day = moment.milliseconds / Instant.day + 2
        let version = "2026-03-\(day < 10 ? "0" : "")\(min(day, 31))"
        let count = articles.count(using: &random)
        var edits = [
            FieldEdit("version-date", .register, .put(.text(version))),
            FieldEdit("article-count", .register, .put(.integer(Int64(count)))),
        ]
        if isNew { edits = [.creation, FieldEdit("title", .register, .put(.text(statute.name)))] + edits }
        stage.note(StoryNames.record(statute.name), madeAt: moment)
        stage.add(.write(Writing(machine: machine, record: statute, acting: acting, edits: edits)), at: moment)
        guard count > 0 else { return }
        let names = (1...count).map { Self.article($0, of: statute.name) }
        let first = RecordName(kind: "article", home: statute.home, flow: .down, name: names[0])
        let text = "为了演示\(version)的修订，本条例规定示例事项第\(Int.random(in: 1...999, using: &random))号。"
        var wording = [FieldEdit("text", .register, .put(.text(text)))]
        if isNew { wording = [.creation, FieldEdit("chapter", .register, .put(.text("总则")))] + wording }
        stage.add(
            .write(
                Writing(
                    machine: machine, record: first, acting: acting, edits: wording, also: Array(names.dropFirst()))),
            at: moment)
    }

    static func article(_ number: Int, of statute: String) -> String { "\(statute)-\(number)" }
}

/// Many records are written back to back, a batch of them in one act.
struct Import: Play {
    var records: Amount
    var kind: String
    var flow: Flow
    var home: DivisionCode
    var acting: DivisionCode
    var machine: String
    var batch: Amount
    var needs: [String]

    func draw(_ span: ClosedRange<Instant>, using random: inout SeededGenerator, on stage: inout Stage) {
        let moment = stage.notBefore(needs, span.lowerBound)
        let total = records.count(using: &random)
        var done = 0
        var batches: UInt64 = 0
        while done < total {
            let size = min(batch.count(using: &random), total - done)
            let names = (done..<done + size).map { "import-\(stage.step)-\($0 + 1)" }
            let record = RecordName(kind: kind, home: home, flow: flow, name: names[0])
            stage.add(
                .write(
                    Writing(
                        machine: machine, record: record, acting: acting, edits: edits(using: &random),
                        also: Array(names.dropFirst()))),
                at: moment + batches)
            done += size
            batches += 1
        }
    }

    private func edits(using random: inout SeededGenerator) -> [FieldEdit] {
        let number = Int.random(in: 1...99, using: &random)
        switch kind {
        case "officer":
            return [
                .creation, FieldEdit("body", .register, .put(.text("body-\(number)"))),
                FieldEdit("division", .register, .put(.text(home.text))),
                FieldEdit("areas", .set, .put(.text("全域"))),
            ]
        case "item":
            return [
                .creation, FieldEdit("name", .register, .put(.text("示例事项\(number)"))),
                FieldEdit("item-kind", .register, .put(.text("行政处罚"))),
                FieldEdit("levels", .set, .put(.text("county"))),
            ]
        default:
            return CaseEdits.opening(at: home, using: &random)
        }
    }
}
