import Divisions
import Foundation
import Lattice
import Ledger
import Libraries
import Node
import Synchronization

/// Who plays in the demonstration: the offices of `Topology/demo.yaml`, their officers, and the cases they invent.
final class DemoCast: Sendable {
    static let province: DivisionCode = "440000"
    static let city: DivisionCode = "440700"
    static let county: DivisionCode = "440781"
    /// The township whose lines are cut.
    static let cutOff: DivisionCode = "440781001"
    /// The township that is restored from a backup.
    static let restored: DivisionCode = "440781115"
    /// The township without a node of its own.
    static let hosted: DivisionCode = "440781114"

    private static let seed: UInt64 = 2_026
    private static let itemsCount = 10

    let province: LocalProvince
    let officers: [OfficerRow]
    let acknowledged = Acknowledged()
    private let lastCase = Atomic(0)

    init(_ province: LocalProvince, officers: [OfficerRow]) { (self.province, self.officers) = (province, officers) }

    /// Somebody of a division, at the node that serves it.
    func desk(_ role: Role, of division: DivisionCode) throws -> Desk {
        guard let seat = province.tree.seatServing(division) else {
            throw CommandFailure(.badData, "\(division): no node serves it in this topology")
        }
        let officer = officers.first { $0.division == division }
        let client = try province[seat.division].client(
            role, for: division, officer: officer.map(Self.certificate), body: officer?.body ?? "")
        return Desk(client: client, acknowledged: acknowledged)
    }

    /// An invented case of a division; no two are the same.
    func newCase(of division: DivisionCode) throws -> CaseRow {
        let number = lastCase.add(1, ordering: .relaxed).newValue
        let counts = SyntheticRosters.Counts(
            bodies: province.tree.subtree(of: division).count, officers: 40, items: Self.itemsCount)
        guard let rosters = SyntheticRosters(tree: province.tree, scope: division, seed: Self.seed, counts: counts)
        else {
            throw CommandFailure(.badData, "\(division): is not in this topology")
        }
        var row = rosters.caseFile(number)
        let staff = officers.filter { $0.division == division }
        row.caseNo = "示\(division)-\(number)"
        row.division = division
        row.status = .filed
        row.fineFen = nil
        if let body = staff.first?.body { row.body = body }
        row.officers = staff.prefix(2).map(\.certificateNo)
        return row
    }

    /// Opens a case of a division at the node that serves it.
    @discardableResult
    func openCase(of division: DivisionCode) async throws -> RecordID {
        try await desk(.officer, of: division).open(newCase(of: division), home: division)
    }

    func clerk(_ division: DivisionCode) -> Load.Clerk {
        Load.Clerk(seat: division) { [self] in try await openCase(of: division) }
    }

    static func certificate(_ officer: OfficerRow) -> RecordID {
        RecordID(
            home: officer.division, flow: LibraryKinds.officer.flow, kind: LibraryKinds.officer.name,
            naturalKey: officer.certificateNo)
    }

    static func person(_ officer: OfficerRow) -> RecordID {
        RecordID(
            home: officer.division, flow: LibraryKinds.officerPerson.flow, kind: LibraryKinds.officerPerson.name,
            naturalKey: officer.certificateNo)
    }
}
