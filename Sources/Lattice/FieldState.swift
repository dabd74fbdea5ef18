package import Divisions
package import Ledger

/// A field of a record. Two types under one name are two fields, so that writers who disagree about a type, an older
/// and a newer release for instance, never fold one another's edits.
package struct FieldKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let name: String
    package let type: FieldType

    package init(name: String, type: FieldType) { (self.name, self.type) = (name, type) }

    package static func < (left: FieldKey, right: FieldKey) -> Bool {
        (left.name, left.type) < (right.name, right.type)
    }

    package var description: String { "\(name) (\(type))" }
}

/// A written value that nothing has replaced, with what its entry says of it.
package struct LiveValue: Hashable, Sendable {
    package let dot: Dot
    /// Eight bytes of its entry's hash, which a citation must carry to mean this dot.
    package let check: UInt64
    package let value: Write.Held
    /// Milliseconds since 1970 by the writer's clock: it breaks ties, never decides what happened first.
    package let stamp: UInt64
    /// The level of the division acted for.
    package let level: Level
    /// What an element of a log follows; empty in every other field.
    package let after: [Citation]

    package init(
        dot: Dot, check: UInt64, value: Write.Held, stamp: UInt64, level: Level, after: [Citation] = []
    ) {
        (self.dot, self.check, self.value) = (dot, check, value)
        (self.stamp, self.level, self.after) = (stamp, level, after)
    }

    /// How an edit cites it.
    package var citation: Citation { Citation(dot: dot, check: check) }
}

/// What is known of one field: what was written and not replaced, and what was replaced and not yet written.
///
/// Both are functions of the set of edits, never of the order they came in.
package struct FieldState: Hashable, Sendable {
    package let key: FieldKey
    /// Written and not replaced, in ascending order of dots.
    package private(set) var live: [LiveValue] = []
    /// Replaced and not yet here, in ascending order.
    package private(set) var owed: [Citation] = []

    package init(key: FieldKey) { self.key = key }

    /// Both lists as they were read from the store; the caller has checked that they ascend.
    init(key: FieldKey, live: [LiveValue], owed: [Citation]) { (self.key, self.live, self.owed) = (key, live, owed) }

    var isEmpty: Bool { live.isEmpty && owed.isEmpty }

    /// What an editor of this field gives back as `replaces`.
    package var seen: [Citation] { live.map(\.citation) }

    /// Takes the cited value away if it is live.
    ///
    /// - Returns: whether the dot is live, or was until now: if not, the citation may be of something still to come.
    mutating func remove(_ citation: Citation) -> Bool {
        let place = live.firstPlace { $0.dot >= citation.dot }
        guard place < live.count, live[place].dot == citation.dot else { return false }
        if live[place].check == citation.check { live.remove(at: place) }
        return true
    }

    mutating func owe(_ citation: Citation) { owed.insertSorted(citation) }

    /// Strikes what was owed of a dot that is here now.
    ///
    /// - Returns: whether it was replaced before it came.
    mutating func settle(_ citation: Citation) -> Bool { owed.settle(citation) }

    mutating func insert(_ value: LiveValue) {
        if let last = live.last, last.dot > value.dot {
            live.insert(value, at: live.firstPlace { $0.dot > value.dot })
        } else {
            live.append(value)
        }
    }

    mutating func forgetOwed(where isJunk: (Citation) -> Bool) { owed.removeAll(where: isJunk) }
}

extension Array {
    /// The first place from which on `isPast` holds, in an array that its answer splits in two.
    func firstPlace(where isPast: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if isPast(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

extension Array<Citation> {
    /// Keeps the array ascending and without repetition.
    mutating func insertSorted(_ citation: Citation) {
        let place = firstPlace { $0 >= citation }
        if place == count || self[place] != citation { insert(citation, at: place) }
    }

    /// Removes every citation of the cited dot, true or forged, and tells whether the true one was among them.
    mutating func settle(_ citation: Citation) -> Bool {
        guard !isEmpty else { return false }
        let start = firstPlace { $0.dot >= citation.dot }
        var end = start
        var isOwed = false
        while end < count, self[end].dot == citation.dot {
            if self[end].check == citation.check { isOwed = true }
            end += 1
        }
        removeSubrange(start..<end)
        return isOwed
    }
}
