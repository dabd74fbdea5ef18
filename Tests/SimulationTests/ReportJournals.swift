import Divisions
import Ledger
@testable import Simulation

/// Journals made by hand, for the pages of five offices and of a province.
enum ReportJournals {
    private static func entryID(_ index: Int) -> EntryID {
        EntryID(stream: StreamID(Digest(tag: 255, 1, 2, 3, UInt64(index))), number: 1)
    }

    private static func at(_ hour: UInt64, _ minute: UInt64, _ second: UInt64 = 0, plus: UInt64 = 0) -> Instant {
        Instant(hour: hour, minute: minute, second: second) + plus
    }

    /// A morning of the demonstration's five offices: the county is cut off for two hours, a town's machine loses its power,
    /// and every other kind of mark is there once.
    static func five() -> Journal {
        var journal = Journal()
        journal.scenario = "typhoon-morning"
        journal.title = "台风把台山断开两小时，乡镇照常办案"
        journal.why = "A line that is gone for hours must cost nobody a case: others lose what was written meanwhile."
        (journal.seed, journal.store) = (7, "sqlite")
        (journal.begins, journal.ends, journal.agreed) = (at(8, 0), at(11, 30), at(11, 12, 5))
        let names: [(DivisionCode, String, Level, Int?)] = [
            ("440000", "广东省", .province, nil), ("440700", "江门市", .city, 0), ("440781", "台山市", .county, 1),
            ("440781001", "台城街道", .township, 2), ("440781115", "川岛镇", .township, 2),
        ]
        journal.offices = names.map {
            Journal.Office(machine: $0.0.text, division: $0.0, name: $0.1, level: $0.2, parent: $0.3)
        }
        journal.spans = [
            Journal.Span(kind: .cut([2, 3, 4], [0, 1]), from: at(8, 40), through: at(10, 40), name: "台风"),
            Journal.Span(kind: .down(4), from: at(9, 20), through: at(9, 50), name: "440781115"),
        ]
        for (place, kind) in Journal.Mark.Kind.allCases.enumerated() {
            let moment = at(8, 6 + UInt64(place) * 9)
            let offices = kind == .upgrade ? [] : [place % 5]
            journal.marks.append(Journal.Mark(at: moment, kind: kind, offices: offices, text: "about \(kind.rawValue)"))
        }
        journal.marks.removeAll { $0.kind == .failed }
        for number in 0..<40 { write(number, into: &journal) }
        for minute in stride(from: UInt64(0), through: 210, by: 2) {
            let isCut = minute > 40 && minute <= 160
            let behind = isCut ? (minute - 40) * 60_000 : 0
            let after = minute == 162
            journal.samples.append(
                Journal.Sample(
                    at: at(8, minute), lag: [after ? 7_200_000 : 900, after ? 7_100_000 : 340, 120 + minute, 40],
                    backlog: [behind / 400_000, behind / 400_000, 0, isCut ? 1 : 0], alone: [0, 0, isCut ? 1 : 0, 0]))
        }
        journal.lines = [
            Journal.Line(lower: 1, upper: 0, bytesUp: 64_200, bytesDown: 12_040, frames: 410),
            Journal.Line(lower: 2, upper: 1, bytesUp: 61_100, bytesDown: 13_700, frames: 388),
            Journal.Line(lower: 3, upper: 2, bytesUp: 33_250, bytesDown: 13_000, frames: 301),
            Journal.Line(lower: 4, upper: 2, bytesUp: 25_730, bytesDown: 12_900, frames: 290),
        ]
        finish(&journal)
        return journal
    }

    /// Entry `number`: from one of the two towns up to the province, waiting for the line where it is cut.
    private static func write(_ number: Int, into journal: inout Journal) {
        let writer = 3 + number % 2
        let written = at(8, 2 + UInt64(number) * 5, UInt64(number * 7 % 60))
        let isCut = written >= at(8, 40) && written < at(10, 40)
        var stations: [(office: Int, at: Instant)] = [(2, written + 1_200 + UInt64(number))]
        stations.append((1, isCut ? at(10, 40, 3) + UInt64(number * 40) : written + 2_500))
        stations.append((0, stations[1].at + 1_900))
        var from = writer
        for station in stations {
            journal.messages.append(
                Journal.Message(
                    from: from, to: station.office, sent: Instant(milliseconds: station.at.milliseconds - 900),
                    arrived: Instant(milliseconds: station.at.milliseconds - 20), bytes: 412, entries: [number]))
            from = station.office
        }
        journal.entries.append(
            Journal.Entry(
                id: entryID(number), writer: writer, written: written, home: journal.offices[writer].division,
                flow: .up,
                text: "case: step \(number)", arrivals: stations))
    }

