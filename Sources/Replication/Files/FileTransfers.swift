import Divisions
package import Ledger

/// What this node lacks of the files that its records name, and where it is about to get each of them.
///
/// Every missing file has one place: it waits to be given to a neighbour, stands in the line of one, is being pulled,
/// is being made whole, or rests because nobody had it.
struct FileTransfers: Sendable {
    enum Place: Hashable, Sendable {
        case unplaced
        case queued(LinkID)
        case pulled(LinkID)
        case finishing
        /// `UInt64.max`: until links change, because there is nobody to ask.
        case resting(until: UInt64)
    }

    struct Want: Sendable {
        /// Records that name it.
        var records: [RecordID]
        /// Links over which it was asked for in vain.
        var passed = Set<LinkID>()
        /// How often it has rested.
        var rests = 0
        var place = Place.unplaced
    }

    /// A file on its way to us.
    struct Pull: Sendable {
        let link: LinkID
        let record: RecordID
        /// The chunk that comes next, and the first one that was not asked for yet.
        var next: UInt32
        var asked: UInt32
        /// What has come of the next chunk.
        var bytes: [UInt8] = []
        var proof: [Digest] = []
        var heardAt: UInt64
    }

    private(set) var wants: [FileName: Want] = [:]
    private(set) var pulls: [FileName: Pull] = [:]
    private var queues: [LinkID: [FileName]] = [:]
    private var unplaced: [FileName] = []
    private(set) var finishing: [FileName] = []
    /// Files that were to be set aside in the last step, and a record that names each.
    private var setAside: [(name: FileName, record: RecordID)] = []
    /// Names whose chunks are right and whose digest is not.
    private(set) var unsound = Set<FileName>()
    /// Missing files for which there was no room in `wants`.
    private(set) var beyond = 0
    /// Wrong chunks by who sent them.
    var wrongChunks: [DivisionCode: Int] = [:]
    /// A link began to stream or ended since the last look.
    var linksChanged = false
    private(set) var isScanning: Bool
    private(set) var scannedTo: RecordID?
    private(set) var pausedUntil: UInt64?
    private var wakeAt: UInt64?

    init(isScanning: Bool) { self.isScanning = isScanning }

    // MARK: What is missing

    /// A record names a file that is not here.
    mutating func note(_ name: FileName, in record: RecordID) {
        guard !unsound.contains(name) else { return }
        if var want = wants[name] {
            guard want.records.count < ReplicationLimits.recordsPerFileMax, !want.records.contains(record) else {
                return
            }
            want.records.append(record)
            wants[name] = want
        } else if wants.count < ReplicationLimits.filesWantedMax {
            wants[name] = Want(records: [record])
            unplaced.append(name)
        } else {
            beyond += 1
        }
    }

    /// A page of records was looked through.
    mutating func scanned(to record: RecordID?, isLast: Bool) {
        scannedTo = isLast ? nil : record
        isScanning = !isLast
    }

    /// Looks for what was passed over once there is room again.
    mutating func rescanIfDrained() {
        guard !isScanning, beyond > 0, wants.count < ReplicationLimits.filesWantedMax / 2 else { return }
        (beyond, isScanning, scannedTo) = (0, true, nil)
    }

    var missing: Int { wants.count + beyond + unsound.count }

    // MARK: Events

    /// The file is here, whole.
    mutating func arrived(_ name: FileName) {
        wants[name] = nil
        pulls[name] = nil
        unsound.remove(name)
    }

    /// It will not come over this link: the next neighbour is asked.
    mutating func passed(_ name: FileName, by link: LinkID) {
        guard wants[name] != nil else { return }
        pulls[name] = nil
        wants[name]?.passed.insert(link)
        unplace(name)
    }

    /// A neighbour that was asked in vain has it now.
    mutating func offered(_ name: FileName, by link: LinkID) {
        guard let want = wants[name], want.passed.contains(link) else { return }
        wants[name]?.passed.remove(link)
        if case .resting = want.place { unplace(name) }
    }

    mutating func pullBegan(_ name: FileName, _ pull: Pull) {
        pulls[name] = pull
        wants[name]?.place = .pulled(pull.link)
    }

    mutating func pullMoved(_ name: FileName, _ pull: Pull) { pulls[name] = pull }

    mutating func allChunksCame(_ name: FileName) {
        pulls[name] = nil
        wants[name]?.place = .finishing
        finishing.append(name)
    }

    /// Those that were to be made whole in the last step.
    mutating func takeFinishing() -> [FileName] {
        defer { finishing = [] }
        return finishing
    }

    mutating func wasSetAside(_ name: FileName, record: RecordID) { setAside.append((name, record)) }

    /// What was set aside is missing from now on.
    mutating func noteSetAside(unless isHeld: (Digest) -> Bool) {
        let names = setAside
        setAside = []
        for (name, record) in names where !isHeld(name.digest) { note(name, in: record) }
    }

