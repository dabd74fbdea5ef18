import Logging
import Replication
import ServiceLifecycle
import Store

/// Looks up now and then what only the store knows of this node, so that the core can tell it to the node above.
struct FiguresService: Service {
    let core: NodeCore

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do throws(StoreFailure) {
                    let (conflicts, dirty) = try await core.read { (reader) throws(StoreFailure) in
                        try reader.unsettled()
                    }
                    core.mailbox.tell(.figures(NodeFigures(conflicts: conflicts, dirty: dirty)))
                } catch {
                    core.logger.debug("counts could not be read", metadata: ["reason": "\(error)"])
                }
                try? await Task.sleep(for: .seconds(NodeLimits.figuresSeconds))
            }
        }
    }
}
