import Libraries

extension CaseBoardRow {
    /// The row of a case.
    ///
    /// - Parameters:
    ///   - assessment: of any moment: what it says of limits that are over is told anew from their days.
    ///   - rules: whose milestones tell what filing, deciding and reviewing is.
    package init(
        _ assessment: Assessment, _ facts: CaseBoardFacts, rules: SupervisionRules, calendar: WorkCalendar
    ) {
        self.init(
            record: facts.record, procedure: assessment.procedure.reference, stage: assessment.stage.id,
            opened: assessment.steps.map(\.taken.mark.at.day).min()?.daysSince1970 ?? 0)
        (body, item, field, place) = (facts.body, facts.item, facts.itemField, facts.place)
        (fineFen, party, self.calendar) = (facts.fineFen, facts.party, facts.calendarVersion)
        officers = Set(assessment.steps.flatMap(\.taken.mark.officers) + (assessment.handler?.officers ?? [])).sorted()
        numbers = assessment.steps.flatMap { $0.taken.mark.issued.compactMap(\.number) }
            .compactMap { BoardNumber($0) }
        let reading = BoardReading(assessment: assessment, facts: facts, rules: rules, calendar: calendar)
        reading.way(of: &self)
        reading.limits(of: &self)
        reading.systems(of: &self)
        reading.found(in: &self)
        flags = flags.union(SupervisionFlags(findings.map(\.finding)))
        findWork(assessment, facts, rules: rules)
    }
}

/// Reads one assessment for the board.
private struct BoardReading {
    let assessment: Assessment
    let facts: CaseBoardFacts
    let rules: SupervisionRules
    let calendar: WorkCalendar

    private var procedure: Procedure { assessment.procedure }
    private var counted: [JudgedStep] { assessment.steps.filter(\.counts) }

    // MARK: How far it is

    func way(of row: inout CaseBoardRow) {
        switch assessment.standing {
        case .open: row.standing = .open
        case .waiting: row.standing = .waiting
        case .ended(_, let at): (row.standing, row.closed) = (.ended, at.day.daysSince1970)
        }
        row.filed = day(of: rules.milestones.filed)
        if row.filed == nil, !procedure.steps.contains(where: { isDocument($0, rules.milestones.filed) }) {
            row.filed = counted.first?.taken.mark.at.day.daysSince1970
        }
        row.decided = day(of: rules.milestones.decided)
    }

    /// The day of the last counted step that issues one of these documents.
    private func day(of documents: [String]) -> Int? {
        counted.last { procedure.step($0.taken.mark.step).map { isDocument($0, documents) } ?? false }?
            .taken.mark.at.day.daysSince1970
    }

    private func isDocument(_ step: StepRule, _ documents: [String]) -> Bool {
        step.document.map(documents.contains) ?? false
    }

    // MARK: Limits

    func limits(of row: inout CaseBoardRow) {
        let published = Set(procedure.publicity.compactMap(\.deadline))
        for state in assessment.deadlines {
            if case .late(_, let due) = state.phase, state.rule.isDuty, !published.contains(state.rule.id) {
                row.findings.append(
                    CaseBoardRow.Finding(
                        .overdue, about: state.rule.id,
                        says: Bilingual(
                            "\(state.rule.name.chinese)：逾期办理，期限为\(due.day)",
                            "\(state.rule.name.english): done late, due \(due.day)"), articles: state.rule.articles))
            }
            guard row.standing != .ended, let due = state.standingDue else { continue }
            let day = due.day.daysSince1970
            // What is over has changed the row already, and does so once.
            if state.rule.changesRow, !state.isOver { row.turns = min(row.turns ?? day, day) }
            guard state.rule.isDuty, !published.contains(state.rule.id), day < row.due ?? .max else { continue }
            (row.due, row.deadline) = (day, state.rule.id)
            row.warning = state.rule.warning.flatMap { calendar.subtracting($0, from: due) }
                .map { min($0.day.daysSince1970, day) }
        }
    }

    // MARK: The three systems

    func systems(of row: inout CaseBoardRow) {
        publicity(of: &row)
        recording(of: &row)
        review(of: &row)
    }

    private func publicity(of row: inout CaseBoardRow) {
        for rule in procedure.publicity where applies(rule) {
            guard
                counted.contains(where: { step in
                    step.taken.mark.step == rule.after
                        && (rule.outcomes.isEmpty || rule.outcomes.contains(step.taken.mark.outcome))
                })
            else { continue }
            let due = rule.deadline.flatMap { id in assessment.deadlines.first { $0.rule.id == id }?.due?.day }
            let publication = facts.publications.first { $0.rule == rule.id }
            if let publication, publication.isWithheld || publication.publishedOn != nil {
                if row.publicity == .none { row.publicity = .done }
                guard let due, let on = publication.publishedOn, on > due else { continue }
                row.findings.append(
                    CaseBoardRow.Finding(
                        .publicityLate, about: rule.id,
                        says: Bilingual(
                            "\(rule.name.chinese)：\(on)公示，期限为\(due)",
                            "\(rule.name.english): public on \(on), due \(due)"), articles: rule.articles))
            } else {
                row.publicity = .owed
                guard let day = due?.daysSince1970 else { continue }
                row.publicityDue = min(row.publicityDue ?? day, day)
            }
        }
    }

    private func applies(_ rule: PublicityRule) -> Bool {
        facts.publicityRules.map { $0.contains(rule.id) } ?? (rule.when == nil)
    }

