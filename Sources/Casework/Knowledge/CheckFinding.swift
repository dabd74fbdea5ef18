package import Ledger

/// One thing that stands against an officer or an item, or that cannot be told here.
package struct CheckFinding: Hashable, Sendable {
    /// What it is about, for whoever has to tell one sort from another.
    package enum Cause: Hashable, Sendable {
        /// Fewer different people than are asked for.
        case tooFew
        /// A record that would have to be looked at is not here.
        case notHere
        case validity
        /// The certificate's status, and the edit that says so: a step that could not know it is in doubt, not broken.
        case status(Citation)
        case post
        case body
        case area
        case field
        case level
        case list
        case delegation
        case entrustment
    }

    package let cause: Cause
    /// Never `met`.
    package let answer: GateAnswer
    package let says: Bilingual
    package let articles: [String]

    package init(cause: Cause, answer: GateAnswer, says: Bilingual, articles: [String]) {
        (self.cause, self.answer, self.says, self.articles) = (cause, answer, says, articles)
    }

    static func broken(_ cause: Cause, _ chinese: String, _ english: String, _ articles: String...) -> CheckFinding {
        CheckFinding(cause: cause, answer: .broken, says: Bilingual(chinese, english), articles: articles)
    }

    static func unknown(_ chinese: String, _ english: String, _ articles: String...) -> CheckFinding {
        CheckFinding(cause: .notHere, answer: .unknown, says: Bilingual(chinese, english), articles: articles)
    }

    package var gate: GateFinding { GateFinding(says: says, articles: articles, answer: answer) }
}

/// What a check comes to as a whole: broken if anything is, else unknown if anything is, else met.
package typealias CheckAnswer = (answer: GateAnswer, says: Bilingual, articles: [String])

extension [CheckFinding] {
    /// All findings in one sentence, broken ones alone where there are any.
    ///
    /// - Parameter met: what is said if there are none.
    func answer(met: Bilingual, _ articles: [String]) -> CheckAnswer {
        guard !isEmpty else { return (.met, met, articles) }
        let broken = filter { $0.answer == .broken }
        let told = broken.isEmpty ? self : broken
        var cited: [String] = []
        for article in told.flatMap(\.articles) where !cited.contains(article) { cited.append(article) }
        return (
            broken.isEmpty ? .unknown : .broken,
            Bilingual(
                told.map(\.says.chinese).joined(separator: "；"), told.map(\.says.english).joined(separator: "; ")),
            cited
        )
    }
}
