import Casework
import Divisions
import Foundation
import Lattice
import Ledger
import Libraries
import Node
import Replication
import Store

/// What it costs two neighbours to find out that nothing is new, and what to find the few streams that are: after a
/// restart of both and after a broken line, over histories of growing length.
struct ReconnectBench {
    let settings: BenchSettings
    let directory: String
    let progress: BenchProgress

    static func steps(_ settings: BenchSettings) -> Int { settings.histories.count + 1 }

    private struct Sizes {
        var frames: [Double] = []
        var bytes: [Double] = []

        mutating func add(_ pair: CorePair) {
            frames.append(Double(pair.frames))
            bytes.append(Double(pair.bytes))
        }
    }

    func run() async throws -> BenchPart {
        // The city itself is a home too.
        let province = try BenchProvince(in: directory, towns: max(1, settings.homes - 1))
        let data = (try province.freshDirectory("city"), try province.freshDirectory("province"))
        let city = try SQLiteStore(path: data.0.storeFile, kinds: CaseworkKinds.all)
        let upper = try SQLiteStore(path: data.1.storeFile, kinds: CaseworkKinds.all)
        var history = History(province: province, city: city, upper: upper)
        var (restarts, losses) = (Sizes(), Sizes())
        var lengths: [String] = []
        for length in settings.histories {
            progress.begin("reconnect after \(length) runs")
            try history.grow(to: length)
            let pair = try history.restart()
            restarts.add(pair)
            try pair.lose()
            pair.forget()
            try pair.connect()
            losses.add(pair)
            let (streams, entries) = (try city.heads().count, Int(try city.lastPosition()))
            lengths.append("\(streams.grouped) streams with \(entries.grouped) entries")
            progress.end()
        }
        var part = BenchPart()
        part.rows += rows("restart", "重连（重启后）", "reconnect, nothing new, restart", restarts)
        part.rows += rows("loss", "重连（断线后）", "reconnect, nothing new, broken line", losses)
        part.notes.append(
            """
            Reconnect: frames and bytes of both directions after TLS, for histories of \(lengths.joined(separator: ", ")); \
            the range shows whether they stay constant.
            """)
        progress.begin("reconnect with changed streams")
        for count in settings.changed where count <= province.homes.count {
            try part.add(changed: count, &history)
        }
        progress.end()
        try city.close()
        try upper.close()
        return part
    }

    private func rows(_ name: String, _ chinese: String, _ english: String, _ sizes: Sizes) -> [BenchRow] {
        [
            BenchRow(
                "reconnect-\(name)-frames", chinese: "\(chinese)帧数", english: "\(english): frames", against: "",
                unit: .frames, sizes.frames, goal: .atMost(4)),
            BenchRow(
                "reconnect-\(name)-bytes", chinese: "\(chinese)字节", english: "\(english): bytes", against: "",
                unit: .bytes, sizes.bytes, goal: .atMost(4_096)),
        ]
    }
}

extension BenchPart {
    /// Both restart, the city writes into so many homes, and they compare.
    fileprivate mutating func add(changed count: Int, _ history: inout History) throws {
        let pair = try history.restart(changing: count)
        let bytes = pair.up[.comparison].bytes + pair.down[.comparison].bytes
        let frames = pair.up[.comparison].frames + pair.down[.comparison].frames
        let hashes = FanOut(heads: try history.city.heads(), tree: history.province.tree).hashes(of: history.changed)
        rows.append(
            BenchRow(
                "reconnect-changed-\(count)", chinese: "重连（\(count) 条流有变）",
                english: "reconnect, changed streams: \(count)",
                against: "bytes of \(hashes.grouped) hashes",
                [Double(bytes) / Double(hashes * Digest.byteCount)], goal: .atMost(2)))
        notes.append(
            """
            Reconnect, changed streams \(count): \(bytes.grouped) bytes in \(frames) frames of comparing; the paths' \
            fan-outs, each path counted whole, come to \(hashes.grouped) hashes.
            """)
    }
}

/// Two neighbours' histories, grown by one process run of the city after another: each opens a stream of its own in
/// every home.
private struct History {
    let province: BenchProvince
    let city: SQLiteStore
    let upper: SQLiteStore
    private var runs = 0
    private var records: UInt64 = 0
    /// The streams that the last restart found changed.
    private(set) var changed: [StreamHead] = []

    init(province: BenchProvince, city: SQLiteStore, upper: SQLiteStore) {
        (self.province, self.city, self.upper) = (province, city, upper)
    }

