import Casework
import Libraries

/// Milliseconds since 1970 as people and programs read them.
enum Moments {
    private static let dayMilliseconds: UInt64 = 86_400_000
    /// China has one time zone, eight hours ahead of UTC, and has had no summer time since 1991.
    private static let chinaMilliseconds: UInt64 = 8 * 3_600_000

    /// ISO 8601 in UTC with milliseconds, such as `2026-03-01T08:30:00.000Z`; the last moment that can be written for
    /// anything beyond the year 9999.
    static func text(_ milliseconds: UInt64) -> String {
        guard let day = day(milliseconds) else { return "9999-12-31T23:59:59.999Z" }
        let rest = Int(milliseconds % dayMilliseconds)
        let clock = [rest / 3_600_000, rest / 60_000 % 60, rest / 1_000 % 60].map { padded($0, to: 2) }
        return "\(day)T\(clock.joined(separator: ":")).\(padded(rest % 1_000, to: 3))Z"
    }

    /// The day it is in China.
    static func chineseDay(_ milliseconds: UInt64) -> LegalDate? { day(milliseconds &+ chinaMilliseconds) }

    /// The minute it is in China; the last that can be written for anything beyond the year 9999.
    static func local(_ milliseconds: UInt64) -> LegalMoment {
        if let moment = LegalMoment(milliseconds: milliseconds) { return moment }
        guard let last = LegalDate(year: 9_999, month: 12, day: 31), let moment = LegalMoment(day: last, minute: 1_439)
        else { preconditionFailure("the last day of 9999 exists") }
        return moment
    }

    private static func day(_ milliseconds: UInt64) -> LegalDate? {
        Int(exactly: milliseconds / dayMilliseconds).flatMap { LegalDate(daysSince1970: $0) }
    }

    private static func padded(_ number: Int, to count: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, count - digits.count)) + digits
    }
}
