package import Ledger
import Libraries

/// What the supervision board keeps of one case: everything it is counted, found and listed by, and nothing personal.
///
/// It does not depend on the clock: what is over or nearly over is told from its days when it is asked for. Days are
/// days since 1970 in China's time. A row is derived and can be thrown away; it names the calendar it was made by.
package struct CaseBoardRow: Hashable, Sendable {
    package enum Standing: Int, Hashable, Sendable, CaseIterable {
        case open = 0
        /// It waits for a superior to confirm or designate.
        case waiting = 1
        case ended = 2

        package var name: Bilingual {
            switch self {
            case .open: Bilingual("办理中", "open")
            case .waiting: Bilingual("待确认", "waiting")
            case .ended: Bilingual("已办结", "ended")
            }
        }
    }

    /// How one of the three systems stands in a case.
    package enum SystemState: Int, Hashable, Sendable, CaseIterable {
        /// Nothing is asked for yet.
        case none = 0
        /// Asked for, and not all of it done.
        case owed = 1
        case done = 2
    }

    /// One thing that was found, in words.
    package struct Finding: Hashable, Sendable {
        package var finding: SupervisionFinding
        /// The step or deadline it is about, by id.
        package var about: String
        package var says: Bilingual
        package var articles: [String]

        package init(_ finding: SupervisionFinding, about: String, says: Bilingual, articles: [String] = []) {
            (self.finding, self.about, self.says, self.articles) = (finding, about, says, articles)
        }
    }

    /// The case; its home is the division it counts for.
    package var record: RecordID
    /// `id@version`.
    package var procedure: String
    package var stage: String
    package var standing: Standing
    package var body: String
    package var item: String
    /// The field of the item, such as 水务, by which bureaus see their line; empty where it is not known.
    package var field: String
    package var place: String
    /// The day of its first step.
    package var opened: Int
    package var filed: Int?
    package var decided: Int?
    package var closed: Int?
    package var fineFen: Int64?
    /// The last day of the time limit that ends first of those the office has still to keep, and its id.
    package var due: Int?
    package var deadline: String?
    /// The first day on which that limit is called near; never after `due`.
    package var warning: Int?
    /// After this day time alone changes the row: a limit that ends, lapses or blocks something.
    package var turns: Int?
    /// Which calendar the days were counted by.
    package var calendar: String
    /// What was found whatever the day is.
    package var flags: SupervisionFlags
    package var publicity: SystemState
    /// By when the first of what is owed has to be public.
    package var publicityDue: Int?
    package var recording: SystemState
    /// By when the first of the recordings that are owed has to be attached.
    package var recordingDue: Int?
    package var review: SystemState
    /// A salted hash of the party's number, to count repetitions by; nil where there is none.
    package var party: [UInt8]?
    /// Certificates of everybody who took a step, ascending: whose news concern the case.
    package var officers: [String]
    package var numbers: [BoardNumber]
    /// In the order of steps.
    package var findings: [Finding]
    /// What the case is called; empty where that would tell of a person.
    package var title: String
    /// The step that carries it on; nil for one that has ended.
    package var next: String?
    /// For whom it waits, and why.
    package var work: [Work]
    /// What the ids in the row are called, as far as whoever made it knows.
    package var names: [Name]

    package init(record: RecordID, procedure: String, stage: String, opened: Int) {
        (self.record, self.procedure, self.stage, self.opened) = (record, procedure, stage, opened)
        (standing, body, item, field, place, calendar) = (.open, "", "", "", "", "")
        (flags, publicity, recording, review) = ([], .none, .none, .none)
        (officers, numbers, findings) = ([], [], [])
        (title, work, names) = ("", [], [])
    }

    /// All that is found on a day, what has run out by then included.
    package func flags(on today: Int) -> SupervisionFlags {
        var flags = flags
        if let due, due < today { flags.insert(.overdue) }
        if let due, let warning, warning <= today, today <= due { flags.insert(.nearlyOverdue) }
        if let publicityDue, publicityDue < today { flags.insert(.publicityLate) }
        if let recordingDue, recordingDue < today { flags.insert(.missingRecording) }
        return flags
    }

    /// The month it is counted in: months since year 0.
    package var month: Int { Self.month(of: filed ?? opened) }

    /// Months since year 0 of a day; 0 beyond the years a date can have.
    package static func month(of day: Int) -> Int {
        LegalDate(daysSince1970: day).map { $0.year * 12 + $0.month - 1 } ?? 0
    }
}

/// The number of a document as the board looks for gaps, without knowing the word of its series: `机关代字 + 文种字〔年份〕序号号`.
package struct BoardNumber: Hashable, Sendable {
    /// Everything up to and with the year, such as `粤江农罚〔2026〕`: what numbers run on in.
    package let series: String
    package let number: Int

    package init(series: String, number: Int) { (self.series, self.number) = (series, number) }

    /// Nil for what has no such form.
    package init?(_ text: some StringProtocol) {
        guard text.last == "号", let end = text.lastIndex(of: "〕") else { return nil }
        let digits = text[text.index(after: end)...].dropLast()
        guard (1...9).contains(digits.utf8.count), digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let number = Int(digits)
        else { return nil }
        self.init(series: String(text[...end]), number: number)
    }
}
