import Divisions
import Metrics
import Replication
import Synchronization

/// What a node counts and measures of itself, by name. Labels are divisions, phases and events: never a person.
final class NodeMeters: Sendable {
    /// Bytes over links with one neighbour.
    struct Traffic {
        let received: Counter
        let sent: Counter
    }

    private enum Name {
        static let commits = "tributary_commits_total"
        static let entries = "tributary_entries_total"
        static let records = "tributary_records_changed_total"
        static let commitSeconds = "tributary_commit_seconds"
        static let stepSeconds = "tributary_step_seconds"
        static let entriesPerCommit = "tributary_entries_per_commit"
        static let received = "tributary_link_received_bytes_total"
        static let sent = "tributary_link_sent_bytes_total"
        static let events = "tributary_link_events_total"
        static let links = "tributary_links"
        static let backlog = "tributary_backlog_entries"
        static let writable = "tributary_store_writable"
        static let storeFailures = "tributary_store_failures_total"
        static let changesWaiting = "tributary_changes_waiting"
        static let inboxBytes = "tributary_inbox_bytes"
        static let followers = "tributary_change_followers"
        static let filesMissing = "tributary_files_missing"
        static let filesArriving = "tributary_files_arriving"
    }

    private let factory: any MetricsFactory
    private let local: Origin
    private let remote: Origin
    private let commitSeconds: Timer
    private let stepSeconds: Timer
    private let entriesPerCommit: Recorder
    private let writable: Gauge
    private let storeFailures: Counter
    private let changesWaiting: Gauge
    private let inboxBytes: Gauge
    private let followers: Gauge
    private let filesMissing: Gauge
    private let filesArriving: Gauge
    /// Every peer that ever had a backlog, so that it goes back to nothing when the link is gone.
    private let backlogs = Mutex<[String: Gauge]>([:])

    /// What came from officers here, and what came over links.
    private struct Origin {
        let commits: Counter
        let entries: Counter
        let records: Counter

        init(_ name: String, _ factory: any MetricsFactory) {
            let dimensions = [("origin", name)]
            commits = Counter(label: Name.commits, dimensions: dimensions, factory: factory)
            entries = Counter(label: Name.entries, dimensions: dimensions, factory: factory)
            records = Counter(label: Name.records, dimensions: dimensions, factory: factory)
        }
    }

    init(registry: MetricsRegistry) {
        factory = registry
        local = Origin("local", registry)
        remote = Origin("remote", registry)
        commitSeconds = Timer(label: Name.commitSeconds, factory: registry)
        stepSeconds = Timer(label: Name.stepSeconds, factory: registry)
        entriesPerCommit = Recorder(label: Name.entriesPerCommit, factory: registry)
        writable = Gauge(label: Name.writable, factory: registry)
        storeFailures = Counter(label: Name.storeFailures, factory: registry)
        changesWaiting = Gauge(label: Name.changesWaiting, factory: registry)
        inboxBytes = Gauge(label: Name.inboxBytes, factory: registry)
        followers = Gauge(label: Name.followers, factory: registry)
        filesMissing = Gauge(label: Name.filesMissing, factory: registry)
        filesArriving = Gauge(label: Name.filesArriving, factory: registry)
        for (name, help) in Self.helps { registry.describe(name, help) }
    }

    private static let helps = [
        (Name.commits, "Commits; those with anything from a link count as remote."),
        (Name.entries, "Entries committed."),
        (Name.records, "Records changed by commits."),
        (Name.commitSeconds, "Time until a commit was durable."),
        (Name.stepSeconds, "Time of a step of the core, its commit included."),
        (Name.entriesPerCommit, "Entries in one commit."),
        (Name.received, "Bytes of frames received from a neighbour."),
        (Name.sent, "Bytes of frames handed to the line to a neighbour."),
        (Name.events, "What happened on links."),
        (Name.links, "Links by phase."),
        (Name.backlog, "Entries that a linked neighbour may not have yet: an upper bound."),
        (Name.writable, "1 while the store is written, 0 while it refuses."),
        (Name.storeFailures, "How often the store began to refuse."),
        (Name.changesWaiting, "Local changes that wait for the core."),
        (Name.inboxBytes, "Bytes of received frames that wait for the core."),
        (Name.followers, "Readers that follow changes."),
        (Name.filesMissing, "Evidence files that records here name and that are not here."),
        (Name.filesArriving, "Evidence files that are on their way."),
    ]

    func stepped(nanoseconds: UInt64) { stepSeconds.recordNanoseconds(Int64(clamping: nanoseconds)) }

    func committed(nanoseconds: UInt64) { commitSeconds.recordNanoseconds(Int64(clamping: nanoseconds)) }

    func storeFailed() { storeFailures.increment() }

    func isWriting(_ isWriting: Bool) { writable.record(isWriting ? 1 : 0) }

    func traffic(with peer: DivisionCode) -> Traffic {
        let dimensions = [("peer", peer.text)]
        return Traffic(
            received: Counter(label: Name.received, dimensions: dimensions, factory: factory),
            sent: Counter(label: Name.sent, dimensions: dimensions, factory: factory))
    }

    func happened(_ event: Event) {
        switch event {
        case .committed(let entries, let records, let isRemote):
            let origin = isRemote ? remote : local
            origin.commits.increment()
            origin.entries.increment(by: entries)
            origin.records.increment(by: records)
            entriesPerCommit.record(entries)
        case .changed: break
        default:
            Counter(label: Name.events, dimensions: [("event", event.name)], factory: factory).increment()
        }
    }

    /// Sets what is looked up rather than counted.
    func observe(links: [LinkStatus], changesWaiting: Int, bytesWaiting: Int, followers: Int, files: FileStatus) {
        for phase in [LinkStatus.Phase.greeting, .comparing, .streaming] {
            Gauge(label: Name.links, dimensions: [("phase", phase.rawValue)], factory: factory)
                .record(links.count { $0.phase == phase })
        }
        var waiting: [String: UInt64] = [:]
        for link in links {
            guard let peer = link.peer?.text else { continue }
            waiting[peer] = max(waiting[peer] ?? 0, link.backlogEntries)
        }
        backlogs.withLock { backlogs in
            for peer in waiting.keys where backlogs[peer] == nil {
                backlogs[peer] = Gauge(label: Name.backlog, dimensions: [("peer", peer)], factory: factory)
            }
            for (peer, gauge) in backlogs { gauge.record(Int64(clamping: waiting[peer] ?? 0)) }
        }
        self.changesWaiting.record(changesWaiting)
        inboxBytes.record(bytesWaiting)
        self.followers.record(followers)
        filesMissing.record(files.missing)
        filesArriving.record(files.arriving)
    }
}

extension Event {
    /// The event as a label.
    fileprivate var name: String {
        switch self {
        case .greeted: "greeted"
        case .refusedPeer: "refused_peer"
        case .refusedByPeer: "refused_by_peer"
        case .compared: "compared"
        case .caughtUp: "caught_up"
        case .linkEnded: "ended"
        case .faultyFrame: "faulty_frame"
        case .refusedRun: "refused_run"
        case .waiting: "waiting"
        case .forked: "forked"
        case .twoMachines: "two_machines"
        case .clockAhead: "clock_ahead"
        case .committed: "committed"
        case .changed: "changed"
        case .turned: "turned"
        case .reported: "reported"
        case .restored: "restored"
        case .fileComplete: "file_complete"
        case .fileUnsound: "file_unsound"
        case .fileDamaged: "file_damaged"
        case .filesFailed: "files_failed"
        }
    }
}
