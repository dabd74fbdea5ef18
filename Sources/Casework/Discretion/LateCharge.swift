package import Libraries

/// A fine in parts, each with the last day on which it may be paid (行政处罚法第66、67条); a fine that is paid at once
/// is one part.
package struct InstalmentPlan: Hashable, Sendable {
    package struct Part: Hashable, Sendable {
        package let due: LegalDate
        /// Above 0.
        package let fen: Int64

        package init(due: LegalDate, fen: Int64) { (self.due, self.fen) = (due, fen) }
    }

    /// By day, never empty.
    package let parts: [Part]
    package let fine: Int64

    /// Nil for no parts, one that is nothing, two on one day, and what is too much for a number.
    package init?(_ parts: [Part]) {
        let sorted = parts.sorted { $0.due < $1.due }
        var fine: Int64 = 0
        for (place, part) in sorted.enumerated() {
            let (sum, overflow) = fine.addingReportingOverflow(part.fen)
            guard part.fen > 0, !overflow, place == 0 || sorted[place - 1].due < part.due else { return nil }
            fine = sum
        }
        guard !sorted.isEmpty else { return nil }
        (self.parts, self.fine) = (sorted, fine)
    }

    /// So many equal parts, one a month from the first day on; what cannot be divided goes with the last.
    package init?(fine: Int64, parts count: Int, first: LegalDate) {
        guard (1...120).contains(count), fine >= Int64(count) else { return nil }
        let each = fine / Int64(count)
        var parts: [Part] = []
        for place in 0..<count {
            guard let due = first.adding(months: place) else { return nil }
            parts.append(Part(due: due, fen: place == count - 1 ? fine - each * Int64(count - 1) : each))
        }
        self.init(parts)
    }

    /// What should have been paid by the end of a day.
    package func owed(by day: LegalDate) -> Int64 { parts.prefix { $0.due <= day }.reduce(0) { $0 + $1.fen } }

    /// What of it is still open at the end of a day, after these payments.
    package func arrears(paid: [Payment], on day: LegalDate) -> Int64 {
        let sum = paid.filter { $0.on <= day }.reduce(Int128(0)) { $0 + Int128(max(0, $1.fen)) }
        return max(0, Int64(clamping: Int128(owed(by: day)) - sum))
    }
}

/// Money that came in.
package struct Payment: Hashable, Sendable {
    package let on: LegalDate
    package let fen: Int64

    package init(on: LegalDate, fen: Int64) { (self.on, self.fen) = (on, fen) }
}

/// What is added to a fine that is not paid in time: 3 % a day, never more than the fine itself, and nothing for the
/// days of a review or suit (行政处罚法第72、73条; 行政强制法第45条).
///
/// The share is taken of what is overdue on the day: what was paid in time, or is not due yet, is charged for no more.
/// The first day charged is the one after the last on which it may be paid; a day on which it is paid is the last.
package enum LateCharge {
    /// 行政处罚法第72条.
    package static let basisPointsADay: Int64 = 300

    /// The charge up to a day and with it, in fen; rounded down once, at the end.
    ///
    /// - Parameters:
    ///   - due: the last day on which it may be paid.
    ///   - suspended: first and last day of each review or suit, both of them not counted; they may overlap.
    package static func fen(
        fine: Int64, paid: [Payment] = [], due: LegalDate, on day: LegalDate,
        suspended: [ClosedRange<LegalDate>] = [], basisPointsADay: Int64 = LateCharge.basisPointsADay
    ) -> Int64 {
        guard let plan = InstalmentPlan([InstalmentPlan.Part(due: due, fen: fine)]) else { return 0 }
        return fen(plan: plan, paid: paid, on: day, suspended: suspended, basisPointsADay: basisPointsADay)
    }

    /// The same for a fine that is paid in parts: each is charged for from its own day on, all together up to the fine.
    package static func fen(
        plan: InstalmentPlan, paid: [Payment] = [], on day: LegalDate, suspended: [ClosedRange<LegalDate>] = [],
        basisPointsADay: Int64 = LateCharge.basisPointsADay
    ) -> Int64 {
        // What is overdue changes only the day after something fell due or was paid.
        let last = day.daysSince1970
        let changes = Set(plan.parts.map(\.due) + paid.map(\.on)).filter { $0 < day }.sorted()
        var sum: Int128 = 0
        for (place, change) in changes.enumerated() {
            let overdue = plan.arrears(paid: paid, on: change)
            let to = place + 1 < changes.count ? changes[place + 1].daysSince1970 : last
            let days = countedDays(change.daysSince1970 + 1, to, without: suspended)
            sum += Int128(overdue) * Int128(days) * Int128(max(0, basisPointsADay))
        }
        return min(plan.fine, Int64(clamping: sum / 10_000))
    }

    /// The day by whose end the charge has reached the fine; nil while it never does, paid or suspended as things stand.
    package static func fullOn(
        fine: Int64, paid: [Payment] = [], due: LegalDate, suspended: [ClosedRange<LegalDate>] = []
    ) -> LegalDate? {
        // 34 days charged are enough for a whole fine, and there are no more days suspended than these.
        let stood = suspended.reduce(0) { $0 + $1.upperBound.daysSince1970 - $1.lowerBound.daysSince1970 + 1 }
        func isFull(_ days: Int) -> Bool {
            due.adding(days: days).map { fen(fine: fine, paid: paid, due: due, on: $0, suspended: suspended) >= fine }
                == true
        }
        let horizon = paid.reduce(due) { max($0, $1.on) }.daysSince1970 - due.daysSince1970 + stood
        var (low, high) = (0, horizon + 10_000)
        guard fine > 0, isFull(high) else { return nil }
        while low < high {
            let middle = (low + high) / 2
            if isFull(middle) { high = middle } else { low = middle + 1 }
        }
        return due.adding(days: low)
    }

    /// How many days from the first to the last, both counted, lie in none of the ranges.
    private static func countedDays(_ first: Int, _ last: Int, without suspended: [ClosedRange<LegalDate>]) -> Int {
        guard first <= last else { return 0 }
        var (days, next) = (0, first)
        for range in suspended.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            let (from, to) = (range.lowerBound.daysSince1970, range.upperBound.daysSince1970)
            guard to >= next, from <= last else { continue }
            days += max(0, from - next)
            next = to + 1
        }
        return days + max(0, last - next + 1)
    }
}
