/// A length of time as the law counts it.
package struct Span: Hashable, Sendable {
    package enum Unit: String, Hashable, Sendable, CaseIterable {
        /// 行政处罚法第85条: 二日, 三日, 五日 and 七日 are working days.
        case workingDays = "working-days"
        case calendarDays = "calendar-days"
        case minutes
        case hours
        case months
        case years
    }

    package var count: Int
    package var unit: Unit

    package init(_ count: Int, _ unit: Unit) { (self.count, self.unit) = (count, unit) }

    /// As an officer reads it.
    package var words: Bilingual {
        switch unit {
        case .workingDays: Bilingual("\(count)个工作日", "\(count) working days")
        case .calendarDays: Bilingual("\(count)日", "\(count) days")
        case .minutes: Bilingual("\(count)分钟", "\(count) minutes")
        case .hours: Bilingual("\(count)小时", "\(count) hours")
        case .months: Bilingual("\(count)个月", "\(count) months")
        case .years: Bilingual("\(count)年", "\(count) years")
        }
    }
}

/// By when something has to be done, counted from a logged fact; never stored as the only truth.
package struct DeadlineRule: Hashable, Sendable {
    /// What a deadline begins with.
    package enum Start: Hashable, Sendable {
        /// The first counted taking of a step, or with `outcome` the first that came to it; `again` begins anew with
        /// each later taking.
        case step(String, outcome: String?, again: Bool)
        /// A fact of kind date or moment.
        case fact(String)
    }

    /// Time that does not count, from the first of these steps to the other.
    package struct Pause: Hashable, Sendable {
        package var from: String
        package var to: String
        package var articles: [String]

        package init(from: String, to: String, articles: [String] = []) {
            (self.from, self.to, self.articles) = (from, to, articles)
        }
    }

    /// A step that lengthens it, with this outcome if one is named.
    package struct Extension: Hashable, Sendable {
        package var step: String
        package var outcome: String?
        package var by: Span
        /// How often it may be done.
        package var times: Int
        package var articles: [String]

        package init(step: String, outcome: String? = nil, by: Span, times: Int = 1, articles: [String] = []) {
            (self.step, self.outcome, self.by, self.times, self.articles) = (step, outcome, by, times, articles)
        }
    }

    /// What happens when it is missed.
    package enum Missed: Hashable, Sendable {
        /// It is on the handler's and the supervisor's desk.
        case flagged
        /// These steps are possible no more.
        case blocks([String])
        /// The right lapses: what waited for it may go on (a hearing that was not asked for).
        case lapses
        /// The case ends in this way by itself (an entry of a board that expires).
        case ends(Bilingual)
        /// So many hundredths of a percent of the money fact are added a day, up to the fact itself
        /// (行政处罚法第72条: 3 %).
        case charges(basisPointsADay: Int, of: String)
    }

    package var id: String
    package var name: Bilingual
    package var articles: [String]
    /// It exists for the case only if this holds.
    package var when: Condition?
    package var start: Start
    package var length: Span
    /// Steps that fulfil it, any of them.
    package var ends: [String]
    package var pauses: [Pause]
    package var extensions: [Extension]
    /// From how long before its end it is called nearly overdue.
    package var warning: Span?
    package var missed: Missed

    package init(
        id: String, name: Bilingual, articles: [String] = [], when: Condition? = nil, start: Start, length: Span,
        ends: [String] = [], pauses: [Pause] = [], extensions: [Extension] = [], warning: Span? = nil,
        missed: Missed = .flagged
    ) {
        (self.id, self.name, self.articles, self.when, self.start) = (id, name, articles, when, start)
        (self.length, self.ends, self.pauses, self.extensions) = (length, ends, pauses, extensions)
        (self.warning, self.missed) = (warning, missed)
    }
}
