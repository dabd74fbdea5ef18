import Lattice
package import Ledger
package import Libraries

/// Why no number can be given now, as an officer reads it.
package enum NumberRefusal: Error, Hashable, Sendable, CustomStringConvertible {
    /// No block of the series is leased to this machine.
    case noBlock(NumberSeries, asked: Bool)
    /// All numbers of all blocks are used or void.
    case exhausted(NumberSeries, asked: Bool)
    /// The series' blocks do not match what the witness says, or were leased twice.
    case void(NumberSeries, NumberExplanation.Cause)
    /// The body has no sign of its own.
    case noSign(body: String)
    /// The witness file could not be written: nothing was handed out.
    case witnessNotWritten(String)
    /// The store could not be read.
    case storeNotRead(String)
    /// Not of the numbers that the device and its officer may use.
    case notLeased(NumberSeries)
    /// Another record bears the number.
    case usedElsewhere(NumberSeries)

    package var reason: Reason {
        switch self {
        case .noBlock(let series, let asked):
            Reason(
                "“\(series.word)”字\(series.year)年没有可用号段，\(asked ? "已向上级申请，" : "")号段到达后再编号",
                "there are no numbers \(series.word) of \(series.year) on this machine; "
                    + (asked
                        ? "they are asked for at the superior: number it when they have come" : "ask for some first"))
        case .exhausted(let series, let asked):
            Reason(
                "“\(series.word)”字\(series.year)年号段已用完，\(asked ? "已向上级申请，" : "")新号段到达后再编号",
                "all numbers \(series.word) of \(series.year) on this machine are used; "
                    + (asked
                        ? "more are asked for at the superior: number it when they have come" : "ask for some first"))
        case .void(let series, let cause):
            Reason(
                "“\(series.word)”字\(series.year)年号段停用：\(cause.name.chinese)，新号段到达后再编号",
                "the numbers \(series.word) of \(series.year) are void, since \(cause.name.english): "
                    + "number it when new ones have come")
        case .noSign(let body):
            Reason("执法主体\(body)没有机关代字，请先在主体信息中填写", "body \(body) has no sign for document numbers: enter it first")
        case .witnessNotWritten(let why):
            Reason(
                "号段见证文件无法写入（\(why)），没有编号，请先排除故障", "the witness file cannot be written (\(why)): nothing was numbered")
        case .storeNotRead(let why):
            Reason("数据库无法读取（\(why)），没有编号", "the store cannot be read (\(why)): nothing was numbered")
        case .notLeased(let series):
            Reason(
                "该号不在本设备、本人领取的“\(series.word)”字\(series.year)年号内，请核对号码和设备",
                "the number is none of those \(series.word) of \(series.year) that this device and officer may use: "
                    + "check the number and the device")
        case .usedElsewhere(let series):
            Reason(
                "该号已用于另一案件（“\(series.word)”字\(series.year)年），一号不得两用",
                "another case bears this number \(series.word) of \(series.year): a number is used once")
        }
    }

    package var description: String { reason.description }

    /// The same, in the words for whether more are on the way.
    package func asked(_ isAsked: Bool) -> NumberRefusal {
        switch self {
        case .noBlock(let series, _): .noBlock(series, asked: isAsked)
        case .exhausted(let series, _): .exhausted(series, asked: isAsked)
        case .void, .noSign, .witnessNotWritten, .storeNotRead, .notLeased, .usedElsewhere: self
        }
    }
}

/// A number that may be handed out once the new witness is durable, and not before.
package struct NumberTaking: Hashable, Sendable {
    package let block: RecordID
    package let number: IssuedNumber
    /// What has to be on the disk first.
    package let witness: NumberWitness
}

/// A block of which no more may be used, and why.
package struct NumberVoid: Hashable, Sendable {
    package let block: RecordID
    package let from: Int
    /// Of every number of the block that was never used and has no reason yet.
    package let explanations: [NumberExplanation]

    package init(block: RecordID, from: Int, explanations: [NumberExplanation]) {
        (self.block, self.from, self.explanations) = (block, from, explanations)
    }
}

