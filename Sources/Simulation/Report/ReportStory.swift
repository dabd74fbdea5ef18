import Divisions

/// The run in words, for someone who never saw the program: what was played, what happened, why nothing was lost.
struct ReportStory {
    private let journal: Journal
    private let outages: Outages
    private let paths: EntryPaths

    init(_ journal: Journal, outages: Outages, paths: EntryPaths) {
        (self.journal, self.outages, self.paths) = (journal, outages, paths)
    }

    /// What is wrong, in both languages; empty if all is well.
    private var faults: [(String, String)] {
        var faults: [(String, String)] = []
        if journal.agreed == nil { faults.append(("各机关始终没有一致", "the offices never came to agree")) }
        let failed = journal.marks.count { $0.kind == .failed }
        if failed > 0 {
            faults.append(("\(failed) 个预期落空", failed == 1 ? "an expectation failed" : "\(failed) expectations failed"))
        }
        for check in journal.checks where !check.findings.isEmpty {
            let name = Markup.escape(check.name)
            faults.append(
                ("检查“\(name)”有 \(check.findings.count) 处发现", "checker “\(name)” found \(check.findings.count)"))
        }
        return faults
    }

    var heading: String {
        let faults = faults
        let verdict =
            faults.isEmpty
            ? Markup.both("全部一致，无一丢失", "All agree, nothing was lost")
            : Markup.both(
                faults.map(\.0).joined(separator: "；"), faults.map(\.1).joined(separator: "; "))
        let length = journal.ends.milliseconds - min(journal.begins.milliseconds, journal.ends.milliseconds)
        let facts = [
            ("种子", "Seed", "\(journal.seed)"),
            ("存储", "Store", Markup.escape(journal.store)),
            ("机关", "Offices", Markup.count(journal.offices.count)),
            ("历时", "Lasted", Markup.duration(length)),
            ("写入", "Entries", Markup.count(journal.writtenEntries)),
            ("帧", "Frames", Markup.count(journal.frames)),
            ("流量", "Traffic", Markup.bytes(journal.bytes)),
            ("一致于", "Agreed", journal.agreed.map(\.description) ?? "—"),
        ]
        let list = facts.map { "<div><dt>\(Markup.both($0.0, $0.1))</dt><dd>\($0.2)</dd></div>" }
        return """
            <header>
            <p class="kicker">\(Markup.both("Tributary 演练报告", "Simulation report")) · \(Markup.escape(journal.scenario))</p>
            <h1>\(Markup.escape(journal.title))</h1>
            <p class="why">\(Markup.escape(journal.why))</p>
            <p class="verdict \(faults.isEmpty ? "good" : "bad")"><i>\(faults.isEmpty ? "✓" : "✗")</i>\
            <span>\(verdict)</span></p>
            <dl class="facts">\(list.joined(separator: "\n"))</dl>
            </header>
            """
    }

    // MARK: what happened

    var explanation: String {
        let items = [whoWorked] + cuts + [blows, agreement].compactMap { $0 } + [safety]
        func list(_ lines: [String]) -> String { lines.map { "<li>\($0)</li>" }.joined(separator: "\n") }
        return """
            <section>
            \(Markup.heading("发生了什么，为什么数据安全", "What happened, and why the data is safe"))
            <div class="pair"><ol>\(list(items.map(\.0)))</ol><ol lang="en" class="en">\(list(items.map(\.1)))</ol></div>
            \(certain)
            \(leftOut)
            </section>
            """
    }

    private var whoWorked: (String, String) {
        var (chinese, english): ([String], [String]) = ([], [])
        for level in Level.allCases {
            let count = journal.offices.count { $0.level == level }
            guard count > 0 else { continue }
            chinese.append("\(level.chineseName) \(Markup.count(count))")
            english.append("\(Markup.count(count)) \(level.englishName)")
        }
        let written = Markup.count(journal.writtenEntries)
        return (
            "\(Markup.count(journal.offices.count)) 台机器（\(chinese.joined(separator: "、"))）从 "
                + "\(Markup.chineseClock(journal.begins)) 工作到 \(Markup.chineseClock(journal.ends))，写下 \(written) 条记录；"
                + "每台机器都用自己的硬盘，不必等任何人。",
            "\(Markup.count(journal.offices.count)) machines (\(english.joined(separator: ", "))) worked from "
                + "\(journal.begins) to \(journal.ends) and wrote \(written) entries, each on its own disk, without waiting "
                + "for anyone."
        )
    }

