package import Ledger

/// The filing of one case, as others on the same matter are compared with it.
package struct Filing: Hashable, Sendable {
    package let record: RecordID
    /// What makes two cases one matter: the party's number, the item, the day of the act.
    package let matter: Matter
    package let step: TakenMark
    /// When a superior had the filing, by his clock; nil while none has it.
    package let received: UInt64?
    /// A superior's words on rivals that count: cases over which this one was designated, and to which it was handed.
    package let designatedOver: Set<RecordID>
    package let handedTo: Set<RecordID>

    package struct Matter: Hashable, Sendable {
        package let party: String
        package let item: String
        package let violatedOn: String

        package init(party: String, item: String, violatedOn: String) {
            (self.party, self.item, self.violatedOn) = (party, item, violatedOn)
        }
    }

    /// - Parameters:
    ///   - filing: the step of the procedure with which a case is filed.
    ///   - steps: the case as it was judged.
    /// - Returns: nil for a case that is not filed, or whose matter is not known.
    package init?(_ history: CaseHistory, steps: [JudgedStep], filing: String, knowledge: any CaseKnowledge) {
        guard let party = history.text("party-id") ?? history.text("party"), let item = history.text(CaseField.item),
            let first = steps.first(where: { $0.counts && $0.taken.mark.step == filing })
        else { return nil }
        let dot = first.taken.citation.dot
        record = history.id
        matter = Matter(party: party, item: item, violatedOn: history.text("violated-on") ?? "")
        step = first.taken
        received = knowledge.receipt(of: EntryID(stream: dot.stream, number: dot.number))
        func rivals(_ overruling: Overruling) -> Set<RecordID> {
            let words = steps.filter { $0.counts && $0.taken.mark.step == overruling.step }
            return Set(words.compactMap { $0.taken.mark.details[Overruling.rival].flatMap { RecordID($0) } })
        }
        (designatedOver, handedTo) = (rivals(.designate), rivals(.handOver))
    }
}

/// First to file (行政处罚法第25条): where several bodies have the power, the one that files first handles the case, and
/// a dispute is for the common superior. Offices that cannot hear each other may both file; then both are kept, in a
/// provisional order, and both wait for the superior's word.
package enum FirstToFile {
    /// The provisional order of filings of one matter: by the superiors' receipts, those without one after those with
    /// one, then by what the offices say themselves.
    package static func order(_ filings: [Filing]) -> [Filing] {
        filings.sorted { left, right in
            let (a, b) = (left.received ?? .max, right.received ?? .max)
            if a != b { return a < b }
            if left.step.mark.at != right.step.mark.at { return left.step.mark.at < right.step.mark.at }
            return left.record < right.record
        }
    }

    /// What each case has to wait for: its rivals in the same matter, until a superior has spoken on the pair.
    package static func doubts(_ filings: [Filing]) -> [RecordID: [Doubt]] {
        var doubts: [RecordID: [Doubt]] = [:]
        for (_, rivals) in Dictionary(grouping: filings, by: \.matter) where rivals.count > 1 {
            for filing in order(rivals) where filing.handedTo.isEmpty {
                let open = order(rivals).filter { rival in
                    rival.record != filing.record && !filing.designatedOver.contains(rival.record)
                        && !rival.handedTo.contains(filing.record)
                }
                if !open.isEmpty { doubts[filing.record] = open.map { .filedElsewhere($0.record) } }
            }
        }
        return doubts
    }
}

/// Document numbers that stand on two documents (行政处罚法第52条): what a lease, a witness and a restored store keep from
/// happening, and a copy of a whole machine does not.
package enum NumberCollision {
    /// A number where it stands.
    package struct Use: Hashable, Sendable {
        package let number: String
        package let record: RecordID
        package let step: Citation
        /// When a superior had the step, by his clock.
        package let received: UInt64?
        /// By the writer's clock.
        package let stamp: UInt64

        package init(number: String, record: RecordID, step: Citation, received: UInt64?, stamp: UInt64) {
            (self.number, self.record, self.step, self.received, self.stamp) = (number, record, step, received, stamp)
        }
    }

    /// Numbers used in a judged case.
    package static func uses(_ steps: [JudgedStep], of record: RecordID, knowledge: any CaseKnowledge) -> [Use] {
        steps.filter { !$0.isBroken && !$0.isVoid }.flatMap { step in
            let dot = step.taken.citation.dot
            return step.taken.mark.issued.compactMap { issued in
                issued.number.map {
                    Use(
                        number: $0, record: record, step: step.taken.citation,
                        received: knowledge.receipt(of: EntryID(stream: dot.stream, number: dot.number)),
                        stamp: step.taken.stamp)
                }
            }
        }
    }

    /// The later of two documents with one number waits: the first by receipt keeps it, the other is to be corrected
    /// under a new number, and the old one stays an explained gap.
    package static func doubts(_ uses: [Use]) -> [RecordID: [Doubt]] {
        var doubts: [RecordID: [Doubt]] = [:]
        for (number, sharing) in Dictionary(grouping: Set(uses), by: \.number) where sharing.count > 1 {
            let order = sharing.sorted { left, right in
                let (a, b) = (left.received ?? .max, right.received ?? .max)
                return (a, left.stamp, left.step) < (b, right.stamp, right.step)
            }
            for use in order.dropFirst() { doubts[use.record, default: []].append(.numberTwice(number)) }
        }
        return doubts.mapValues { Array(Set($0)).sorted() }
    }
}

/// The law changed between the act and the decision (行政处罚法第37条): the law of the act applies, the new one where it is
/// lighter or sees no offence. Both have to be at hand, and somebody has to say which was chosen and why.
package enum LawChange {
    /// The fact that says which law was chosen.
    package static let choice = "law-choice"

    /// Titles whose text differs between the two days and of which no choice is recorded.
    package static func doubts(_ history: CaseHistory, _ choice: ItemChoice) -> [Doubt] {
        guard history.text(Self.choice) == nil else { return [] }
        return choice.bases.filter(\.differs).map { .statuteAmended($0.text) }
    }
}
