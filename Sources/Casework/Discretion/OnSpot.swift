package import Libraries

/// Decisions and money on the spot (行政处罚法第51条, 第68条至第71条).
package enum OnSpot {
    /// The most that a citizen may be fined on the spot, in fen.
    package static let citizenFenMax: Int64 = 200_00
    /// The most that a legal person or another organisation may be fined on the spot, in fen.
    package static let organisationFenMax: Int64 = 3_000_00
    /// Up to this an on-spot fine may be collected on the spot for no other reason, in fen.
    package static let collectedFenMax: Int64 = 100_00

    /// Whether a fine is small enough for a decision on the spot; 以下 counts in.
    package static func mayDecide(fen: Int64, isCitizen: Bool) -> Bool {
        (0...(isCitizen ? citizenFenMax : organisationFenMax)).contains(fen)
    }

    /// What money on the spot rests on, beside the sum.
    package struct Grounds: Hashable, Sendable {
        /// It was decided on the spot (第51条).
        package var decidedOnSpot: Bool
        /// Not collected now it could hardly be enforced later (第68条第2项).
        package var isHardLater: Bool
        /// Remote, on the water, or hard to reach, so that a bank or payment system is out of reach (第69条).
        package var isRemote: Bool
        /// The party asked for it (第69条).
        package var isAskedFor: Bool

        package init(
            decidedOnSpot: Bool = false, isHardLater: Bool = false, isRemote: Bool = false, isAskedFor: Bool = false
        ) {
            (self.decidedOnSpot, self.isHardLater) = (decidedOnSpot, isHardLater)
            (self.isRemote, self.isAskedFor) = (isRemote, isAskedFor)
        }
    }

    /// The article by which a fine may be collected on the spot; nil where it may not be (第67条).
    package static func collectionArticle(fen: Int64, _ grounds: Grounds) -> String? {
        if grounds.decidedOnSpot, fen <= collectedFenMax { return "行政处罚法第68条第1项" }
        if grounds.decidedOnSpot, grounds.isHardLater { return "行政处罚法第68条第2项" }
        if grounds.isRemote, grounds.isAskedFor { return "行政处罚法第69条" }
        return nil
    }

    /// The last day on which an officer hands in what he collected: the second working day after it, or after landing
    /// where it was collected on the water (第71条, 第85条). Nil beyond the years a date can have.
    ///
    /// - Parameter landed: the day of landing, if it was collected on the water.
    package static func handInBy(
        collected: LegalDate, landed: LegalDate? = nil, calendar: WorkCalendar
    ) -> LegalDate? {
        calendar.adding(Span(2, .workingDays), to: LegalMoment(max(collected, landed ?? collected)))?.day
    }

    /// The last day on which the office pays it in at the bank: the second working day after it was handed in.
    package static func payInBy(handedIn: LegalDate, calendar: WorkCalendar) -> LegalDate? {
        calendar.adding(Span(2, .workingDays), to: LegalMoment(handedIn))?.day
    }
}
