import Console
import Libraries

/// What the console's figures come to: a table of all pages, and the rows that the design holds them to.
struct ConsoleBenchFigures {
    let settings: BenchSettings
    let survey: ConsoleBenchSurvey
    let bare: ConsoleBenchBare
    let clicks: ConsoleBenchClicks
    let filling: String

    /// The pages, the slowest first.
    private var pages: [(path: String, shown: [ConsoleBenchBrowser.Click])] {
        var pages: [(path: String, shown: [ConsoleBenchBrowser.Click])] = []
        for (path, found) in clicks.pages {
            let shown = found.filter(\.isShown)
            if !shown.isEmpty { pages.append((path, shown)) }
        }
        return pages.sorted { left, right in
            let (a, b) = (Self.p(95, left.shown.map(\.server)), Self.p(95, right.shown.map(\.server)))
            return a == b ? left.path < right.path : a > b
        }
    }

    private static func p(_ hundredths: Int, _ values: [Double]) -> Double {
        values.isEmpty ? 0 : BenchStatistics.percentile(hundredths, of: values)
    }

    private static func shown(_ value: Double) -> String { BenchStatistics.decimals(value, value < 10 ? 2 : 1) }

    func part() -> BenchPart {
        var part = BenchPart()
        part.tables = [table]
        part.rows = pageRows + searchRows + costRows
        part.notes = [filling] + notes
        return part
    }

    // MARK: Pages

    private var table: BenchTable {
        var table = BenchTable(
            title: "每页服务器用时 server time of every page, milliseconds, \(settings.people) people clicking",
            columns: [
                "页面 page", "次 clicks", "p50", "p95", "p99", "接口 API p50", "次 calls", "KiB", "独自 alone p50",
                "语句 SQL", "裸 SQL p50", "p95", "比 ratio p50", "p95",
            ])
        for (path, shown) in pages {
            let (server, figures) = (shown.map(\.server), bare.pages[path])
            let alone = Self.p(50, (survey.looks[path] ?? []).map(\.click.server))
            var row = [path, shown.count.grouped]
            row += [50, 95, 99].map { Self.shown(Self.p($0, server)) }
            row += [
                Self.shown(Self.p(50, shown.map(\.api))), String(Int(Self.p(50, shown.map { Double($0.calls) }))),
                Self.shown(Self.p(50, shown.map { Double($0.bytes) / 1_024 })), Self.shown(alone),
            ]
            if let figures, figures.statements > 0 {
                row.append(String(figures.statements))
                row += [50, 95].map { Self.shown(Self.p($0, figures.milliseconds)) }
                row += [50, 95].map { Self.shown(Self.p($0, server) / max(0.001, Self.p($0, figures.milliseconds))) }
            } else {
                row += ["0", "–", "–", "–", "–"]
            }
            table.rows.append(row)
        }
        return table
    }

    private var pageRows: [BenchRow] {
        let all = pages.flatMap { $0.shown.map(\.server) }
        guard let worst = pages.first, !all.isEmpty else { return [] }
        var rows = [
            BenchRow(
                "console-page-p95", chinese: "最慢页面 p95", english: "the slowest page p95", against: worst.path,
                unit: .milliseconds, [Self.p(95, worst.shown.map(\.server))],
                goal: .atMost(ConsoleBench.pageMillisecondsMax))
        ]
        for hundredths in [50, 95, 99] {
            rows.append(
                BenchRow(
                    "console-clicks-p\(hundredths)", chinese: "全部点击 p\(hundredths)",
                    english: "all clicks p\(hundredths)", against: "", unit: .milliseconds, [Self.p(hundredths, all)],
                    goal: hundredths == 95 ? .atMost(ConsoleBench.pageMillisecondsMax) : nil))
        }
        for hundredths in [50, 95] {
            let ratios = pages.compactMap { path, shown -> Double? in
                guard let figures = bare.pages[path], figures.statements > 0 else { return nil }
                return Self.p(hundredths, shown.map(\.server)) / max(0.001, Self.p(hundredths, figures.milliseconds))
            }
            guard !ratios.isEmpty else { continue }
            rows.append(
                BenchRow(
                    "console-page-ratio-p\(hundredths)", chinese: "页面比裸 SQL p\(hundredths)",
                    english: "pages p\(hundredths), the middle one", against: "the bare SQL behind each",
                    [BenchStatistics.median(ratios)], goal: nil))
        }
        return rows
    }

    // MARK: Search

