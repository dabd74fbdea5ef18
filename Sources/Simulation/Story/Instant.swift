/// A moment of a story: milliseconds since the midnight its first day began with, a Monday, on the time of Beijing.
package struct Instant: Hashable, Comparable, Sendable, CustomStringConvertible {
    package static let minute: UInt64 = 60_000
    package static let hour: UInt64 = 3_600_000
    package static let day: UInt64 = 86_400_000
    /// 2026-03-02, 00:00 in Beijing, in milliseconds since 1970: where every story's first day begins.
    package static let epochWall: UInt64 = 1_772_380_800_000

    package let milliseconds: UInt64

    package init(milliseconds: UInt64) { self.milliseconds = milliseconds }

    package init(day: UInt64 = 1, hour: UInt64 = 0, minute: UInt64 = 0, second: UInt64 = 0) {
        precondition(day >= 1, "a story's days are counted from 1")
        milliseconds = (day - 1) * Self.day + hour * Self.hour + minute * Self.minute + second * 1_000
    }

    package static func < (left: Instant, right: Instant) -> Bool { left.milliseconds < right.milliseconds }
    package static func + (left: Instant, right: UInt64) -> Instant { Instant(milliseconds: left.milliseconds + right) }

    /// What a clock that is right shows, in milliseconds since 1970.
    package var wall: UInt64 { Self.epochWall + milliseconds }

    /// `08:30:00`, from the second day on `day 2 08:30:00`; with milliseconds where there are any.
    package var description: String {
        let day = milliseconds / Self.day + 1
        let parts = [milliseconds / Self.hour % 24, milliseconds / Self.minute % 60, milliseconds / 1_000 % 60]
        var text = parts.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
        let rest = milliseconds % 1_000
        if rest > 0 { text += "." + String(repeating: "0", count: 3 - "\(rest)".count) + "\(rest)" }
        return day == 1 ? text : "day \(day) \(text)"
    }
}