    mutating func foundUnsound(_ name: FileName) {
        wants[name] = nil
        if unsound.count < ReplicationLimits.filesWantedMax { unsound.insert(name) }
    }

    /// Files cannot be written: all that is under way is given up and begun again later.
    mutating func failed(at now: UInt64) {
        pausedUntil = now + ReplicationLimits.filesPausedMilliseconds
        pulls = [:]
        finishing = []
        linksChanged = true
    }

    // MARK: Places

    /// Whether files are fetched at this moment.
    mutating func isRunning(at now: UInt64) -> Bool {
        guard let until = pausedUntil else { return true }
        guard until <= now else { return false }
        pausedUntil = nil
        return true
    }

    private mutating func unplace(_ name: FileName) {
        wants[name]?.place = .unplaced
        unplaced.append(name)
    }

    /// Takes everything out of the line that cannot go on where it stands, or could go on elsewhere since links changed.
    mutating func regroup(alive: Set<LinkID>) {
        guard linksChanged else { return }
        linksChanged = false
        for link in queues.keys.sorted() where !alive.contains(link) { queues[link] = nil }
        for name in wants.keys.sorted() {
            switch wants[name]?.place {
            case .queued(let link) where !alive.contains(link), .pulled(let link) where !alive.contains(link): break
            case .pulled where pulls[name] == nil: break
            case .finishing where !finishing.contains(name): break
            case .resting: break
            default: continue
            }
            pulls[name] = nil
            unplace(name)
        }
    }

    /// Lets those try again that have rested long enough.
    mutating func wake(at now: UInt64) {
        guard let due = wakeAt, due <= now else { return }
        wakeAt = nil
        for name in wants.keys.sorted() {
            guard case .resting(let until) = wants[name]?.place else { continue }
            if until <= now {
                wants[name]?.passed = []
                unplace(name)
            } else if until < .max {
                wakeAt = min(wakeAt ?? .max, until)
            }
        }
    }

    /// Passes on what no neighbour has answered for.
    mutating func passOverdue(at now: UInt64) {
        for name in pulls.keys.sorted() {
            guard let pull = pulls[name], pull.heardAt + ReplicationLimits.fileAnswerMilliseconds <= now else {
                continue
            }
            passed(name, by: pull.link)
        }
    }

    mutating func takeUnplaced() -> [FileName] {
        defer { unplaced = [] }
        return unplaced.filter { wants[$0]?.place == .unplaced }
    }

    mutating func enqueue(_ name: FileName, at link: LinkID) {
        wants[name]?.place = .queued(link)
        queues[link, default: []].append(name)
    }

    /// Nobody has it, or nobody is there.
    mutating func rest(_ name: FileName, at now: UInt64) {
        guard let want = wants[name] else { return }
        guard !want.passed.isEmpty else {
            wants[name]?.place = .resting(until: .max)
            return
        }
        let delay = min(
            ReplicationLimits.fileRestMillisecondsMin << UInt64(min(want.rests, 16)),
            ReplicationLimits.fileRestMillisecondsMax)
        wants[name]?.rests += 1
        wants[name]?.place = .resting(until: now + delay)
        wakeAt = min(wakeAt ?? .max, now + delay)
    }

    /// Links with files in their line.
    var waitingLinks: [LinkID] { queues.keys.sorted() }

    mutating func next(on link: LinkID) -> FileName? {
        while let name = queues[link]?.first {
            queues[link]?.removeFirst()
            if wants[name]?.place == .queued(link) { return name }
        }
        queues[link] = nil
        return nil
    }

    /// When something is to be done although nothing happens.
    var alarm: UInt64? {
        guard !wants.isEmpty else { return nil }
        if let pausedUntil { return pausedUntil }
        let overdue = pulls.values.map { $0.heardAt + ReplicationLimits.fileAnswerMilliseconds }.min()
        return [wakeAt, overdue].compactMap { $0 }.min()
    }
}

/// A file the other side asked for, from one chunk on to another.
struct ServedFile: Hashable, Sendable {
    let name: FileName
    /// The record by which it was asked for.
    let record: RecordID
    var next: UInt32
    var end: UInt32
    /// Bytes of the next chunk that have left.
    var offset = 0
}

/// What of the files is missing, for people and for metrics.
package struct FileStatus: Hashable, Sendable {
    /// Files that records here name and that are not here.
    package let missing: Int
    /// Those that are on their way at this moment.
    package let arriving: Int
    /// Those whose record contradicts itself: its digest is not that of its chunks.
    package let unsound: Int
    /// Whether records are still looked through after a start: until then more may be missing.
    package let isScanning: Bool

    package static let none = FileStatus(missing: 0, arriving: 0, unsound: 0, isScanning: false)
}

/// A missing file and a record that names it.
package struct MissingFile: Hashable, Sendable {
    package let name: FileName
    package let record: RecordID
    /// Whether it is on its way at this moment.
    package let isArriving: Bool
}
