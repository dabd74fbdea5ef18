import Divisions

/// What stands in one lane: shades where lines were cut, hatching where a machine was down, and the marks and entries of
/// the machines it stands for.
struct LaneDrawing {
    private let journal: Journal
    private let scale: TimeScale
    private let outages: Outages
    private let plan: LanePlan
    private let standings: [(from: Instant, offices: [Outages.Standing])]
    /// By office: indices of marks and of entries.
    private var marks: [[Int]]
    private var entries: [[Int]]
    private let worldMarks: [Int]

    static let worldHeight = 30

    init(_ journal: Journal, scale: TimeScale, outages: Outages, plan: LanePlan) {
        (self.journal, self.scale, self.outages, self.plan) = (journal, scale, outages, plan)
        standings = plan.isAggregated ? outages.standings(scale) : []
        marks = [[Int]](repeating: [], count: journal.offices.count)
        entries = marks
        for (index, mark) in journal.marks.enumerated() {
            for office in Set(mark.offices) { marks[office].append(index) }
        }
        for (index, entry) in journal.entries.enumerated() { entries[entry.writer].append(index) }
        worldMarks = journal.marks.indices.filter { journal.marks[$0].offices.isEmpty }
    }

    /// What happened to the whole world; `nil` if nothing did.
    var world: String? {
        guard !worldMarks.isEmpty else { return nil }
        return rule(Self.worldHeight) + glyphs(worldMarks, y: Self.worldHeight / 2)
    }

    func markup(_ lane: LanePlan.Lane) -> String {
        lane.isGroup ? group(lane) : machine(lane)
    }

    private func rule(_ height: Int) -> String {
        "<line class=\"rule\" x1=\"0\" x2=\"100%\" y1=\"\(height)\" y2=\"\(height)\"/>"
    }

    // MARK: one machine

    private func machine(_ lane: LanePlan.Lane) -> String {
        let (office, middle) = (lane.office, lane.height / 2)
        var text = rule(lane.height) + shades(lane, of: [office])
        let downs = outages.downs[office]
        if downs.count > shadesMax {
            text += runs(downs.map { ($0.from, $0.through) }, "down", "停机 · down", inset: 3, height: lane.height)
        } else {
            for down in downs {
                text += """
                    <rect class="down" x="\(scale.x(down.from))" width="\(scale.width(down.from, down.through))" y="3" \
                    height="\(lane.height - 6)"><title>停机 · down \(lasting(down.from, down.through, down.isOpen))\
                    </title></rect>
                    """
            }
        }
        text += "<line class=\"life\" x1=\"0\" x2=\"100%\" y1=\"\(middle)\" y2=\"\(middle)\"/>"
        text += dots(office, y: middle)
        let own = marks[office]
        return text + (plan.isAggregated && own.count > 12 ? gravest(own, y: middle) : glyphs(own, y: middle))
    }

    private func lasting(_ from: Instant, _ through: Instant, _ isOpen: Bool) -> String {
        let end = isOpen ? "…" : "\(through)"
        return
            "\(from) – \(end), \(Markup.duration(through.milliseconds - min(from.milliseconds, through.milliseconds)))"
    }

    /// More cuts or falls than this in one lane are drawn as times in which there was one.
    private var shadesMax: Int { plan.isAggregated ? 12 : 40 }

    /// Cuts are drawn where the group stands that was cut off.
    private func shades(_ lane: LanePlan.Lane, of offices: [Int]) -> String {
        let cuts = outages.cuts.compactMap { cut -> (cut: Outages.Cut, inside: Int)? in
            let side = cut.behind.first.map { cut.sides[$0] } ?? 0
            let inside = offices.count { cut.sides[$0] == side }
            return side != 0 && inside > 0 ? (cut, inside) : nil
        }
        if cuts.count > shadesMax {
            return runs(cuts.map { ($0.cut.from, $0.cut.through) }, "cut", "断线 · cut", inset: 1, height: lane.height)
        }
        var text = ""
        var labelled = -1.0
        for (cut, inside) in cuts {
            let other = Markup.some(
                cut.rest.map { journal.offices[$0].name }, of: 3, more: { " + \($0)" }, joint: "、")
            let title = """
                断线 · cut \(Markup.escape(cut.name)): \(lasting(cut.from, cut.through, cut.isOpen)); \
                \(inside) ⟷ \(Markup.escape(other))
                """
            text += """
                <rect class="\(inside == offices.count ? "cut" : "cut some")" x="\(scale.x(cut.from))" \
                width="\(scale.width(cut.from, cut.through))" y="1" height="\(lane.height - 1)"><title>\(title)</title></rect>
                """
            text += label(cut, lane, after: &labelled)
        }
        return text
    }

