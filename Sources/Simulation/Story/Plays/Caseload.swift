import Casework
import Divisions
import Ledger

/// Cases from their filing to their service, at offices that write, review and decide without waiting for one another,
/// under superiors who take over and overrule, and beside somebody who forges.
struct Caseload: Play {
    var cases: Amount
    /// Deeds beside those that bring a case forward.
    var deeds: Amount
    var forgeries: Amount
    var overrulings: Amount
    var suspensions: Amount
    var thinking: Amount

    /// The offices of one case.
    private struct Matter {
        let record: RecordName
        let home: DivisionCode
        /// The machine that serves the office.
        let machine: String
        /// The seats above it, the nearest first.
        let above: [DivisionCode]
        var drafts = 0
        var opened = Instant(milliseconds: 0)

        /// The moment, or the first one at which the case is filed.
        func notBefore(_ moment: Instant) -> Instant { max(moment, opened + 2_000) }
    }

    func draw(_ span: ClosedRange<Instant>, using random: inout SeededGenerator, on stage: inout Stage) {
        guard let setting = stage.casework else { return }
        let homes = stage.tree.divisions.filter { $0.level == .township || $0.level == .county }.map(\.code)
        guard !homes.isEmpty else { return }
        let count = max(1, cases.count(using: &random))
        var matters: [Matter] = []
        for number in 1...count {
            let home = random.pick(homes)
            guard let seat = stage.tree.seatServing(home)?.division else { continue }
            let above = stage.tree.uplinks(of: home).map(\.division).filter { $0 != seat }
            matters.append(
                Matter(
                    record: setting.caseRecord("case-\(stage.step)-\(number)", home: home), home: home,
                    machine: seat.text, above: above))
        }
        guard !matters.isEmpty else { return }
        for place in matters.indices { carry(&matters[place], span, using: &random, on: &stage) }
        for moment in random.moments(deeds.count(using: &random), in: span) {
            let place = Int.random(in: matters.indices, using: &random)
            disturb(&matters[place], matters[place].notBefore(moment), using: &random, on: &stage)
        }
        for moment in random.moments(forgeries.count(using: &random), in: span) {
            let matter = random.pick(matters)
            forge(matter, matter.notBefore(moment), using: &random, on: &stage)
        }
        for moment in random.moments(overrulings.count(using: &random), in: span) {
            let matter = random.pick(matters)
            overrule(matter, matter.notBefore(moment), using: &random, on: &stage)
        }
        for moment in random.moments(suspensions.count(using: &random), in: span) {
            suspend(random.pick(matters), moment, using: &random, on: &stage)
        }
    }

    // MARK: The way of a case

    /// What an office does to bring its case to an end, spread over the span.
    private func carry(
        _ matter: inout Matter, _ span: ClosedRange<Instant>, using random: inout SeededGenerator, on stage: inout Stage
    ) {
        var moments = random.moments(9, in: span)
        let opened = moments.removeFirst()
        matter.opened = opened
        let facts = [
            CaseFact("title", .text("演练案件")), CaseFact("party", .text("某某公司")),
            CaseFact("item", .text(random.chance(70) ? CaseworkSetting.item : CaseworkSetting.itemHandedDown)),
            CaseFact("violated-on", .text("2026-02-27")),
        ]
        add(.open(matter.record, facts: facts), for: matter.home, at: matter.machine, opened, on: &stage)
        add(
            .take(matter.record, StepTaking(CaseworkSetting.filing)), for: matter.home, at: matter.machine,
            opened + 1_000, on: &stage)
        for round in [0, 4] {
            draft(&matter, moments[round], using: &random, on: &stage)
            review(matter, moments[round + 1], using: &random, on: &stage)
            decide(matter, moments[round + 2], using: &random, on: &stage)
            add(
                .take(matter.record, StepTaking("serve")), for: matter.home, at: matter.machine, moments[round + 3],
                using: &random, on: &stage)
        }
    }

    /// A text is written and submitted.
    private func draft(
        _ matter: inout Matter, _ moment: Instant, using random: inout SeededGenerator, on stage: inout Stage
    ) {
        matter.drafts += 1
        let facts = [CaseFact(CaseworkSetting.draft, .text("拟罚款，第\(matter.drafts)稿"))]
        let desk = desk(of: matter, using: &random)
        add(.enter(matter.record, facts: facts), for: matter.home, at: desk, moment, on: &stage)
        add(
            .take(matter.record, StepTaking("submit")), for: matter.home, at: desk, moment + 2_000, using: &random,
            on: &stage)
    }

    /// The office's own reviewer or a superior's reads it.
    private func review(
        _ matter: Matter, _ moment: Instant, using random: inout SeededGenerator, on stage: inout Stage
    ) {
        let outcome = random.chance(70) ? CaseworkSetting.passed : "returned"
        let taking = StepTaking(CaseworkSetting.review, outcome)
        if let superior = matter.above.first, random.chance(40) {
            add(.take(matter.record, taking), for: superior, at: superior.text, moment, using: &random, on: &stage)
        } else {
            let desk = desk(of: matter, using: &random)
            add(.take(matter.record, taking), for: matter.home, at: desk, moment, using: &random, on: &stage)
        }
    }

