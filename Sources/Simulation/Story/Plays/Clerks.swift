import Divisions
import Ledger

/// A desk where cases are worked on: the office it belongs to, and the machine it stands at.
struct Desk: Hashable, Sendable {
    let division: DivisionCode
    let machine: String
}

/// Officers open and edit the cases of their own offices during office hours.
struct Clerks: Play {
    var edits: Amount
    /// Of ten thousand edits, how many open a new case.
    var new: Amount
    var thinking: Amount
    /// Never empty.
    var desks: [Desk]

    func draw(_ span: ClosedRange<Instant>, using random: inout SeededGenerator, on stage: inout Stage) {
        var opened: [DivisionCode: [RecordName]] = [:]
        let moments = OfficeHours.moments(edits.count(using: &random), in: span, using: &random)
        var count = 0
        for moment in moments {
            let desk = random.pick(desks)
            let own = opened[desk.division] ?? []
            let isNew = new.happens(using: &random)
            var writing: Writing
            if isNew || own.isEmpty {
                count += 1
                let record = RecordName(
                    kind: "case", home: desk.division, flow: .up, name: "case-\(stage.step)-\(count)")
                opened[desk.division, default: []].append(record)
                writing = Writing(
                    machine: desk.machine, record: record, acting: desk.division,
                    edits: CaseEdits.opening(at: desk.division, using: &random))
            } else {
                writing = Writing(
                    machine: desk.machine, record: random.pick(own), acting: desk.division,
                    edits: CaseEdits.some(using: &random), thinking: thinking.milliseconds(using: &random))
            }
            stage.add(.write(writing), at: moment)
        }
    }
}

/// Machines above write on cases that were opened below, each for its own office.
struct Superiors: Play {
    var edits: Amount
    var thinking: Amount

    func draw(_ span: ClosedRange<Instant>, using random: inout SeededGenerator, on stage: inout Stage) {
        let tree = stage.tree
        let cases = stage.cases.filter { !Self.above($0.record, in: tree).isEmpty }.sorted { $0.opened < $1.opened }
        let moments = OfficeHours.moments(edits.count(using: &random), in: span, using: &random)
        guard !cases.isEmpty else { return }
        var known = 0
        for moment in moments {
            while known < cases.count, cases[known].opened <= moment { known += 1 }
            // Before the first case is open, the superior writes on one that is still to come: he heard of it by phone.
            let record = cases[Int.random(in: 0..<max(known, 1), using: &random)].record
            let machine = random.pick(Self.above(record, in: tree))
            let writing = Writing(
                machine: machine.text, record: record, acting: machine,
                edits: CaseEdits.some(using: &random), thinking: thinking.milliseconds(using: &random))
            stage.add(.write(writing), at: moment)
        }
    }

    /// The seats above the record's own machine.
    private static func above(_ record: RecordName, in tree: DivisionTree) -> [DivisionCode] {
        let own = tree.seatServing(record.home)?.division
        return tree.uplinks(of: record.home).map(\.division).filter { $0 != own }
    }
}

/// Invented edits of cases, of every type of field they have. Names of persons are invented and look it.
enum CaseEdits {
    private static let statuses = ["已立案", "调查取证", "审核中", "已决定", "已送达", "已结案"]
    private static let titles = ["擅自占用河道管理范围", "擅自夜间施工作业", "未经许可采砂", "超出门窗经营", "堵塞公共排水管道", "随意倾倒餐厨垃圾"]
    private static let places = ["示例路", "样板街", "拟建大道", "例湾巷"]
    private static let tags = ["urgent", "river", "market", "night", "joint", "repeat"]
    private static let persons = ["赵示明", "钱例安", "孙拟远", "李样静"]

    static func opening(
        at division: DivisionCode, using random: inout SeededGenerator
    ) -> [FieldEdit] {
        [
            .creation,
            FieldEdit("title", .register, .put(.text(random.pick(titles)))),
            FieldEdit("party", .register, .put(.text(random.pick(persons))), isPersonal: true),
            FieldEdit("division", .register, .put(.text(division.text))),
            FieldEdit("place", .register, .put(.text(place(using: &random)))),
            FieldEdit("status", .register, .put(.text(statuses[0]))),
            FieldEdit("officers", .set, .put(.text(officer(using: &random)))),
        ]
    }

    /// One edit, sometimes two or three, of different fields.
    static func some(using random: inout SeededGenerator) -> [FieldEdit] {
        let count = random.pick([1, 1, 1, 2, 2, 3])
        var fields = ["status", "title", "place", "facts", "officers", "tags", "notes", "fines-fen"]
        return (0..<count).map { _ in
            let field = fields.remove(at: Int.random(in: 0..<fields.count, using: &random))
            return edit(of: field, using: &random)
        }
    }

    private static func edit(of field: String, using random: inout SeededGenerator) -> FieldEdit {
        let number = Int64.random(in: 1...99, using: &random)
        switch field {
        case "status": return FieldEdit(field, .register, .put(.text(random.pick(statuses))))
        case "title": return FieldEdit(field, .register, .put(.text(random.pick(titles))))
        case "place": return FieldEdit(field, .register, .put(.text(place(using: &random))))
        case "facts":
            let facts = "\(random.pick(persons))于\(place(using: &random))\(random.pick(titles))"
            return FieldEdit(field, .register, .put(.text(facts)), isPersonal: true)
        case "officers":
            let value = Value.text(officer(using: &random))
            return FieldEdit(field, .set, random.chance(30) ? .drop(value) : .put(value))
        case "tags":
            let value = Value.text(random.pick(tags))
            return FieldEdit(field, .set, random.chance(30) ? .drop(value) : .put(value))
        case "notes":
            return FieldEdit(field, .log, .put(.text("现场记录第\(number)页")), isPersonal: true)
        default:
            return FieldEdit(field, .counter, .put(.integer((number - 20) * 100)))
        }
    }

    private static func place(using random: inout SeededGenerator) -> String {
        "\(random.pick(places))\(Int.random(in: 1...99, using: &random))号"
    }

    private static func officer(using random: inout SeededGenerator) -> String {
        "officer-\(Int.random(in: 1...8, using: &random))"
    }
}
