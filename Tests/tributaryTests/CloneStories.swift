import Divisions
import Identity
import Node
import Store
import Testing

@testable import tributary

extension ProcessStories {
    @Suite struct CloneStories {
        @Test
        func `two machines of one township converge, raise an alarm on all sides and write nothing twice`() async throws
        {
            try await withProvince { story in
                let (township, county) = (story.township, story.county)
                _ = try await story.openCases(3, of: township.seat)
                try await story.agree(township, county)

                let double = try await story.offices.clone(township, named: "double")
                do {
                    try await double.start()
                    try await live(township, double, story)
                } catch {
                    await double.stop()
                    throw error
                }
                await double.stop()
                try await story.expectNothingLost()
            }
        }

        /// Both machines work at once; then each holds what the other wrote.
        private func live(_ township: Office, _ double: Office, _ story: StoryProvince) async throws {
            let county = story.county
            try await story.link(double, to: county)
            let client = try double.client(.officer)
            let desk = Desk(client: client, acknowledged: story.cast.acknowledged)
            for _ in 0..<5 {
                _ = try await story.openCases(1, of: township.seat)
                try await desk.open(story.cast.newCase(of: township.seat), home: township.seat)
            }
            for office in [township, double, county] {
                try await Waiting.until("an alarm at \(office.data.path)", within: StoryProvince.limit) {
                    try await office.client().status().alarms.contains { $0.division == township.seat.text }
                }
            }
            for office in [township, double] { try await story.agree(office, county) }
            for office in [township, double, county] {
                #expect(try await story.cases(at: office) == 13)
                #expect(try await office.client().status().forks == 0)
            }
            let tree = story.offices.tree
            let identity = try NodeIdentity.load(directory: double.data.identityDirectory)
            let report = try double.reader().verify(
                notary: NodeNotary(identity: identity, tree: tree), trees: [tree.version: tree])
            #expect(report.isSound)
            #expect(try double.reader().rowsDigest() == township.reader().rowsDigest())
        }
    }
}
