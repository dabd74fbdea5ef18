import Divisions

/// Time from left to right, a lane for every machine or city: who could not reach whom, what befell whom, and what went
/// from where to where.
struct SpaceTimeDiagram {
    private let journal: Journal
    private let scale: TimeScale
    private let outages: Outages
    private let paths: EntryPaths
    private let plan: LanePlan
    private let drawing: LaneDrawing

    static let axisHeight = 26
    private static let ticksMax = 13

    init(_ journal: Journal, scale: TimeScale, outages: Outages, paths: EntryPaths) {
        (self.journal, self.scale, self.outages, self.paths) = (journal, scale, outages, paths)
        plan = LanePlan(journal)
        drawing = LaneDrawing(journal, scale: scale, outages: outages, plan: plan)
    }

    // MARK: the section

    var section: String {
        """
        <section class="wide" id="diagram">
        \(Markup.heading("时空图", "Who, when, and what reached whom"))
        <p class="note">\(note)</p>
        \(chooser)
        <div class="box" id="box" tabindex="0" role="group" aria-label="时空图 · space-time diagram">
        <div class="plan" id="plan">
        <div class="names" id="names">\(names)</div>
        <div class="plot" id="plot">\(axis)\(lanes)</div>
        </div></div>
        <ul class="legend">
        \(shadeLegend)
        \(Glyph.legend(journal.marks))
        </ul>
        \(writtenPaths)
        </section>
        """
    }

    private var note: String {
        plan.isAggregated
            ? Markup.both(
                "每条横道是一个市；点名称可展开到县、乡。橙色带：与省级失去联系的机器所占的份额；蓝色柱：写入的多少。",
                "One lane per city; open it by its name into counties and towns. Orange band: the share of its machines that "
                    + "could not reach the province. Blue bars: how much was written.")
            : Markup.both(
                "每条横道是一台机器，时间从左到右；斜线是线路上的消息；圆点是写下的记录，点它可看它走过的路。",
                "One lane per machine, time from left to right. Slanted lines are messages; dots are entries as they were "
                    + "written: choose one to see its way.")
    }

    /// For scripts only: hidden until one runs.
    private var chooser: String {
        """
        <div class="chooser" id="chooser" hidden="hidden">
        <div class="choices"><label>\(Markup.both("找记录", "Find an entry")) <input type="search" id="find"/></label>
        <label>\(Markup.both("次序", "Order")) <select id="order">
        <option value="time">按时间 · by time</option><option value="slow">最慢在先 · slowest first</option></select></label>
        <label>\(Markup.both("放大", "Zoom")) <select id="zoom"><option value="1">1 ×</option><option value="4">4 ×</option>\
        <option value="16">16 ×</option><option value="64">64 ×</option></select></label>
        <button type="button" id="clear">\(Markup.both("不选", "Choose none"))</button></div>
        <label class="list">\(Markup.both("选一条记录，看它走过的路", "Choose an entry to see its way"))
        <select id="entries" size="6"></select></label>
        <p class="way" id="way" role="status" aria-live="polite"></p>
        </div>
        """
    }

    private var fixedLanes: [(index: Int, lane: LanePlan.Lane)] {
        plan.lanes.enumerated().filter { $0.element.opener == nil }.map { ($0.offset, $0.element) }
    }

    private var worldHeight: Int { drawing.world == nil ? 0 : LaneDrawing.worldHeight }

    private var names: String {
        var text =
            "<div class=\"name corner\" style=\"height:\(Self.axisHeight)px\">\(Markup.both("机关", "Office"))</div>"
        if worldHeight > 0 {
            text += "<div class=\"name\" style=\"height:\(worldHeight)px\">\(Markup.both("全局", "everywhere"))</div>"
        }
        return text + "<div id=\"rows\">" + fixedLanes.map { name($0.lane, index: $0.index) }.joined(separator: "\n")
            + "</div>"
    }

