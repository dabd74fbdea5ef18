import Ledger
import Simulation

/// In what way a story fails, so that a smaller one can be told to fail in the same way: what failed once may fail
/// otherwise when less is left.
struct FailureTarget {
    enum Kind: Equatable {
        case crash
        case determinism
        /// This checker finds something.
        case checker(String)
        /// Something is not as the story itself expects.
        case expectation
    }

    let kind: Kind
    let finding: String
    /// What every smaller story must still tell: an expectation is true only of all that it speaks of.
    private let kept: [StoryAct]

    /// - Parameter findings: what is wrong with a story.
    /// - Returns: nil where nothing is wrong.
    init?(
        _ result: SeedResult, of scenario: Scenario, by findings: (Scenario, FailureTarget?) throws -> [String]
    ) rethrows {
        let kinds = result.findings.map(Self.kind)
        // What a checker finds says more than that there was no rest, and either more than what the story expects, and can
        // be told with less.
        guard
            let place = kinds.firstIndex(where: { $0 != .expectation && $0 != .checker("rest") })
                ?? kinds.firstIndex(where: { $0 != .expectation }) ?? kinds.indices.first
        else { return nil }
        (kind, finding) = (kinds[place], result.findings[place])
        guard kind == .expectation else {
            kept = []
            return
        }
        let culprit = try scenario.events.first { event in
            guard case .expect = event.act else { return false }
            return try !findings(scenario.expecting(only: event), nil).isEmpty
        }
        kept = culprit.map { event in [event.act] + scenario.events.map(\.act).filter(event.act.rests(on:)) } ?? []
    }

    /// Who found something stands before the colon; before that of an expectation stands its moment.
    private static func kind(of finding: String) -> Kind {
        let name = String(finding.prefix { $0 != ":" })
        return switch name {
        case "crash": .crash
        case "determinism": .determinism
        default: name.allSatisfy(\.isLetter) ? .checker(name) : .expectation
        }
    }

    /// Whether a story fails in this way.
    func isHit(by candidate: Scenario, findings: (Scenario) throws -> [String]) throws -> Bool {
        switch kind {
        case .crash: return try findings(candidate).contains { $0.hasPrefix("crash:") }
        case .determinism: return try findings(candidate).contains { $0.hasPrefix("determinism:") }
        case .checker(let name): return try findings(candidate).contains { $0.hasPrefix("\(name):") }
        case .expectation:
            let told = Set(candidate.events.map(\.act))
            guard kept.allSatisfy(told.contains), try !findings(candidate).isEmpty else { return false }
            // What fails without the bug as well fails because too little is left.
            guard candidate.planted != nil else { return true }
            var sound = candidate
            sound.planted = nil
            return try findings(sound).isEmpty
        }
    }
}

extension Scenario {
    fileprivate func expecting(only wanted: Event) -> Scenario {
        var scenario = self
        scenario.events = events.filter { event in
            if case .expect = event.act { event == wanted } else { true }
        }
        return scenario
    }
}

extension StoryAct {
    /// Whether what this act expects rests on another: on what is written in its record, or, where it is about machines, on
    /// what befalls them.
    fileprivate func rests(on other: StoryAct) -> Bool {
        guard case .expect(let expectation) = self else { return false }
        switch (expectation.record, other) {
        case (let record?, .write(let writing)):
            let isAlike =
                (writing.record.kind, writing.record.home, writing.record.flow)
                == (record.kind, record.home, record.flow)
            return isAlike && ([writing.record.name] + writing.also).contains(record.name)
        case (let record?, .casework(let act)): return act.record == record || act.record == nil
        case (_?, _), (nil, .write), (nil, .casework), (nil, .expect): return false
        case (nil, _): return true
        }
    }
}
