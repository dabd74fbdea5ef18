package import Ledger

/// How far a machine has come with its numbers, kept outside the store and its backups: what a restored store has
/// forgotten, the witness still knows.
package struct NumberWitness: Hashable, Sendable {
    /// Bytes of the file: some ten thousand blocks.
    package static let bytesMax = 4 << 20
    private static let heading = "tributary number witness 1"

    /// How far one block has come.
    package struct Mark: Hashable, Sendable {
        /// The highest number handed out.
        package var ordinal: Int
        /// The case it was handed to.
        package var holder: RecordID

        package init(ordinal: Int, holder: RecordID) { (self.ordinal, self.holder) = (ordinal, holder) }
    }

    /// 32 hexadecimal digits, drawn when the file was made.
    package let machine: String
    /// Blocks that are leased to this machine.
    package var marks: [RecordID: Mark] = [:]
    /// The last number that this machine leased to another, by series.
    package var leased: [NumberSeries: Int] = [:]

    /// - Parameter chance: sixteen bytes that nobody else draws.
    package init(chance: (UInt64, UInt64)) { machine = RecordKey(chance.0, chance.1).description }

    /// Lines of text, ascending, the last of them a digest of the others.
    package var text: String {
        var lines = [Self.heading, "machine \(machine)"]
        lines += marks.sorted { $0.key < $1.key }.map { "mark \($0) \($1.ordinal) \($1.holder)" }
        lines += leased.sorted { $0.key < $1.key }.map { "leased \($0.year) \($0.body) \($0.word) \($1)" }
        let body = lines.joined(separator: "\n") + "\n"
        return body + "sum \(Self.sum(body))\n"
    }

    /// Nil for everything that `text` did not write: a witness that is half right is none.
    package init?(_ text: String) {
        guard text.utf8.count <= Self.bytesMax else { return nil }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.count >= 4, lines.removeLast().isEmpty, let sum = lines.popLast() else { return nil }
        let body = lines.joined(separator: "\n") + "\n"
        guard sum == "sum \(Self.sum(body))", lines.removeFirst() == Self.heading else { return nil }
        let machine = lines.removeFirst().split(separator: " ")
        guard machine.count == 2, machine[0] == "machine", RecordKey(hexadecimal: machine[1]) != nil else { return nil }
        self.machine = String(machine[1])
        for line in lines {
            let parts = line.split(separator: " ", omittingEmptySubsequences: false)
            if parts.count == 4, parts[0] == "mark", let block = RecordID(parts[1]), let ordinal = Int(parts[2]),
                let holder = RecordID(parts[3])
            {
                marks[block] = Mark(ordinal: ordinal, holder: holder)
            } else if parts.count == 5, parts[0] == "leased", let year = Int(parts[1]), let last = Int(parts[4]) {
                leased[NumberSeries(body: String(parts[2]), word: String(parts[3]), year: year)] = last
            } else {
                return nil
            }
        }
    }

    /// Against torn and edited files, not against forgers: whoever can write the file can write the sum.
    private static func sum(_ body: String) -> String {
        RecordKey(naturalKey: body, kind: "witness").description
    }
}