    private static func finish(_ journal: inout Journal) {
        journal.checks = [
            Journal.Check(
                name: "convergence", chinese: "该有同一条记录的机关，显示的内容相同。",
                english: "Offices that hold the same record show the same.", looked: 1_204, findings: []),
            Journal.Check(
                name: "durability", chinese: "别处确认收到的，没有一条丢失。",
                english: "Nothing that another office acknowledged was lost.", looked: 20_412, findings: []),
            Journal.Check(
                name: "scope", chinese: "没有一条记录到过不该到的机关。",
                english: "No entry came to an office that must not hold it.", looked: 20_412, findings: []),
        ]
        journal.writtenEntries = journal.entries.count
        journal.frames = journal.lines.reduce(0) { $0 + $1.frames }
        journal.bytes = journal.lines.reduce(0) { $0 + $1.bytesUp + $1.bytesDown }
        journal.faults = ["cut": 1, "crash": 1, "duplicates": 17, "breaks": 4]
        journal.trace = String(repeating: "5e", count: 32)
    }

    /// A tree of 1 + 21 + 122 + 1,610 offices, as a province has them.
    static func provinceOffices() -> [Journal.Office] {
        var offices = [
            Journal.Office(machine: "440000", division: "440000", name: "广东省", level: .province, parent: nil)
        ]
        func add(_ text: String, _ name: String, _ level: Level, _ parent: Int) {
            guard let code = DivisionCode(text) else { preconditionFailure("no code: \(text)") }
            offices.append(Journal.Office(machine: text, division: code, name: name, level: level, parent: parent))
        }
        for city in 1...21 { add("44\(10 + city)00", "第\(city)市", .city, 0) }
        for county in 0..<122 {
            add("44\(11 + county % 21)\(10 + county / 21)", "第\(county + 1)县", .county, 1 + county % 21)
        }
        for town in 0..<1_610 {
            let county = 22 + town % 122
            add(offices[county].machine + "\(101 + town / 122)", "第\(town + 1)镇", .township, county)
        }
        return offices
    }

    /// A working day of a province with as much in it as a journal may hold: a typhoon over three cities, many crashes, one
    /// statute for everyone.
    static func province(_ offices: [Journal.Office], seed: UInt64) -> Journal {
        var chance = Seed(seed).generator
        var journal = Journal()
        journal.scenario = "Simulations/swarms/guangdong.yaml"
        journal.title = "全省一个工作日：台风断开三个市两小时"
        journal.why = "What a province needs on its worst day, at its real size."
        (journal.seed, journal.store, journal.offices) = (seed, "memory", offices)
        (journal.begins, journal.ends, journal.agreed) = (at(8, 0), at(18, 40), at(18, 7))
        let storm = storm(over: offices)
        let rest = Set(offices.indices).subtracting(storm).sorted()
        journal.spans.append(
            Journal.Span(kind: .cut(storm, rest), from: at(11, 0), through: at(13, 0), name: "台风 typhoon"))
        journal.marks.append(Journal.Mark(at: at(11, 0), kind: .cut, offices: storm, text: "台风 typhoon"))
        journal.marks.append(Journal.Mark(at: at(13, 0), kind: .mend, offices: [], text: "台风 typhoon"))
        let stormy = Set(storm)
        while journal.marks.count < Journal.marksMax { misfortune(&journal, stormy, &chance) }
        for number in 0..<Journal.entriesMax - 1 { write(number, stormy, into: &journal, &chance) }
        statute(into: &journal)
        for minute in stride(from: UInt64(0), through: 640, by: 1) {
            let isCut = minute > 180 && minute < 300
            let load = UInt64.random(in: 20...90, using: &chance)
            journal.samples.append(
                Journal.Sample(
                    at: at(8, minute),
                    lag: [load * 20, load * 9, load * 4, isCut ? load : minute == 302 ? 7_200_000 : load],
                    backlog: [
                        isCut ? (minute - 180) * 4 : load / 10, isCut ? minute - 180 : load / 20, load / 30,
                        isCut ? 900 : 2,
                    ],
                    alone: [0, isCut ? 3 : 0, 0, 4]))
        }
        for (index, office) in offices.enumerated() {
            guard let parent = office.parent else { continue }
            let size = UInt64.random(in: 4_000...90_000, using: &chance) * UInt64(6 - office.level.rawValue)
            journal.lines.append(
                Journal.Line(lower: index, upper: parent, bytesUp: size * 2, bytesDown: size, frames: size / 400))
        }
        finish(&journal)
        journal.writtenEntries = 20_004
        journal.leftOut = (marks: 812, spans: 30, messages: 96_004, entries: 16_004)
        return journal
    }