/// Which numbers may be handed out, and which never any more. Pure: blocks, what is used and the witness come in.
package enum NumberDesk {
    /// The next number of a series for a case.
    ///
    /// - Parameters:
    ///   - blocks: all of the series that this node holds, leased to whomever.
    ///   - used: numbers of the series in stored steps, and those that this process has handed out.
    ///   - returned: numbers that this process handed out and that no step ever held: they go out again first.
    package static func next(
        of series: NumberSeries, blocks: [NumberBlock], used: Set<Int>, returned: Set<Int> = [],
        witness: NumberWitness, for holder: RecordID
    ) -> Result<NumberTaking, NumberRefusal> {
        let mine = ordered(blocks.filter { $0.series == series && $0.machines.contains(witness.machine) })
        guard !mine.isEmpty else { return .failure(.noBlock(series, asked: false)) }
        var cause: NumberExplanation.Cause?
        for block in mine {
            if let found = fault(of: block, among: blocks, used: used, witness: witness) {
                cause = cause ?? (block.usableLast > highest(in: block, used) ? found : nil)
                continue
            }
            let again = returned.filter { $0 >= block.first && $0 <= block.usableLast }.min()
            let ordinal = again ?? (mark(of: block, witness) + 1)
            guard ordinal <= block.usableLast, let number = block.number(ordinal) else { continue }
            var next = witness
            if again == nil { next.marks[block.record] = NumberWitness.Mark(ordinal: ordinal, holder: holder) }
            return .success(NumberTaking(block: block.record, number: number, witness: next))
        }
        return .failure(cause.map { .void(series, $0) } ?? .exhausted(series, asked: false))
    }

    /// Numbers that can still be handed out.
    package static func left(
        of series: NumberSeries, blocks: [NumberBlock], used: Set<Int>, witness: NumberWitness
    ) -> Int {
        blocks.filter { block in
            block.series == series && block.machines.contains(witness.machine)
                && fault(of: block, among: blocks, used: used, witness: witness) == nil
        }.reduce(0) { $0 + max(0, $1.usableLast - mark(of: $1, witness)) }
    }

    /// Blocks of which no more may be used, to be told in their records: those of this machine that do not match its
    /// witness or were leased twice, and those of the machine that this node was while it had its former witness.
    package static func voids(
        blocks: [NumberBlock], used: [NumberSeries: Set<Int>], witness: NumberWitness, former: String?
    ) -> [NumberVoid] {
        ordered(blocks).compactMap { block in
            let used = used[block.series] ?? []
            var cause: NumberExplanation.Cause?
            if block.machines.contains(witness.machine) {
                cause = fault(of: block, among: blocks, used: used, witness: witness)
            } else if let former, block.machines.contains(former) {
                cause = .witnessLost
            }
            return cause.flatMap { voided(block, used: used, mark: mark(of: block, witness), $0) }
        }
    }

    /// Blocks of years that are over, to be closed with their leftovers explained.
    package static func leftovers(
        blocks: [NumberBlock], used: [NumberSeries: Set<Int>], witness: NumberWitness, year: Int
    ) -> [NumberVoid] {
        ordered(blocks.filter { $0.series.year < year }).compactMap { block in
            voided(block, used: used[block.series] ?? [], mark: mark(of: block, witness), .yearOver)
        }
    }

    /// Numbers of a block that no step holds and nobody has explained, as far as they are not to be handed out any more.
    package static func gaps(in block: NumberBlock, used: Set<Int>) -> [ClosedRange<Int>] {
        gaps(in: block, upTo: block.usableLast < block.last ? block.last : highest(in: block, used), used: used)
    }

    private static func gaps(in block: NumberBlock, upTo end: Int, used: Set<Int>) -> [ClosedRange<Int>] {
        var gaps: [ClosedRange<Int>] = []
        guard end >= block.first else { return [] }
        for ordinal in block.first...end
        where !used.contains(ordinal) && !block.explanations.contains(where: { $0.covers(ordinal) }) {
            if let last = gaps.last, last.upperBound == ordinal - 1 {
                gaps[gaps.count - 1] = last.lowerBound...ordinal
            } else {
                gaps.append(ordinal...ordinal)
            }
        }
        return gaps
    }

    /// Pairs of blocks of one series that share numbers: leased by two machines that did not know of each other.
    package static func overlaps(_ blocks: [NumberBlock]) -> [(NumberBlock, NumberBlock)] {
        let sorted = ordered(blocks)
        var pairs: [(NumberBlock, NumberBlock)] = []
        for (index, block) in sorted.enumerated() {
            for other in sorted[(index + 1)...] where overlap(block, other) { pairs.append((block, other)) }
        }
        return pairs
    }

    // MARK: Leasing

    /// The block that answers a request, and the witness that has to be on the disk before it is written; nil if the
    /// request is answered already, or for a body without a sign.
    ///
    /// - Parameter blocks: all of the series that the superior holds.
    package static func lease(
        for request: NumberRequest, sign: String, blocks: [NumberBlock], witness: NumberWitness
    ) -> (block: NumberBlock, witness: NumberWitness)? {
        let series = request.series
        let held = blocks.filter { $0.series == series }
        guard held.count(where: { $0.machines.contains(request.machine) }) <= request.had else { return nil }
        let first = max(held.map(\.last).max() ?? 0, witness.leased[series] ?? 0) + 1
        let last = first + request.count - 1
        guard last <= IssuedNumber.ordinalMax,
            IssuedNumber(sign: sign, word: series.word, year: series.year, ordinal: last) != nil
        else { return nil }
        var next = witness
        next.leased[series] = last
        let key = NumberBlock.naturalKey(series, first: first)
        let record = RecordID(
            home: request.record.home, flow: CaseworkKinds.numberBlock.flow, kind: CaseworkKinds.numberBlock.name,
            naturalKey: key)
        return (
            NumberBlock(
                record: record, series: series, sign: sign, first: first, last: last, machines: [request.machine]),
            next
        )
    }

    // MARK: One block

    /// Why a block of this machine may not be used: the number that is highest in the steps must be the one that the
    /// witness names, and nobody else may have the block or a part of it.
    static func fault(
        of block: NumberBlock, among blocks: [NumberBlock], used: Set<Int>, witness: NumberWitness
    ) -> NumberExplanation.Cause? {
        if block.machines.count > 1 || blocks.contains(where: { overlap($0, block) }) { return .leasedTwice }
        return mark(of: block, witness) == highest(in: block, used) ? nil : .storeBehind
    }

    static func mark(of block: NumberBlock, _ witness: NumberWitness) -> Int {
        witness.marks[block.record]?.ordinal ?? block.first - 1
    }

    static func highest(in block: NumberBlock, _ used: Set<Int>) -> Int {
        used.filter { block.contains($0) }.max() ?? block.first - 1
    }

    private static func overlap(_ block: NumberBlock, _ other: NumberBlock) -> Bool {
        block.record != other.record && block.series == other.series && block.first <= other.last
            && other.first <= block.last
    }

    /// What is behind the highest number that may have gone out is void. Nil if all of it is said already.
    private static func voided(
        _ block: NumberBlock, used: Set<Int>, mark: Int, _ cause: NumberExplanation.Cause
    ) -> NumberVoid? {
        let from = min(max(highest(in: block, used), mark) + 1, block.voidFrom ?? .max)
        let gaps = gaps(in: block, upTo: block.last, used: used)
        guard from != block.voidFrom || !gaps.isEmpty else { return nil }
        return NumberVoid(
            block: block.record, from: from,
            explanations: gaps.map {
                NumberExplanation(first: $0.lowerBound, last: $0.upperBound, cause: cause)
            })
    }

    static func ordered(_ blocks: [NumberBlock]) -> [NumberBlock] {
        blocks.sorted { ($0.series, $0.first, $0.record) < ($1.series, $1.first, $1.record) }
    }
}
