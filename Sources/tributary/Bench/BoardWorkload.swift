import Casework
import Divisions
import Lattice
import Ledger
import Libraries

/// Invented cases as the supervision board keeps them, over a province as large as Guangdong: 1 + 21 + 122 + 1,610
/// divisions. The same seed gives the same rows on every machine.
struct BoardWorkload {
    static let root: DivisionCode = "440000"
    /// 2026-11-02, in days since 1970: the day on which the board is opened.
    static let today = 20_759
    /// Over how many days the cases were opened.
    private static let daysBack = 1_095
    private static let (cities, counties, towns) = (21, 122, 1_610)
    private static let items = 165
    private static let villages = 20

    let cases: Int
    let tree: DivisionTree
    private let seed: UInt64
    /// Where cases lie: every division but the province itself.
    private let homes: [DivisionCode]

    init(cases: Int, seed: UInt64) throws {
        (self.cases, self.seed) = (cases, seed)
        var divisions = [Division(code: Self.root, name: "示例省", level: .province, parent: nil)]
        func add(_ code: String, _ name: String, _ level: Level, below parent: DivisionCode) throws -> DivisionCode {
            guard let code = DivisionCode(code) else { throw BenchFailure("\(code) is no code of a division") }
            divisions.append(Division(code: code, name: name, level: level, parent: parent))
            return code
        }
        var cities: [DivisionCode] = []
        for place in 1...Self.cities {
            cities.append(try add("44\(Self.digits(place, 2))00", "示例\(place)市", .city, below: Self.root))
        }
        var counties: [DivisionCode] = []
        for place in 0..<Self.counties {
            let (city, number) = (cities[place % cities.count], place / cities.count + 1)
            let code = "\(city.text.prefix(4))\(Self.digits(number, 2))"
            counties.append(try add(code, "示例\(place + 1)县", .county, below: city))
        }
        for place in 0..<Self.towns {
            let (county, number) = (counties[place % counties.count], place / counties.count + 1)
            _ = try add("\(county)\(Self.digits(number, 3))", "示例\(place + 1)镇", .township, below: county)
        }
        tree = try DivisionTree(divisions: divisions, seats: [])
        homes = divisions.dropFirst().map(\.code)
    }

    private static func digits(_ number: Int, _ count: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, count - text.count)) + text
    }

    /// Some of the rows, home by home.
    func rows(_ range: Range<Int>) -> [CaseBoardRow] { range.map(row) }

    private func row(_ number: Int) -> CaseBoardRow {
        var chance = SplitMix64(seed: seed, purpose: 0x626f_6172, index: number)
        let home = homes[number * homes.count / cases]
        let opened = Self.today - 1 - chance.below(Self.daysBack)
        let record = RecordID(
            home: home, flow: .up, kind: LibraryKinds.caseFile.name,
            key: RecordKey(milliseconds: UInt64(opened) * 86_400_000, chance: (chance.next(), chance.next())))
        var row = CaseBoardRow(record: record, procedure: "ordinary-penalty@1", stage: "investigation", opened: opened)
        (row.body, row.item) = ("\(home)-0\(1 + chance.below(3))", "I-\(Self.digits(1 + chance.below(Self.items), 3))")
        row.place = "\(home)-\(Self.digits(chance.below(Self.villages), 2))"
        (row.filed, row.calendar, row.party) = (opened, "2026", party(&chance))
        let officer = home.text + "-"
        row.officers = [officer + Self.digits(chance.below(20), 3), officer + Self.digits(20 + chance.below(20), 3)]
        let age = Self.today - opened
        if chance.below(100) < (age < 120 ? 70 : 2) {
            keepOpen(&row, &chance)
        } else {
            end(&row, number: number, age: age, &chance)
        }
        // One case in twenty lacks a recording, and one in a hundred has something that no day will mend.
        row.recording = chance.below(100) < 95 ? .done : .owed
        if row.recording == .owed { row.recordingDue = opened + 1 }
        find(&row, &chance)
        return row
    }

    /// Four cases of five are of somebody who has another.
    private func party(_ chance: inout SplitMix64) -> [UInt8] {
        let number = UInt64(chance.below(max(1, cases / 2)))
        var mixer = SplitMix64(seed: seed, purpose: 0x7061_7274, index: Int(number))
        return [mixer.next(), mixer.next()].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }
        }
    }

    private func keepOpen(_ row: inout CaseBoardRow, _ chance: inout SplitMix64) {
        let due = row.opened + 90 + (chance.below(10) == 0 ? 60 : 0)
        (row.due, row.warning, row.deadline) = (due, due - 14, "decision-in-90-days")
        row.review = chance.below(10) < 4 ? .owed : .none
    }

    private func end(_ row: inout CaseBoardRow, number: Int, age: Int, _ chance: inout SplitMix64) {
        let decided = row.opened + chance.below(min(age, 90))
        (row.standing, row.stage) = (.ended, "closing")
        (row.decided, row.closed, row.fineFen) = (decided, decided + 7, Int64(50 + chance.below(5_000)) * 100)
        row.review = chance.below(1_000) < 400 ? .done : chance.below(300) == 0 ? .owed : .none
        row.publicity = chance.below(100) < 97 ? .done : .owed
        if row.publicity == .owed { row.publicityDue = decided + 10 }
        row.numbers = [BoardNumber(series: "示例\(row.body)罚〔\(row.month / 12)〕", number: number + 1)]
    }

    private func find(_ row: inout CaseBoardRow, _ chance: inout SplitMix64) {
        guard chance.below(100) == 0 else { return }
        let findings: [SupervisionFinding] = [
            .overdue, .gateBroken, .officerNotCertified, .fineOutOfRange, .itemNotDelegated, .toBeConfirmed,
            .notKnownHere, .evidenceMissing,
        ]
        let finding = findings[chance.below(findings.count)]
        row.flags.insert(finding)
        row.findings = [
            CaseBoardRow.Finding(
                finding, about: "decision", says: Bilingual("示例发现", "an invented finding"), articles: ["行政处罚法第38条"])
        ]
    }
}
