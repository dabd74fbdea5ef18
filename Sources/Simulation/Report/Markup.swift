/// Text as it may stand in the page, and numbers as people read them.
enum Markup {
    static func escape(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            // What XML cannot hold at all, and what stands for phrases in the page's own data.
            case "\u{0}"..."\u{8}", "\u{B}", "\u{C}", "\u{E}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
            case _ where ScriptData.phraseMarks.contains(scalar.value): result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// Chinese with English beside it.
    static func both(_ chinese: String, _ english: String) -> String {
        "<span>\(chinese)</span> <span class=\"en\" lang=\"en\">\(english)</span>"
    }

    /// A heading of a section.
    static func heading(_ chinese: String, _ english: String) -> String { "<h2>\(both(chinese, english))</h2>" }

    /// At most two decimals, none that say nothing.
    static func decimal(_ value: Double, places: Int = 2) -> String {
        var factor = 1
        for _ in 0..<places { factor *= 10 }
        let scaled = Int((value * Double(factor)).rounded())
        guard places > 0 else { return "\(scaled)" }
        let whole = abs(scaled) / factor
        var rest = String(abs(scaled) % factor)
        rest = String(repeating: "0", count: places - rest.count) + rest
        while rest.hasSuffix("0") { rest.removeLast() }
        return (scaled < 0 ? "-" : "") + "\(whole)" + (rest.isEmpty ? "" : ".\(rest)")
    }

    /// `20,000`.
    static func count(_ value: some BinaryInteger) -> String {
        var groups: [String] = []
        var rest = String(value)
        while rest.count > 3 {
            groups.insert(String(rest.suffix(3)), at: 0)
            rest.removeLast(3)
        }
        return ([rest] + groups).joined(separator: ",")
    }

    /// `1.2 MB`, in powers of a thousand.
    static func bytes(_ value: UInt64) -> String {
        var amount = Double(value)
        for unit in ["B", "kB", "MB", "GB"] {
            if amount < 1_000 { return "\(decimal(amount, places: unit == "B" || amount >= 100 ? 0 : 1)) \(unit)" }
            amount /= 1_000
        }
        return "\(decimal(amount, places: 1)) TB"
    }

    /// `2 h 3 min`: two units at most.
    static func duration(_ milliseconds: UInt64) -> String {
        duration(milliseconds, units: [" d", " h", " min", " s", " ms"])
    }

    /// `2 小时 3 分`.
    static func chineseDuration(_ milliseconds: UInt64) -> String {
        duration(milliseconds, units: [" 天", " 小时", " 分", " 秒", " 毫秒"])
    }

    private static func duration(_ milliseconds: UInt64, units: [String]) -> String {
        if milliseconds < 1_000 { return "\(milliseconds)\(units[4])" }
        if milliseconds < 60_000 {
            let isShort = milliseconds < 10_000
            return "\(decimal(Double(milliseconds) / 1_000, places: isShort ? 1 : 0))\(units[3])"
        }
        let sizes: [UInt64] = [Instant.day, Instant.hour, Instant.minute, 1_000]
        guard let first = sizes.firstIndex(where: { milliseconds >= $0 }), first < 3 else { return "" }
        let rest = milliseconds % sizes[first] / sizes[first + 1]
        let whole = "\(milliseconds / sizes[first])\(units[first])"
        return rest == 0 ? whole : "\(whole) \(rest)\(units[first + 1])"
    }

    /// `第 2 天 08:30:00`, without the day on the first.
    static func chineseClock(_ instant: Instant) -> String {
        let day = instant.milliseconds / Instant.day
        let clock = Instant(milliseconds: instant.milliseconds % Instant.day).description
        return day == 0 ? clock : "第 \(day + 1) 天 \(clock)"
    }

    /// The first few, and how many more there are.
    static func some(_ names: [String], of limit: Int, more: (Int) -> String, joint: String) -> String {
        guard names.count > limit else { return names.joined(separator: joint) }
        return names.prefix(limit).joined(separator: joint) + more(names.count - limit)
    }
}
