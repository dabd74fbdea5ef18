package import Libraries

/// A minute of the civil calendar in China's one time zone (UTC+8, no summer time).
package struct LegalMoment: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let day: LegalDate
    /// Minutes since midnight, 0 to 1439.
    package let minute: Int

    package init?(day: LegalDate, minute: Int) {
        guard (0..<1_440).contains(minute) else { return nil }
        (self.day, self.minute) = (day, minute)
    }

    /// The first minute of a day.
    package init(_ day: LegalDate) { (self.day, self.minute) = (day, 0) }

    /// Nil outside the years 1000 to 9999.
    package init?(milliseconds: UInt64) {
        guard milliseconds < UInt64(Int64.max) else { return nil }
        self.init(minutesSince1970: Int(milliseconds / 60_000) + 480)
    }

    /// Local minutes since 1970-01-01T00:00. Nil outside the years 1000 to 9999.
    package init?(minutesSince1970 minutes: Int) {
        let days = minutes >= 0 ? minutes / 1_440 : (minutes - 1_439) / 1_440
        guard let day = LegalDate(daysSince1970: days) else { return nil }
        (self.day, self.minute) = (day, minutes - days * 1_440)
    }

    package var minutesSince1970: Int { day.daysSince1970 * 1_440 + minute }

    /// Milliseconds since 1970 in UTC; 0 for what lies before.
    package var milliseconds: UInt64 { UInt64(max(0, minutesSince1970 - 480)) * 60_000 }

    /// Reads `YYYY-MM-DDTHH:MM`, and nothing else.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "T", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[1].utf8.count == 5, let day = LegalDate(parts[0]) else { return nil }
        let clock = parts[1].split(separator: ":", omittingEmptySubsequences: false)
        guard clock.count == 2,
            clock.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            let hour = Int(clock[0]), let minute = Int(clock[1]), hour < 24, minute < 60
        else { return nil }
        self.init(day: day, minute: hour * 60 + minute)
    }

    /// `YYYY-MM-DDTHH:MM`.
    package var description: String {
        let (hour, rest) = (minute / 60, minute % 60)
        return "\(day)T\(hour < 10 ? "0" : "")\(hour):\(rest < 10 ? "0" : "")\(rest)"
    }

    /// As a document writes it: `2026年3月1日9时05分`.
    package var chineseText: String {
        let rest = minute % 60
        return "\(day.chineseText)\(minute / 60)时\(rest < 10 ? "0" : "")\(rest)分"
    }

    package static func < (left: LegalMoment, right: LegalMoment) -> Bool {
        (left.day, left.minute) < (right.day, right.minute)
    }
}
