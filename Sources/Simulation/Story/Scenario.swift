package import Divisions

/// A story with nothing left to chance but what its seed decides: who is there, what happens when, what must be true.
package struct Scenario: Sendable {
    package struct Event: Hashable, Sendable {
        package var at: Instant
        package var act: StoryAct

        package init(at: Instant, _ act: StoryAct) { (self.at, self.act) = (at, act) }
    }

    /// As files and commands name it.
    package var name: String
    /// What it tells, one sentence; for people.
    package var title: String
    /// What it guards against, and who gets it wrong elsewhere; for people.
    package var why: String
    package var tree: DivisionTree
    package var seed: UInt64
    /// When the world begins to move.
    package var begins: Instant
    /// In the order of their moments; of one moment, in this order.
    package var events: [Event]
    /// How long after the last event the world may take to agree, in milliseconds.
    package var calm: UInt64
    /// How every line is until an act says otherwise.
    package var lines: LineQuality
    /// What is wrong with the program on purpose; nothing, usually.
    package var planted: PlantedBug?
    /// What its cases stand on; nil where there are none.
    package var casework: CaseworkSetting?

    package init(
        name: String, title: String, why: String, tree: DivisionTree, seed: UInt64, begins: Instant, events: [Event],
        calm: UInt64, lines: LineQuality, planted: PlantedBug? = nil, casework: CaseworkSetting? = nil
    ) {
        (self.name, self.title, self.why, self.tree, self.seed) = (name, title, why, tree, seed)
        (self.begins, self.events, self.calm, self.lines) = (begins, events, calm, lines)
        (self.planted, self.casework) = (planted, casework)
    }
}

extension Scenario {
    /// Every record it names, in order.
    package var recordNames: [RecordName] {
        var names = Set<RecordName>()
        for event in events {
            if case .casework(let act) = event.act { names.formUnion(act.records) }
            guard case .write(let writing) = event.act else { continue }
            let record = writing.record
            for name in [record.name] + writing.also {
                names.insert(RecordName(kind: record.kind, home: record.home, flow: record.flow, name: name))
            }
        }
        return names.sorted()
    }
}

/// A bug of the program that a canary carries: what the checkers must find.
package enum PlantedBug: String, Hashable, Sendable, CaseIterable {
    /// Frames leave although a crash still loses the commit they speak of.
    case sendsBeforeDurable = "sends-before-durable"
    /// A citation of what has not arrived yet is forgotten at the commit.
    case forgottenOwedDot = "forgotten-owed-dot"
    /// A node restored from a backup goes on where the lost process was on its links.
    case cursorTrustedAfterRestore = "cursor-trusted-after-restore"
    /// What a step sends, closes and dials leaves link by link in the order of a Dictionary.
    case dictionaryOrder = "dictionary-order"
    /// No seal is checked.
    case unsealedEntry = "unsealed-entry"
    /// A process goes on with the streams of the one before it.
    case streamExtended = "stream-extended"
    /// A save replaces what the store holds, not what its author's screen showed.
    case citationsAtCommit = "citations-at-commit"
    /// Everybody is taken for a legal reviewer, and for whatever else a step asks for.
    case everybodyReviews = "everybody-reviews"
    /// A decision may stand on the review of another text.
    case anyTextReviewed = "any-text-reviewed"
    /// The lowest offices do not know that certificates can be suspended.
    case suspensionsForgotten = "suspensions-forgotten"
}
