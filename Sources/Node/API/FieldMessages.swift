import Casework
import Ledger
package import Libraries

/// What the API says to devices in the field.

/// Numbers of a device, and what has become of each.
package struct DeviceLeaseMessage: Codable, Hashable, Sendable {
    /// The id of the lease's record.
    package let record: String
    package let word: String
    package let year: Int
    /// What the numbers begin with, `机关代字 + 文种字〔年份〕`; the ordinal and 号 follow.
    package let head: String
    package let first: Int
    package let last: Int
    package let used: [Int]
    /// That the device may still use.
    package let left: [Int]
    /// That came back unused.
    package let returned: [Int]
    package let leasedAt: String
    package let returnedAt: String?

    init(_ lease: DeviceLease, used: [Int]) {
        (record, word, year) = (lease.record.description, lease.series.word, lease.series.year)
        (head, first, last) = (lease.number(lease.first)?.head ?? "", lease.first, lease.last)
        let unused = (lease.first...lease.last).filter { !used.contains($0) }
        (self.used, left, returned) = lease.returnedAt == nil ? (used, unused, []) : (used, [], unused)
        (leasedAt, returnedAt) = (lease.leasedAt, lease.returnedAt)
    }
}

package struct DeviceMessage: Codable, Hashable, Sendable {
    static let nameCharactersMax = 64

    package let device: String
    package let name: String
    /// The certificate of whoever holds it.
    package let officer: String
    package let registeredAt: String
    /// The ordinal of the delivery that is expected next.
    package let next: Int
    package let leases: [DeviceLeaseMessage]
}

package struct DeviceList: Codable, Hashable, Sendable { package let devices: [DeviceMessage] }

/// An item as a device keeps it.
package struct FieldItemMessage: Codable, Hashable, Sendable {
    package let code: String
    package let name: String
    package let bases: [String]
    package let benchmark: BenchmarkMessage?
}

package struct FieldCatalogue: Codable, Hashable, Sendable {
    /// The day on which the body may use these items.
    package let on: String
    package let items: [FieldItemMessage]
    package let next: String?
}

/// What became of one part of a delivery.
package struct FieldPartMessage: Codable, Hashable, Sendable {
    package enum State: String, Codable, Hashable, Sendable {
        case done, refused
        /// A part before it was refused.
        case unreached = "not-reached"
    }

    /// The step, in the order of the delivery.
    package let step: String
    package let state: State
    /// Of its document.
    package let number: String?
    /// Why it was refused: the problem that the step alone would have met.
    package let problem: JSON?
}

/// What became of a delivery.
package struct FieldDeliveryMessage: Codable, Hashable, Sendable {
    package enum State: String, Codable, Hashable, Sendable, CaseIterable {
        case delivered
        /// The case is kept with what could be written, and what was sent is attached to it.
        case refused
        case withdrawn
    }

    package let device: String
    package let ordinal: Int
    package let state: State
    /// The case; absent for what was withdrawn.
    package let record: String?
    /// The number on the document that was handed over at the scene.
    package let number: String?
    /// When it was done, and when this node had it: late entries show as such.
    package let capturedAt: String
    package let deliveredAt: String
    /// Records of evidence, in the order of the delivery.
    package let evidence: [String]
    package let steps: [FieldPartMessage]
}