    mutating func grow(to length: Int) throws {
        while runs < length {
            try write(by: province.performer(province.city, over: city), homes: province.homes.count)
            runs += 1
        }
        _ = try restart()
    }

    /// New processes on both sides, linked until nothing is left to say.
    ///
    /// - Parameter count: in how many homes the city writes before the link stands.
    mutating func restart(changing count: Int = 0) throws -> CorePair {
        let known = count > 0 ? Set(try city.heads().map(\.stream)) : []
        let lower = try province.performer(province.city, over: city)
        if count > 0 {
            try write(by: lower, homes: count)
            changed = try city.heads().filter { !known.contains($0.stream) }
        }
        let pair = CorePair(city: lower, province: try province.performer(province.province, over: upper))
        try pair.connect()
        guard try city.lastPosition() == upper.lastPosition() else {
            throw BenchFailure("the two stores are not level after a link")
        }
        return pair
    }

    private mutating func write(by performer: Performer, homes count: Int) throws {
        let kind = LibraryKinds.caseFile
        let parts = province.homes.prefix(count).map { home in
            records += 1
            let key = RecordKey(0x6869_7374, records)
            let drafts = [
                EditDraft(kind: kind.name, record: key, field: "exists", type: .exists, value: nil),
                EditDraft(kind: kind.name, record: key, field: "title", type: .register, value: .text("示例案由")),
            ]
            return LocalChange.Part(place: StreamPlace(home: home, flow: kind.flow), entries: [drafts])
        }
        let act = Act(author: nil, division: BenchProvince.cityCode, body: "", change: RecordKey(1, records))
        let now = Moment(wall: BenchClock.wallMilliseconds, monotonic: 0)
        let performed = try performer.perform([.change(LocalChange(request: 1, act: act, parts: parts))], at: now)
        if case .refused(let refusal)? = performed.answers.first?.answer {
            throw BenchFailure("a change was refused: \(refusal)")
        }
    }
}

/// How many digests stand beside one another on the paths that comparing descends, counted from heads alone: by
/// division and flow, then sixteen ways by the digits of a stream's id, then the leaves of a bucket.
struct FanOut {
    private let tree: DivisionTree
    private var byPlace: [StreamPlace: [StreamID]] = [:]

    init(heads: [StreamHead], tree: DivisionTree) {
        self.tree = tree
        for head in heads {
            byPlace[StreamPlace(home: head.home, flow: head.flow), default: []].append(head.stream)
        }
    }

    /// The sum over the paths of these streams, each counted whole.
    func hashes(of changed: [StreamHead]) -> Int { changed.reduce(0) { $0 + hashes(of: $1) } }

    private func hashes(of head: StreamHead) -> Int {
        let place = StreamPlace(home: head.home, flow: head.flow)
        return root + divisions(above: place) + digits(head.stream, in: byPlace[place] ?? [])
    }

    /// Below the root: the city's own part in each flow, and what flows down from above it.
    private var root: Int {
        let seat = BenchProvince.cityCode
        let above = Set(tree.ancestors(of: seat))
        return Set(
            byPlace.keys.compactMap { place -> StreamPlace? in
                if tree.isAtOrBelow(place.home, seat) { return StreamPlace(home: seat, flow: place.flow) }
                return place.flow.flowsDown && above.contains(place.home) ? place : nil
            }
        ).count
    }

    /// At every division from the seat to the home: its own streams, and each child below which there are any.
    private func divisions(above place: StreamPlace) -> Int {
        var path = [place.home] + tree.ancestors(of: place.home)
        if let end = path.firstIndex(of: BenchProvince.cityCode) { path.removeSubrange((end + 1)...) }
        return path.reduce(0) { sum, division in
            let own = byPlace[StreamPlace(home: division, flow: place.flow)] == nil ? 0 : 1
            let children = tree.children(of: division).count { child in
                byPlace.keys.contains { $0.flow == place.flow && tree.isAtOrBelow($0.home, child) }
            }
            return sum + own + children
        }
    }

    private func digits(_ stream: StreamID, in streams: [StreamID]) -> Int {
        var (streams, depth, sum) = (streams, 0, 0)
        while streams.count > ReplicationLimits.leavesPerBucketMax {
            sum += Set(streams.map { $0.digest.nibble(depth) }).count
            streams = streams.filter { $0.digest.nibble(depth) == stream.digest.nibble(depth) }
            depth += 1
        }
        return sum + streams.count
    }
}
