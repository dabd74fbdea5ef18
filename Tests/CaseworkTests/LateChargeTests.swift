import Casework
import Libraries
import Testing

/// What is added to a fine paid late, paying in parts, and money on the spot.
@Suite struct LateChargeTests {
    private let due = day("2026-03-17")

    private func charge(
        _ fine: Int64, on text: String, paid: [Payment] = [], suspended: [ClosedRange<LegalDate>] = []
    ) -> Int64 {
        LateCharge.fen(fine: fine, paid: paid, due: due, on: day(text), suspended: suspended)
    }

    @Test(arguments: [
        ("2026-03-01", 0), ("2026-03-17", 0), ("2026-03-18", 30_000), ("2026-03-27", 300_000),
        ("2026-04-19", 990_000), ("2026-04-20", 1_000_000), ("2027-04-20", 1_000_000), ("9999-12-31", 1_000_000),
    ])
    func `three percent a day are added up to the fine itself`(on: String, fen: Int64) {
        #expect(charge(1_000_000, on: on) == fen)
    }

    @Test func `the days of a review or suit are not counted, however they overlap`() {
        let review = day("2026-03-20")...day("2026-03-25")
        let suit = day("2026-03-24")...day("2026-03-29")
        // 18 and 19 March, then from 30 March on.
        #expect(charge(1_000_000, on: "2026-03-25", suspended: [review]) == 60_000)
        #expect(charge(1_000_000, on: "2026-03-26", suspended: [review]) == 90_000)
        #expect(charge(1_000_000, on: "2026-03-30", suspended: [suit, review]) == 90_000)
        #expect(charge(1_000_000, on: "2026-03-19", suspended: [suit, review]) == 60_000)
        let before = day("2026-03-01")...day("2026-03-18")
        #expect(charge(1_000_000, on: "2026-03-19", suspended: [before]) == 30_000)
        let whole = day("2026-03-01")...day("2027-03-18")
        #expect(charge(1_000_000, on: "2026-12-31", suspended: [whole]) == 0)
    }

    @Test func `what is paid is charged for no more from the next day on`() {
        let half = [Payment(on: day("2026-03-20"), fen: 500_000)]
        // 3 days of the whole, then 2 days of the half.
        #expect(charge(1_000_000, on: "2026-03-22", paid: half) == 120_000)
        let all = [Payment(on: day("2026-03-20"), fen: 1_000_000)]
        #expect(charge(1_000_000, on: "2026-12-31", paid: all) == 90_000)
        let early = [Payment(on: day("2026-03-17"), fen: 1_000_000)]
        #expect(charge(1_000_000, on: "2026-12-31", paid: early) == 0)
        let more = [Payment(on: day("2026-03-17"), fen: .max), Payment(on: day("2026-03-18"), fen: .max)]
        #expect(charge(1_000_000, on: "2026-12-31", paid: more) == 0)
    }

    @Test func `fractions of a fen are dropped once, at the end`() {
        // 3 % of 50 fen are 1.5 fen a day.
        #expect(charge(50, on: "2026-03-18") == 1)
        #expect(charge(50, on: "2026-03-19") == 3)
        #expect(charge(0, on: "2026-03-19") == 0)
        #expect(charge(-5, on: "2026-03-19") == 0)
        #expect(charge(.max, on: "2027-03-19") == .max)
    }

    @Test func `the day by which the charge is full can be told`() {
        #expect(LateCharge.fullOn(fine: 1_000_000, due: due) == day("2026-04-20"))
        let suit = day("2026-03-24")...day("2027-03-23")
        #expect(LateCharge.fullOn(fine: 1_000_000, due: due, suspended: [suit]) == day("2027-04-20"))
        let paid = [Payment(on: day("2026-03-20"), fen: 1_000_000)]
        #expect(LateCharge.fullOn(fine: 1_000_000, paid: paid, due: due) == nil)
        #expect(LateCharge.fullOn(fine: 0, due: due) == nil)
    }

    private struct Story {
        let fine: Int64
        let paid: [Payment]
        let suspended: [ClosedRange<LegalDate>]

        init(_ random: inout SplitMix64, from due: LegalDate) {
            fine = Int64(1 + random.below(5_000_000))
            func later(_ days: Int) -> LegalDate { due.adding(days: days - 5) ?? due }
            paid = (0..<random.below(3)).map { _ in
                Payment(on: later(random.below(60)), fen: Int64(random.below(2_000_000)))
            }
            suspended = (0..<random.below(3)).map { _ in
                let first = random.below(60)
                return later(first)...later(first + random.below(30))
            }
        }

        /// Day by day, in hundredths of a percent of a fen.
        func walked(from due: LegalDate, to day: LegalDate) -> Int64 {
            var (sum, cursor) = (Int64(0), due)
            while cursor < day {
                guard let next = cursor.adding(days: 1) else { break }
                cursor = next
                guard !suspended.contains(where: { $0.contains(cursor) }) else { continue }
                let open = fine - paid.filter { $0.on < cursor }.reduce(0) { $0 + $1.fen }
                sum += max(0, open) * 300
            }
            return min(fine, sum / 10_000)
        }
    }

    @Test(arguments: 0..<40)
    func `a charge never exceeds the fine, never falls, and is what a walk day by day adds up`(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        for _ in 0..<20 {
            let story = Story(&random, from: due)
            var before: Int64 = 0
            for days in 0..<80 {
                let on = try #require(due.adding(days: days - 3))
                let fen = LateCharge.fen(
                    fine: story.fine, paid: story.paid, due: due, on: on, suspended: story.suspended)
                #expect(fen >= before && fen <= story.fine)
                #expect(fen == story.walked(from: due, to: on))
                before = fen
            }
        }
    }

