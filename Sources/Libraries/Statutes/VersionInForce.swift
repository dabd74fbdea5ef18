/// What is needed of a version of a law to tell whether it is the law on some day.
package struct StatuteVersion: Hashable, Sendable {
    /// The natural key of the version's record.
    package let key: String
    /// Nil for a whole law; else the part this record holds.
    package let part: String?
    package let versionDate: LegalDate?
    package let effectiveDate: LegalDate?
    package let effectiveSource: EffectiveSource

    package init(
        key: String, part: String?, versionDate: LegalDate?, effectiveDate: LegalDate?,
        effectiveSource: EffectiveSource
    ) {
        (self.key, self.part, self.versionDate) = (key, part, versionDate)
        (self.effectiveDate, self.effectiveSource) = (effectiveDate, effectiveSource)
    }

    package init(_ statute: ParsedStatute) {
        self.init(
            key: statute.naturalKey, part: statute.part, versionDate: statute.versionDate,
            effectiveDate: statute.effectiveDate, effectiveSource: statute.effectiveSource)
    }
}

/// Which version of a law is the law on a day, as far as the files tell.
///
/// A version is in force from its effective day until the next one's. Whether the law has been repealed is not in the
/// files, so the last version stays in force for ever here.
package struct VersionInForce: Hashable, Sendable {
    /// The version in force, in all its parts, in the order of their keys; empty if there is none yet.
    package let versions: [StatuteVersion]
    /// From which day it has been in force.
    package let since: LegalDate?
    /// The day on which the next version takes effect.
    package let next: LegalDate?
    /// Versions of which no day is known; a person must look at them.
    package let undated: [StatuteVersion]

    /// - Parameter all: every version of one title, in any order.
    package init(of all: [StatuteVersion], on day: LegalDate) {
        // Parts of one version count together; the part that states the day speaks for all of them.
        let editions = Dictionary(grouping: all) { $0.versionDate }.values.map(Edition.init)
        let dated = editions.compactMap { edition in edition.effective.map { (day: $0, edition: edition) } }
            .sorted { ($0.day, $0.edition.order) < ($1.day, $1.edition.order) }
        let present = dated.last { $0.day <= day }
        versions = present?.edition.parts ?? []
        since = present?.day
        next = dated.first { $0.day > day }?.day
        undated = editions.filter { $0.effective == nil }.flatMap(\.parts).sorted { $0.key < $1.key }
    }

    /// The parts of one version.
    private struct Edition {
        let parts: [StatuteVersion]
        let effective: LegalDate?
        /// Among versions that take effect on one day the later one counts.
        let order: String

        init(_ parts: [StatuteVersion]) {
            self.parts = parts.sorted { $0.key < $1.key }
            let stating = parts.filter { $0.effectiveSource == .events || $0.effectiveSource == .closingArticle }
            effective = (stating.isEmpty ? parts : stating).compactMap(\.effectiveDate).max()
            order = parts.first?.versionDate?.description ?? ""
        }
    }
}
