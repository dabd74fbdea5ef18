/// How each kind of mark is drawn and called.
struct Glyph {
    let kind: Journal.Mark.Kind
    let chinese: String
    let english: String

    init(_ kind: Journal.Mark.Kind) {
        self.kind = kind
        (chinese, english) = Self.names(kind)
    }

    var id: String { "glyph-\(kind.rawValue)" }

    var name: String { "\(chinese) · \(english)" }

    private static func names(_ kind: Journal.Mark.Kind) -> (String, String) {
        switch kind {
        case .cut: ("断线", "lines cut")
        case .mend: ("线路恢复", "lines mended")
        case .crash: ("断电崩溃", "crash")
        case .start: ("启动", "start")
        case .backup: ("备份", "backup taken")
        case .restore: ("恢复旧备份", "restored from a backup")
        case .clone: ("机器被克隆", "machine cloned")
        case .disk: ("磁盘满或空出", "disk full or freed")
        case .clock: ("时钟跳变", "clock jump")
        case .upgrade: ("换版本", "other release")
        case .lie: ("节点说谎", "node lies")
        case .reset: ("连接中断", "connections break")
        case .silence: ("连接半死", "connections go silent")
        case .shape: ("线路变慢或变快", "lines get slower or faster")
        case .failed: ("预期落空", "expectation failed")
        case .turned: ("改接上级", "turned to another parent")
        case .alarm: ("警报", "alarm")
        case .refused: ("拒收", "refused")
        case .forked: ("分叉得证", "fork proven")
        }
    }

    /// Strokes and fills around (0, 0), seven units to each side.
    private var drawing: String {
        switch kind {
        case .cut: "<path d=\"M-7,0H-3M3,0H7M-2,5L2,-5\"/>"
        case .mend: "<path d=\"M-7,0H7\"/><circle r=\"2.6\" class=\"solid\"/>"
        case .crash: "<path d=\"M-5,-5L5,5M5,-5L-5,5\" class=\"thick\"/>"
        case .start: "<path d=\"M-4,-5.5L6,0L-4,5.5Z\" class=\"solid\"/>"
        case .backup: "<path d=\"M0,-6V2M-3.5,-1.5L0,2L3.5,-1.5M-6,3V6H6V3\"/>"
        case .restore: "<path d=\"M-5.2,-1A5.3,5.3 0 1 1 -3.4,4M-5.2,-6V-1H-0.4\"/>"
        case .clone: "<path d=\"M-6,-6H2V2H-6Z\"/><path d=\"M-2,-2H6V6H-2Z\" class=\"solid\"/>"
        case .disk: "<path d=\"M-5,-4V4A5,2 0 0 0 5,4V-4\"/><ellipse cy=\"-4\" rx=\"5\" ry=\"2\" class=\"solid\"/>"
        case .clock: "<circle r=\"6\"/><path d=\"M0,-4V0L3,2\"/>"
        case .upgrade: "<path d=\"M-5,0L0,-5L5,0M-5,5L0,0L5,5\"/>"
        case .lie: "<path d=\"M-6.5,-5.5H6.5V3H0L-3.5,6.5V3H-6.5Z\"/><path d=\"M-2,-3.2L2,0.8M2,-3.2L-2,0.8\"/>"
        case .reset: "<path d=\"M-7,0L-3.5,-4L0,4L3.5,-4L7,0\"/>"
        case .silence:
            "<circle cx=\"-5\" r=\"1.4\" class=\"solid\"/><circle r=\"1.4\" class=\"solid\"/>"
                + "<circle cx=\"5\" r=\"1.4\" class=\"solid\"/><path d=\"M-6,5.5H6\"/>"
        case .shape: "<path d=\"M-7,-2Q-3.5,-6 0,-2T7,-2M-7,3Q-3.5,-1 0,3T7,3\"/>"
        case .failed:
            "<rect x=\"-6.5\" y=\"-6.5\" width=\"13\" height=\"13\" class=\"solid\"/>"
                + "<path d=\"M-3,-3L3,3M3,-3L-3,3\" class=\"inner\"/>"
        case .turned: "<path d=\"M-5,6V0A3,3 0 0 1 -2,-3H5M2,-6L5.5,-3L2,0\"/>"
        case .alarm: "<path d=\"M0,-6.5L7,5.5H-7Z\" class=\"solid\"/><path d=\"M0,-2V1.5M0,3.4V3.9\" class=\"inner\"/>"
        case .refused: "<circle r=\"6.3\" class=\"solid\"/><path d=\"M-3.5,0H3.5\" class=\"inner\"/>"
        case .forked: "<path d=\"M0,6.5V1L-5,-5.5M0,1L5,-5.5\" class=\"thick\"/>"
        }
    }

    /// How much a reader needs to see it, where there is room for one only.
    var gravity: Int { ["calm", "good", "line", "blow", "grave"].firstIndex(of: family) ?? 0 }

    /// Colours say only of what family a mark is; the shape says which it is.
    private var family: String {
        switch kind {
        case .backup, .upgrade, .turned: "calm"
        case .start, .mend: "good"
        case .cut, .shape, .reset, .silence, .clock, .disk: "line"
        case .crash, .restore, .clone: "blow"
        case .lie, .failed, .alarm, .refused, .forked: "grave"
        }
    }

    /// One invisible drawing that holds all shapes, and the hatching of machines that are down.
    static var definitions: String {
        let shapes = Journal.Mark.Kind.allCases.map { kind in
            let glyph = Glyph(kind)
            return
                "<g id=\"\(glyph.id)\" class=\"glyph \(glyph.family)\"><circle r=\"8.5\" class=\"paper\"/>\(glyph.drawing)</g>"
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" width="0" height="0" class="definitions" aria-hidden="true"><defs>
            <pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">\
            <rect width="6" height="6" class="hatch-paper"/><rect width="2.2" height="6" class="hatch-ink"/></pattern>
            <marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">\
            <path d="M0,0.5L8,4L0,7.5Z" class="head"/></marker>
            \(shapes.joined(separator: "\n"))
            </defs></svg>
            """
    }

    /// The kinds that occur, each with its shape, its name and how often it occurs.
    static func legend(_ marks: [Journal.Mark]) -> String {
        var counts: [Journal.Mark.Kind: Int] = [:]
        for mark in marks { counts[mark.kind, default: 0] += 1 }
        return Journal.Mark.Kind.allCases.compactMap { kind in
            guard let count = counts[kind] else { return nil }
            let glyph = Glyph(kind)
            return """
                <li><svg width="20" height="20" aria-hidden="true"><use href="#\(glyph.id)" x="10" y="10"/></svg>\
                \(Markup.both(glyph.chinese, glyph.english)) <b>\(Markup.count(count))</b></li>
                """
        }.joined(separator: "\n")
    }
}
