import Libraries
import Testing

@testable import tributary

extension ProcessStories {
    @Suite struct CrashStories {
        private static let rounds = 20
        /// Cases that all clerks together open between two kills, at most.
        private static let casesBetweenMax = 24

        @Test
        func `twenty kills of any of the five nodes at any moment lose nothing that was answered for`() async throws {
            try await withProvince { story in
                let divisions = [
                    DemoCast.province, DemoCast.city, DemoCast.county, DemoCast.cutOff, DemoCast.restored,
                    DemoCast.hosted,
                ]
                try await Load.during(divisions.map(story.cast.clerk)) { counts in
                    var chance = SplitMix64(seed: 20)
                    let offices = story.offices.offices
                    for round in 0..<Self.rounds {
                        // Each at least once, then any.
                        let victim = offices[round < offices.count ? round : chance.below(offices.count)]
                        let goal = counts.total + 1 + chance.below(Self.casesBetweenMax)
                        try await Waiting.until("\(goal) cases", within: StoryProvince.limit, pause: .milliseconds(5)) {
                            counts.total >= goal
                        }
                        await victim.kill()
                        try await victim.start()
                    }
                }
                #expect(story.cast.acknowledged.count > Self.rounds)
                try await story.expectNothingLost()
            }
        }
    }
}
