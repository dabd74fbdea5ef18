import Divisions
import Ledger
package import Replication

/// What was written durably is there in the end, everywhere it belongs. Only one thing excuses a loss: the disk it stood
/// on was replaced before anybody else had it.
package final class DurabilityChecker: Checker {
    package let name = "durability"
    package let chinese = "凡已答复保存成功、或另一节点已确认收下的内容，最终一条不少。"
    package let english = "Nothing that was answered as saved, or that another node acknowledged, is ever lost."

    private struct Course {
        let place: StreamPlace
        /// The machine that was the first to have it: its writer's.
        let writer: Int
        var hashes: [UInt64: Digest] = [:]
        /// The last entry that a second machine has made durable.
        var acknowledged: UInt64 = 0
        /// The first number under which two different entries were written.
        var doubled: UInt64?
        /// Entries that stood on no other disk when theirs was replaced.
        var lost: [ClosedRange<UInt64>] = []
    }

    private var courses: [StreamID: Course] = [:]
    /// How far each machine's disk holds each stream, beside the world's machines.
    private var held: [[StreamID: UInt64]] = []
    private var replaced = Set<Int>()
    private var answered = Set<EntryID>()
    /// Entries that went with a disk before anybody else had them, by the last verdict: no fault of the program.
    package private(set) var lostWithDisk = 0

    package init() {}

    // MARK: Looking on

    package func committed(_ commit: Commit, at machine: World.Machine, in world: World) {
        makeRoom(for: machine)
        for run in commit.runs { note(run, at: machine) }
        for fork in commit.forks { held[machine.index][fork.head.stream] = fork.head.number }
    }

    private func makeRoom(for machine: World.Machine) {
        while held.count <= machine.index { held.append([:]) }
    }

    private func note(_ run: Commit.Run, at machine: World.Machine) {
        let head = run.head
        let place = StreamPlace(home: head.home, flow: head.flow)
        var course = courses.removeValue(forKey: head.stream) ?? Course(place: place, writer: machine.index)
        for entry in run.entries {
            let number = entry.id.number
            guard let known = course.hashes[number] else {
                course.hashes[number] = entry.hash
                continue
            }
            if known != entry.hash { course.doubled = min(number, course.doubled ?? .max) }
            if machine.index != course.writer { course.acknowledged = max(course.acknowledged, number) }
        }
        courses[head.stream] = course
        held[machine.index][head.stream] = head.number
    }

    package func answered(
        _ answer: ChangeAnswer, to change: World.Change, at machine: World.Machine, in world: World
    ) {
        if case .written(let ids) = answer { answered.formUnion(ids) }
    }

    package func diskReplaced(_ machine: World.Machine, in world: World) { replaced.insert(machine.index) }

    package func started(_ machine: World.Machine, in world: World) {
        makeRoom(for: machine)
        guard let heads = try? machine.store?.heads() else { return }
        let before = held[machine.index]
        held[machine.index] = Dictionary(uniqueKeysWithValues: heads.map { ($0.stream, $0.number) })
        guard replaced.remove(machine.index) != nil else { return }
        for (stream, number) in before where held[machine.index][stream] ?? 0 < number {
            let elsewhere = held.lazy.map { $0[stream] ?? 0 }.max() ?? 0
            if elsewhere < number { courses[stream]?.lost.append(elsewhere + 1...number) }
        }
    }

    // MARK: Judging

    package func verdict(on world: World) throws -> Inspection {
        var verdict = Inspection()
        var holdings = try Holdings(of: world)
        lostWithDisk = 0
        for stream in courses.keys.sorted() {
            guard let course = courses[stream] else { continue }
            let end = min(holdings.standings[stream]?.forkedAfter ?? .max, (course.doubled ?? .max) - 1)
            let numbers = course.hashes.keys.filter { $0 <= end }.sorted()
            guard let last = numbers.last, let hash = course.hashes[last] else { continue }
            verdict.looked += numbers.count
            let holders = holdings.holders(of: course.place)
            guard !holders.isEmpty else { continue }
            var have: [(machine: World.Machine, number: UInt64)] = []
            for index in holders {
                let (machine, number) = (holdings.machines[index], holdings.heads[index][stream]?.number ?? 0)
                if number >= last, try machine.store?.hash(of: EntryID(stream: stream, number: last)) != hash {
                    verdict.add("\(machine.name) holds another entry than was written as \(stream.short)/\(last)")
                }
                have.append((machine, number))
            }
            let most = have.lazy.map(\.number).max() ?? 0
            for (machine, number) in have where number < min(most, last) {
                verdict.add("\(machine.name) lacks \(stream.short) from \(number + 1), of which others have \(most)")
            }
            judge(numbers.filter { $0 > most }, of: stream, course, world, &verdict)
        }
        return verdict
    }

    /// Entries that no running machine has.
    private func judge(
        _ numbers: [UInt64], of stream: StreamID, _ course: Course, _ world: World, _ verdict: inout Inspection
    ) {
        guard !numbers.isEmpty else { return }
        // A machine that is down keeps what it has.
        let resting =
            world.machines.lazy.filter { !$0.isUp && $0.index < self.held.count }
            .map { self.held[$0.index][stream] ?? 0 }.max() ?? 0
        for number in numbers where number > resting {
            if course.lost.contains(where: { $0.contains(number) }) {
                lostWithDisk += 1
                continue
            }
            let id = EntryID(stream: stream, number: number)
            let claim =
                number <= course.acknowledged
                ? "another node had acknowledged it"
                : answered.contains(id) ? "it was answered as saved" : "it was durable there"
            verdict.add("\(id), written at \(world.machines[course.writer].name), is nowhere: \(claim)")
        }
    }
}
