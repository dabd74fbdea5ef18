import Libraries

extension WorkCalendar {
    /// What a deadline has come to by a moment.
    ///
    /// It is counted from the logged steps alone, every time anew. The start day does not count; a standstill keeps what
    /// was left; an extension counts only if it was granted before the time was over; the first of the rule's ends after
    /// the start fulfils it, and what is taken after that changes nothing. With `again` only the last start is looked at.
    ///
    /// - Parameters:
    ///   - taken: lawful steps in the order of the log; all of them have happened, whatever their clocks say.
    ///   - fact: when a fact of kind date or moment is, a date as its first minute; nil while it is not known.
    package func state(
        of rule: DeadlineRule, taken: [TakenStep], fact: (String) -> LegalMoment?, at now: LegalMoment
    ) -> DeadlineState {
        guard let start = Start(of: rule, taken: taken, fact: fact, at: now) else {
            return DeadlineState(rule: rule, started: nil, phase: .notBegun)
        }
        let after = taken.indices.filter { start.isBefore($0, taken[$0]) }
        let end = after.first { rule.ends.contains(taken[$0].step) }
        let known = end.map { taken[$0].at } ?? now
        let standstills = Standstill.all(
            by: rule.pauses, taken: taken[..<(end ?? taken.endIndex)], from: start.at, known: known)
        let granted = grants(of: rule, among: after.prefix { $0 != end }.map { taken[$0] })
        let count = count(rule.length, from: start.at, standstills: standstills, grants: granted)
        return DeadlineState(
            rule: rule, started: start.at,
            phase: phase(of: rule, done: end.map { taken[$0].at }, due: count.due, stands: count.standing, at: now))
    }

    private struct Start {
        let at: LegalMoment
        /// Its place in the log, if it is a step.
        let index: Int?

        init?(of rule: DeadlineRule, taken: [TakenStep], fact: (String) -> LegalMoment?, at now: LegalMoment) {
            switch rule.start {
            case .fact(let id):
                guard let at = fact(id), at <= now else { return nil }
                (self.at, index) = (at, nil)
            case .step(let id, let outcome, let again):
                func begins(_ step: TakenStep) -> Bool {
                    step.step == id && (outcome == nil || outcome == step.outcome)
                }
                guard let index = again ? taken.lastIndex(where: begins) : taken.firstIndex(where: begins) else {
                    return nil
                }
                (at, self.index) = (taken[index].at, index)
            }
        }

        func isBefore(_ other: Int, _ step: TakenStep) -> Bool {
            index.map { $0 < other } ?? (at <= step.at)
        }
    }

    /// Every extension with the moment it was granted, as often as the rule allows it, by time.
    private func grants(of rule: DeadlineRule, among taken: [TakenStep]) -> [(at: LegalMoment, by: Span)] {
        var grants: [(at: LegalMoment, by: Span)] = []
        for lengthening in rule.extensions {
            let granting = taken.filter {
                $0.step == lengthening.step && (lengthening.outcome == nil || lengthening.outcome == $0.outcome)
            }
            grants += granting.prefix(max(0, lengthening.times)).map { ($0.at, lengthening.by) }
        }
        return grants.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
    }

    /// Goes through standstills and extensions by time; what begins when the time is over changes nothing.
    private func count(
        _ length: Span, from start: LegalMoment, standstills: [Standstill], grants: [(at: LegalMoment, by: Span)]
    ) -> (due: LegalMoment, standing: LegalMoment?) {
        var end = DeadlineEnd(length, from: start, by: self) ?? .never
        var standing: LegalMoment?
        var (waiting, open) = (standstills[...], grants[...])
        while true {
            let due = end.due(by: self) ?? .last
            let next = min(waiting.first?.from ?? .last, open.first?.at ?? .last)
            guard next <= due, !(waiting.isEmpty && open.isEmpty) else { return (due, standing) }
            if let standstill = waiting.first, standstill.from == next {
                waiting.removeFirst()
                end = end.moved(by: standstill, by: self) ?? .never
                if standstill.isOpen { standing = standstill.from }
            } else if let grant = open.popFirst() {
                end = end.lengthened(by: grant.by, by: self) ?? .never
            }
        }
    }

    private func phase(
        of rule: DeadlineRule, done: LegalMoment?, due: LegalMoment, stands: LegalMoment?, at now: LegalMoment
    ) -> DeadlineState.Phase {
        if let done { return done <= due ? .fulfilled(at: done, due: due) : .late(at: done, due: due) }
        if let stands { return .paused(since: stands) }
        if now > due { return .missed(due: due) }
        let warns = rule.warning.flatMap { subtracting($0, from: due) }
        return warns.map { $0 <= now } == true ? .nearlyDue(due: due) : .running(due: due)
    }
}

extension DeadlineEnd {
    /// A period that no date can name the end of.
    fileprivate static let never = DeadlineEnd.minute(.last)
}

extension LegalMoment {
    /// The last minute there is.
    fileprivate static let last: LegalMoment = {
        guard let day = LegalDate(year: 9999, month: 12, day: 31) else { preconditionFailure("9999 has a December") }
        return LegalMoment(endOf: day)
    }()
}
