import Ledger
import Libraries
import Testing

@testable import Casework

/// What holds for every shipped procedure, whatever way a case takes through it.
@Suite struct ProcedureWalkStories {
    private static let seeds: ClosedRange<UInt64> = 1...8

    @Test(arguments: ShippedProcedureTests.expected)
    func `what is taken as possible is lawful, on the way to an end`(procedure: String) throws {
        var ends = 0
        for seed in Self.seeds {
            var walk = try ProcedureWalk(procedure, seed: seed, isCut: seed % 2 == 0)
            let hasEnded = try walk.run()
            if hasEnded { ends += 1 }
            let judged = walk.story.assess().steps
            for (step, citation) in walk.taken {
                let found = judged.first { $0.taken.citation == citation }
                #expect(found?.isLawful == true, "\(step) of seed \(seed): \(found?.findings.map(\.says) ?? [])")
            }
            // One walk alone and one through offices cut apart, and on until one has ended.
            if seed > 1, ends > 0 { break }
        }
        #expect(ends > 0, "no walk came to an end")
    }

    @Test(arguments: ShippedProcedureTests.expected)
    func `judging does not depend on the order in which entries arrive`(procedure: String) throws {
        for seed in Self.seeds.prefix(1) {
            var walk = try ProcedureWalk(procedure, seed: seed &+ 100, isCut: true)
            _ = try walk.run()
            let home = walk.story.office(Fixture.town)
            let judge = CaseJudge(procedure: walk.story.procedure, knowledge: home.knowledge)
            let expected = judge.judge(home.history)
            #expect(!expected.isEmpty)
            let copy = CaseOffice(Fixture.town, home.knowledge, case: home.id, nonce: 200)
            let streams = Dictionary(grouping: home.entries) { $0.entry.id.stream }.sorted { $0.key > $1.key }
            copy.receive(streams.suffix(streams.count / 2).flatMap(\.value))
            copy.receive(streams.prefix(streams.count - streams.count / 2).flatMap(\.value))
            #expect(judge.judge(copy.history) == expected, "seed \(seed)")
            let mixed = CaseOffice(Fixture.town, home.knowledge, case: home.id, nonce: 201)
            mixed.receive(Self.mixed(streams.map(\.value), seed: seed))
            #expect(judge.judge(mixed.history) == expected, "seed \(seed), mixed")
        }
    }

    /// One after the other from streams drawn by lot, each stream in its order.
    private static func mixed(_ streams: [[CaseEntry]], seed: UInt64) -> [CaseEntry] {
        var chance = SplitMix64(seed: seed)
        var left = streams.map { $0[...] }
        var mixed: [CaseEntry] = []
        while !left.isEmpty {
            let index = chance.below(left.count)
            mixed.append(left[index].removeFirst())
            if left[index].isEmpty { left.remove(at: index) }
        }
        return mixed
    }
}