    @Test(arguments: 0..<20)
    func `charges of two spells add up, and a suit in between takes its days out`(seed: UInt64) throws {
        var random = SplitMix64(seed: 100 + seed)
        for _ in 0..<50 {
            // Whole fen a day, and no cap within reach.
            let fine = Int64(1 + random.below(100_000)) * 100
            let (first, gap, second) = (random.below(16), random.below(400), random.below(16))
            let end = try #require(due.adding(days: first))
            let later = try #require(end.adding(days: gap + second))
            let one = LateCharge.fen(fine: fine, due: due, on: end)
            let suit = try #require(end.adding(days: 1))...(try #require(end.adding(days: max(1, gap))))
            let two = LateCharge.fen(fine: fine, due: try #require(end.adding(days: gap)), on: later)
            let whole = LateCharge.fen(fine: fine, due: due, on: later, suspended: gap == 0 ? [] : [suit])
            #expect(whole == one + two)
        }
    }

    @Test func `a fine in parts is charged for each part from its own day on`() throws {
        let plan = try #require(
            InstalmentPlan([
                InstalmentPlan.Part(due: day("2026-04-17"), fen: 400_000),
                InstalmentPlan.Part(due: day("2026-03-17"), fen: 600_000),
            ]))
        #expect(plan.fine == 1_000_000)
        #expect(plan.owed(by: day("2026-03-16")) == 0)
        #expect(plan.owed(by: day("2026-03-17")) == 600_000)
        #expect(plan.owed(by: day("2026-04-17")) == 1_000_000)
        let paid = [Payment(on: day("2026-03-20"), fen: 600_000)]
        #expect(plan.arrears(paid: paid, on: day("2026-03-19")) == 600_000)
        #expect(plan.arrears(paid: paid, on: day("2026-04-16")) == 0)
        #expect(plan.arrears(paid: paid, on: day("2026-04-17")) == 400_000)
        // 3 days of 6,000 yuan; then 2 days of 4,000 yuan.
        #expect(LateCharge.fen(plan: plan, paid: paid, on: day("2026-04-17")) == 54_000)
        #expect(LateCharge.fen(plan: plan, paid: paid, on: day("2026-04-19")) == 78_000)
        #expect(LateCharge.fen(plan: plan, on: day("2028-04-19")) == 1_000_000)
    }

    @Test func `equal parts a month apart add up to the fine`() throws {
        let plan = try #require(InstalmentPlan(fine: 1_000_001, parts: 3, first: day("2025-12-31")))
        #expect(plan.parts.map(\.due) == [day("2025-12-31"), day("2026-01-31"), day("2026-02-28")])
        #expect(plan.parts.map(\.fen) == [333_333, 333_333, 333_335])
        #expect(InstalmentPlan(fine: 2, parts: 3, first: due) == nil)
        #expect(InstalmentPlan(fine: 1_000, parts: 0, first: due) == nil)
        #expect(InstalmentPlan([]) == nil)
        #expect(InstalmentPlan([InstalmentPlan.Part(due: due, fen: 0)]) == nil)
        let twice = [InstalmentPlan.Part(due: due, fen: 1), InstalmentPlan.Part(due: due, fen: 2)]
        #expect(InstalmentPlan(twice) == nil)
        let much = [
            InstalmentPlan.Part(due: due, fen: .max), InstalmentPlan.Part(due: day("2026-04-17"), fen: 1),
        ]
        #expect(InstalmentPlan(much) == nil)
    }

    @Test func `a decision on the spot has its limits by who is fined`() {
        #expect(OnSpot.mayDecide(fen: 200_00, isCitizen: true))
        #expect(!OnSpot.mayDecide(fen: 200_01, isCitizen: true))
        #expect(OnSpot.mayDecide(fen: 3_000_00, isCitizen: false))
        #expect(!OnSpot.mayDecide(fen: 3_000_01, isCitizen: false))
        #expect(!OnSpot.mayDecide(fen: -1, isCitizen: false))
    }

    @Test func `money on the spot needs its ground`() {
        let onSpot = OnSpot.Grounds(decidedOnSpot: true)
        #expect(OnSpot.collectionArticle(fen: 100_00, onSpot) == "行政处罚法第68条第1项")
        #expect(OnSpot.collectionArticle(fen: 100_01, onSpot) == nil)
        let hard = OnSpot.Grounds(decidedOnSpot: true, isHardLater: true)
        #expect(OnSpot.collectionArticle(fen: 200_00, hard) == "行政处罚法第68条第2项")
        #expect(OnSpot.collectionArticle(fen: 50_00, OnSpot.Grounds(isHardLater: true)) == nil)
        let remote = OnSpot.Grounds(isRemote: true, isAskedFor: true)
        #expect(OnSpot.collectionArticle(fen: 50_000_00, remote) == "行政处罚法第69条")
        #expect(OnSpot.collectionArticle(fen: 50_000_00, OnSpot.Grounds(isRemote: true)) == nil)
    }

    @Test func `what was collected is handed in and paid in within two working days each`() {
        let calendar = DaysFixture.calendar
        // Friday 13 February, then Saturday 14 made up, holidays until 23, Tuesday 24.
        #expect(OnSpot.handInBy(collected: day("2026-02-13"), calendar: calendar) == day("2026-02-24"))
        #expect(OnSpot.payInBy(handedIn: day("2026-02-24"), calendar: calendar) == day("2026-02-26"))
        // Collected on the water, landed four days later: 4 and 5 March.
        #expect(
            OnSpot.handInBy(collected: day("2026-02-27"), landed: day("2026-03-03"), calendar: calendar)
                == day("2026-03-05"))
    }
}
