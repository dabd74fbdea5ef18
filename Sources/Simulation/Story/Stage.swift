import Divisions
import Ledger

/// Work, misfortune or looking, as a file tells it: draws what happens and puts it on the stage.
protocol Play: Sendable {
    /// - Parameters:
    ///   - span: from the moment of the step to the moment it lasts to; both the same for what happens at once.
    ///   - random: the step's own generator, so that no step changes what another draws.
    func draw(_ span: ClosedRange<Instant>, using random: inout SeededGenerator, on stage: inout Stage)
}

/// One step of a story.
struct Step: Sendable {
    let from: DrawnMoment
    /// Nil for what happens at once.
    let to: DrawnMoment?
    let play: any Play
}

/// What a draw has put together so far.
struct Stage {
    let tree: DivisionTree
    /// How every line is unless an act says otherwise.
    let lines: LineQuality
    /// The step that is being drawn, from 1: names that plays invent carry it.
    var step = 0
    /// What cases stand on; nil where there are none.
    var casework: CaseworkSetting?
    private(set) var events: [Scenario.Event] = []
    /// Cases that were opened, with the moment, in the order of the steps.
    private(set) var cases: [(record: RecordName, opened: Instant)] = []
    /// When a twin, a cut, a backup or a record came to be, for what can only happen after it.
    private var made: [String: Instant] = [:]

    init(tree: DivisionTree, lines: LineQuality) { (self.tree, self.lines) = (tree, lines) }

    mutating func add(_ act: StoryAct, at moment: Instant) {
        events.append(Scenario.Event(at: moment, act))
        guard case .write(let writing) = act, writing.edits.contains(.creation), isCase(writing.record) else { return }
        let names = [writing.record.name] + writing.also
        for name in names {
            let record = writing.record
            cases.append((RecordName(kind: record.kind, home: record.home, flow: record.flow, name: name), moment))
        }
    }

    mutating func note(_ name: String, madeAt moment: Instant) {
        if made[name] == nil { made[name] = moment }
    }

    /// The moment, or the later one at which the last of these was made.
    func notBefore(_ names: [String], _ moment: Instant) -> Instant {
        names.reduce(moment) { max($0, made[$1] ?? $0) }
    }

    /// In the order of their moments, of one moment in the order they were put here.
    var inOrder: [Scenario.Event] {
        events.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
    }

    private func isCase(_ record: RecordName) -> Bool { record.kind == "case" && record.flow == .up }
}

extension SeededGenerator {
    /// The generator of one part of a draw, which no other part disturbs: 0 for the head of a file, then its steps.
    static func part(_ index: Int, of seed: UInt64) -> SeededGenerator {
        var first = Seed(seed).generator
        var second = SeededGenerator(state: first.next() &+ UInt64(index) &* 0xd1b5_4a32_d192_ed03)
        return SeededGenerator(state: second.next())
    }

    /// A moment of the span, both ends included.
    mutating func moment(in span: ClosedRange<Instant>) -> Instant {
        Instant(
            milliseconds: UInt64.random(
                in: span.lowerBound.milliseconds...span.upperBound.milliseconds, using: &self))
    }

    /// So many moments of the span in their order.
    mutating func moments(_ count: Int, in span: ClosedRange<Instant>) -> [Instant] {
        (0..<count).map { _ in moment(in: span) }.sorted()
    }
}
