import Divisions
import Ledger

/// What the steps of a file have named so far.
struct StoryNames {
    /// A record as a step declared it.
    struct Record {
        let name: RecordName
        /// A kind told outright may have any fields; of a kind of the libraries only those it has.
        let isFree: Bool
        let line: Int
        /// What the file has written in fields that the libraries do not know.
        var types: [String: FieldType] = [:]
    }

    struct Cut {
        let name: String
        let lines: Lines
        /// The machine whose lines they all are, if it was told so.
        let isolated: String?
    }

    /// When something came to be, and where the file says so.
    struct Making {
        let bounds: ClosedRange<UInt64>
        let line: Int
    }

    static let recordNameBytesMax = 120

    let tree: DivisionTree
    /// Every machine with its seat: those of the tree, then twins.
    private(set) var machines: [String: DivisionCode]
    private(set) var cuts: [Cut] = []
    var records: [String: Record] = [:]
    /// By `machine(_:)` and its like: what can only be used after it was made.
    private(set) var made: [String: Making] = [:]
    private let byName: [String: [DivisionCode]]

    init(tree: DivisionTree) {
        self.tree = tree
        machines = Dictionary(uniqueKeysWithValues: tree.seats.map { ($0.division.text, $0.division) })
        byName = Dictionary(grouping: tree.divisions, by: \.name).mapValues { $0.map(\.code) }
    }

    static func machine(_ name: String) -> String { "machine \(name)" }
    static func record(_ name: String) -> String { "record \(name)" }
    static func cut(_ name: String) -> String { "cut \(name)" }
    static func backup(_ name: String) -> String { "backup \(name)" }

    /// The division of this code or, if only one is called so, of this name.
    func division(_ text: String) -> DivisionCode? {
        if let code = DivisionCode(text), tree.division(code) != nil { return code }
        guard let codes = byName[text], codes.count == 1 else { return nil }
        return codes[0]
    }

    /// How many divisions are called so.
    func namesakes(_ text: String) -> Int { byName[text]?.count ?? 0 }

    /// The machines of these divisions, twins that were made by now included.
    func machines(atOrBelow code: DivisionCode) -> [String] {
        machines.filter { tree.isAtOrBelow($0.value, code) }.keys.sorted()
    }

    func cut(_ name: String) -> Cut? { cuts.first { $0.name == name } }

    mutating func add(_ cut: Cut, _ making: Making) {
        cuts.append(cut)
        note(Self.cut(cut.name), making)
    }

    mutating func addTwin(_ name: String, of seat: DivisionCode, _ making: Making) {
        machines[name] = seat
        note(Self.machine(name), making)
    }

    /// The first making counts; a backup that is overwritten was there before.
    mutating func note(_ key: String, _ making: Making) {
        if made[key] == nil { made[key] = making }
    }
}
