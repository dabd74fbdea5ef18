import Replication

/// Every bound of the runtime in one place.
package enum NodeLimits {
    /// Links that a node accepts at once.
    package static let linksMax = ReplicationLimits.linksMax
    /// Received bytes that wait for the core: some tenths of a second of its work, so that an acknowledgement behind
    /// bulk is not late.
    package static let inboxBytesMax = 4 << 20
    /// The core's thread: as much as a program's first thread has.
    static let coreStackBytes = 8 << 20
    /// Local changes that wait for the core; beyond that they are refused at once.
    package static let changesWaitingMax = 8_192
    /// Local changes in one step, so that the first of many does not wait for the commit of all.
    static let changesPerStepMax = 256
    /// Edits of those changes: an importer's change may have thousands. At least one change is always taken.
    static let editsPerStepMax = 16_384
    /// Received bytes in one step: a batch of a fast line. A local change waits for at most one such step.
    static let frameBytesPerStepMax = ReplicationLimits.batchBytesMax
    /// Frames in one step, for frames that are small.
    static let framesPerStepMax = 512
    /// Bytes that wait for one link: what the core leaves in flight, with room for a long comparison. More means a
    /// peer that does not read.
    static let outboxBytesMax = 4 * ReplicationLimits.windowBytesMax
    /// Notices that wait for one reader of changes; the oldest are dropped beyond that, and the reader is told.
    package static let noticesWaitingMax = 4_096
    /// Readers of changes at once.
    package static let changeReadersMax = 256
    /// Calls that read the store at once, each on a thread of its own; more wait their turn.
    static let storeReadersMax = 4
    /// Incidents kept in memory; one that happens again is counted.
    static let incidentsMax = 256
    /// Entries looked at to tell what a cut line holds back: some tens of milliseconds.
    static let heldBackMax = 2_000
    /// Between two notices of a changed network to one reader.
    static let networkNoticeMilliseconds = 2_000
    /// How often what only the surroundings of the core know is looked up for its reports.
    static let figuresSeconds = 30
    /// Missing files that are told by name.
    static let missingFilesMax = 1_000
    /// Seconds until writing is tried again after the store failed, doubling from the first to the second.
    static let storeRetrySecondsMin: UInt64 = 1
    static let storeRetrySecondsMax: UInt64 = 8
    /// Bytes that must fit on the disk before writing is tried again: one large commit.
    static let storeProbeBytes = 4 << 20
    /// Seconds that a stopping node gives its services before it cancels them, and then before it gives up.
    static let stopSecondsMax = 15
    static let cancelSecondsMax = 5
    /// Verified chains of certificates that are remembered: every machine of a large province.
    static let chainsRememberedMax = 8_192
    /// Minutes that a session of a person lasts however busy it is: a day's work and its overtime.
    package static let sessionMinutesMax = 12 * 60
    /// Bytes of a configuration file.
    static let configurationBytesMax = 65_536
}