    private func decide(
        _ matter: Matter, _ moment: Instant, using random: inout SeededGenerator, on stage: inout Stage
    ) {
        let taking = StepTaking(CaseworkSetting.decision)
        if let superior = matter.above.first, random.chance(20) {
            add(.take(matter.record, taking), for: superior, at: superior.text, moment, using: &random, on: &stage)
        } else {
            let desk = desk(of: matter, using: &random)
            add(.take(matter.record, taking), for: matter.home, at: desk, moment, using: &random, on: &stage)
        }
    }

    // MARK: What comes in between

    private func disturb(
        _ matter: inout Matter, _ moment: Instant, using random: inout SeededGenerator, on stage: inout Stage
    ) {
        switch Int.random(in: 0..<10, using: &random) {
        case 0, 1: draft(&matter, moment, using: &random, on: &stage)
        case 2, 3:
            // The text is changed, and nobody is told.
            matter.drafts += 1
            let facts = [CaseFact(CaseworkSetting.draft, .text("改动，第\(matter.drafts)稿"))]
            add(
                .enter(matter.record, facts: facts), for: matter.home, at: desk(of: matter, using: &random), moment,
                using: &random, on: &stage)
        case 4...6: review(matter, moment, using: &random, on: &stage)
        default: decide(matter, moment, using: &random, on: &stage)
        }
    }

    private func forge(
        _ matter: Matter, _ moment: Instant, using random: inout SeededGenerator, on stage: inout Stage
    ) {
        let desk = desk(of: matter, using: &random)
        if random.chance(40) {
            // Somebody who is no reviewer signs a review, and the decision stands on it.
            let others = stage.tree.divisions.map(\.code).filter { !stage.tree.isAtOrBelow(matter.home, $0) }
            let stranger =
                others.isEmpty || random.chance(50)
                ? CaseworkSetting.certificate(matter.home, random.pick([.supervisor, .responsible]))
                : CaseworkSetting.certificate(random.pick(others), .reviewer)
            let taking = StepTaking(CaseworkSetting.review, CaseworkSetting.passed, officers: [stranger])
            add(.forge(matter.record, taking, .unasked), for: matter.home, at: desk, moment, on: &stage)
            add(
                .forge(matter.record, StepTaking(CaseworkSetting.decision), .unasked), for: matter.home, at: desk,
                moment + 60_000, on: &stage)
        } else {
            add(
                .forge(matter.record, StepTaking(CaseworkSetting.decision), random.pick(Forgery.allCases)),
                for: matter.home, at: desk, moment, on: &stage)
        }
    }

    private func overrule(
        _ matter: Matter, _ moment: Instant, using random: inout SeededGenerator, on stage: inout Stage
    ) {
        guard !matter.above.isEmpty else { return }
        let superior = random.pick(matter.above)
        let deed: CaseAct.Deed
        if random.chance(30) {
            deed = .takeOver(matter.record)
        } else {
            let word = random.pick([Overruling.confirm, .setAside, .designate])
            deed = .overrule(matter.record, word, step: CaseworkSetting.decision, of: nil, rival: nil)
        }
        add(deed, for: superior, at: superior.text, moment, using: &random, on: &stage)
    }

    /// A certificate is suspended or a power taken back, right after a superior has said what he has of the office.
    private func suspend(
        _ matter: Matter, _ moment: Instant, using random: inout SeededGenerator, on stage: inout Stage
    ) {
        guard let first = matter.above.first, let last = matter.above.last else { return }
        add(.acknowledge(matter.home), for: first, at: first.text, moment, on: &stage)
        let later = moment + 60_000
        if random.chance(30), stage.tree.level(of: matter.home) == .township {
            add(.endDelegation(matter.home, until: "2026-03-01"), for: first, at: first.text, later, on: &stage)
            return
        }
        let post = random.pick([Post.officer, .reviewer, .responsible])
        let deed = CaseAct.Deed.suspend(certificate: CaseworkSetting.certificate(matter.home, post))
        add(deed, for: last, at: last.text, later, on: &stage)
    }

    // MARK: Where it is done

    /// The office's own machine, or sometimes one above it at which its clerks work too.
    private func desk(of matter: Matter, using random: inout SeededGenerator) -> String {
        guard let superior = matter.above.first, random.chance(20) else { return matter.machine }
        return superior.text
    }

    private func add(
        _ deed: CaseAct.Deed, for acting: DivisionCode, at machine: String, _ moment: Instant,
        using random: inout SeededGenerator, on stage: inout Stage
    ) {
        let thinking = thinking.milliseconds(using: &random)
        let act = CaseAct(machine: machine, acting: acting, deed, thinking: thinking)
        stage.add(.casework(act), at: moment)
    }

    private func add(
        _ deed: CaseAct.Deed, for acting: DivisionCode, at machine: String, _ moment: Instant, on stage: inout Stage
    ) {
        stage.add(.casework(CaseAct(machine: machine, acting: acting, deed)), at: moment)
    }
}
