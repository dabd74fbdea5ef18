import Divisions
import Ledger
import Logging
import Replication

/// Writes what the core reports into the log, one line an event, each with the reason that the core gave.
struct EventLog {
    let logger: Logger
    let tree: DivisionTree

    func write(_ event: Event) {
        switch event {
        case .committed(let entries, let records, let isRemote):
            logger.debug(
                "committed",
                metadata: ["entries": "\(entries)", "records": "\(records)", "from": isRemote ? "links" : "here"])
        case .changed(let record, let entry):
            logger.trace("a record changed", metadata: ["kind": "\(record.kind)", "entry": "\(entry)"])
        case .forked(let stream, let after):
            logger.error(
                "a writer contradicted itself: its stream counts up to here, the rest is kept as evidence",
                metadata: ["stream": "\(stream)", "after": "\(after)"])
        case .twoMachines(let division, let nonces):
            logger.error(
                "two live machines answer for one office: stop one of them",
                metadata: office(division) + ["nonces": "\(nonces.map { hexadecimal($0) }.joined(separator: " "))"])
        case .clockAhead(let stream, let milliseconds):
            logger.warning(
                "a writer's clock is ahead of this machine's: one of the two is wrong",
                metadata: ["stream": "\(stream)", "milliseconds": "\(milliseconds)"])
        case .turned(let division):
            logger.notice("turned to another office above", metadata: office(division))
        case .restored(let stream):
            logger.error(
                "entries that this node had written came back from a neighbour: its store had been set back",
                metadata: ["stream": "\(stream)"])
        case .reported(let link, let nodes):
            logger.debug("a neighbour told of nodes", metadata: about(link, nil) + ["nodes": "\(nodes)"])
        case .fileComplete(let digest, let bytes):
            logger.info("a file is whole", metadata: ["file": "\(digest.sha256Text)", "bytes": "\(bytes)"])
        case .fileUnsound(let digest):
            logger.error(
                "a record contradicts itself: the file's chunks are those it names, its digest is not",
                metadata: ["file": "\(digest.sha256Text)"])
        case .fileDamaged(let digest):
            logger.error(
                "a file's bytes have changed on the disk: it is set aside and fetched anew",
                metadata: ["file": "\(digest.sha256Text)"])
        case .filesFailed(let failure):
            logger.error(
                "files cannot be written: records go on, files are tried again", metadata: ["reason": "\(failure)"])
        default: writeLink(event)
        }
    }

    private func writeLink(_ event: Event) {
        switch event {
        case .greeted(let link, let peer, let resumes):
            logger.info("greeted", metadata: about(link, peer) + ["resumes": "\(resumes)"])
        case .refusedPeer(let link, let peer, let reason):
            logger.warning("refused a peer", metadata: about(link, peer) + ["reason": "\(reason)"])
        case .refusedByPeer(let link, let reason):
            logger.warning("a peer refused this node", metadata: about(link, nil) + ["reason": "\(reason)"])
        case .compared(let link, let peer, let frames, let differing):
            logger.info(
                "compared", metadata: about(link, peer) + ["frames": "\(frames)", "differing": "\(differing)"])
        case .caughtUp(let link, let peer):
            logger.info("the peer has all it should have", metadata: about(link, peer))
        case .linkEnded(let link, let peer, let reason):
            logger.notice("a link ended", metadata: about(link, peer) + ["reason": "\(reason)"])
        case .faultyFrame(let link, let peer, let reason):
            logger.warning("a frame could not be used", metadata: about(link, peer) + ["reason": "\(reason)"])
        case .refusedRun(let link, let stream, let refusal):
            logger.warning(
                "entries were refused", metadata: about(link, nil) + ["stream": "\(stream)", "reason": "\(refusal)"])
        case .waiting(let link, let stream, let gap):
            logger.info(
                "entries wait for what is not here yet",
                metadata: about(link, nil) + ["stream": "\(stream)", "gap": "\(gap)"])
        default: preconditionFailure("\(event) is no event of a link")
        }
    }

    private func about(_ link: LinkID, _ peer: DivisionCode?) -> Logger.Metadata {
        ["link": "\(link.number)"] + (peer.map(office) ?? [:])
    }

    private func office(_ division: DivisionCode) -> Logger.Metadata {
        var metadata: Logger.Metadata = ["division": "\(division)"]
        if let name = tree.division(division)?.name { metadata["name"] = "\(name)" }
        return metadata
    }
}

extension Logger.Metadata {
    fileprivate static func + (left: Logger.Metadata, right: Logger.Metadata) -> Logger.Metadata {
        left.merging(right) { _, new in new }
    }
}
