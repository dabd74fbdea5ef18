import Divisions
import Ledger

/// The words of a scenario file for what needs no context.
enum StoryText {
    /// Lower-case letters, digits, hyphens and Chinese characters stand as they are; what YAML might read as something
    /// else goes in quotes.
    static func name(_ text: String) -> String {
        let isPlain = text.unicodeScalars.allSatisfy {
            $0.properties.isIdeographic || ("a"..."z").contains($0) || ("0"..."9").contains($0) || $0 == "-"
        }
        return isPlain && text.first != "-" && !text.isEmpty && text != "all" ? text : quoted(text)
    }

    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\\(scalar)"
            case "\n": result += "\\n"
            case " "..."~": result.unicodeScalars.append(scalar)
            default:
                if isVisible(scalar) {
                    result.unicodeScalars.append(scalar)
                } else {
                    let digits = String(scalar.value, radix: 16, uppercase: true)
                    result += "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
                }
            }
        }
        return result + "\""
    }

    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned,
            .spaceSeparator:
            false
        default: true
        }
    }

    static func value(_ value: Value) -> String {
        switch value {
        case .text(let text):
            text.isEmpty || !text.unicodeScalars.allSatisfy(\.properties.isIdeographic) ? quoted(text) : text
        case .integer(let integer): "\(integer)"
        case .boolean(let flag): "\(flag)"
        case .bytes(let bytes): "{ bytes: \"\(hexadecimal(bytes))\" }"
        case .record(let id): "{ record: \"\(id)\" }"
        }
    }

    static func list(_ words: [String]) -> String { words.count == 1 ? words[0] : "[\(words.joined(separator: ", "))]" }

    /// Names; those that count on from one another as `name-2..9`.
    static func rows(_ names: [String]) -> [String] {
        var rows: [(prefix: Substring, low: Int, high: Int, name: String)] = []
        for text in names {
            guard let hyphen = text.lastIndex(of: "-"), let number = Int(text[text.index(after: hyphen)...]),
                "\(number)" == text[text.index(after: hyphen)...]
            else {
                rows.append(("", 0, 0, text))
                continue
            }
            let prefix = text[...hyphen]
            if let last = rows.indices.last, rows[last].prefix == prefix, rows[last].high + 1 == number {
                rows[last].high = number
            } else {
                rows.append((prefix, number, number, text))
            }
        }
        return rows.map { $0.low == $0.high ? name($0.name) : quoted("\($0.prefix)\($0.low)..\($0.high)") }
    }

    static func lines(_ lines: Lines) -> String {
        switch lines {
        case .all: return "all"
        case .between(let left, let right):
            guard left.count == 1, right.count == 1 else {
                let groups = [left, right].map { "[\($0.joined(separator: ", "))]" }
                return "{ between: [\(groups.joined(separator: ", "))] }"
            }
            return "[\(left[0]), \(right[0])]"
        case .around(let group): return "{ around: [\(group.joined(separator: ", "))] }"
        }
    }

    static func quality(_ quality: LineQuality) -> String {
        let latency = [quality.latency.lowerBound, quality.latency.upperBound]
            .map { StoryUnit.duration.render(Int64($0)) }.joined(separator: "..")
        let bandwidth = StoryUnit.bandwidth.render(Int64(quality.bytesPerSecond ?? 0))
        let shares = [("breaks", quality.breaks), ("duplicates", quality.duplicates), ("damages", quality.damages)]
            .map { "\($0): \(StoryUnit.percentage.render(Int64($1)))" }
        return (["latency: \(latency)", "bandwidth: \(bandwidth)"] + shares).joined(separator: ", ")
    }

    /// Every act but writing, casework and expecting, which depend on what was told before.
    static func act(_ act: StoryAct) -> String {
        switch act {
        case .write, .casework, .expect: preconditionFailure("these are told by the writer itself")
        case .cut(let name, let lines): "cut: \(self.lines(lines)), as: \(self.name(name))"
        case .mend(let name): "mend: \(self.name(name))"
        case .heal: "heal: all"
        case .reset(let lines): "reset: \(self.lines(lines))"
        case .silence(let lines): "silence: \(self.lines(lines))"
        case .shape(let lines, let quality): "shape: \(self.lines(lines)), \(self.quality(quality))"
        case .crash(let machine, let point): "crash: \(machine), when: \(point.rawValue)"
        case .start(let machine): "start: \(machine)"
        case .backup(let machine, let name): "backup: \(machine), as: \(self.name(name))"
        case .restore(let machine, let name): "restore: \(machine), from: \(self.name(name))"
        case .clone(let machine, let twin): "clone: \(machine), as: \(twin)"
        case .resume(let machine, let twin): "resume: \(machine), as: \(twin)"
        case .fillDisk(let machine): "fill-disk: \(machine)"
        case .freeDisk(let machine): "free-disk: \(machine)"
        case .clock(let machine, let jump, let drift):
            "clock: \(machine), jump: \(StoryUnit.duration.render(jump)), drift: \(drift)"
        case .upgrade(let machine, let release):
            "upgrade: \(machine), release: \(release.name), "
                + "protocols: \(release.protocols.lowerBound)..\(release.protocols.upperBound)"
        case .lie(let machine, let to, let lie): "lie: \(machine), to: \(to), with: \(lie.rawValue)"
        }
    }
}