    private var searchRows: [BenchRow] {
        guard !clicks.searches.isEmpty else { return [] }
        var rows: [BenchRow] = []
        for hundredths in [50, 95] {
            let ours = Self.p(hundredths, clicks.searches)
            rows += [
                BenchRow(
                    "console-search-p\(hundredths)", chinese: "全文检索 p\(hundredths)",
                    english: "full-text search p\(hundredths)", against: "", unit: .milliseconds, [ours],
                    goal: hundredths == 95 ? .atMost(ConsoleBench.searchMillisecondsMax) : nil),
                BenchRow(
                    "console-search-alone-p\(hundredths)", chinese: "全文检索（独自） p\(hundredths)",
                    english: "full-text search alone p\(hundredths)", against: "", unit: .milliseconds,
                    [Self.p(hundredths, clicks.searchesAlone)], goal: nil),
            ]
            for (name, against, figures) in [
                ("match", "its FTS5 MATCH alone", bare.match), ("sql", "all SQL behind it", bare.search),
            ] where !figures.milliseconds.isEmpty {
                rows.append(
                    BenchRow(
                        "console-search-\(name)-ratio-p\(hundredths)", chinese: "全文检索 p\(hundredths)",
                        english: "full-text search p\(hundredths)", against: against,
                        [ours / max(0.001, Self.p(hundredths, figures.milliseconds))], goal: nil))
            }
        }
        return rows
    }

    // MARK: Cost

    private var costRows: [BenchRow] {
        let count = clicks.pages.values.reduce(0) { $0 + $1.count } + clicks.searches.count
        return [
            BenchRow(
                "console-sign-in-alone", chinese: "登录（独自）", english: "signing in alone p50", against: "",
                unit: .milliseconds, [Self.p(50, clicks.signInAlone)], goal: nil),
            BenchRow(
                "console-sign-in-all", chinese: "全员同时登录", english: "everybody signs in at once: the last waits",
                against: "", unit: .milliseconds, [Self.p(100, clicks.signInWaited)], goal: nil),
            BenchRow(
                "console-cpu", chinese: "每次点击的处理器时间", english: "processor time a click, both ends", against: "",
                unit: .milliseconds, [clicks.processorSeconds * 1_000 / Double(max(1, count))], goal: nil),
        ]
    }

    private var notes: [String] {
        let count = clicks.pages.values.reduce(0) { $0 + $1.count }
        let rate = BenchStatistics.decimals(Double(count) / max(1, clicks.seconds), 1)
        let cores = BenchStatistics.decimals(clicks.processorSeconds / max(1, clicks.seconds), 2)
        var notes = [
            """
            \(settings.people) people clicked \(count.grouped) times in \(Int(clicks.seconds)) s (\(rate) a second) over HTTP \
            on loopback in this process, pausing \(Int(ConsoleBenchPeople.thinkSeconds)) s on average (exponential), each \
            through all pages of his role alike; beside them somebody searched all laws \(clicks.searches.count) times. Server \
            time is what the console tells in Server-Timing. Both ends together used \(cores) cores.
            """,
            """
            The bare SQL: the statements that a page's calls asked of SQLite, heard one page at a time, then asked again of \
            connections of their own, compiled before, every column of every row read; nobody else asks meanwhile. What a \
            page writes (a record that somebody looked) is in the page's time and not in the bare SQL's. Statements that \
            could not be asked so: \(bare.refused).
            """,
            """
            Signing in: \(clicks.signInRefusals) times somebody was sent away since too many hash at once, and came again \
            half a second later; one sign-in took \(Self.shown(Self.p(50, clicks.signIn))) ms on the server at p50 and \
            \(Self.shown(Self.p(95, clicks.signIn))) ms at p95 while all \(settings.people) came at once.
            """,
        ]
        for (path, shown) in pages where Self.p(95, shown.map(\.server)) > ConsoleBench.pageMillisecondsMax {
            guard let slowest = bare.pages[path]?.slowest, !slowest.isEmpty else { continue }
            notes.append("\(path) is over the goal; its longest statement begins: \(slowest.prefix(300))")
        }
        let unseen = survey.site.addresses.filter { $0.isPage && clicks.pages[$0.path] == nil }.map(\.path)
        if !unseen.isEmpty { notes.append("Pages that nobody found: \(unseen.joined(separator: ", "))") }
        let refused = clicks.pages.mapValues { $0.count { !$0.isShown } }.filter { $0.value > 0 }
        if !refused.isEmpty {
            let list = refused.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
            notes.append("Clicks that were answered with a problem, and are in no figure: \(list)")
        }
        return notes
    }
}
