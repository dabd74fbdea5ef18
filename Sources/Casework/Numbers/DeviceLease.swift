package import Lattice
package import Ledger

/// Numbers out of a machine's block that an officer's device may put on documents without a line.
package struct DeviceLease: Hashable, Sendable {
    /// Numbers in one lease at most: what an officer writes on a day in the field.
    package static let countMax = 20

    package var record: RecordID
    package var device: String
    /// The certificate of the officer they were leased to.
    package var officer: String
    package var block: RecordID
    package var series: NumberSeries
    package var sign: String
    package var first: Int
    package var last: Int
    /// `YYYY-MM-DDTHH:MM`.
    package var leasedAt: String
    /// Nothing of it may be used any more from then on.
    package var returnedAt: String?

    package init(
        record: RecordID, device: String, officer: String, block: RecordID, series: NumberSeries, sign: String,
        numbers: ClosedRange<Int>, leasedAt: String
    ) {
        (self.record, self.device, self.officer, self.block) = (record, device, officer, block)
        (self.series, self.sign, self.leasedAt) = (series, sign, leasedAt)
        (first, last) = (numbers.lowerBound, numbers.upperBound)
    }

    package static func naturalKey(_ series: NumberSeries, first: Int) -> String { "\(series) \(first)" }

    package func contains(_ ordinal: Int) -> Bool { first <= ordinal && ordinal <= last }

    package func number(_ ordinal: Int) -> IssuedNumber? {
        IssuedNumber(sign: sign, word: series.word, year: series.year, ordinal: ordinal)
    }

    /// The fields of its record.
    package var values: [(field: String, value: Value)] {
        let values: [(field: String, value: Value)] = [
            ("device", .text(device)), ("officer", .text(officer)), ("block", .record(block)),
            ("body", .text(series.body)), ("sign", .text(sign)), ("word", .text(series.word)),
            ("year", .integer(Int64(series.year))), ("first", .integer(Int64(first))), ("last", .integer(Int64(last))),
            ("leased-at", .text(leasedAt)),
        ]
        return values + (returnedAt.map { [("returned-at", .text($0))] } ?? [])
    }

    /// - Parameter state: of a record of kind `device-lease`. Nil where it says nothing sensible.
    package init?(_ state: RecordState) {
        let view = state.view
        func text(_ field: String) -> String? {
            if case .text(let text) = view[field]?.shown { text } else { nil }
        }
        func integer(_ field: String) -> Int? {
            if case .integer(let number) = view[field]?.shown { Int(exactly: number) } else { nil }
        }
        guard let device = text("device"), let officer = text("officer"), let body = text("body"),
            let sign = text("sign"), let word = text("word"), let year = integer("year"), let first = integer("first"),
            let last = integer("last"), case .record(let block) = view["block"]?.shown, first >= 1, first <= last,
            last - first < NumberBlock.countMax,
            IssuedNumber(sign: sign, word: word, year: year, ordinal: last) != nil
        else { return nil }
        self.init(
            record: state.id, device: device, officer: officer, block: block,
            series: NumberSeries(body: body, word: word, year: year), sign: sign, numbers: first...last,
            leasedAt: text("leased-at") ?? "")
        returnedAt = text("returned-at")
    }
}

/// Numbers that may be leased to a device once the new witness is durable, and not before.
package struct NumberLending: Hashable, Sendable {
    package let block: NumberBlock
    package let numbers: ClosedRange<Int>
    /// What has to be on the disk first.
    package let witness: NumberWitness
}

extension NumberDesk {
    /// Numbers for a device, one after another, never handed out before: as many as are left in the first block that
    /// has any, and `count` at most.
    ///
    /// - Parameters as in `next`.
    package static func lend(
        _ count: Int, of series: NumberSeries, blocks: [NumberBlock], used: Set<Int>, witness: NumberWitness,
        to lease: (NumberBlock, Int) -> RecordID
    ) -> Result<NumberLending, NumberRefusal> {
        let mine = ordered(blocks.filter { $0.series == series && $0.machines.contains(witness.machine) })
        guard !mine.isEmpty else { return .failure(.noBlock(series, asked: false)) }
        var cause: NumberExplanation.Cause?
        for block in mine {
            if let found = fault(of: block, among: blocks, used: used, witness: witness) {
                cause = cause ?? (block.usableLast > highest(in: block, used) ? found : nil)
                continue
            }
            let first = mark(of: block, witness) + 1
            guard first <= block.usableLast else { continue }
            let last = min(block.usableLast, first + count - 1)
            var next = witness
            next.marks[block.record] = NumberWitness.Mark(ordinal: last, holder: lease(block, first))
            return .success(NumberLending(block: block, numbers: first...last, witness: next))
        }
        return .failure(cause.map { .void(series, $0) } ?? .exhausted(series, asked: false))
    }
}
