import Divisions

/// What went over each line, what was done to the world, and what was checked.
struct ReportTables {
    private let journal: Journal

    init(_ journal: Journal) { self.journal = journal }

    var section: String {
        """
        \(checks)
        <div class="pair">
        \(faults)
        \(totals)
        </div>
        \(lines)
        """
    }

    // MARK: checkers

    private var checks: String {
        let rows = journal.checks.map { check in
            let verdict =
                check.findings.isEmpty
                ? "<td class=\"good\">✓ \(Markup.both("无", "none"))</td>"
                : "<td class=\"bad\">✗ \(Markup.count(check.findings.count))</td>"
            return """
                <tr><th scope="row">\(Markup.escape(check.name))</th><td>\(Markup.escape(check.chinese))\
                <span class="en block" lang="en">\(Markup.escape(check.english))</span>\(findings(check))</td>\
                <td class="number">\(Markup.count(check.looked))</td>\(verdict)</tr>
                """
        }
        return """
            <section>
            \(Markup.heading("检查了什么", "What was checked"))
            <div class="scroll"><table class="checks">
            <thead><tr><th>\(Markup.both("检查", "Checker"))</th><th>\(Markup.both("它确认什么", "What it makes sure of"))</th>\
            <th class="number">\(Markup.both("看过", "Looked at"))</th><th>\(Markup.both("发现", "Findings"))</th></tr></thead>
            <tbody>
            \(rows.joined(separator: "\n"))
            </tbody></table></div></section>
            """
    }

    private func findings(_ check: Journal.Check) -> String {
        guard !check.findings.isEmpty else { return "" }
        let shown = check.findings.prefix(Report.findingsMax).map { "<li>\(Markup.escape($0))</li>" }
        let rest = check.findings.count - shown.count
        let more = rest > 0 ? "<li>\(Markup.both("还有 \(rest) 条", "and \(rest) more"))</li>" : ""
        return "<ul class=\"findings\">\(shown.joined())\(more)</ul>"
    }

    // MARK: faults

    private var faults: String {
        let sorted = journal.faults.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let most = UInt64(max(1, sorted.first?.value ?? 1))
        let rows = sorted.map { name, count in
            let glyph = Self.glyph(ofFault: name)
            let title = Self.title(ofFault: name) ?? Markup.escape(name)
            let shape = glyph.map { "<use href=\"#\($0.id)\" x=\"10\" y=\"10\"/>" } ?? ""
            return """
                <tr><th scope="row"><svg width="20" height="20" aria-hidden="true">\(shape)</svg>\(title)</th>\
                <td class="number">\(Markup.count(count))</td><td class="bars">\(bar(UInt64(max(0, count)), of: most, "fault"))</td></tr>
                """
        }
        let empty = "<tr><td colspan=\"3\">\(Markup.both("没有施加任何故障", "no fault was injected"))</td></tr>"
        return """
            <section>
            \(Markup.heading("施加的故障", "Faults that were injected"))
            <table><thead><tr><th>\(Markup.both("种类", "Kind"))</th><th class="number">\(Markup.both("次数", "Times"))</th>\
            <th></th></tr></thead><tbody>
            \(rows.isEmpty ? empty : rows.joined(separator: "\n"))
            </tbody></table></section>
            """
    }

    /// Misfortunes that are drawn like others of their family and called by names of their own.
    private static let families: [String: (kind: Journal.Mark.Kind, chinese: String, english: String)] = [
        CrashPoint.beforeCommit.rawValue: (.crash, "提交之前断电", "power lost before a commit"),
        CrashPoint.tornCommit.rawValue: (.crash, "提交中途断电", "power lost within a commit"),
        CrashPoint.afterCommit.rawValue: (.crash, "提交之后断电", "power lost after a commit"),
        "full-disk": (.disk, "磁盘写满", "disk full"),
        "resume": (.clone, "内存快照在第二台机器上恢复", "memory resumed on a second machine"),
        Lie.wrongSeal.rawValue: (.lie, "谎言：封签不符", "lie: a wrong seal"),
        Lie.strangersStream.rawValue: (.lie, "谎言：续写他人的记录链", "lie: an entry in a stranger's stream"),
        Lie.foreignHome.rawValue: (.lie, "谎言：写入无权书写之处", "lie: an entry at a home it may not write at"),
        Lie.fork.rawValue: (.lie, "谎言：同一编号两条内容", "lie: two entries under one number"),
        Lie.replay.rawValue: (.lie, "谎言：重放旧帧", "lie: an old frame again"),
        Lie.boast.rawValue: (.lie, "谎言：虚报持有", "lie: it has more than there is"),
        Lie.noise.rawValue: (.lie, "谎言：乱码", "lie: bytes that are no frame"),
    ]