    /// The first three cities with all that is below them.
    private static func storm(over offices: [Journal.Office]) -> [Int] {
        let cities = offices.indices.filter { offices[$0].level == .city }.prefix(3)
        return offices.indices.filter { office in
            var above: Int? = office
            while let place = above, !cities.contains(place) { above = offices[place].parent }
            return above != nil
        }
    }

    private static func misfortune(_ journal: inout Journal, _ storm: Set<Int>, _ chance: inout SeededGenerator) {
        let office = Int.random(in: 1..<journal.offices.count, using: &chance)
        let moment = at(8, 0) + UInt64.random(in: 0..<36_000_000, using: &chance)
        guard chance.chance(3) else {
            journal.marks.append(Journal.Mark(at: moment, kind: .turned, offices: [office], text: "city"))
            return
        }
        let kind = chance.pick([Journal.Mark.Kind.crash, .crash, .crash, .reset, .turned, .clock])
        journal.marks.append(Journal.Mark(at: moment, kind: kind, offices: [office], text: "now"))
        guard kind == .crash else { return }
        let through = moment + UInt64.random(in: 60_000..<2_400_000, using: &chance)
        journal.spans.append(
            Journal.Span(kind: .down(office), from: moment, through: through, name: journal.offices[office].machine))
        journal.marks.append(Journal.Mark(at: through, kind: .start, offices: [office], text: ""))
    }

    private static func write(
        _ number: Int, _ storm: Set<Int>, into journal: inout Journal, _ chance: inout SeededGenerator
    ) {
        let writer = Int.random(in: 1..<journal.offices.count, using: &chance)
        let written = at(8, 0) + UInt64(number) * 9_000
        var (time, from) = (written, writer)
        var stations: [(office: Int, at: Instant)] = []
        while let upper = journal.offices[from].parent {
            let isCut = storm.contains(from) && !storm.contains(upper) && time >= at(11, 0) && time < at(13, 0)
            time = (isCut ? at(13, 0) : time) + UInt64.random(in: 60...4_000, using: &chance)
            if journal.messages.count < Journal.messagesMax {
                journal.messages.append(
                    Journal.Message(
                        from: from, to: upper, sent: Instant(milliseconds: time.milliseconds - 40), arrived: time,
                        bytes: 600,
                        entries: [number]))
            }
            stations.append((upper, time))
            from = upper
        }
        journal.entries.append(
            Journal.Entry(
                id: entryID(number), writer: writer, written: written, home: journal.offices[writer].division,
                flow: .up,
                text: "case: step", arrivals: stations))
    }

    /// The last entry is one of the province for everyone.
    private static func statute(into journal: inout Journal) {
        let written = at(12, 0)
        let storm = storm(over: journal.offices)
        let stormy = Set(storm)
        let arrivals = journal.offices.indices.dropFirst().map { office in
            (office: office, at: (stormy.contains(office) ? at(13, 0) : written) + UInt64(office) * 11)
        }
        journal.entries.append(
            Journal.Entry(
                id: entryID(journal.entries.count), writer: 0, written: written, home: "440000", flow: .down,
                text: "statute: text", arrivals: arrivals))
    }
}
