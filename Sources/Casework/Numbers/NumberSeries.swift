package import Lattice
package import Ledger

/// What document numbers run on in: one body, one word, one year.
package struct NumberSeries: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The body's code.
    package let body: String
    /// 文种字.
    package let word: String
    package let year: Int

    package init(body: String, word: String, year: Int) { (self.body, self.word, self.year) = (body, word, year) }

    package static func < (left: NumberSeries, right: NumberSeries) -> Bool {
        (left.year, left.body, left.word) < (right.year, right.body, right.word)
    }

    package var description: String { "\(body) \(word) \(year)" }
}

/// Numbers leased to one machine, so that it can hand them out without asking anybody.
package struct NumberBlock: Hashable, Sendable {
    /// Numbers in one block at most: what one machine can leave unused at a year's end.
    package static let countMax = 1_000

    package var record: RecordID
    package var series: NumberSeries
    package var sign: String
    package var first: Int
    package var last: Int
    /// Machines that the block says it is leased to, the shown one first: more than one where two superiors' machines
    /// leased it at the same time.
    package var machines: [String]
    /// From this number on nothing of it may be used.
    package var voidFrom: Int?
    package var explanations: [NumberExplanation]

    package init(
        record: RecordID, series: NumberSeries, sign: String, first: Int, last: Int, machines: [String],
        voidFrom: Int? = nil, explanations: [NumberExplanation] = []
    ) {
        (self.record, self.series, self.sign, self.first, self.last) = (record, series, sign, first, last)
        (self.machines, self.voidFrom, self.explanations) = (machines, voidFrom, explanations)
    }

    package static func naturalKey(_ series: NumberSeries, first: Int) -> String { "\(series) \(first)" }

    /// The last number that may be used; before `first` where none may.
    package var usableLast: Int { min(last, max(first, voidFrom ?? last + 1) - 1) }

    package func contains(_ ordinal: Int) -> Bool { first <= ordinal && ordinal <= last }

    package func number(_ ordinal: Int) -> IssuedNumber? {
        IssuedNumber(sign: sign, word: series.word, year: series.year, ordinal: ordinal)
    }

    /// - Parameter state: of a record of kind `number-block`. Nil where it says nothing sensible.
    package init?(_ state: RecordState) {
        let view = state.view
        guard let body = view.text("body"), let word = view.text("word"), let year = view.integer("year"),
            let sign = view.text("sign"), let first = view.integer("first"), let last = view.integer("last"),
            first >= 1, first <= last, last <= IssuedNumber.ordinalMax, last - first < NumberBlock.countMax,
            IssuedNumber(sign: sign, word: word, year: year, ordinal: first) != nil
        else { return nil }
        var machines: [String] = []
        for candidate in view["machine"]?.values ?? [] {
            if case .text(let machine) = candidate.value, !machines.contains(machine) { machines.append(machine) }
        }
        // A concurrent second voiding never gives numbers back.
        let voids = (view["void-from"]?.values ?? []).compactMap { candidate -> Int? in
            if case .integer(let number) = candidate.value { Int(exactly: number) } else { nil }
        }
        let explanations = (view["explanations"]?.values ?? []).compactMap { candidate -> NumberExplanation? in
            if case .text(let text) = candidate.value { NumberExplanation(text) } else { nil }
        }
        self.init(
            record: state.id, series: NumberSeries(body: body, word: word, year: year), sign: sign, first: first,
            last: last, machines: machines, voidFrom: voids.min(), explanations: explanations)
    }
}

/// An office's wish for numbers.
package struct NumberRequest: Hashable, Sendable {
    package var record: RecordID
    package var series: NumberSeries
    package var machine: String
    package var count: Int
    /// Blocks of the series that the machine had when it asked.
    package var had: Int

    package init(record: RecordID, series: NumberSeries, machine: String, count: Int, had: Int) {
        (self.record, self.series, self.machine, self.count, self.had) = (record, series, machine, count, had)
    }

    package static func naturalKey(_ series: NumberSeries, machine: String, had: Int) -> String {
        "\(series) \(machine) \(had)"
    }

    /// - Parameter state: of a record of kind `number-request`. Nil where it says nothing sensible.
    package init?(_ state: RecordState) {
        let view = state.view
        guard let body = view.text("body"), let word = view.text("word"), let year = view.integer("year"),
            let machine = view.text("machine"), let count = view.integer("count"), let had = view.integer("had"),
            DocumentWord.isValid(word), (1_000...9_999).contains(year), count >= 1, had >= 0
        else { return nil }
        self.init(
            record: state.id, series: NumberSeries(body: body, word: word, year: year), machine: machine,
            count: min(count, NumberBlock.countMax), had: had)
    }
}

/// Why numbers of a block were never used.
package struct NumberExplanation: Hashable, Sendable {
    package enum Cause: String, Hashable, Sendable, CaseIterable {
        /// The witness file was lost: what was handed out last cannot be told.
        case witnessLost = "witness-lost"
        /// The witness says otherwise than the store: it was restored, or the process ended while a number was out.
        case storeBehind = "store-behind"
        /// The block was leased to two machines.
        case leasedTwice = "leased-twice"
        /// The year is over.
        case yearOver = "year-over"
        /// Leased to a device: its lease tells which were used and which came back.
        case onDevice = "on-device"

        package var name: Bilingual {
            switch self {
            case .witnessLost: Bilingual("号段见证文件遗失，停用余号", "the witness file was lost")
            case .storeBehind: Bilingual("数据库与见证文件不一致（恢复备份或中断），停用余号", "the store does not match the witness file")
            case .leasedTwice: Bilingual("号段重复分配，停用余号", "the numbers were leased twice")
            case .yearOver: Bilingual("年终余号", "left over at the year's end")
            case .onDevice: Bilingual("现场设备领用，见领号记录", "leased to a device: see its lease")
            }
        }
    }

    package var first: Int
    package var last: Int
    package var cause: Cause

    package init(first: Int, last: Int, cause: Cause) {
        (self.first, self.last, self.cause) = (first, last, cause)
    }

    package func covers(_ ordinal: Int) -> Bool { first <= ordinal && ordinal <= last }

    /// `3-50 year-over`, as the log holds it.
    package var text: String { "\(first)-\(last) \(cause.rawValue)" }

    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: " ", omittingEmptySubsequences: false)
        guard parts.count == 2, let cause = Cause(rawValue: String(parts[1])) else { return nil }
        let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, let first = Int(ends[0]), let last = Int(ends[1]), 1 <= first, first <= last,
            "\(first)-\(last)" == parts[0]
        else { return nil }
        self.init(first: first, last: last, cause: cause)
    }
}

extension RecordView {
    fileprivate func text(_ field: String) -> String? {
        if case .text(let text) = self[field]?.shown { text } else { nil }
    }

    fileprivate func integer(_ field: String) -> Int? {
        if case .integer(let number) = self[field]?.shown { Int(exactly: number) } else { nil }
    }
}