    private static func glyph(ofFault name: String) -> Glyph? {
        (families[name]?.kind ?? Journal.Mark.Kind(rawValue: name)).map(Glyph.init)
    }

    private static func title(ofFault name: String) -> String? {
        if let family = families[name] { return Markup.both(family.chinese, family.english) }
        return glyph(ofFault: name).map { Markup.both($0.chinese, $0.english) }
    }

    private func bar(_ value: UInt64, of most: UInt64, _ style: String) -> String {
        let share = Double(value) / Double(max(1, most)) * 100
        return "<span class=\"bar \(style)\" style=\"width:\(Markup.decimal(share, places: 1))%\"></span>"
    }

    // MARK: lines

    /// By the level of the lower end.
    private var totals: String {
        var sums: [Level: (lines: Int, up: UInt64, down: UInt64, frames: UInt64)] = [:]
        for line in journal.lines {
            sums[journal.offices[line.lower].level, default: (0, 0, 0, 0)].lines += 1
            sums[journal.offices[line.lower].level]?.up += line.bytesUp
            sums[journal.offices[line.lower].level]?.down += line.bytesDown
            sums[journal.offices[line.lower].level]?.frames += line.frames
        }
        let most = sums.values.map { max($0.up, $0.down) }.max() ?? 1
        let rows = Level.allCases.compactMap { level -> String? in
            guard let sum = sums[level] else { return nil }
            return """
                <tr><th scope="row">\(Markup.both("\(level.chineseName)向上", "\(level.englishName) upward"))</th>\
                <td class="number">\(Markup.count(sum.lines))</td><td class="number">\(Markup.count(sum.frames))</td>\
                \(traffic(sum.up, sum.down, most))</tr>
                """
        }
        return """
            <section>
            \(Markup.heading("各级线路的流量", "Traffic by level"))
            <div class="scroll"><table>
            <thead><tr><th>\(Markup.both("线路", "Lines"))</th><th class="number">\(Markup.both("条", "Count"))</th>\
            \(trafficHead)</tr></thead><tbody>
            \(rows.joined(separator: "\n"))
            </tbody></table></div></section>
            """
    }

    private var trafficHead: String {
        """
        <th class="number">\(Markup.both("帧", "Frames"))</th><th class="number">\(Markup.both("上行", "Up"))</th>\
        <th class="number">\(Markup.both("下行", "Down"))</th><th></th>
        """
    }

    private func traffic(_ up: UInt64, _ down: UInt64, _ most: UInt64) -> String {
        """
        <td class="number">\(Markup.bytes(up))</td><td class="number">\(Markup.bytes(down))</td>\
        <td class="bars">\(bar(up, of: most, "up"))\(bar(down, of: most, "downward"))</td>
        """
    }

    private var lines: String {
        let sorted = journal.lines.sorted {
            ($1.bytesUp + $1.bytesDown, $0.lower, $0.upper) < ($0.bytesUp + $0.bytesDown, $1.lower, $1.upper)
        }
        let shown = sorted.prefix(Report.linesMax)
        let most = shown.map { max($0.bytesUp, $0.bytesDown) }.max() ?? 1
        let rows = shown.map { line in
            """
            <tr><th scope="row">\(Markup.escape(journal.offices[line.lower].name)) ⟷ \
            \(Markup.escape(journal.offices[line.upper].name))</th><td class="number">\(Markup.count(line.frames))</td>\
            \(traffic(line.bytesUp, line.bytesDown, most))</tr>
            """
        }
        let part =
            shown.count < sorted.count
            ? "<p class=\"note\">"
                + Markup.both(
                    "\(Markup.count(sorted.count)) 条线路中最忙的 \(shown.count) 条。",
                    "The \(shown.count) busiest of \(Markup.count(sorted.count)) lines.") + "</p>" : ""
        return """
            <section>
            \(Markup.heading("每条线路的流量", "Bytes per link"))
            \(part)
            <div class="scroll"><table>
            <thead><tr><th>\(Markup.both("线路", "Line"))</th>\(trafficHead)</tr></thead><tbody>
            \(rows.joined(separator: "\n"))
            </tbody></table></div></section>
            """
    }
}
