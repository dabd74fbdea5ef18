/// When officers sit at their desks: 08:30 to 12:00 and 14:30 to 17:30, every day of a story.
enum OfficeHours {
    private static let halves: [ClosedRange<UInt64>] = [
        8 * Instant.hour + 30 * Instant.minute...12 * Instant.hour,
        14 * Instant.hour + 30 * Instant.minute...17 * Instant.hour + 30 * Instant.minute,
    ]

    /// The parts of the span in which offices are open.
    static func within(_ span: ClosedRange<Instant>) -> [ClosedRange<Instant>] {
        let first = span.lowerBound.milliseconds / Instant.day
        let last = span.upperBound.milliseconds / Instant.day
        var open: [ClosedRange<Instant>] = []
        for day in first...last {
            for half in halves {
                let from = max(span.lowerBound.milliseconds, day * Instant.day + half.lowerBound)
                let to = min(span.upperBound.milliseconds, day * Instant.day + half.upperBound)
                if from < to { open.append(Instant(milliseconds: from)...Instant(milliseconds: to)) }
            }
        }
        return open
    }

    /// So many moments, spread over the open hours of the span; over all of it if offices are closed all the while.
    static func moments(
        _ count: Int, in span: ClosedRange<Instant>, using random: inout SeededGenerator
    ) -> [Instant] {
        let open = within(span)
        let lengths = open.map { $0.upperBound.milliseconds - $0.lowerBound.milliseconds }
        let total = lengths.reduce(0, +)
        guard total > 0 else { return random.moments(count, in: span) }
        return (0..<count).map { _ in
            var rest = UInt64.random(in: 0..<total, using: &random)
            for (half, length) in zip(open, lengths) {
                if rest < length { return half.lowerBound + rest }
                rest -= length
            }
            preconditionFailure("a moment lies within the open hours")
        }.sorted()
    }
}
