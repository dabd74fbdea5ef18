import Divisions
import Foundation
import Ledger
import SwiftProtobuf

/// What a node tells the one above of itself and of the nodes below it; all times in it are ages.
struct Report: Hashable, Sendable {
    /// The speaker's clock, in milliseconds since 1970.
    var clock: UInt64
    var nodes: [NodeReport]
}

extension Report {
    init(_ wire: Tributary_V1_Report) throws(FrameFault) {
        guard wire.nodes.count <= ReplicationLimits.reportNodesMax else {
            throw FrameFault("a report of \(wire.nodes.count) nodes")
        }
        var nodes: [NodeReport] = []
        for node in wire.nodes { nodes.append(try NodeReport(node)) }
        self.init(clock: wire.clockMilliseconds, nodes: nodes)
    }
}

extension NodeReport {
    fileprivate init(_ wire: Tributary_V1_NodeReport) throws(FrameFault) {
        guard let division = DivisionCode(wire.division), wire.nonce.isEmpty || wire.nonce.count == 16 else {
            throw FrameFault("a report of a node that is none")
        }
        self.init(division: division)
        (release, nonce, hasTwoMachines) = (wire.release.start(40), Array(wire.nonce), wire.twoMachines)
        saidAt = try age(wire.saidMilliseconds)
        switch wire.link {
        case .unspecified: break
        case .up, .down:
            guard let upper = DivisionCode(wire.linked) else { throw FrameFault("a link with no node") }
            var link = Link(
                isUp: wire.link == .up, upper: upper, since: try age(wire.sinceMilliseconds),
                heardAt: try age(wire.heardMilliseconds))
            link.backlog = try count(wire.backlog)
            link.behindSince = try optionalAge(wire.behindMilliseconds)
            self.link = link
        case .UNRECOGNIZED(let code): throw FrameFault("a link in state \(code)")
        }
        if wire.hasState { state = try NodeState(wire.state) }
    }
}

extension NodeState {
    fileprivate init(_ wire: Tributary_V1_NodeState) throws(FrameFault) {
        guard let digest = Digest(bytes: Array(wire.digest)) else {
            throw FrameFault("a digest of \(wire.digest.count) bytes")
        }
        self.init(digest: digest)
        entries = try count(wire.entries)
        startedAt = try age(wire.startedMilliseconds)
        clockAhead = try age(wire.clockAheadMilliseconds) - age(wire.clockBehindMilliseconds)
        figures = NodeFigures(
            conflicts: try count(wire.conflicts), dirty: try count(wire.dirty),
            storeFailures: try count(wire.storeFailures))
        (missingFiles, forks) = (try count(wire.missingFiles), try count(wire.forks))
        (alarms, refused, faults) = (try count(wire.alarms), try count(wire.refused), try count(wire.faults))
        restoredAt = try optionalAge(wire.restoredMilliseconds)
        (backlog, behindSince) = (try count(wire.backlog), try optionalAge(wire.behindMilliseconds))
    }
}

/// Numbers and ages that can be added to without a care.
private func count(_ number: UInt64) throws(FrameFault) -> UInt64 {
    guard number < entryNumbers else { throw FrameFault("a report that counts \(number)") }
    return number
}

private func age(_ milliseconds: UInt64) throws(FrameFault) -> Int64 { Int64(try count(milliseconds)) }

private func optionalAge(_ milliseconds: UInt64) throws(FrameFault) -> Int64? {
    milliseconds == 0 ? nil : try age(milliseconds)
}

extension Tributary_V1_Report {
    init(_ report: Report) {
        self.init()
        clockMilliseconds = report.clock
        nodes = report.nodes.map(Tributary_V1_NodeReport.init)
    }
}

extension Tributary_V1_NodeReport {
    fileprivate init(_ report: NodeReport) {
        self.init()
        (division, release, nonce) = (report.division.text, report.release, Data(report.nonce))
        (twoMachines, saidMilliseconds) = (report.hasTwoMachines, wire(age: report.saidAt))
        if let link = report.link {
            (self.link, linked) = (link.isUp ? .up : .down, link.upper.text)
            (sinceMilliseconds, heardMilliseconds) = (wire(age: link.since), wire(age: link.heardAt))
            (backlog, behindMilliseconds) = (link.backlog, wire(optionalAge: link.behindSince))
        }
        if let state = report.state { self.state = Tributary_V1_NodeState(state) }
    }
}

extension Tributary_V1_NodeState {
    fileprivate init(_ state: NodeState) {
        self.init()
        (digest, entries) = (Data(state.digest.bytes), state.entries)
        startedMilliseconds = wire(age: state.startedAt)
        clockAheadMilliseconds = wire(age: state.clockAhead)
        clockBehindMilliseconds = wire(age: -state.clockAhead)
        (dirty, conflicts) = (state.figures.dirty, state.figures.conflicts)
        (missingFiles, forks, alarms) = (state.missingFiles, state.forks, state.alarms)
        (refused, faults, storeFailures) = (state.refused, state.faults, state.figures.storeFailures)
        restoredMilliseconds = wire(optionalAge: state.restoredAt)
        (backlog, behindMilliseconds) = (state.backlog, wire(optionalAge: state.behindSince))
    }
}

/// An age within what a decoder takes; what lies in the future is now.
private func wire(age: Int64) -> UInt64 { min(UInt64(max(0, age)), entryNumbers - 1) }

private func wire(optionalAge age: Int64?) -> UInt64 { age.map { max(1, wire(age: $0)) } ?? 0 }