    private func name(_ lane: LanePlan.Lane, index: Int) -> String {
        let office = journal.offices[lane.office]
        let label = Markup.escape(office.name)
        let level = "\(office.level.chineseName) · \(office.level.englishName)"
        let detail =
            lane.isGroup
            ? "\(plan.members[lane.office].count) 台"
            : office.machine == office.division.text ? "" : Markup.escape(office.machine)
        return """
            <div class="name" id="name-\(index)" style="height:\(lane.height)px;padding-left:\(4 + lane.depth * 12)px" \
            title="\(label) \(Markup.escape(office.machine)) · \(level)"><i class="level l\(office.level.rawValue)">\
            \(office.level.chineseName.prefix(1))</i><b>\(label)</b><small>\(detail)</small></div>
            """
    }

    private var axis: String {
        """
        <svg xmlns="http://www.w3.org/2000/svg" class="axis" width="100%" height="\(Self.axisHeight)" aria-hidden="true">\
        \(axes)</svg>
        """
    }

    /// One for each zoom; the page shows the one that fits.
    private var axes: String {
        [1, 4, 16, 64].map { zoom in
            "<g class=\"zoom\(zoom)\">\(scale.axis(Self.ticksMax * zoom, height: Self.axisHeight))</g>"
        }.joined()
    }

