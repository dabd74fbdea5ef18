import Divisions
import Ledger

/// An act that is told outright, and what ends it after a while.
struct Deed: Play {
    /// At the step's moment, in this order.
    var acts: [StoryAct]
    /// Once it has lasted.
    var ending: StoryAct?
    var lasting: Amount?
    /// Twins, cuts and backups that must have come to be before.
    var needs: [String] = []
    /// What comes to be by it.
    var makes: [String] = []

    func draw(_ span: ClosedRange<Instant>, using random: inout SeededGenerator, on stage: inout Stage) {
        let moment = stage.notBefore(needs, span.lowerBound)
        for act in acts { stage.add(act, at: moment) }
        for name in makes { stage.note(name, madeAt: moment) }
        if let ending, let lasting { stage.add(ending, at: moment + lasting.milliseconds(using: &random)) }
    }
}

/// An officer opens, edits or removes a record.
struct WritingPlay: Play {
    struct Plan: Hashable, Sendable {
        enum Change: Hashable, Sendable {
            case put(DrawnValue)
            case drop(DrawnValue)
            case create
            case remove
        }
        var field: String
        var type: FieldType
        var change: Change
        var isPersonal = false
        var isBlind = false

        func draw(using random: inout SeededGenerator) -> FieldEdit {
            let drawn: FieldEdit.Change =
                switch change {
                case .put(let value): .put(value.draw(using: &random))
                case .drop(let value): .drop(value.draw(using: &random))
                case .create: .create
                case .remove: .remove
                }
            return FieldEdit(field, type, drawn, isPersonal: isPersonal, isBlind: isBlind)
        }
    }

    var machine: String
    var record: RecordName
    var acting: DivisionCode
    var edits: [Plan]
    var thinking: Amount
    var also: [String]
    var needs: [String]

    func draw(_ span: ClosedRange<Instant>, using random: inout SeededGenerator, on stage: inout Stage) {
        let moment = stage.notBefore(needs, span.lowerBound)
        let writing = Writing(
            machine: machine, record: record, acting: acting, edits: edits.map { $0.draw(using: &random) },
            thinking: thinking.milliseconds(using: &random), also: also)
        for name in [record.name] + also { stage.note(StoryNames.record(name), madeAt: moment) }
        stage.add(.write(writing), at: moment)
    }
}

/// Lines become worse or better.
struct ShapePlay: Play {
    var lines: Lines
    var quality: DrawnQuality
    var lasting: Amount?
    var needs: [String]

    func draw(_ span: ClosedRange<Instant>, using random: inout SeededGenerator, on stage: inout Stage) {
        let moment = stage.notBefore(needs, span.lowerBound)
        stage.add(.shape(lines, quality.draw(over: stage.lines, using: &random)), at: moment)
        guard let lasting else { return }
        stage.add(.shape(lines, stage.lines), at: moment + lasting.milliseconds(using: &random))
    }
}

/// A wall clock goes wrong.
struct ClockPlay: Play {
    var machine: String
    var jump: Amount
    var drift: Amount
    var needs: [String]

    func draw(_ span: ClosedRange<Instant>, using random: inout SeededGenerator, on stage: inout Stage) {
        let moment = stage.notBefore(needs, span.lowerBound)
        let jump = jump.draw(using: &random)
        stage.add(.clock(machine: machine, jump: jump, drift: drift.draw(using: &random)), at: moment)
    }
}
