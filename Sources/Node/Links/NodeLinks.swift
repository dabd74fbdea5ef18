import Divisions
import Logging
import Replication
import ServiceLifecycle
import Synchronization
package import Transport

/// Holds the connections of a node: accepts those of its children, dials those the core asks for, and carries frames
/// between them and the core.
package final class NodeLinks: Service, Sendable {
    private let core: NodeCore
    private let listener: LinkListener?
    private let dialer: LinkDialer
    private let limits: LinkLimits
    private let logger: Logger
    /// The last reason for which a seat was not reached, so that a log says it once and not at every attempt.
    private let troubles = Mutex<[DivisionCode: String]>([:])

    package init(core: NodeCore) throws(LinkFailure) {
        let identity = TransportIdentity(core.identity)
        limits = LinkLimits(
            frameBytesMax: ReplicationLimits.frameBytesMax, linksMax: core.configuration.limits.linksMax)
        self.core = core
        logger = core.logger
        dialer = try LinkDialer(identity: identity, limits: limits, logger: core.logger)
        if let link = core.configuration.link {
            listener = try LinkListener(
                host: link.host, port: link.port, identity: identity, limits: limits, logger: core.logger)
        } else {
            listener = nil
        }
    }

    /// The port on which children reach this node, as soon as it is bound; `nil` for a node that does not listen.
    package var boundPort: Int? {
        get async throws { try await listener?.boundPort }
    }

    package func run() async throws {
        try await withGracefulShutdownHandler {
            try await withThrowingDiscardingTaskGroup { group in
                if let listener {
                    group.addTask { [self] in try await listen(listener) }
                    group.addTask { [self] in try await tellPort(listener) }
                }
                for await link in core.links.dials {
                    group.addTask { [self] in await dial(link) }
                }
            }
        } onGracefulShutdown: { [self] in
            core.links.stop()
            listener?.beginGracefulShutdown()
        }
    }

    /// Without its listener a node would look alive and take nobody in: then the whole service ends.
    private func listen(_ listener: LinkListener) async throws {
        do {
            try await listener.run { [self] connection in await accept(connection) }
        } catch {
            core.links.stop()
            throw error
        }
    }

    private func tellPort(_ listener: LinkListener) async throws {
        guard let host = core.configuration.link?.host else { return }
        let port = try await listener.boundPort
        logger.notice("links are accepted", metadata: ["host": "\(host)", "port": "\(port)"])
    }

    // MARK: One link

    private func accept(_ connection: LinkConnection) async {
        let link = core.links.makeAccepted()
        core.links.began(link)
        core.mailbox.tell(.accepted(link, division: connection.peer.division))
        end(link, await exchange(link, connection))
    }

    /// Makes the link that the core asked for and holds it until it ends. An attempt that the core no longer wants is
    /// broken off; a link that stands is ended in order.
    private func dial(_ link: Link) async {
        guard let seat = link.seat else { return }
        core.links.began(link)
        let reason = await withTaskGroup(of: String?.self) { group in
            group.addTask { [self] in await connect(link, to: seat) }
            group.addTask {
                await link.waitUntilClosed()
                return link.isHeld ? nil : "it was no longer wanted"
            }
            defer { group.cancelAll() }
            while let next = await group.next() {
                if let reason = next { return reason }
            }
            return "it ended"
        }
        end(link, reason)
    }

    private func end(_ link: Link, _ reason: String) {
        link.cut()
        core.links.ended(link)
        core.mailbox.tell(.ended(link, reason: reason))
    }

    private func connect(_ link: Link, to seat: Seat) async -> String {
        let outcome = Mutex<String?>(nil)
        do {
            try await dialer.connect(host: seat.host, port: seat.port) { [self] connection in
                troubles.withLock { $0[seat.division] = nil }
                core.mailbox.tell(.dialled(link, division: connection.peer.division))
                let reason = await exchange(link, connection)
                outcome.withLock { $0 = reason }
            }
        } catch {
            if let reason = outcome.withLock({ $0 }) { return reason }
            noteTrouble("\(error)", with: seat)
            return "\(error)"
        }
        return outcome.withLock { $0 } ?? "it ended"
    }

    private func noteTrouble(_ reason: String, with seat: Seat) {
        let isNews = troubles.withLock { troubles in
            guard troubles[seat.division] != reason else { return false }
            troubles[seat.division] = reason
            return true
        }
        guard isNews, !Task.isCancelled else { return }
        logger.notice(
            "an office above is not reached; it is tried again until it is",
            metadata: ["division": "\(seat.division)", "reason": "\(reason)"])
    }

    /// Carries frames both ways until the link ends, and says why it did.
    private func exchange(_ link: Link, _ connection: LinkConnection) async -> String {
        link.holds()
        return await withTaskGroup(of: Void.self) { group in
            group.addTask { [self] in await send(link, over: connection) }
            group.addTask { [limits] in
                await link.waitUntilClosed()
                // What waits may still leave, but a peer that does not read must not hold the link open for ever.
                try? await Task.sleep(for: .seconds(limits.closeTimeoutSeconds))
                connection.close()
            }
            let reason = await receive(link, from: connection)
            link.cut()
            group.cancelAll()
            return reason
        }
    }

    private func send(_ link: Link, over connection: LinkConnection) async {
        while let frame = await link.next() {
            do {
                try await connection.send(frame)
            } catch {
                if !Task.isCancelled { logger.debug("a frame was not sent", metadata: ["reason": "\(error)"]) }
                link.cut()
            }
        }
        connection.close()
    }

    private func receive(_ link: Link, from connection: LinkConnection) async -> String {
        do {
            for try await frame in connection.frames where !link.isClosed {
                await core.mailbox.receive(frame, on: link)
            }
            return link.isClosed ? "it was closed here" : "the peer closed it"
        } catch is CancellationError {
            return link.isClosed ? "it was closed here" : "the connection was lost"
        } catch {
            return "\(error)"
        }
    }
}
