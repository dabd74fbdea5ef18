import Divisions

/// A typhoon: whole cities are cut off at once, while the lines inside them stand.
struct Typhoon: Play {
    enum Cities: Hashable, Sendable {
        case named([DivisionCode])
        case drawn(Amount)
    }
    var cities: Cities
    var lasting: Amount

    func draw(_ span: ClosedRange<Instant>, using random: inout SeededGenerator, on stage: inout Stage) {
        let tree = stage.tree
        let codes: [DivisionCode]
        switch cities {
        case .named(let named): codes = named
        case .drawn(let count):
            let all = Self.cities(of: tree).shuffled(using: &random)
            codes = all.prefix(count.count(using: &random)).sorted()
        }
        let moment = span.lowerBound
        for code in codes {
            let name = "typhoon-\(stage.step)-\(code)"
            let group = tree.subtree(of: code).filter { tree.seat(at: $0) != nil }.map(\.text)
            stage.add(.cut(name: name, .around(group)), at: moment)
            stage.add(.mend(name: name), at: moment + lasting.milliseconds(using: &random))
        }
    }

    /// Those with a node at or below them, or there is nothing to cut.
    static func cities(of tree: DivisionTree) -> [DivisionCode] {
        tree.divisions.filter { $0.level == .city }.map(\.code).filter { city in
            tree.subtree(of: city).contains { tree.seat(at: $0) != nil }
        }
    }
}

/// Machines lose their lines one by one and get them back in another order: what FoundationDB calls swizzle-clogging.
struct Swizzle: Play {
    var machines: Amount
    var lasting: Amount

    func draw(_ span: ClosedRange<Instant>, using random: inout SeededGenerator, on stage: inout Stage) {
        let chosen = stage.tree.seats.map(\.division.text).shuffled(using: &random)
            .prefix(machines.count(using: &random))
        let half = lasting.milliseconds(using: &random) / 2
        let turn = span.lowerBound + half
        for machine in chosen {
            stage.add(
                .cut(name: "swizzle-\(stage.step)-\(machine)", .around([machine])),
                at: random.moment(in: span.lowerBound...turn))
        }
        for machine in chosen.shuffled(using: &random) {
            stage.add(
                .mend(name: "swizzle-\(stage.step)-\(machine)"), at: random.moment(in: turn...turn + half))
        }
    }
}

/// All machines get another release, one by one in a drawn order.
struct RollingUpgrade: Play {
    var release: Release
    var every: Amount

    func draw(_ span: ClosedRange<Instant>, using random: inout SeededGenerator, on stage: inout Stage) {
        var moment = span.lowerBound
        for machine in stage.tree.seats.map(\.division.text).shuffled(using: &random) {
            stage.add(.upgrade(machine: machine, release), at: moment)
            moment = moment + every.milliseconds(using: &random)
        }
    }
}