    /// The name of a cut, in the highest of its lanes, where no other stands.
    private func label(_ cut: Outages.Cut, _ lane: LanePlan.Lane, after last: inout Double) -> String {
        let (from, through) = (scale.percent(cut.from), scale.percent(cut.through))
        let parent = journal.offices[lane.office].parent
        let isTop = parent.map { cut.sides[$0] != cut.sides[lane.office] } ?? true
        let isToldAbove = !lane.isGroup && lane.opener != nil && plan.members[lane.office].count > 1
        guard isTop, !isToldAbove, from > last, through - from > 4, !cut.name.isEmpty else { return "" }
        last = from + 2 + Double(cut.name.unicodeScalars.reduce(0) { $0 + ($1.isASCII ? 6 : 11) }) / 10
        return """
            <text class="label" x="\(scale.x(cut.from))" dx="13" y="\(lane.isGroup ? 32 : 10)">\(Markup.escape(cut.name))</text>
            """
    }

    /// Many spans as the times in which there was one, to a hundredth or, where lanes are many, to a twenty-fifth.
    private func runs(
        _ spans: [(Instant, Instant)], _ style: String, _ name: String, inset: Int, height: Int
    ) -> String {
        let columns = plan.isAggregated ? 25 : 100
        var isCovered = [Bool](repeating: false, count: columns + 1)
        for (from, through) in spans {
            let first = Int(scale.percent(from) / 100 * Double(columns))
            let last = Int(scale.percent(through) / 100 * Double(columns))
            for column in first...max(first, last) { isCovered[column] = true }
        }
        let width = 100 / columns
        var text = ""
        var column = 0
        while column < columns {
            let start = column
            while column < columns, isCovered[column] { column += 1 }
            if column > start {
                text += """
                    <rect class="\(style)" x="\(start * width)%" width="\((column - start) * width)%" y="\(inset)" \
                    height="\(height - 2 * inset)"><title>\(name) × \(spans.count)</title></rect>
                    """
            } else {
                column += 1
            }
        }
        return text
    }

    /// A drawing that stretches with the width of the page, 1,000 wide.
    private func stretched(_ content: String, height: Int) -> String {
        """
        <svg width="100%" height="\(height)" viewBox="0 0 1000 \(height)" preserveAspectRatio="none">\(content)</svg>
        """
    }

    /// Entries, as links to themselves; of those that would lie on each other the first stands for all.
    private func dots(_ office: Int, y: Int) -> String {
        var columns: [Int: (first: Int, count: Int)] = [:]
        for index in entries[office] {
            let column = Int(scale.percent(journal.entries[index].written) * 4)
            columns[column, default: (index, 0)].count += 1
        }
        return columns.sorted { $0.key < $1.key }.map { _, dot in
            let entry = journal.entries[dot.first]
            let more = dot.count > 1 ? " (+ \(dot.count - 1))" : ""
            return """
                <a href="#entry-\(dot.first)" tabindex="-1"><circle class="entry" cx="\(scale.x(entry.written))" cy="\(y)" \
                r="\(dot.count > 1 ? 4.5 : 3.5)"><title>\(entry.written) \(Markup.escape(entry.text))\(more)</title></circle></a>
                """
        }.joined()
    }

    /// Marks of one kind that would lie on each other are drawn once; kinds that would are drawn beside each other.
    private func glyphs(_ indices: [Int], y: Int) -> String {
        var columns: [Int: [(kind: Journal.Mark.Kind, marks: [Int])]] = [:]
        for index in indices {
            let mark = journal.marks[index]
            let column = Int(scale.percent(mark.at) / 1.2)
            if let place = columns[column]?.firstIndex(where: { $0.kind == mark.kind }) {
                columns[column]?[place].marks.append(index)
            } else {
                columns[column, default: []].append((mark.kind, [index]))
            }
        }
        var text = ""
        for (_, kinds) in columns.sorted(by: { $0.key < $1.key }) {
            for (place, drawn) in kinds.enumerated() {
                guard let first = drawn.marks.first else { continue }
                let glyph = Glyph(drawn.kind)
                let shift = place == 0 ? "" : " transform=\"translate(\(place * 15) 0)\""
                let x = scale.x(journal.marks[first].at)
                let count =
                    drawn.marks.count > 1
                    ? "<text class=\"times\" x=\"\(x)\" dx=\"6\" y=\"\(y - 3)\">\(drawn.marks.count)</text>" : ""
                text += """
                    <g\(shift)><use href="#\(glyph.id)" x="\(x)" y="\(y)"/>\(count)<title>\(title(glyph, drawn.marks))</title></g>
                    """
            }
        }
        return text
    }

