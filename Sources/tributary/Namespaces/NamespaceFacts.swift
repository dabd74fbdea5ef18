import Divisions
import Foundation
import Ledger
import Libraries
import Node
import Replication
import Simulation
import Store

/// What is so in a province of real processes: through their APIs where an officer would look, beside them where nobody
/// but a harness does.
extension NamespaceStory {
    /// What nodes write into their logs for the words by which stories ask for it.
    static let logged = [
        "refused-peer": "refused a peer", "refused-by-peer": "a peer refused this node",
        "faulty-frame": "a frame could not be used", "refused-run": "entries were refused",
        "forked": "a writer contradicted itself", "two-machines": "two live machines answer for one office",
        "clock-ahead": "a writer's clock is ahead", "turned": "turned to another office above",
        "waiting": "entries wait for what is not here yet",
    ]

    // MARK: Whether all is quiet

    /// What is not as it will be; nil where nothing is left to happen.
    ///
    /// - Parameter byLines: only what the lines and processes as they are allow to happen is looked for.
    func unsettled(byLines: Bool) async throws -> String? {
        let able = province.machines.filter { $0.office.isRunning && !fullDisks.contains($0.name) }
        var heads: [String: [StreamHead]] = [:]
        for machine in able { heads[machine.name] = try machine.office.reader().heads() }
        for machine in able {
            let upper = machine.lines.first { line in
                (!byLines || !isCut(line)) && able.contains { $0.name == line.upper.text }
            }?.upper
            if byLines {
                guard let status = try? await machine.office.client().status() else {
                    return "\(machine.name) does not answer"
                }
                if status.dirty > 0 { return "\(machine.name) has records to recompute" }
                let linked = status.links.first { $0.isUp && $0.phase == "streaming" }?.peer
                if linked != upper?.text, upper == nil || !fullDisks.contains(linked ?? "") {
                    return "\(machine.name) is linked to \(linked ?? "nobody"), not to \(upper?.text ?? "nobody")"
                }
            }
            guard let upper, let own = heads[machine.name], let above = heads[upper.text] else { continue }
            let agreement = Agreement(own, above, of: machine.seat, in: scenario.tree)
            if !agreement.isWhole {
                return "\(machine.name) and \(upper): \(agreement.behind) entries are on one side only, "
                    + "\(agreement.contradictions) contradict"
            }
        }
        return nil
    }

    // MARK: Expectations

    /// What is not as expected at this moment; nil where all is.
    func unmet(_ expectation: Expectation) async throws -> String? {
        switch expectation {
        case .shows(let name, let field, let type, let values, let machines):
            return try await first(of: machines) { machine in
                let shown = try await record(name, at: machine)?[field].map { Self.shown($0, type) } ?? []
                let isSame = type == .set ? Set(shown) == Set(values.map(\.inJSON)) : shown == values.map(\.inJSON)
                return isSame ? nil : "\(machine.name) shows \(field) of \(name) otherwise"
            }
        case .conflict(let name, let field, let expected, let machines):
            return try await first(of: machines) { machine in
                let conflicts = try await record(name, at: machine)?.conflicts ?? []
                let isThere = conflicts.contains { $0.field ?? "exists" == field }
                return isThere == expected
                    ? nil : "\(machine.name) shows \(isThere ? "a" : "no") conflict in \(field) of \(name)"
            }
        case .visible(let name, let expected, let machines):
            return try await first(of: machines) { machine in
                let isVisible = try await record(name, at: machine) != nil
                return isVisible == expected ? nil : "\(machine.name) \(isVisible ? "shows" : "does not show") \(name)"
            }
        case .held(let name, let expected, let machines):
            return try await first(of: machines) { machine in
                let isHeld = try !machine.office.reader().history(of: NamespaceClerk.id(of: name)).isEmpty
                return isHeld == expected ? nil : "\(machine.name) holds \(isHeld ? "something" : "nothing") of \(name)"
            }
        default: return try await unmetOfMachines(expectation)
        }
    }

    private func unmetOfMachines(_ expectation: Expectation) async throws -> String? {
        switch expectation {
        case .linked(let name, let upper):
            return try await first(of: [name]) { machine in
                let links = try await machine.office.client().status().links
                let linked = links.first { $0.isUp && $0.phase == "streaming" }?.peer
                return linked == upper?.text
                    ? nil : "\(name) hangs on \(linked ?? "nothing"), not on \(upper?.text ?? "nothing")"
            }
        case .alarm(let division, let expected, let name):
            return try await first(of: [name]) { machine in
                let alarms = try await machine.office.client().status().alarms
                let isRaised = alarms.contains { $0.division == division.text }
                return isRaised == expected
                    ? nil : "\(name) knows of \(isRaised ? "two machines" : "one machine") of \(division)"
            }
        case .forks(let expected):
            var forked: Set<StreamID> = []
            for machine in province.machines where machine.office.isRunning {
                for head in try machine.office.reader().heads() where head.forkedAfter != nil {
                    forked.insert(head.stream)
                }
            }
            return forked.count == expected ? nil : "\(forked.count) streams are forked, not \(expected)"
        case .running(let name, let expected):
            let isWriting = await isWriting(name)
            return isWriting == expected ? nil : "\(name) \(isWriting ? "writes" : "does not write")"
        case .reported(let name, let word, let expected):
            guard let machine = province[name], let text = Self.logged[word] else {
                return "there is no machine \(name)"
            }
            let log = (try? String(contentsOfFile: machine.office.logFile, encoding: .utf8)) ?? ""
            let isReported = log.contains(text)
            return isReported == expected ? nil : "\(name) reported \(isReported ? "" : "no ")\(word)"
        case .judged(let record, _, _), .published(let record, _, _):
            return "how \(record.name) is judged cannot be asked here"
        case .agree(let expected):
            let divergence = try await unsettled(byLines: false)
            guard (divergence == nil) != expected else { return nil }
            return divergence ?? "all machines agree"
        case .shows, .conflict, .visible, .held: preconditionFailure("\(expectation.words) is about a record")
        }
    }

    private func isWriting(_ name: String) async -> Bool {
        guard let office = province[name]?.office, office.isRunning else { return false }
        return (try? await office.client().status())?.phase.isWriting ?? false
    }

    private func first(
        of names: [String], _ look: (NamespaceProvince.Machine) async throws -> String?
    ) async throws -> String? {
        for name in names {
            guard let machine = province[name] else { return "there is no machine \(name)" }
            guard machine.office.isRunning else { return "\(name) is down" }
            do {
                if let wrong = try await look(machine) { return wrong }
            } catch let failure as APIFailure {
                return "\(name): \(failure.brief)"
            }
        }
        return nil
    }

    /// The record as the node shows it; nil where it shows none.
    private func record(_ name: RecordName, at machine: NamespaceProvince.Machine) async throws -> RecordMessage? {
        do {
            return try await machine.office.client().record(NamespaceClerk.id(of: name))
        } catch APIFailure.problem(let problem) where problem.status == 404 {
            return nil
        }
    }

    /// The one value of a register or a counter, every value of a set or a log in its order.
    private static func shown(_ field: FieldMessage, _ type: FieldType) -> [JSON] {
        switch type {
        case .register, .counter: field.values.isEmpty ? [] : [field.shown].compactMap(\.self)
        case .set, .log: field.values.compactMap(\.value)
        case .exists: []
        }
    }
}