    private var lanes: String {
        var (y, drawn) = (0, "")
        var middles: [Int: Int] = [:]
        if let world = drawing.world {
            drawn += "<g class=\"lane\">\(world)</g>"
            y += LaneDrawing.worldHeight
        }
        for (index, lane) in fixedLanes {
            drawn +=
                "<g class=\"lane\" id=\"lane-\(index)\" transform=\"translate(0 \(y))\">\(drawing.markup(lane))</g>\n"
            middles[lane.office] = y + lane.height / 2
            y += lane.height
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" id="lanes" class="lanes" width="100%" height="\(y)" role="img" \
            aria-label="时空图 · space-time diagram">\(scale.grid(Self.ticksMax))
            \(messages(middles, height: y))
            \(drawn)<g id="path"></g></svg>
            """
    }

    /// All messages between machines with a lane of their own, as one path for each direction.
    private func messages(_ middles: [Int: Int], height: Int) -> String {
        var (up, down) = ("", "")
        for message in plan.isAggregated ? [] : journal.messages {
            guard let from = middles[message.from], let to = middles[message.to] else { continue }
            let line = "M\(scale.column(message.sent)),\(from)L\(scale.column(message.arrived)),\(to)"
            if to < from { up += line } else { down += line }
        }
        return """
            <svg id="messages" width="100%" height="\(height)" viewBox="0 0 1000 \(height)" preserveAspectRatio="none">\
            <path class="up" d="\(up)"/><path class="downward" d="\(down)"/></svg>
            """
    }

    private var shadeLegend: String {
        let shade = "<svg width=\"28\" height=\"16\" aria-hidden=\"true\">"
        var items = [
            "<li>\(shade)<rect class=\"cut\" width=\"28\" height=\"16\"/></svg>\(Markup.both("线路断开", "lines cut"))</li>",
            "<li>\(shade)<rect class=\"down\" width=\"28\" height=\"16\"/></svg>\(Markup.both("停机", "down"))</li>",
        ]
        if plan.isAggregated {
            items.append(
                "<li>\(shade)<rect class=\"away\" y=\"5\" width=\"28\" height=\"11\"/></svg>"
                    + "\(Markup.both("与省级失去联系", "cannot reach the province"))</li>")
            items.append(
                "<li>\(shade)<rect class=\"off\" y=\"5\" width=\"28\" height=\"11\"/></svg>"
                    + "\(Markup.both("其中停机", "of these, down"))</li>")
            items.append(
                "<li>\(shade)<path class=\"writes\" d=\"M2,16v-6h5v6zM10,16v-12h5v12zM18,16v-8h5v8z\"/></svg>"
                    + "\(Markup.both("写入", "written"))</li>")
        } else {
            items.append(
                "<li>\(shade)<path class=\"up\" d=\"M4,15L24,1\"/></svg>\(Markup.both("向上的消息", "message up"))</li>")
            items.append(
                "<li>\(shade)<path class=\"downward\" d=\"M4,1L24,15\"/></svg>\(Markup.both("向下的消息", "message down"))</li>"
            )
        }
        items.append(
            "<li>\(shade)<circle class=\"entry\" cx=\"14\" cy=\"8\" r=\"3.5\"/></svg>"
                + "\(Markup.both("写下的记录", "entry written"))</li>")
        items.append(
            "<li>\(shade)<path class=\"hop\" d=\"M3,14L25,2\"/></svg>"
                + "\(Markup.both("所选记录走过的路", "way of the chosen entry"))</li>")
        return items.joined(separator: "\n")
    }

    /// The ways that took longest, in words, for readers without scripts and on paper.
    private var writtenPaths: String {
        let slowest = journal.entries.indices.map { (length: paths.length(of: $0) ?? 0, index: $0) }
            .sorted { ($1.length, $0.index) < ($0.length, $1.index) }.prefix(Report.writtenPathsMax)
        guard !slowest.isEmpty else { return "" }
        let items = slowest.map { _, index in
            let sentence = paths.sentence(of: index)
            return """
                <li id="entry-\(index)"><b>\(Markup.escape(journal.entries[index].text))</b> \
                \(Markup.both(Markup.escape(sentence.chinese), Markup.escape(sentence.english)))</li>
                """
        }
        let all = slowest.count == journal.entries.count
        let title =
            all
            ? Markup.both("每条记录走过的路，最慢在先", "The way of every entry, slowest first")
            : Markup.both("最慢的 \(slowest.count) 条记录走过的路", "The ways of the \(slowest.count) slowest entries")
        return
            "<details class=\"ways\"><summary>\(title)</summary><ol>\n\(items.joined(separator: "\n"))\n</ol></details>"
    }
}

// MARK: what the script reads

extension SpaceTimeDiagram {
    /// JSON: the lanes that are not in the page yet as markup, the messages, and every entry with its stations and its
    /// sentence. Instants are milliseconds from the beginning.
    var data: String {
        var json = ScriptData()
        json.open("{")
        json.field("length", scale.length)
        json.field("margin", TimeScale.margin)
        json.field("start", worldHeight)
        json.field("aggregated", plan.isAggregated ? 1 : 0)
        json.field("clock", journal.begins.milliseconds)
        json.list("phrases", ScriptData.phrases)
        json.list("names", journal.offices.map(\.name))
        json.list("parents", journal.offices.map { $0.parent ?? -1 })
        json.key("lanes")
        json.open("[")
        for (index, lane) in plan.lanes.enumerated() { add(lane, index, to: &json) }
        json.close("]")
        json.list("messages", journal.messages.flatMap { [$0.from, $0.to, passed($0.sent), passed($0.arrived)] })
        json.key("entries")
        json.open("[")
        addEntries(to: &json)
        json.close("]")
        json.close("}")
        return json.text
    }

    private func passed(_ instant: Instant) -> Int { Int(instant.milliseconds) - Int(journal.begins.milliseconds) }

    /// `[office, is a group, height, opener, name, markup]`, the last two empty for lanes that are there already.
    private func add(_ lane: LanePlan.Lane, _ index: Int, to json: inout ScriptData) {
        json.open("[")
        for number in [lane.office, lane.isGroup ? 1 : 0, lane.height, lane.opener ?? -1] { json.value(number) }
        json.markup(lane.opener == nil ? "" : name(lane, index: index))
        json.markup(lane.opener == nil ? "" : drawing.markup(lane))
        json.close("]")
    }

    /// `[writer, written, text, Chinese, English, took, [office, arrived, …], [message, …]]`
    private func addEntries(to json: inout ScriptData) {
        var rest = max(0, Report.stationsMax - journal.entries.count * Report.stationsPerEntryMin)
        for (index, entry) in journal.entries.enumerated() {
            let stations = paths.arrivals(of: index)
            let carriers = paths.carriers[index]
            let wanted = max(0, stations.count + carriers.count - Report.stationsPerEntryMin)
            let allowed = Report.stationsPerEntryMin + min(rest, wanted)
            rest -= min(rest, wanted)
            let stationsKept = min(stations.count, max(allowed / 2, allowed - carriers.count))
            let sentence = paths.sentence(of: index)
            json.open("[")
            json.value(entry.writer)
            json.value(passed(entry.written))
            for text in [entry.text, sentence.chinese, sentence.english] { json.value(text) }
            json.value(Int(paths.length(of: index) ?? 0))
            json.numbers(stations.prefix(stationsKept).flatMap { [$0.office, passed($0.at)] })
            json.numbers(Array(carriers.prefix(allowed - stationsKept)))
            json.close("]")
        }
    }
}
