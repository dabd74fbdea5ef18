import Casework
import Divisions
import Lattice
import Ledger
import Libraries
package import Logging
import Replication
import ServiceLifecycle
import Store

/// Writes receipts for the nodes below: what this node had of their streams, by its own clock.
///
/// At most one element in five minutes and child, and only of streams whose head moved since the last. Streams that this
/// node or a higher one writes in the child's home are not told: a receipt would call for the next.
package actor ReceiptService: Service {
    /// Between two elements for one child: what a backdated step could gain, against what every line has to carry.
    static let intervalMilliseconds: UInt64 = 300_000
    /// What a process that starts assumes to be told already if its stamp is older and no recent receipt names it.
    static let rememberedDays = 7

    private struct Child {
        let division: DivisionCode
        /// The child's own division, and those it serves.
        let homes: Set<DivisionCode>
        var isKnown = false
        var told: [StreamID: UInt64] = [:]
        /// When the last element was written.
        var last: UInt64?
    }

    private let node: any NodeAccess
    private let clerk: RecordClerk
    private let clock: @Sendable () -> UInt64
    private let logger: Logger
    private var children: [Child]

    /// - Parameter clock: milliseconds since 1970.
    package init(
        node: any NodeAccess, clock: @escaping @Sendable () -> UInt64, chance: @escaping @Sendable () -> UInt64,
        logger: Logger
    ) {
        (self.node, self.clock, self.logger) = (node, clock, logger)
        clerk = RecordClerk(node: node, clock: clock, chance: chance)
        let tree = node.tree
        children = tree.downlinks(of: node.seat).map { seat in
            Child(division: seat.division, homes: Set([seat.division] + tree.hosted(by: seat.division)))
        }
    }

    /// Writes what is to be told now.
    ///
    /// - Throws: what the store or the core says; it is told with the next pass then.
    package func pass() async throws {
        guard !children.isEmpty, let moment = LegalMoment(milliseconds: clock()) else { return }
        let now = clock()
        let due = children.indices.filter { index in
            children[index].last.map { now >= $0 + Self.intervalMilliseconds || now < $0 } ?? true
        }
        guard !due.isEmpty else { return }
        let tree = node.tree
        let heads = try await node.read { reader in try reader.heads() }
        let byHome = Dictionary(grouping: heads) { $0.home }
        for index in due {
            let child = children[index]
            let own = child.homes.sorted().flatMap { byHome[$0] ?? [] }
                .filter { $0.number > 0 && tree.isAtOrBelow($0.seat, child.division) }
            if !child.isKnown { try await remember(index, own, moment) }
            try await tell(index, own, now, moment.day)
        }
    }

    private func tell(_ index: Int, _ own: [StreamHead], _ now: UInt64, _ today: LegalDate) async throws {
        let moved = own.filter { $0.number > children[index].told[$0.stream] ?? 0 }.sorted { $0.stream < $1.stream }
        let part = moved.prefix(ReceiptElement.headsMax)
        let heads = part.map { ReceiptElement.Head(stream: $0.stream, number: $0.number, check: $0.hash.check) }
        guard let element = ReceiptElement(time: now, heads: heads) else { return }
        try await clerk.write(
            receipt(children[index].division, on: today), CaseworkKinds.receipt,
            [
                (ReceiptRecord.superior, [.text(node.seat.text)]), (ReceiptRecord.day, [.text("\(today)")]),
                (ReceiptRecord.heads, [.bytes(element.bytes)]),
            ])
        for head in part { children[index].told[head.stream] = head.number }
        children[index].last = now
    }

    /// What the receipts of the last days say is told; so is what stood still for longer.
    private func remember(_ index: Int, _ own: [StreamHead], _ moment: LegalMoment) async throws {
        let division = children[index].division
        let days = (0..<Self.rememberedDays).compactMap { moment.day.adding(days: -$0) }
        let ids = days.map { receipt(division, on: $0) }
        let elements = try await node.read { reader throws(StoreFailure) in
            var elements: [ReceiptElement] = []
            for id in ids { elements += try reader.record(id).map { ReceiptRecord.elements(of: $0) } ?? [] }
            return elements
        }
        var told: [StreamID: UInt64] = [:]
        for element in elements {
            for head in element.heads { told[head.stream] = max(told[head.stream] ?? 0, head.number) }
        }
        let horizon = days.last.map { LegalMoment($0).milliseconds } ?? 0
        for head in own where told[head.stream] == nil && head.stamp < horizon { told[head.stream] = head.number }
        children[index].told = told
        children[index].last = elements.map(\.time).max()
        children[index].isKnown = true
    }

    private func receipt(_ division: DivisionCode, on day: LegalDate) -> RecordID {
        let kind = CaseworkKinds.receipt
        return RecordID(
            home: division, flow: kind.flow, kind: kind.name,
            naturalKey: ReceiptRecord.naturalKey(superior: node.seat.text, day: "\(day)"))
    }

    /// Passes every so often until the node stops.
    package func run() async throws {
        let ticks = AsyncStream { try? await Task.sleep(for: .milliseconds(Int64(Self.intervalMilliseconds) / 5)) }
        for await _ in ticks.cancelOnGracefulShutdown() where !children.isEmpty {
            do { try await pass() } catch {
                logger.error(
                    "a receipt for an office below was not written; it is told with the next",
                    metadata: ["reason": "\(error)"])
            }
        }
    }
}
