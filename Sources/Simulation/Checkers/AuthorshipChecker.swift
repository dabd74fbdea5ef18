import Divisions
import Ledger
package import Replication

/// What stands in the stores was written by somebody who was there and had the right to, and nobody goes on with a
/// stream of anybody else.
package final class AuthorshipChecker: Checker {
    package let name = "authorship"
    package let chinese = "库中每一条都由有权的节点亲自写成，没有凭空出现的内容，也没有谁续写他人的记录链。"
    package let english =
        "Every entry was written by a process that was there and had the right; nobody extends another's stream."

    /// A run of a program on a machine.
    private struct Process: Hashable {
        let machine: Int
        let generation: Int
    }

    private struct Course {
        let seat: DivisionCode
        let home: DivisionCode
        /// What was written under each number: more than one where a snapshot was resumed.
        var written: [UInt64: [Digest]] = [:]
        var writers: [Process] = []
        /// The first entry that nobody is known to have written, and who stored it.
        var stray: (number: UInt64, at: String)?
    }

    private var courses: [StreamID: Course] = [:]
    /// From which number on a dishonest node made up entries of a stream, and where it is seated.
    private var forged: [StreamID: (seat: DivisionCode, first: UInt64)] = [:]
    private var wrongs = Inspection()
    private let reader = FrameReader()

    package init() {}

    // MARK: Looking on

    package func committed(_ commit: Commit, at machine: World.Machine, in world: World) {
        guard !commit.runs.isEmpty else { return }
        let nonce = machine.performer?.inspect { $0.nonce }
        for run in commit.runs {
            let isOwn = run.head.opening.nonce == nonce
            for entry in run.entries { note(entry, of: run.head, isOwn: isOwn, at: machine, in: world.tree) }
        }
    }

    private func note(
        _ entry: JudgedEntry, of head: StreamHead, isOwn: Bool, at machine: World.Machine, in tree: DivisionTree
    ) {
        wrongs.looked += 1
        var course = courses.removeValue(forKey: head.stream) ?? Course(seat: head.seat, home: head.home)
        defer { courses[head.stream] = course }
        let number = entry.id.number
        guard course.written[number]?.contains(entry.hash) != true else { return }
        let acting = entry.header.act?.division ?? head.home
        if !tree.mayWrite(seat: head.seat, acting: acting, home: head.home) {
            wrongs.add("\(machine.name): \(entry.id) acts for \(acting) at \(head.home), written at \(head.seat)")
        }
        guard isOwn else {
            if number < course.stray?.number ?? .max { course.stray = (number, machine.name) }
            return
        }
        if head.seat != machine.seat { wrongs.add("\(machine.name) wrote \(entry.id) as \(head.seat)") }
        course.written[number, default: []].append(entry.hash)
        let process = Process(machine: machine.index, generation: machine.generation)
        if !course.writers.contains(process) { course.writers.append(process) }
    }

    package func sent(
        _ frame: [UInt8], from: World.Machine, to: World.Machine, connection: World.Connection, arrival: UInt64,
        in world: World
    ) {
        guard world.isForging, let view = reader.view(of: frame) else { return }
        for part in view.parts where part.first < forged[part.stream]?.first ?? .max {
            forged[part.stream] = (from.seat, part.first)
        }
    }

    // MARK: Judging

    package func verdict(on world: World) throws -> Inspection {
        var verdict = wrongs
        let holdings = try Holdings(of: world)
        for stream in courses.keys.sorted() {
            guard let course = courses[stream] else { continue }
            let limit = holdings.standings[stream]?.forkedAfter
            if let stray = course.stray, stray.number <= limit ?? .max, !isForged(stream, stray.number, course.seat) {
                verdict.add(
                    "\(stray.at) stored \(EntryID(stream: stream, number: stray.number)) of \(course.seat), which no process that may extend that stream has written"
                )
            }
            if let fault = try fault(of: course, stream, limit, holdings) { verdict.add(fault) }
        }
        for (machine, heads) in zip(holdings.machines, holdings.heads) {
            for head in heads.values.filter({ isUnknown($0) }).sorted(by: { $0.stream < $1.stream }) {
                verdict.add("\(machine.name) holds \(head.stream.short)/\(head.number), which nobody has written")
            }
            verdict.looked += heads.count
        }
        return verdict
    }

    /// Whether a dishonest node made up what follows in its own stream: under its own seal nobody can keep it from that.
    private func isForged(_ stream: StreamID, _ number: UInt64, _ seat: DivisionCode) -> Bool {
        guard let lie = forged[stream] else { return false }
        return lie.seat == seat && lie.first <= number
    }

    private func isUnknown(_ head: StreamHead) -> Bool {
        guard head.number > 0, !isForged(head.stream, head.number, head.seat) else { return false }
        guard let course = courses[head.stream] else { return true }
        if let stray = course.stray, stray.number <= head.number { return false }
        return course.written[head.number]?.contains(head.hash) != true
    }

    /// Several processes wrote in one stream: right only if they are one memory, resumed on several machines, and what
    /// they wrote against one another is a known fork.
    private func fault(of course: Course, _ stream: StreamID, _ limit: UInt64?, _ holdings: Holdings) throws -> String?
    {
        guard course.writers.count > 1 else { return nil }
        guard Set(course.writers.map(\.machine)).count == course.writers.count else {
            return "\(stream.short) of \(course.seat) was extended by another process than the one that opened it"
        }
        guard let doubled = course.written.filter({ $0.value.count > 1 }).keys.min(), doubled <= limit ?? .max else {
            return nil
        }
        var held = Set<Digest>()
        for (machine, heads) in zip(holdings.machines, holdings.heads) where heads[stream]?.number ?? 0 >= doubled {
            if let hash = try machine.store?.hash(of: EntryID(stream: stream, number: doubled)) { held.insert(hash) }
        }
        return held.count > 1 ? "\(stream.short) counts beyond \(doubled), where two machines wrote two entries" : nil
    }
}
