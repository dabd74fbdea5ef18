/// Who could not reach whom, and when: the journal's spans as the page asks about them.
struct Outages {
    struct Cut {
        let name: String
        let from: Instant
        let through: Instant
        /// Whether the lines were still cut at the end.
        let isOpen: Bool
        /// 1 for offices of the one group, 2 for those of the other, 0 for the rest.
        let sides: [UInt8]
        /// The group that was cut off, which is drawn, and the other.
        let behind: [Int]
        let rest: [Int]

        func separates(_ one: Int, _ other: Int) -> Bool {
            sides[one] != 0 && (sides[other] == 3 - sides[one] || rest.isEmpty && sides[other] == sides[one])
        }
    }

    struct Down {
        let office: Int
        let from: Instant
        let through: Instant
        let isOpen: Bool
    }

    /// Why something had to wait.
    enum Obstacle {
        case cut(Cut)
        case down(Down)
    }

    /// How a machine stood with the root of the tree.
    enum Standing: UInt8 { case reaches, separated, down }

    let cuts: [Cut]
    /// By office.
    let downs: [[Down]]
    private let parents: [Int?]

    init(_ journal: Journal) {
        var cuts: [Cut] = []
        var downs = [[Down]](repeating: [], count: journal.offices.count)
        let roots = Set(journal.offices.indices.filter { journal.offices[$0].parent == nil })
        for span in journal.spans {
            let through = span.through ?? journal.ends
            switch span.kind {
            case .down(let office):
                downs[office].append(
                    Down(office: office, from: span.from, through: through, isOpen: span.through == nil))
            case .cut(let one, let other):
                var sides = [UInt8](repeating: 0, count: journal.offices.count)
                for office in other { sides[office] = 2 }
                for office in one { sides[office] = 1 }
                let (behind, rest) = Self.behind(one, other, roots)
                cuts.append(
                    Cut(
                        name: span.name, from: span.from, through: through, isOpen: span.through == nil, sides: sides,
                        behind: behind.sorted(), rest: rest.sorted()))
            }
        }
        (self.cuts, self.downs) = (cuts, downs)
        parents = journal.offices.map(\.parent)
    }

    /// The side that lost the province, unless nearly everyone is on it; otherwise the smaller one.
    private static func behind(_ one: [Int], _ other: [Int], _ roots: Set<Int>) -> ([Int], [Int]) {
        if one.isEmpty || other.isEmpty { return one.isEmpty ? (other, one) : (one, other) }
        let (isUpper, otherIsUpper) = (one.contains { roots.contains($0) }, other.contains { roots.contains($0) })
        if isUpper, !otherIsUpper, other.count <= 4 * one.count { return (other, one) }
        if otherIsUpper, !isUpper, one.count <= 4 * other.count { return (one, other) }
        return one.count <= other.count ? (one, other) : (other, one)
    }

    /// What stood longest between two machines while something waited for at least a second; `nil` if nothing did for a
    /// third of the time. A machine that lost its parent and went on to a grandparent waited for its parent too.
    func obstacle(between one: Int, and other: Int, from: Instant, through: Instant) -> Obstacle? {
        let waited = through.milliseconds - min(from.milliseconds, through.milliseconds)
        guard waited >= 1_000 else { return nil }
        var best: (overlap: UInt64, obstacle: Obstacle)?
        func consider(_ start: Instant, _ end: Instant, _ obstacle: Obstacle) {
            let (late, early) = (max(start, from), min(end, through))
            guard early > late, early.milliseconds - late.milliseconds > best?.overlap ?? waited / 3 else { return }
            best = (early.milliseconds - late.milliseconds, obstacle)
        }
        let lower = isAbove(one, other) ? other : one
        for cut in cuts where cut.separates(one, other) || parents[lower].map({ cut.separates(lower, $0) }) == true {
            consider(cut.from, cut.through, .cut(cut))
        }
        for down in downs[one] + downs[other] { consider(down.from, down.through, .down(down)) }
        return best?.obstacle
    }

    private func isAbove(_ upper: Int, _ lower: Int) -> Bool {
        var above = parents[lower]
        while let office = above, office != upper { above = parents[office] }
        return above != nil
    }

    /// How every machine stood, from each moment of the result until the next one; changes within one column of a
    /// thousand count together.
    func standings(_ scale: TimeScale) -> [(from: Instant, offices: [Standing])] {
        var moments = Set([scale.from])
        let column = max(1, scale.length / 1_000)
        func add(_ instant: Instant) {
            let passed = instant.milliseconds - min(instant.milliseconds, scale.from.milliseconds)
            moments.insert(scale.from + min(passed, scale.length) / column * column)
        }
        for cut in cuts {
            add(cut.from)
            add(cut.through + (column - 1))
        }
        for down in downs.joined() {
            add(down.from)
            add(down.through + (column - 1))
        }
        return moments.sorted().map { ($0, standings(during: $0, $0 + (column - 1))) }
    }

    private func standings(during from: Instant, _ through: Instant) -> [Standing] {
        let active = cuts.filter { $0.from <= through && from < $0.through }
        var result: [Standing] = []
        for office in parents.indices {
            if downs[office].contains(where: { $0.from <= through && from < $0.through }) {
                result.append(.down)
                continue
            }
            var (above, standing) = (parents[office], Standing.separated)
            if above == nil { standing = .reaches }
            while let upper = above, standing == .separated {
                let isFree = upper < office && result[upper] == .reaches
                if isFree && !active.contains(where: { $0.separates(office, upper) }) { standing = .reaches }
                above = parents[upper]
            }
            result.append(standing)
        }
        return result
    }
}
