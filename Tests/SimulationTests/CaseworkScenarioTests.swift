import Simulation
import Testing

/// Cases in the simulator: what swarms of them hold, and that the checkers find what is wrong.
@Suite struct CaseworkScenarioTests {
    @Test(arguments: UInt64(1)...60)
    func `a seed of the casework swarm passes`(seed: UInt64) throws {
        let result = try Shipped.play(try Shipped.swarm("casework").draw(seed: seed))
        #expect(result.end == .passed, "\(result.findings.prefix(6).joined(separator: "\n"))")
    }

    @Test func `decisions are made, counted and forged in the casework swarm, and the checkers look at them`() throws {
        var faults: [String: Int] = [:]
        var looked: [String: Int] = [:]
        var skipped: [String: Int] = [:]
        var asked: [String: Int] = [:]
        for seed in UInt64(1)...20 {
            let scenario = try Shipped.swarm("casework").draw(seed: seed)
            for event in scenario.events { asked[event.act.word, default: 0] += 1 }
            let result = try Shipped.play(scenario)
            faults.merge(result.faults) { $0 + $1 }
            skipped.merge(result.skipped) { $0 + $1 }
            for check in result.checks { looked[check.name, default: 0] += check.looked }
        }
        #expect(faults["forge-decide", default: 0] > 10)
        #expect(looked["review", default: 0] > 100)
        #expect(looked["agreement", default: 0] > 100)
        let taken = asked["take-decide", default: 0] - skipped["take-decide", default: 0]
        #expect(taken > 10)
    }
}