    private func title(_ glyph: Glyph, _ marks: [Int]) -> String {
        let lines = marks.prefix(3).map { index in
            let mark = journal.marks[index]
            let others = mark.offices.count > 1 ? " (\(Markup.count(mark.offices.count)) 台)" : ""
            return "\(mark.at) \(mark.text)\(others)"
        }
        let more = marks.count > 3 ? ["… + \(marks.count - 3)"] : []
        return ([glyph.name] + lines.map(Markup.escape) + more).joined(separator: "\n")
    }

    // MARK: a city or a county as one lane

    /// A band for the machines that could not reach the province, a darker one for those that were down, and above them how
    /// much was written.
    private func group(_ lane: LanePlan.Lane) -> String {
        let members = plan.members[lane.office]
        let bands = bands(members, height: lane.height) + writes(members, height: lane.height)
        let indices = Set(members.flatMap { marks[$0] })
        return rule(lane.height) + stretched(bands, height: lane.height) + shades(lane, of: members)
            + gravest(indices.sorted(), y: 12)
    }

    /// Of everything that happened within two hundredths of the time the gravest kind, with how much it was.
    private func gravest(_ indices: [Int], y: Int) -> String {
        var columns: [Int: [Int]] = [:]
        for index in indices { columns[Int(scale.percent(journal.marks[index].at) / 2), default: []].append(index) }
        return columns.sorted { $0.key < $1.key }.compactMap { column, marks in
            let glyphs = marks.map { Glyph(journal.marks[$0].kind) }
            guard let gravest = glyphs.max(by: { ($0.gravity, $1.id) < ($1.gravity, $0.id) }) else { return nil }
            var counts: [Journal.Mark.Kind: Int] = [:]
            for glyph in glyphs { counts[glyph.kind, default: 0] += 1 }
            let lines = Journal.Mark.Kind.allCases.compactMap { kind in
                counts[kind].map { "\(Glyph(kind).name) × \($0)" }
            }
            let x = "\(Markup.decimal(Double(column) * 2 + 1))%"
            let count =
                marks.count > 1 ? "<text class=\"times\" x=\"\(x)\" dx=\"6\" y=\"\(y - 2)\">\(marks.count)</text>" : ""
            let first = marks.first.map { "\(journal.marks[$0].at)" } ?? ""
            return """
                <g><use href="#\(gravest.id)" x="\(x)" y="\(y)"/>\(count)<title>\(first) …
                \(lines.joined(separator: "\n"))</title></g>
                """
        }.joined()
    }

    private func bands(_ members: [Int], height: Int) -> String {
        let room = Double(height - 6)
        func y(_ count: Int) -> String { Markup.decimal(Double(height) - room * Double(count) / Double(members.count)) }
        var (away, down) = ("", "")
        var (most, mostDown) = (0, 0)
        for (index, standing) in standings.enumerated() {
            let states = members.map { standing.offices[$0] }
            let downCount = states.count { $0 == .down }
            let awayCount = states.count { $0 != .reaches }
            (most, mostDown) = (max(most, awayCount), max(mostDown, downCount))
            guard awayCount > 0 else { continue }
            let from = scale.column(standing.from)
            let through = index + 1 < standings.count ? scale.column(standings[index + 1].from) : "994"
            away += "M\(from),\(height)V\(y(awayCount))H\(through)V\(height)Z"
            if downCount > 0 { down += "M\(from),\(height)V\(y(downCount))H\(through)V\(height)Z" }
        }
        guard !away.isEmpty else { return "" }
        let title = """
            最多 \(most) / \(members.count) 台与省级失去联系，其中停机 \(mostDown) 台 · \
            at most \(most) of \(members.count) machines could not reach the province, \(mostDown) of them down
            """
        return "<g><path class=\"away\" d=\"\(away)\"/><path class=\"off\" d=\"\(down)\"/><title>\(title)</title></g>"
    }

    private static let writeColumns = 200

    private func writes(_ members: [Int], height: Int) -> String {
        var counts = [Int](repeating: 0, count: Self.writeColumns + 1)
        for entry in members.flatMap({ entries[$0] }) {
            counts[Int(scale.percent(journal.entries[entry].written) / 100 * Double(Self.writeColumns))] += 1
        }
        let most = max(4, counts.max() ?? 0)
        let width = 1_000 / Self.writeColumns
        var path = ""
        for (column, count) in counts.enumerated() where count > 0 {
            let high = Markup.decimal(max(1, Double(height - 22) * Double(count) / Double(most)), places: 1)
            path += "M\(column * width),\(height)v-\(high)h\(width - 1)v\(high)z"
        }
        return path.isEmpty ? "" : "<path class=\"writes\" d=\"\(path)\"/>"
    }
}
