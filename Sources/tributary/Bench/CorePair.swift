import Divisions
import Replication

/// One of the two cores: its performer, what is on its way to it, and how long its steps took.
final class BenchCore {
    let performer: Performer
    private var inputs: [Input] = []
    private(set) var wantsMore = false
    private(set) var spent: Duration = .zero

    init(_ performer: Performer) { self.performer = performer }

    var isIdle: Bool { inputs.isEmpty && !wantsMore }

    func give(_ input: Input) { inputs.append(input) }

    /// One step with what waits, as a node's core takes it: at most a large batch of frames.
    func step(at now: Moment) throws -> Performer.Performed {
        var taken: [Input] = []
        var bytes = 0
        while taken.count < inputs.count {
            if case .frame(_, let frame) = inputs[taken.count] { bytes += frame.count }
            if !taken.isEmpty, bytes > ReplicationLimits.batchBytesMax { break }
            taken.append(inputs[taken.count])
        }
        inputs.removeFirst(taken.count)
        if taken.isEmpty { taken = [.alarm] }
        let start = ContinuousClock.now
        let performed = try performer.perform(taken, at: now)
        spent += start.duration(to: .now)
        wantsMore = performed.wantsMore
        return performed
    }
}

/// Frames that crossed between two cores, by what they hold.
struct BenchTraffic {
    /// The number of the frame's content in `Proto/tributary/v1/link.proto`.
    enum Content: UInt8, CaseIterable {
        case greeting = 1
        case farewell, comparison, batch, acknowledgement, have, ask, branch, fork, alarm, probe
    }

    private(set) var frames = 0
    private(set) var bytes = 0
    private var byContent: [Content: (frames: Int, bytes: Int)] = [:]

    mutating func count(_ frame: [UInt8]) {
        frames += 1
        bytes += frame.count
        // The key of a field before 16 is one byte (protobuf): its number above the three bits of its type.
        guard let content = frame.first.flatMap({ Content(rawValue: $0 >> 3) }) else { return }
        byContent[content, default: (0, 0)].frames += 1
        byContent[content, default: (0, 0)].bytes += frame.count
    }

    subscript(content: Content) -> (frames: Int, bytes: Int) { byContent[content] ?? (0, 0) }
}

/// A city's core and its province's, joined by encoded frames in one thread, without a line between them.
final class CorePair {
    let city: BenchCore
    let province: BenchCore
    private(set) var up = BenchTraffic()
    private(set) var down = BenchTraffic()
    private var cityLink: LinkID?
    private var provinceLink: LinkID?
    private var accepted: UInt64 = 1
    /// How far the monotonic clock was moved ahead, in milliseconds.
    private var skipped: UInt64 = 0
    private let begun = ContinuousClock.now

    init(city: Performer, province: Performer) {
        (self.city, self.province) = (BenchCore(city), BenchCore(province))
    }

    /// Frames and bytes of both directions since the last `forget`.
    var frames: Int { up.frames + down.frames }
    var bytes: Int { up.bytes + down.bytes }

    func forget() { (up, down) = (BenchTraffic(), BenchTraffic()) }

    /// Lets the city dial until both cores have nothing left to do.
    func connect() throws {
        // A dial from before the pair was made has to be given up first, and then the next one waited for.
        for _ in 0..<3 where cityLink == nil {
            // However long a core waits before it dials again, this is longer.
            skipped += 2 * ReplicationLimits.retryMillisecondsMax
            city.give(.alarm)
            try settle()
        }
        guard cityLink != nil else { throw BenchFailure("the city did not dial") }
    }

    /// The line breaks; both sides notice.
    func lose() throws {
        guard let cityLink, let provinceLink else { return }
        (self.cityLink, self.provinceLink) = (nil, nil)
        city.give(.linkClosed(cityLink, reason: "the line broke"))
        province.give(.linkClosed(provinceLink, reason: "the line broke"))
        try settle()
    }

    func settle() throws {
        var steps = 0
        while !city.isIdle || !province.isIdle {
            if !province.isIdle { try carryOut(province.step(at: now).links, isCity: false) }
            if !city.isIdle { try carryOut(city.step(at: now).links, isCity: true) }
            steps += 1
            guard steps < 10_000_000 else { throw BenchFailure("the two cores never come to rest") }
        }
    }

    private var now: Moment {
        let parts = begun.duration(to: .now).components
        let milliseconds = UInt64(parts.seconds) * 1_000 + UInt64(parts.attoseconds / 1_000_000_000_000_000)
        return Moment(wall: BenchClock.wallMilliseconds, monotonic: skipped + milliseconds)
    }

    private func carryOut(_ duties: [LinkDuty], isCity: Bool) throws {
        for duty in duties {
            switch duty {
            case .dial(let link, let seat):
                guard isCity, cityLink == nil else {
                    (isCity ? city : province).give(.linkClosed(link, reason: "no line"))
                    continue
                }
                accepted += 2
                let far = LinkID(accepted)
                (cityLink, provinceLink) = (link, far)
                province.give(.linkAccepted(far, division: BenchProvince.cityCode))
                city.give(.linkDialled(link, division: seat.division))
            case .close(let link, let reason):
                guard link == (isCity ? cityLink : provinceLink) else { continue }
                throw BenchFailure("a core ended the link: \(reason)")
            case .send(_, let frame):
                guard let cityLink, let provinceLink else { continue }
                if isCity {
                    up.count(frame)
                    province.give(.frame(provinceLink, frame))
                } else {
                    down.count(frame)
                    city.give(.frame(cityLink, frame))
                }
            }
        }
    }
}
