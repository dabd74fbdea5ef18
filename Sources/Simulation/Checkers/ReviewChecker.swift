import Casework
import Lattice
import Ledger
import Libraries

/// No decision without a passed review: read from the stored entries themselves, without the rules that judge cases.
///
/// Each decision that counts somewhere cites a review by somebody whose record makes him a reviewer, which passed the very
/// text that the decision cites, and no later one that returned it. No forged decision counts anywhere.
package final class ReviewChecker: Checker {
    package let name = "review"
    package let chinese = "凡计为有效的处罚决定，其引用的过往中必有审核人员对同一文本作出的通过意见；伪造的决定在任何节点都不计数。"
    package let english =
        "Each decision that counts cites a passed review of its very text by a reviewer; no forged one counts anywhere."

    /// The detail by which a story marks a decision that can never be lawful; no rule looks at it.
    static let forged = "forged"

    private let reading: CaseReading

    init(reading: CaseReading) { self.reading = reading }

    package func verdict(on world: World) throws -> Inspection {
        var verdict = Inspection()
        for office in try reading.offices(of: world) {
            let reviewers = reviewers(of: office)
            for (history, steps) in office.cases {
                let decisions = steps.filter { $0.taken.mark.step == CaseworkSetting.decision }
                guard !decisions.isEmpty else { continue }
                let edits = try reading.edits(of: history.id, at: office)
                for decision in decisions {
                    verdict.looked += 1
                    guard decision.counts else { continue }
                    let name = "\(office.machine.name): the decision \(decision.taken.citation.dot)"
                    if let forgery = decision.taken.mark.details[Self.forged] {
                        verdict.add("\(name) was forged (\(forgery)) and counts")
                    } else if !isReviewed(decision.taken.citation, edits, reviewers) {
                        verdict.add("\(name) counts without a passed review of its text")
                    }
                }
            }
        }
        return verdict
    }

    private func isReviewed(
        _ decision: Citation, _ edits: [Citation: CaseReading.RawEdit], _ reviewers: [String: Set<RecordID>]
    ) -> Bool {
        guard let cited = edits[decision]?.reads else { return false }
        let drafts = cited.filter { edits[$0]?.field == CaseworkSetting.draft }
        guard !drafts.isEmpty else { return false }
        let reviews = cited.filter { citation in
            guard let edit = edits[citation], let mark = edit.mark, mark.step == CaseworkSetting.review,
                mark.post == .reviewer, let certificate = mark.officers.first, let author = edit.author
            else { return false }
            return reviewers[certificate]?.contains(author) == true && drafts.isSubset(of: edit.reads)
        }
        func hasPassed(_ review: Citation) -> Bool { edits[review]?.mark?.outcome == CaseworkSetting.passed }
        return reviews.contains { review in
            hasPassed(review)
                && !reviews.contains { later in
                    !hasPassed(later) && edits[later]?.reads.contains(review) == true
                }
        }
    }

    /// The officers' records that name a reviewer, by certificate.
    private func reviewers(of office: CaseReading.Office) -> [String: Set<RecordID>] {
        var reviewers: [String: Set<RecordID>] = [:]
        for record in office.desk.knowledge.source.records(of: LibraryKinds.officer.name) {
            let posts = record.view["posts"]?.values.compactMap(\.value) ?? []
            guard posts.contains(.text(Post.reviewer.rawValue)),
                case .text(let certificate) = record.view["certificate-no"]?.shown
            else { continue }
            reviewers[certificate, default: []].insert(record.id)
        }
        return reviewers
    }
}