    private static let cutsTold = 4

    private var cuts: [(String, String)] {
        guard !outages.cuts.isEmpty else {
            return [("线路一直通着。", "No line was ever cut.")]
        }
        let told = outages.cuts.sorted { ($1.behind.count, $0.from) < ($0.behind.count, $1.from) }
            .prefix(Self.cutsTold).sorted { $0.from < $1.from }
        var lines = told.map(sentence)
        let rest = outages.cuts.count - told.count
        if rest > 0 {
            lines.append(
                (
                    "另外还有 \(Markup.count(rest)) 次断线，都在图上。",
                    "There were \(Markup.count(rest)) more cuts; the diagram shows them all."
                ))
        }
        return lines
    }

    private func sentence(_ cut: Outages.Cut) -> (String, String) {
        let long = cut.through.milliseconds - min(cut.from.milliseconds, cut.through.milliseconds)
        let name = Markup.escape(cut.name)
        let behind = Set(cut.behind)
        let isAllElse = !cut.rest.isEmpty && cut.rest.count + cut.behind.count == journal.offices.count
        let rest =
            cut.rest.isEmpty
            ? ("所有其他机器", "all other machines")
            : isAllElse && cut.rest.count > 3
                ? ("其余 \(Markup.count(cut.rest.count)) 台机器", "the other \(Markup.count(cut.rest.count)) machines")
                : (chineseNames(cut.rest), englishNames(cut.rest))
        let during = journal.entries.indices.filter { index in
            let entry = journal.entries[index]
            return behind.contains(entry.writer) && entry.written >= cut.from && entry.written < cut.through
        }
        var chinese =
            "<b>\(name)</b>：\(Markup.chineseClock(cut.from)) 起，\(chineseNames(cut.behind)) 与 \(rest.0) 之间的线路断了 "
            + Markup.chineseDuration(long)
        var english =
            "<b>\(name)</b>: from \(cut.from) the lines between \(englishNames(cut.behind)) and \(rest.1) carried nothing for "
            + Markup.duration(long)
        let atLeast = journal.leftOut.entries > 0
        chinese += "；断线一侧照常工作，其间写下\(atLeast ? "至少" : "") \(Markup.count(during.count)) 条"
        english +=
            "; behind the cut work went on, and \(atLeast ? "at least " : "")\(Markup.count(during.count)) "
            + "\(during.count == 1 ? "entry was" : "entries were") written"
        let last = during.compactMap { paths.arrivals(of: $0).last?.at }.max()
        if cut.isOpen {
            chinese += "；到最后也没有恢复"
            english += "; the lines were still cut at the end"
        } else if let last, last > cut.through, journal.agreed != nil {
            let after = last.milliseconds - cut.through.milliseconds
            chinese += "；线路恢复后 \(Markup.chineseDuration(after))，最后一条也到了所有该到的地方"
            english += "; \(Markup.duration(after)) after the lines returned the last of them was everywhere it belongs"
        } else if last != nil, journal.agreed != nil {
            chinese += "；线路恢复时都已经别处绕到"
            english += "; all of them had found another way before the lines returned"
        }
        return (chinese + "。", english + ".")
    }

    /// The highest offices of a group; those below them are counted.
    private func highest(of offices: [Int]) -> [String] {
        let group = Set(offices)
        return offices.filter { office in journal.offices[office].parent.map { !group.contains($0) } ?? true }
            .map { Markup.escape(journal.offices[$0].name) }
    }

    private func chineseNames(_ offices: [Int]) -> String {
        let names = highest(of: offices)
        let text = Markup.some(names, of: 4, more: { "等 \(Markup.count($0 + 4)) 家" }, joint: "、")
        return names.count == offices.count ? text : "\(text)（连同下属共 \(Markup.count(offices.count)) 台）"
    }

    private func englishNames(_ offices: [Int]) -> String {
        let names = highest(of: offices)
        let text = Markup.some(names, of: 4, more: { " and \(Markup.count($0)) more" }, joint: ", ")
        return names.count == offices.count
            ? text : "\(text) (\(Markup.count(offices.count)) machines with those below)"
    }

