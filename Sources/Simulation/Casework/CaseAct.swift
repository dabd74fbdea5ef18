package import Casework
package import Divisions
package import Ledger
import Papers

/// What people do in cases, or to what cases stand on: planned and judged by the program's own rules, as a node does it.
package struct CaseAct: Hashable, Sendable {
    /// The machine it is done at.
    package var machine: String
    /// The division acted for.
    package var acting: DivisionCode
    package var deed: Deed
    /// Milliseconds between looking and saving: what arrives meanwhile was not looked at.
    package var thinking: UInt64

    package init(machine: String, acting: DivisionCode, _ deed: Deed, thinking: UInt64 = 0) {
        (self.machine, self.acting, self.deed, self.thinking) = (machine, acting, deed, thinking)
    }

    package enum Deed: Hashable, Sendable {
        /// A case begins, handled by the division acted for.
        case open(RecordName, facts: [CaseFact])
        /// Facts become known, or others than they were.
        case enter(RecordName, facts: [CaseFact])
        /// A step is taken, unless the rules refuse it to whoever would take it.
        case take(RecordName, StepTaking)
        /// A step is written whatever the rules say, as a dishonest or broken program would.
        case forge(RecordName, StepTaking, Forgery)
        /// The division acted for handles the case from now on.
        case takeOver(RecordName)
        /// A superior speaks on the last taking of a step, or on that of one division.
        case overrule(RecordName, Overruling, step: String, of: DivisionCode?, rival: RecordName?)
        /// A superior says by his clock what he has of an office's streams.
        case acknowledge(DivisionCode)
        /// An officer's certificate is suspended.
        case suspend(certificate: String)
        /// What was handed down to a division is so until this day only.
        case endDelegation(DivisionCode, until: String)
        /// From this day on the statute reads otherwise.
        case amend(from: String)
    }

    /// The case it is done in.
    package var record: RecordName? {
        switch deed {
        case .open(let record, _), .enter(let record, _), .take(let record, _), .forge(let record, _, _),
            .takeOver(let record), .overrule(let record, _, _, _, _):
            record
        case .acknowledge, .suspend, .endDelegation, .amend: nil
        }
    }

    /// Every case that it names.
    var records: [RecordName] {
        guard case .overrule(let record, _, _, _, let rival) = deed else { return [record].compactMap { $0 } }
        return [record, rival].compactMap { $0 }
    }
}

/// What a fact becomes.
package struct CaseFact: Hashable, Sendable {
    package var id: String
    package var value: Value

    package init(_ id: String, _ value: Value) { (self.id, self.value) = (id, value) }
}

/// A step as somebody takes it; what is left out is as the procedure and the staff of the office have it.
package struct StepTaking: Hashable, Sendable {
    package var step: String
    /// The first of the step's outcomes if it is left out.
    package var outcome: String?
    /// Whose certificates sign it.
    package var officers: [String]?
    /// The number its document bears; one of the machine's own if it is left out.
    package var number: String?

    package init(_ step: String, _ outcome: String? = nil, officers: [String]? = nil, number: String? = nil) {
        (self.step, self.outcome, self.officers, self.number) = (step, outcome, officers, number)
    }
}

/// What a forged step cites.
package enum Forgery: String, Hashable, Sendable, CaseIterable {
    /// All that an honest one would: it is only not asked whether it may be taken.
    case unasked
    /// Nothing at all.
    case citesNothing = "cites-nothing"
    /// Of the reviews only those that returned the text.
    case citesReturned = "cites-returned"
    /// In the place of the reviews one that was never written.
    case citesInvented = "cites-invented"

    /// Whether a decision of this kind can never be lawful.
    package var isHopeless: Bool { self != .unasked }
}

/// What a story expects of a case as it is judged.
package enum CaseQuestion: Hashable, Sendable {
    /// So many takings of the step count.
    case counts(step: String, Int)
    /// So many takings of the step are unlawful.
    case broken(step: String, Int)
    /// So many takings of the step were set aside.
    case void(step: String, Int)
    /// Whether the case, or a step of it, stands in a doubt of this kind.
    case doubt(DoubtKind, Bool)
    case standing(StandingKind)

    package enum StandingKind: String, Hashable, Sendable, CaseIterable { case open, waiting, ended }
}

/// Where a publication stands, as stories name it.
package enum PublicationStanding: String, Hashable, Sendable, CaseIterable {
    case shown, withdrawn, withheld, expired
    case notYet = "not-yet"

    init(_ standing: PublishedPiece.Standing) {
        self =
            switch standing {
            case .shown: .shown
            case .withdrawn: .withdrawn
            case .withheld: .withheld
            case .expired: .expired
            case .notYet: .notYet
            }
    }
}

/// The kinds of doubts, as stories name them.
package enum DoubtKind: String, Hashable, Sendable, CaseIterable {
    case certificate, item, concurrent, excluded
    case factChanged = "fact-changed"
    case takenOver = "taken-over"
    case filedElsewhere = "filed-elsewhere"
    case numberTwice = "number-twice"
    case statuteAmended = "statute-amended"

    init(_ doubt: Doubt) {
        self =
            switch doubt {
            case .certificate: .certificate
            case .item: .item
            case .concurrent: .concurrent
            case .factChanged: .factChanged
            case .excluded: .excluded
            case .takenOver: .takenOver
            case .filedElsewhere: .filedElsewhere
            case .numberTwice: .numberTwice
            case .statuteAmended: .statuteAmended
            }
    }
}
