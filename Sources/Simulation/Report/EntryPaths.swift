import Divisions

/// The way of each entry through the offices, from its writing to its last arrival.
struct EntryPaths {
    /// One arrival: where, when, from whom as far as the journal tells, and what held it up.
    struct Station {
        let office: Int
        let at: Instant
        let from: Int?
        let obstacle: Outages.Obstacle?
    }

    private let journal: Journal
    private let outages: Outages
    /// By entry: the messages that carried it.
    let carriers: [[Int]]

    init(_ journal: Journal, outages: Outages) {
        (self.journal, self.outages) = (journal, outages)
        var carriers = [[Int]](repeating: [], count: journal.entries.count)
        for (index, message) in journal.messages.enumerated() {
            for entry in message.entries where carriers.indices.contains(entry) { carriers[entry].append(index) }
        }
        self.carriers = carriers
    }

    /// Where it came to rest, in the order of time, the writer's own machine left out.
    func arrivals(of entry: Int) -> [(office: Int, at: Instant)] {
        let written = journal.entries[entry]
        return written.arrivals.filter { $0.office != written.writer }.sorted {
            ($0.at, $0.office) < ($1.at, $1.office)
        }
    }

    /// How long it took to be everywhere it came to; `nil` if it never left.
    func length(of entry: Int) -> UInt64? {
        let written = journal.entries[entry].written
        return arrivals(of: entry).last.map { $0.at.milliseconds - min(written.milliseconds, $0.at.milliseconds) }
    }

    func stations(of entry: Int) -> [Station] {
        let written = journal.entries[entry]
        let arrivals = arrivals(of: entry)
        var held: [Int: Instant] = [written.writer: written.written]
        for arrival in arrivals where held[arrival.office] == nil { held[arrival.office] = arrival.at }
        var messages: [Int: [Int]] = [:]
        for index in carriers[entry] { messages[journal.messages[index].to, default: []].append(index) }
        return arrivals.map { arrival in
            let from = source(of: arrival, messages: messages[arrival.office, default: []], held: held)
            let since = from.flatMap { held[$0] } ?? written.written
            let obstacle = outages.obstacle(
                between: from ?? written.writer, and: arrival.office, from: since, through: arrival.at)
            return Station(office: arrival.office, at: arrival.at, from: from, obstacle: obstacle)
        }
    }

    /// Who sent it there: the last message that came in time says so, otherwise the nearest office that had it before.
    private func source(
        of arrival: (office: Int, at: Instant), messages: [Int], held: [Int: Instant]
    ) -> Int? {
        let inTime = messages.last { journal.messages[$0].arrived <= arrival.at }
        if let inTime { return journal.messages[inTime].from }
        var above = journal.offices[arrival.office].parent
        while let office = above {
            if let time = held[office], time <= arrival.at { return office }
            above = journal.offices[office].parent
        }
        let below = held.filter { journal.offices[$0.key].parent == arrival.office && $0.value <= arrival.at }
        return below.min { ($0.value, $0.key) < ($1.value, $1.key) }?.key
    }

    // MARK: in words

    /// Stations named one by one; of more the levels are told.
    private static let namedMax = 8

    /// "Written at … ; at the county after … ; at the province after …, because the line was cut": Chinese and English.
    func sentence(of entry: Int) -> (chinese: String, english: String) {
        let written = journal.entries[entry]
        let writer = journal.offices[written.writer].name
        var chinese = ["\(Markup.chineseClock(written.written)) 写于 \(writer)"]
        var english = ["Written at \(written.written) by \(writer)"]
        let arrivals = arrivals(of: entry)
        if arrivals.isEmpty {
            chinese.append("没有别处需要它，或尚未送达")
            english.append("nobody else needs it, or it has not arrived yet")
        } else if arrivals.count <= Self.namedMax {
            for station in stations(of: entry) {
                let (one, other) = words(station, since: written.written)
                chinese.append(one)
                english.append(other)
            }
        } else {
            let (ones, others) = levels(of: entry, arrivals)
            chinese += ones
            english += others
        }
        return (chinese.joined(separator: "；") + "。", english.joined(separator: "; ") + ".")
    }

    private func words(_ station: Station, since written: Instant) -> (String, String) {
        let office = journal.offices[station.office]
        let after = station.at.milliseconds - min(written.milliseconds, station.at.milliseconds)
        let reason = station.obstacle.map(words) ?? ("", "")
        return (
            "\(Markup.chineseDuration(after))后到 \(office.name)（\(office.level.chineseName)）\(reason.0)",
            "at \(office.name) (\(office.level.englishName)) after \(Markup.duration(after))\(reason.1)"
        )
    }

    private func words(_ obstacle: Outages.Obstacle) -> (String, String) {
        switch obstacle {
        case .cut(let cut):
            let name = cut.name.isEmpty ? ("", "") : ("（\(cut.name)）", " (\(cut.name))")
            return ("，因为线路断着\(name.0)", " because the line was cut\(name.1)")
        case .down(let down):
            let name = journal.offices[down.office].name
            return ("，因为 \(name) 停机", " because \(name) was down")
        }
    }

    private func levels(of entry: Int, _ arrivals: [(office: Int, at: Instant)]) -> ([String], [String]) {
        let written = journal.entries[entry].written
        var (chinese, english): ([String], [String]) = ([], [])
        for level in Level.allCases {
            let there = arrivals.filter { journal.offices[$0.office].level == level }
            guard let first = there.first, let last = there.last else { continue }
            let early = first.at.milliseconds - min(written.milliseconds, first.at.milliseconds)
            let late = last.at.milliseconds - min(written.milliseconds, last.at.milliseconds)
            let writer = journal.entries[entry].writer
            let obstacle =
                outages.obstacle(
                    between: journal.offices[last.office].parent ?? writer, and: last.office, from: written,
                    through: last.at)
                ?? outages.obstacle(between: writer, and: last.office, from: written, through: last.at)
            let reason = obstacle.map(words) ?? ("", "")
            let name = journal.offices[last.office].name
            chinese.append(
                "\(Markup.count(there.count)) 台\(level.chineseName)机器在 \(Markup.chineseDuration(early))至"
                    + "\(Markup.chineseDuration(late))后收到，最后是 \(name)\(reason.0)")
            english.append(
                "at \(Markup.count(there.count)) \(level.englishName) machines after \(Markup.duration(early)) to "
                    + "\(Markup.duration(late)), \(name) last\(reason.1)")
        }
        return (chinese, english)
    }
}