    /// Everything else that went wrong on purpose.
    private var blows: (String, String)? {
        let kinds: [Journal.Mark.Kind] = [
            .crash, .restore, .clone, .disk, .clock, .upgrade, .lie, .reset, .silence, .shape,
        ]
        var (chinese, english): ([String], [String]) = ([], [])
        for kind in kinds {
            let count = journal.marks.count { $0.kind == kind }
            guard count > 0 else { continue }
            let glyph = Glyph(kind)
            chinese.append("\(glyph.chinese) \(Markup.count(count)) 次")
            english.append("\(glyph.english) × \(Markup.count(count))")
        }
        guard !chinese.isEmpty else { return nil }
        return (
            "故意施加的还有：\(chinese.joined(separator: "、"))。", "Also done on purpose: \(english.joined(separator: ", "))."
        )
    }

    private var agreement: (String, String)? {
        guard let agreed = journal.agreed else {
            return (
                "到 \(Markup.chineseClock(journal.ends)) 仍有机器彼此不同：这是一个错误，下面的命令可以原样重演。",
                "At \(journal.ends) some machines still differed: that is a fault, and the command below plays it again exactly."
            )
        }
        return (
            "到 \(Markup.chineseClock(agreed))，每台机器都有它该有的全部记录，并且显示相同。",
            "By \(agreed) every machine held all it should hold, and showed the same."
        )
    }

    private var safety: (String, String) {
        (
            "为什么可以放心：每条记录先落本机硬盘，编号、成链、签章，才会发出去；对方确认的只是已经落盘的；线路一断，各做各的；"
                + "一通，双方先比对再补缺的那部分。两处同时改同一项，两个都保留，交有权的人定；没有任何一条会被覆盖掉。",
            "Why this is safe: every entry is on its writer's own disk, numbered, chained and sealed, before it is sent; a "
                + "neighbour acknowledges only what is on its disk; when a line breaks everyone goes on, and when it returns the "
                + "two compare and send only what is missing. If two places change one thing, both values are kept until "
                + "someone with authority decides: nothing is overwritten unseen."
        )
    }

    /// What was not believed but looked at.
    private var certain: String {
        let passed = journal.checks.filter { $0.findings.isEmpty && $0.looked > 0 }
        guard !passed.isEmpty else { return "" }
        let items = passed.map {
            "<li><i>✓</i>\(Markup.both(Markup.escape($0.chinese), Markup.escape($0.english)))</li>"
        }
        return """
            <h3>\(Markup.both("这些不是相信，是查过的", "Not believed but checked"))</h3>
            <ul class="certain">\(items.joined(separator: "\n"))</ul>
            """
    }

    private var leftOut: String {
        let (marks, spans, messages, entries) = journal.leftOut
        guard marks + spans + messages + entries > 0 else { return "" }
        let (one, two, three) = (Markup.count(marks + spans), Markup.count(messages), Markup.count(entries))
        let text = Markup.both(
            "为了让本页不过大，图中省去了 \(one) 个标记和时段、\(two) 条消息、\(three) 条记录的路径；检查时一个都没有省。",
            "To keep this page small the diagram leaves out \(one) marks and spans, \(two) messages and the ways of \(three) entries; the "
                + "checkers left out nothing.")
        return "<p class=\"note\">\(text)</p>"
    }

    // MARK: again

    /// The file as the command takes it, quoted if a shell would read it otherwise.
    private var file: String {
        let isPath = journal.scenario.contains("/") || journal.scenario.hasSuffix(".yaml")
        let path = isPath ? journal.scenario : "Simulations/scenarios/\(journal.scenario).yaml"
        let isPlain = path.unicodeScalars.allSatisfy {
            $0.properties.isAlphabetic || "0123456789-_./".unicodeScalars.contains($0)
        }
        return isPlain
            ? path : "'" + path.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    var replay: String {
        let store = journal.store.isEmpty ? "" : " --store \(journal.store)"
        let command = "tributary simulate run \(file) --seed \(journal.seed)\(store)"
        return """
            <section class="replay">
            \(Markup.heading("原样重演", "Play it again"))
            <pre><code>\(Markup.escape(command))</code></pre>
            <p class="note">\(Markup.both("同一种子得到同样的轨迹摘要：", "The same seed gives the same trace digest:"))
            <code class="digest">\(Markup.escape(journal.trace))</code></p>
            </section>
            """
    }
}