    private func recording(of row: inout CaseBoardRow) {
        for step in counted {
            guard let rule = procedure.step(step.taken.mark.step), rule.recording != .none else { continue }
            let isRecorded = facts.evidence.contains { file in
                file.recording == rule.id || file.recording != nil && step.taken.mark.evidence.contains(file.digest)
            }
            if isRecorded {
                if row.recording == .none { row.recording = .done }
            } else {
                row.recording = .owed
                guard let day = EvidenceClock(calendar).due(capturedAt: step.taken.mark.at)?.day.daysSince1970 else {
                    continue
                }
                row.recordingDue = min(row.recordingDue ?? day, day)
            }
        }
    }

    private func review(of row: inout CaseBoardRow) {
        let reviews = Set(procedure.steps.filter { isDocument($0, rules.milestones.reviewed) }.map(\.id))
        if let last = counted.last(where: { reviews.contains($0.taken.mark.step) }) {
            row.review = rules.milestones.passed.contains(last.taken.mark.outcome) ? .done : .owed
        } else if row.standing != .ended, !reviews.isEmpty {
            let isNext = assessment.next.contains { reviews.contains($0.rule.id) && !$0.rule.isOptional }
            if facts.needsReview ?? isNext { row.review = .owed }
        }
    }

    // MARK: What is found

    func found(in row: inout CaseBoardRow) {
        // What a superior has set aside has been put right.
        for step in assessment.steps where !step.isVoid {
            let id = step.taken.mark.step
            for finding in step.findings {
                row.findings.append(
                    CaseBoardRow.Finding(
                        kind(of: finding, in: procedure.step(id)), about: id, says: finding.says,
                        articles: finding.articles))
            }
            for doubt in step.doubts {
                row.findings.append(CaseBoardRow.Finding(.toBeConfirmed, about: id, says: doubt.boardWords))
            }
        }
        if case .waiting(let doubts) = assessment.standing {
            for doubt in doubts where !row.findings.contains(where: { $0.says == doubt.boardWords }) {
                row.findings.append(
                    CaseBoardRow.Finding(.toBeConfirmed, about: row.stage, says: doubt.boardWords))
            }
        }
        let missing = facts.evidence.filter { !$0.isHere }.count
        if missing > 0 {
            row.findings.append(
                CaseBoardRow.Finding(
                    .evidenceMissing, about: "evidence",
                    says: Bilingual("\(missing)个证据文件不在本节点", "evidence files not here: \(missing)")))
        }
    }

    /// What sort of gate it was: by the condition of the step's own gate that says the same, else by what the officer
    /// check rests on.
    private func kind(of finding: GateFinding, in step: StepRule?) -> SupervisionFinding {
        if finding.answer == .unknown { return .notKnownHere }
        if let gate = step?.gates.first(where: { $0.says == finding.says }) {
            var kind = SupervisionFinding.gateBroken
            gate.condition.visit { condition in
                switch condition {
                case .withinBenchmark: kind = .fineOutOfRange
                case .itemListed: kind = .itemNotDelegated
                default: break
                }
            }
            return kind
        }
        let isAboutOfficer =
            finding.says.chinese.contains("执法证") || finding.articles.contains(where: Self.certificateArticles.contains)
        if isAboutOfficer { return .officerNotCertified }
        if finding.articles.contains(where: Self.powerArticles.contains) { return .itemNotDelegated }
        return .gateBroken
    }

    /// Two certified officers, and showing the certificate.
    private static let certificateArticles = ["行政处罚法第42条", "行政处罚法第55条"]
    /// Whose power it is, entrusted or handed down.
    private static let powerArticles = ["行政处罚法第17条", "行政处罚法第18条", "行政处罚法第20条", "行政处罚法第24条"]
}

extension DeadlineRule {
    /// Whether the office has to keep it: a right that lapses, an entry that expires and a payment are others'.
    fileprivate var isDuty: Bool {
        switch missed {
        case .flagged, .blocks: true
        case .lapses, .ends, .charges: false
        }
    }

    /// Whether the case is another once it is over.
    fileprivate var changesRow: Bool {
        switch missed {
        case .blocks, .lapses, .ends: true
        case .flagged, .charges: false
        }
    }
}

extension DeadlineState {
    /// When it ends, as long as what it asks for was not done.
    fileprivate var standingDue: LegalMoment? {
        switch phase {
        case .running(let due), .nearlyDue(let due), .missed(let due): due
        case .notBegun, .paused, .fulfilled, .late: nil
        }
    }
}

extension Doubt {
    /// What a supervisor reads.
    fileprivate var boardWords: Bilingual {
        switch self {
        case .certificate(let number):
            Bilingual("执法证\(number)当时已被暂停或注销，须确认", "certificate \(number) was suspended or withdrawn then")
        case .item(let code): Bilingual("事项\(code)当时已不属于本主体，须确认", "item \(code) was the body's to use no more")
        case .concurrent(let step): Bilingual("环节“\(step)”同时有不同结果，须确认", "step \(step) was taken otherwise at once")
        case .factChanged(let fact): Bilingual("事实“\(fact)”同时被修改，须确认", "fact \(fact) was changed at once")
        case .excluded: Bilingual("同一环节有两次互不知情的办理，须由共同上级指定", "taken twice, neither knowing of the other")
        case .takenOver: Bilingual("上级同时接管本案，须确认", "a superior took the case over at once")
        case .filedElsewhere(let record): Bilingual("他处已就同一事项立案：\(record)", "filed elsewhere too: \(record)")
        case .numberTwice(let number):
            Bilingual("文号“\(number)”重复，须确认", "number \(number) stands on another document too")
        case .statuteAmended(let basis): Bilingual("依据“\(basis)”已修改，须确认", "its basis was amended: \(basis)")
        }
    }
}
