import Casework
import Lattice
import Ledger
import Store

/// Numbers for devices in the field: taken from the machine's block before anybody sees them, and each used once.
extension NumberService {
    /// Leases numbers to a device.
    ///
    /// - Parameters:
    ///   - count: how many at most; fewer where the block has no more.
    ///   - write: makes the lease and the block's explanation durable, in one change.
    /// - Returns: the lease, which nobody may see before.
    func lend(
        _ count: Int, _ word: String, of body: String, year: Int, to holder: DeviceHolder,
        write: (DeviceLease, NumberBlock) async throws -> Void
    ) async throws -> DeviceLease {
        let series = NumberSeries(body: body, word: word, year: year)
        let lending: NumberLending
        do {
            lending = try await setAside(count, of: series)
        } catch {
            if try await hasNoSign(body) { throw NumberRefusal.noSign(body: body) }
            throw try await error.asked(isAsked(series))
        }
        let lease = DeviceLease(
            record: Self.lease(lending.block, first: lending.numbers.lowerBound), device: holder.device,
            officer: holder.officer, block: lending.block.record, series: series, sign: lending.block.sign,
            numbers: lending.numbers, leasedAt: holder.at.description)
        do {
            try await write(lease, lending.block)
        } catch {
            await giveBack(lending, of: lease.record)
            throw error
        }
        return lease
    }

    /// A number of a lease, for the case that is to bear it.
    ///
    /// Give it back by `release` if the step that was to hold it is not written.
    func claim(
        _ ordinal: Int, of series: NumberSeries, by holder: DeviceHolder, for record: RecordID
    ) async throws(NumberRefusal) -> IssuedNumber {
        let leases: [DeviceLease]
        let bearers: Set<RecordID>
        do {
            leases = try await node.read { reader throws(QueryFailure) in
                try NumberShelf(reader: reader).leases(ofDevice: holder.device)
            }
            let lease = leases.first { lease in
                lease.series == series && lease.officer == holder.officer && lease.contains(ordinal)
                    && lease.returnedAt == nil
            }
            guard let number = lease?.number(ordinal) else { throw NumberRefusal.notLeased(series) }
            bearers = try await node.read { reader throws(QueryFailure) in
                try NumberShelf(reader: reader).bearers(of: number)
            }
            guard bearers.subtracting([record]).isEmpty, claimed[number] == nil || claimed[number] == record else {
                throw NumberRefusal.usedElsewhere(series)
            }
            claimed[number] = record
            return number
        } catch let refusal as NumberRefusal {
            throw refusal
        } catch {
            throw .storeNotRead("\(error)")
        }
    }

    /// The step that was to hold a leased number was written, and its paper tells of it, or it never will be.
    func release(_ number: IssuedNumber) { claimed[number] = nil }

    static func lease(_ block: NumberBlock, first: Int) -> RecordID {
        RecordID(
            home: block.record.home, flow: FieldKinds.deviceLease.flow, kind: FieldKinds.deviceLease.name,
            naturalKey: DeviceLease.naturalKey(block.series, first: first))
    }
}

/// Who holds a device, and when he asks.
struct DeviceHolder: Sendable {
    /// The id that the device drew for itself.
    let device: String
    /// His certificate.
    let officer: String
    let at: LegalMoment
}
