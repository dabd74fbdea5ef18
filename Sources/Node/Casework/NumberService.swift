package import Casework
import Divisions
import Lattice
package import Ledger
import Libraries
package import Logging
import ServiceLifecycle
import Store

/// Hands out document numbers on this machine, asks the superior's node for more in good time, and as a superior leases
/// them to offices below.
///
/// A number is handed out only once the witness that knows of it is on the disk, and numbers are leased likewise: no
/// restart, no restored store and no lost witness ever makes one number twice.
package actor NumberService: Service {
    let node: any NodeAccess
    private let clerk: RecordClerk
    private let witnessFile: NumberWitnessFile
    /// In the data directory: which machine the store belonged to last.
    private let machineFile: DurableFile
    private let clock: @Sendable () -> UInt64
    private let chance: @Sendable () -> UInt64
    private let logger: Logger
    /// Homes whose offices this node leases numbers to.
    private let leasedHomes: [DivisionCode]

    private var witness: NumberWitness?
    /// The machine that the store belonged to before, if it was another.
    private var former: String?
    /// Numbers in stored steps, as they were when a block of the series was seen first.
    private var stored: [NumberSeries: Set<Int>] = [:]
    private var seen = Set<RecordID>()
    /// Numbers that this process has handed out, each with its case, and those of them that no step ever held.
    private var handed: [NumberSeries: [Int: RecordID]] = [:]
    private var returned: [NumberSeries: Set<Int>] = [:]
    /// Leased numbers that a step is about to hold, each with its case.
    var claimed: [IssuedNumber: RecordID] = [:]
    /// 文种字 of the procedures, by their text.
    private var words: [String: Set<String>] = [:]

    /// - Parameters:
    ///   - witness: a file outside the store and its backups.
    ///   - machineFile: the path of a file beside the store.
    ///   - clock: milliseconds since 1970.
    package init(
        node: any NodeAccess, witness: NumberWitnessFile, machineFile: String,
        clock: @escaping @Sendable () -> UInt64, chance: @escaping @Sendable () -> UInt64, logger: Logger
    ) {
        (self.node, self.clock, self.chance, self.logger) = (node, clock, chance, logger)
        witnessFile = witness
        self.machineFile = DurableFile(path: machineFile)
        clerk = RecordClerk(node: node, clock: clock, chance: chance)
        let (seat, tree) = (node.seat, node.tree)
        leasedHomes = tree.subtree(of: seat).filter { home in
            guard let serving = tree.seatServing(home)?.division else { return false }
            return (tree.uplinks(of: serving).first?.division ?? serving) == seat
        }
    }

    // MARK: Handing out

    /// The next number of a body's documents, for a case. From here on it is used: give it back if the step that was to
    /// hold it is not written.
    package func take(
        _ word: String, of body: String, year: Int, for holder: RecordID
    ) async throws(NumberRefusal) -> IssuedNumber {
        let series = NumberSeries(body: body, word: word, year: year)
        let blocks: [NumberBlock]
        do {
            try prepare()
            blocks = try await look(at: body)
        } catch let fault as NumberWitnessFault {
            throw .witnessNotWritten(fault.description)
        } catch {
            throw .storeNotRead("\(error)")
        }
        // Nothing waits between the choice of a number and its witness, so that no two calls choose the same.
        guard let witness else { throw .witnessNotWritten(witnessFile.path) }
        switch next(series, blocks, witness, holder) {
        case .success(let taking):
            do { try witnessFile.write(taking.witness) } catch { throw .witnessNotWritten(error.description) }
            self.witness = taking.witness
            handed[series, default: [:]][taking.number.ordinal] = holder
            returned[series]?.remove(taking.number.ordinal)
            return taking.number
        case .failure(let refusal):
            if (try? await self.body(body))?.sign.isEmpty == true { throw .noSign(body: body) }
            throw refusal.asked((try? await ask(for: series, blocks)) ?? false)
        }
    }

    /// A number that was handed out and that nobody saw, since its step was refused: it goes out again first, unless the
    /// case holds it after all.
    package func giveBack(_ number: IssuedNumber, of body: String) async {
        guard claimed.removeValue(forKey: number) == nil else { return }
        let series = NumberSeries(body: body, word: number.word, year: number.year)
        guard let holder = handed[series]?[number.ordinal] else { return }
        let heads = [number.head]
        let used = try? await node.read { reader throws(QueryFailure) in
            try NumberShelf(reader: reader).used(in: series, heads: heads, holder: holder)
        }
        guard let used, !used.contains(number.ordinal) else { return }
        returned[series, default: []].insert(number.ordinal)
    }

    /// How many numbers of a body's documents are left on this machine, for each series of which it has blocks.
    package func left(of body: String) async throws(NumberRefusal) -> [(series: NumberSeries, count: Int)] {
        let blocks: [NumberBlock]
        do {
            try prepare()
            blocks = try await look(at: body)
        } catch let fault as NumberWitnessFault {
            throw .witnessNotWritten(fault.description)
        } catch {
            throw .storeNotRead("\(error)")
        }
        guard let witness else { throw .witnessNotWritten(witnessFile.path) }
        return Set(blocks.map(\.series)).sorted().map { series in
            (series, NumberDesk.left(of: series, blocks: blocks, used: used(in: series), witness: witness))
        }
    }

    // MARK: Lending

    /// Takes numbers out of the series for a device; from here on this process hands them to nobody else.
    func setAside(_ count: Int, of series: NumberSeries) async throws(NumberRefusal) -> NumberLending {
        let blocks: [NumberBlock]
        do {
            try prepare()
            blocks = try await look(at: series.body)
        } catch let fault as NumberWitnessFault {
            throw .witnessNotWritten(fault.description)
        } catch {
            throw .storeNotRead("\(error)")
        }
        guard let witness else { throw .witnessNotWritten(witnessFile.path) }
        let found = NumberDesk.lend(
            count, of: series, blocks: blocks, used: used(in: series), witness: witness, to: Self.lease)
        let lending = try found.get()
        do { try witnessFile.write(lending.witness) } catch { throw .witnessNotWritten(error.description) }
        self.witness = lending.witness
        for ordinal in lending.numbers {
            handed[series, default: [:]][ordinal] = Self.lease(lending.block, first: lending.numbers.lowerBound)
        }
        return lending
    }

    func hasNoSign(_ code: String) async throws -> Bool { try await body(code)?.sign.isEmpty == true }

    /// Whether more numbers of a series are on the way, after having asked for them if need be.
    func isAsked(_ series: NumberSeries) async throws -> Bool {
        try await ask(for: series, try await look(at: series.body))
    }

    /// Numbers that were set aside for a lease which the store does not hold go out again first.
    func giveBack(_ lending: NumberLending, of lease: RecordID) async {
        do {
            let state = try await node.read { reader in try reader.record(lease) }
            guard state?.isVisible != true else { return }
        } catch {
            // Nobody knows whether they are leased: they are left out, and the next process explains them.
            return
        }
        returned[lending.block.series, default: []].formUnion(lending.numbers)
    }

    private func next(
        _ series: NumberSeries, _ blocks: [NumberBlock], _ witness: NumberWitness, _ holder: RecordID
    ) -> Result<NumberTaking, NumberRefusal> {
        NumberDesk.next(
            of: series, blocks: blocks, used: used(in: series), returned: returned[series] ?? [], witness: witness,
            for: holder)
    }

    private func used(in series: NumberSeries) -> Set<Int> {
        (stored[series] ?? []).union((handed[series] ?? [:]).keys)
    }

    // MARK: One pass

    /// Does all that is to be done now: voids what may not be used, asks for more, leases to offices below, and explains
    /// what a year left over.
    ///
    /// - Throws: what the store, the disk or the core says; what was done by then stays done.
    package func pass() async throws {
        try prepare()
        guard let witness, let moment = LegalMoment(milliseconds: clock()) else { return }
        try await lease()
        let former = former
        let bodies = try await stocked()
        let machines = [witness.machine, former].compactMap { $0 }
        let leased = try await node.read { reader throws(QueryFailure) in
            var blocks: [NumberBlock] = []
            for machine in machines { blocks += try NumberShelf(reader: reader).blocks(ofMachine: machine) }
            return blocks
        }
        let codes = Set(bodies.map(\.code)).union(leased.map(\.series.body))
        for code in codes.sorted() { try await tidy(code, moment.day, former) }
        try forgetFormer()
        try await stock(bodies, moment.day)
    }

    /// Voids and explains what is to be voided and explained of one body's blocks.
    private func tidy(_ body: String, _ today: LegalDate, _ former: String?) async throws {
        let blocks = try await look(at: body, former: former)
        let tree = node.tree
        let old = blocks.filter { block in
            block.series.year < today.year && block.voidFrom == nil
                && tree.seatServing(block.record.home)?.division == node.seat
        }
        try await see(old, among: blocks)
        // Read together: a number handed out between the two would look like a witness that does not match.
        guard let witness else { return }
        let used = Dictionary(uniqueKeysWithValues: Set(blocks.map(\.series)).map { ($0, self.used(in: $0)) })
        var voids = NumberDesk.voids(blocks: blocks, used: used, witness: witness, former: former)
        let told = Set(voids.map(\.block))
        voids += NumberDesk.leftovers(blocks: old, used: used, witness: witness, year: today.year)
            .filter { !told.contains($0.block) }
        for void in voids {
            guard let block = blocks.first(where: { $0.record == void.block }), mayWrite(block.record.home) else {
                continue
            }
            try await clerk.write(
                void.block, CaseworkKinds.numberBlock,
                [
                    ("void-from", [.integer(Int64(void.from))]),
                    ("explanations", (block.explanations + void.explanations).map { .text($0.text) }),
                ])
            logger.warning(
                "document numbers are void from here on",
                metadata: [
                    "block": "\(void.block)", "from": "\(void.from)",
                    "reason": "\(void.explanations.first?.cause.rawValue ?? "used up")",
                ])
        }
    }

    // MARK: Asking

    /// Asks for more of every series that this office writes and of which few are left; in December for next year's.
    private func stock(_ bodies: [NumberedBody], _ today: LegalDate) async throws {
        let words = try await procedureWords()
        for body in bodies where !body.sign.isEmpty {
            let blocks = try await look(at: body.code)
            for word in words {
                let years = today.month == 12 ? [today.year, today.year + 1] : [today.year]
                for year in years {
                    try await ask(for: NumberSeries(body: body.code, word: word, year: year), blocks)
                }
            }
        }
    }

    /// - Returns: whether more are on the way; false where this office may not ask.
    @discardableResult
    private func ask(for series: NumberSeries, _ blocks: [NumberBlock]) async throws -> Bool {
        guard let witness, DocumentWord.isValid(series.word) else { return false }
        let left = NumberDesk.left(of: series, blocks: blocks, used: used(in: series), witness: witness)
        guard left < NumberLimits.fewLeft else { return false }
        guard let body = try await body(series.body), !body.sign.isEmpty, mayWrite(body.division) else { return false }
        let had = blocks.count { $0.series == series && $0.machines.contains(witness.machine) }
        let kind = CaseworkKinds.numberRequest
        let id = RecordID(
            home: body.division, flow: kind.flow, kind: kind.name,
            naturalKey: NumberRequest.naturalKey(series, machine: witness.machine, had: had))
        let isKnown = try await node.read { reader in try reader.record(id) }?.isVisible == true
        guard !isKnown else { return true }
        try await clerk.write(
            id, kind,
            [
                ("body", [.text(series.body)]), ("word", [.text(series.word)]),
                ("year", [.integer(Int64(series.year))]),
                ("machine", [.text(witness.machine)]), ("count", [.integer(Int64(NumberLimits.blockCount))]),
                ("had", [.integer(Int64(had))]),
            ])
        return true
    }

    private func body(_ code: String) async throws(QueryFailure) -> NumberedBody? {
        try await node.read { reader throws(QueryFailure) in try NumberShelf(reader: reader).body(code) }
    }

    private func mayWrite(_ home: DivisionCode) -> Bool {
        node.tree.mayWrite(seat: node.seat, acting: node.seat, home: home)
    }

    /// Bodies of the divisions that this node serves: those that may have to number without a line.
    private func stocked() async throws -> [NumberedBody] {
        let divisions = [node.seat] + node.tree.hosted(by: node.seat).prefix(NumberLimits.hostedDivisionsMax)
        return try await node.read { reader throws(QueryFailure) in
            let shelf = NumberShelf(reader: reader)
            var bodies: [NumberedBody] = []
            for division in divisions { bodies += try shelf.bodies(of: division) }
            return bodies.sorted { $0.code < $1.code }
        }
    }

    /// The words that procedures number documents with, ascending; a text that cannot be read has none.
    private func procedureWords() async throws -> [String] {
        let texts = try await node.read { reader throws(QueryFailure) in
            try NumberShelf(reader: reader).procedures()
        }
        var current: [String: Set<String>] = [:]
        for text in texts {
            if let known = words[text] {
                current[text] = known
            } else {
                let procedure = try? Procedure(yaml: text, file: CaseworkKinds.procedure.name)
                current[text] = Set(procedure?.steps.compactMap(\.numbered) ?? [])
            }
        }
        words = current
        return Set(current.values.flatMap { $0 }).sorted()
    }

    // MARK: Leasing

    /// Answers every request of the offices to which this node leases: it alone does, so that no two leases overlap.
    private func lease() async throws {
        let homes = leasedHomes
        let requests = try await node.read { reader throws(QueryFailure) in
            try NumberShelf(reader: reader).requests(homes: homes)
        }
        for request in requests {
            let (body, blocks) = try await node.read { reader throws(QueryFailure) in
                let shelf = NumberShelf(reader: reader)
                return (try shelf.body(request.series.body), try shelf.blocks(ofBody: request.series.body))
            }
            // A request in another's home would be answered by two superiors.
            guard let witness, let body, body.division == request.record.home,
                let lease = NumberDesk.lease(for: request, sign: body.sign, blocks: blocks, witness: witness)
            else { continue }
            try witnessFile.write(lease.witness)
            self.witness = lease.witness
            let (block, series) = (lease.block, request.series)
            try await clerk.write(
                block.record, CaseworkKinds.numberBlock,
                [
                    ("body", [.text(series.body)]), ("sign", [.text(block.sign)]), ("word", [.text(series.word)]),
                    ("year", [.integer(Int64(series.year))]), ("first", [.integer(Int64(block.first))]),
                    ("last", [.integer(Int64(block.last))]), ("machine", [.text(request.machine)]),
                ])
        }
    }

    // MARK: The witness and what is stored

    /// Reads the witness, or draws a new one where it is lost.
    private func prepare() throws(NumberWitnessFault) {
        guard witness == nil else { return }
        let found = try witnessFile.read()
        let current = found ?? NumberWitness(chance: (chance(), chance()))
        if found == nil { try witnessFile.write(current) }
        let last = try machineFile.read(bytesMax: 64).flatMap { String(validating: $0, as: UTF8.self) }
        if let last, last != current.machine {
            former = last
            logger.warning(
                "the witness of document numbers is another than before: numbers leased to the former are void",
                metadata: ["witness": "\(witnessFile.path)"])
        } else if last == nil {
            try machineFile.write(Array(current.machine.utf8))
        }
        witness = current
    }

    /// What was leased to the former machine is void now, so that it need not be known any more.
    private func forgetFormer() throws(NumberWitnessFault) {
        guard former != nil, let witness else { return }
        try machineFile.write(Array(witness.machine.utf8))
        former = nil
    }

    /// The body's blocks, after what is stored of those that are new and this machine's has been looked up.
    private func look(at body: String, former: String? = nil) async throws(QueryFailure) -> [NumberBlock] {
        let blocks = try await node.read { reader throws(QueryFailure) in
            try NumberShelf(reader: reader).blocks(ofBody: body)
        }
        let machines = [witness?.machine, former].compactMap { $0 }
        try await see(blocks.filter { block in machines.contains { block.machines.contains($0) } }, among: blocks)
        return blocks
    }

    private func see(_ new: [NumberBlock], among blocks: [NumberBlock]) async throws(QueryFailure) {
        let unseen = new.filter { !seen.contains($0.record) }
        for series in Set(unseen.map(\.series)).sorted() {
            let all = blocks.filter { $0.series == series }
            let heads = Set(all.compactMap { $0.number($0.first)?.head }).sorted()
            let holders = Set(all.compactMap { witness?.marks[$0.record]?.holder }).sorted()
            let found = try await node.read { reader throws(QueryFailure) in
                try NumberShelf(reader: reader).used(in: series, heads: heads, holders: holders)
            }
            stored[series, default: []].formUnion(found)
        }
        seen.formUnion(unseen.map(\.record))
    }

    // MARK: Running

    /// Passes whenever something changed that numbering looks at, and now and then for the day's sake, until the node
    /// stops.
    package func run() async throws {
        let bell = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        bell.continuation.yield()
        let changes = node.changes()
        let kinds = Set([
            CaseworkKinds.numberRequest.name, CaseworkKinds.numberBlock.name, CaseworkKinds.procedure.name,
            LibraryKinds.body.name,
        ])
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for await notice in changes.cancelOnGracefulShutdown() {
                    if case .changed(let change) = notice, !kinds.contains(change.record.kind) { continue }
                    bell.continuation.yield()
                }
                bell.continuation.finish()
            }
            group.addTask {
                let ticks = AsyncStream { try? await Task.sleep(for: .seconds(NumberLimits.lookSeconds)) }
                for await _ in ticks.cancelOnGracefulShutdown() { bell.continuation.yield() }
            }
            for await _ in bell.stream {
                do { try await pass() } catch {
                    logger.error(
                        "document numbers: one pass failed, the next change or look tries again",
                        metadata: ["reason": "\(error)"])
                }
                // An import of many bodies is one reason to look, not thousands.
                try? await Task.sleep(for: .milliseconds(NumberLimits.pauseMilliseconds))
            }
            group.cancelAll()
        }
    }
}
