import Casework
import Libraries

/// Dates, sums and sizes as officials write them, in either language.
struct Formats: Sendable {
    let language: Language

    /// `2026-11-24` as `2026年11月24日` or `24 Nov 2026`; a text that is no date stays as it is.
    func day(_ text: String) -> String {
        guard let date = LegalDate(text) else { return text }
        return day(date)
    }

    private func day(_ date: LegalDate) -> String {
        switch language {
        case .chinese: "\(date.year)年\(date.month)月\(date.day)日"
        case .english: "\(date.day) \(Self.months[date.month - 1]) \(date.year)"
        }
    }

    /// `2026-11-24T09:05` as `2026年11月24日 09:05` or `24 Nov 2026, 09:05`; a day without a clock as a day.
    func moment(_ text: String) -> String {
        let halves = text.split(separator: "T", maxSplits: 1)
        guard halves.count == 2, let date = LegalDate(halves[0]) else { return day(text) }
        let clock = halves[1].prefix(5)
        switch language {
        case .chinese: return "\(day(date)) \(clock)"
        case .english: return "\(day(date)), \(clock)"
        }
    }

    /// Milliseconds since 1970 as a moment in China.
    func time(milliseconds: Int64) -> String {
        guard milliseconds >= 0, let moment = LegalMoment(milliseconds: UInt64(milliseconds)) else { return "" }
        return self.moment(moment.description)
    }

    /// Fen as `1,234.56元` or `¥1,234.56`; whole sums without a fraction.
    func money(fen: Int64) -> String {
        let (yuan, rest) = fen.magnitude.quotientAndRemainder(dividingBy: 100)
        let fraction = rest == 0 ? "" : "." + (rest < 10 ? "0" : "") + String(rest)
        let sum = (fen < 0 ? "-" : "") + Self.grouped(yuan) + fraction
        switch language {
        case .chinese: return "\(sum)元"
        case .english: return "¥\(sum)"
        }
    }

    func count(_ number: Int64) -> String { (number < 0 ? "-" : "") + Self.grouped(number.magnitude) }

    /// A length of time in its two largest units.
    func span(seconds: Int64) -> String {
        let seconds = max(0, seconds)
        let units: [(length: Int64, chinese: String, english: String)] = [
            (86_400, "天", "d"), (3_600, "小时", "h"), (60, "分钟", "min"), (1, "秒", "s"),
        ]
        guard let first = units.firstIndex(where: { seconds >= $0.length }) else {
            return language == .chinese ? "0秒" : "0 s"
        }
        var rest = seconds
        var words: [String] = []
        for unit in units[first...].prefix(2) {
            let count = rest / unit.length
            rest %= unit.length
            guard count > 0 else { continue }
            words.append(language == .chinese ? "\(count)\(unit.chinese)" : "\(count) \(unit.english)")
        }
        return words.joined(separator: language == .chinese ? "" : " ")
    }

    /// Bytes with a binary unit, to one place.
    func bytes(_ count: Int64) -> String {
        let units = ["B", "KiB", "MiB", "GiB", "TiB"]
        var tenths = count.magnitude.multipliedReportingOverflow(by: 10).partialValue
        var unit = 0
        while tenths >= 10_240, unit < units.count - 1 {
            tenths /= 1_024
            unit += 1
        }
        let (whole, tenth) = tenths.quotientAndRemainder(dividingBy: 10)
        return unit == 0 || tenth == 0 ? "\(whole) \(units[unit])" : "\(whole).\(tenth) \(units[unit])"
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func grouped(_ number: UInt64) -> String {
        let digits = Array(String(number))
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index).isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return text
    }
}
