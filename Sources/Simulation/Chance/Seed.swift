/// What a random test starts from: its name in a failure is all that is needed to run it again.
package struct Seed: Hashable, Sendable, CustomStringConvertible {
    package let number: UInt64

    package init(_ number: UInt64) { self.number = number }

    /// The seeds 1 to `count`.
    package static func some(_ count: Int) -> [Seed] { (0..<UInt64(count)).map { Seed($0 + 1) } }

    package var description: String { "seed \(number)" }

    package var generator: SeededGenerator { SeededGenerator(state: number &* 0x9e37_79b9_7f4a_7c15) }
}

/// SplitMix64 (Steele, Lea and Flood, 2014): small, fast, and the same numbers on every machine.
package struct SeededGenerator: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(state: UInt64) { self.state = state }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }

    /// True `percent` times in a hundred.
    package mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }

    /// True so many times in ten thousand; draws nothing where the answer is certain.
    package mutating func chanceInTenThousand(_ times: Int) -> Bool {
        times > 0 && Int.random(in: 0..<10_000, using: &self) < times
    }

    package mutating func pick<Element>(_ choices: [Element]) -> Element {
        precondition(!choices.isEmpty, "nothing to pick from")
        return choices[Int.random(in: 0..<choices.count, using: &self)]
    }

    package mutating func bytes(_ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &self) }
    }
}
