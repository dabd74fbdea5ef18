import Libraries

/// Why a case waits for somebody whatever the day is; what a day decides (due, nearly due, overdue) is told from the
/// row's days. Numbers are kept in rows, so a number never changes its meaning.
package enum WorkSection: Int, Hashable, Sendable, CaseIterable {
    /// The last step that counts sent it back.
    case returned = 1
    /// A person has to confirm what arrived later.
    case toBeConfirmed = 2
    /// Fields with different values wait for a choice.
    case inConflict = 3
    /// A step that somebody of a post may take now.
    case waiting = 4
    /// What its item rests on was amended or repealed.
    case statuteNews = 5
}

extension CaseBoardRow {
    /// One reason for which the case waits for somebody.
    package struct Work: Hashable, Sendable {
        package var section: WorkSection
        /// For whom it waits, by the raw value of the post; empty for whoever handles the case.
        package var post: String
        /// The step it waits with; empty where no step says it.
        package var step: String
        package var says: Bilingual

        package init(_ section: WorkSection, post: String = "", step: String = "", says: Bilingual) {
            (self.section, self.post, self.step, self.says) = (section, post, step, says)
        }
    }

    /// Something that a row names by an id, and what people call it.
    package struct Name: Hashable, Sendable {
        package enum Sort: String, Hashable, Sendable, CaseIterable {
            case stage, step, deadline, item, body
        }

        package var sort: Sort
        package var id: String
        package var words: Bilingual

        package init(_ sort: Sort, _ id: String, _ words: Bilingual) {
            (self.sort, self.id, self.words) = (sort, id, words)
        }

        /// Whether the id means the same in every procedure.
        package var isOfLibrary: Bool { sort == .item || sort == .body }
    }

    /// The outcome by which reviews and approvals send a case back, in every procedure.
    static let returnedOutcome = "returned"

    /// Finds what waits for whom, and what comes next.
    mutating func findWork(_ assessment: Assessment, _ facts: CaseBoardFacts, rules: SupervisionRules) {
        let reading = WorkReading(assessment: assessment, facts: facts, rules: rules)
        title = facts.title
        names = [Name(.stage, assessment.stage.id, assessment.stage.name)]
        if !facts.itemName.isEmpty { names.append(Name(.item, item, Bilingual(facts.itemName, facts.itemName))) }
        if !facts.bodyName.isEmpty { names.append(Name(.body, body, Bilingual(facts.bodyName, facts.bodyName))) }
        if let rule = assessment.deadlines.first(where: { $0.rule.id == deadline })?.rule {
            names.append(Name(.deadline, rule.id, rule.name))
        }
        guard standing != .ended else { return }
        if let step = reading.next?.rule {
            next = step.id
            names.append(Name(.step, step.id, step.name))
        }
        work = reading.returned.map { [$0] } ?? []
        if let doubt = findings.first(where: { $0.finding == .toBeConfirmed }) {
            work.append(Work(.toBeConfirmed, step: doubt.about, says: doubt.says))
        }
        if facts.conflicts > 0 {
            work.append(
                Work(
                    .inConflict,
                    says: Bilingual("\(facts.conflicts)处内容有不同记载，须选定", "in conflict, to be decided: \(facts.conflicts)"))
            )
        }
        work += reading.waiting
        if let news = facts.stale.first { work.append(Work(.statuteNews, says: news)) }
    }
}

/// Reads one assessment for whoever works on the case.
private struct WorkReading {
    let assessment: Assessment
    let facts: CaseBoardFacts
    let rules: SupervisionRules

    private var procedure: Procedure { assessment.procedure }
    private var last: StepMark? {
        assessment.steps.last { $0.counts && procedure.step($0.taken.mark.step) != nil }?.taken.mark
    }

    /// The step that carries the case on: the first one possible behind the last that was taken, or else the first
    /// possible, or else the first there is.
    var next: NextStep? {
        let way = assessment.next.filter { !$0.rule.isOptional && $0.rule.id != last?.step }
        let place = last.flatMap { mark in procedure.steps.firstIndex { $0.id == mark.step } } ?? -1
        func isBehind(_ step: NextStep) -> Bool {
            procedure.steps.firstIndex { $0.id == step.rule.id }.map { $0 > place } ?? false
        }
        return way.first { $0.isPossible && isBehind($0) } ?? way.first(where: \.isPossible) ?? way.first
    }

    var returned: CaseBoardRow.Work? {
        guard let last, let rule = procedure.step(last.step), let outcome = rule.outcome(last.outcome) else {
            return nil
        }
        let isReview = rule.document.map(rules.milestones.reviewed.contains) ?? false
        let isReturned =
            last.outcome == CaseBoardRow.returnedOutcome || isReview && !rules.milestones.passed.contains(last.outcome)
        guard isReturned else { return nil }
        return CaseBoardRow.Work(
            .returned, step: rule.id,
            says: Bilingual(
                "\(rule.name.chinese)：\(outcome.name.chinese)", "\(rule.name.english): \(outcome.name.english)"))
    }

    /// One row for each post: officers wait with the step that carries the case on, others with the first that asks for
    /// them.
    var waiting: [CaseBoardRow.Work] {
        var work: [CaseBoardRow.Work] = []
        let main = next
        for step in assessment.next where step.isPossible && !step.rule.isOptional && step.rule.id != last?.step {
            let isOfficers = step.rule.posts.contains(.officer)
            guard isOfficers ? step.rule.id == main?.rule.id : isAsked(step.rule) else { continue }
            for post in step.rule.posts where post != .system {
                guard !work.contains(where: { $0.post == post.rawValue }) else { continue }
                work.append(
                    CaseBoardRow.Work(.waiting, post: post.rawValue, step: step.rule.id, says: step.rule.name))
            }
        }
        return work
    }

    /// Whether a step has not been taken yet, or something that stands before it was since: what was sent back and
    /// handed in again is asked for again, what has led on is not.
    private func isAsked(_ rule: StepRule) -> Bool {
        func place(_ id: String) -> Int? { procedure.steps.firstIndex { $0.id == id } }
        guard let own = place(rule.id),
            let last = assessment.steps.lastIndex(where: { $0.counts && $0.taken.mark.step == rule.id })
        else { return true }
        return assessment.steps[(last + 1)...].contains { step in
            step.counts && place(step.taken.mark.step).map { $0 < own } ?? false
        }
    }
}
