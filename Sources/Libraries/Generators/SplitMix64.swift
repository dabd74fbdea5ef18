/// A small generator of pseudo-random numbers that is the same on every machine and in every release: SplitMix64
/// (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014).
package struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    /// A generator of its own for each purpose and number, so that any row can be made without those before it.
    package init(seed: UInt64, purpose: UInt64, index: Int) {
        var mixer = SplitMix64(seed: seed ^ purpose &* 0xd6e8_feb8_6659_fd93)
        self.init(seed: mixer.next() &+ UInt64(bitPattern: Int64(index)) &* 0x9e37_79b9_7f4a_7c15)
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var value = state
        value = (value ^ value >> 30) &* 0xbf58_476d_1ce4_e5b9
        value = (value ^ value >> 27) &* 0x94d0_49bb_1331_11eb
        return value ^ value >> 31
    }

    /// A number from 0 to `bound` - 1. Written out because the standard library may change how it draws.
    package mutating func below(_ bound: Int) -> Int {
        precondition(bound > 0, "there is no number below \(bound) to draw")
        return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

    /// True so many times in a hundred.
    mutating func chance(percent: Int) -> Bool { below(100) < percent }

    mutating func day(from first: LegalDate, days: Int) -> LegalDate { first.adding(days: below(days)) ?? first }
}
