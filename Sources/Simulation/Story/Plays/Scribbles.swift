import Divisions
import Ledger

/// The naive storm: any machine writes anything it has the right to write, on few records, so that edits meet.
struct Scribbles: Play {
    var edits: Amount
    /// How many records there may be of one home and flow.
    var records: Amount
    /// Of ten thousand acts, how many cite nothing of what their author saw.
    var blind: Amount

    /// Of a hundred: acts that remove a record, values that are personal, acts on a record drawn anew.
    private static let removals = 8, personal = 30, anew = 30

    func draw(_ span: ClosedRange<Instant>, using random: inout SeededGenerator, on stage: inout Stage) {
        let tree = stage.tree
        let records = records.count(using: &random)
        var known: [String: [RecordName]] = [:]
        for moment in random.moments(edits.count(using: &random), in: span) {
            let machine = random.pick(tree.seats).division
            let home = random.pick(tree.subtree(of: machine))
            let flow = random.pick(Flow.allCases)
            let path = ([home] + tree.ancestors(of: home)).filter { tree.isAtOrBelow($0, machine) }
            let acting = random.pick(path)
            let prefix = "scribble-\(stage.step)-\(home)-\(flow.name)"
            let record: RecordName
            if let old = known[prefix], !random.chance(Self.anew) {
                record = random.pick(old)
            } else {
                let number = Int.random(in: 1...records, using: &random)
                record = RecordName(kind: "case", home: home, flow: flow, name: "\(prefix)-\(number)")
                known[prefix, default: []].append(record)
            }
            let writing = Writing(
                machine: machine.text, record: record, acting: acting, edits: drawEdits(using: &random))
            stage.add(.write(writing), at: moment)
        }
    }

    private func drawEdits(using random: inout SeededGenerator) -> [FieldEdit] {
        if random.chance(Self.removals) { return [.removal] }
        let isBlind = blind.happens(using: &random)
        return (0..<Int.random(in: 1...3, using: &random)).map { _ in
            var edit = edit(using: &random)
            edit.isBlind = isBlind
            return edit
        }
    }

    private func edit(using random: inout SeededGenerator) -> FieldEdit {
        let type = random.pick([FieldType.register, .register, .set, .log, .counter, .exists])
        let number = Int64.random(in: 0...9, using: &random)
        let letter = random.pick(["a", "b"])
        switch type {
        case .register:
            return FieldEdit(
                "\(letter)-register", type, .put(.integer(number)), isPersonal: random.chance(Self.personal))
        case .set:
            let value = Value.integer(number)
            return FieldEdit("\(letter)-set", type, random.chance(40) ? .drop(value) : .put(value))
        case .log: return FieldEdit("\(letter)-log", type, .put(.integer(number)))
        case .counter: return FieldEdit("\(letter)-counter", type, .put(.integer(number - 4)))
        case .exists: return .creation
        }
    }
}
