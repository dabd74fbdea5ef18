import Node
import Testing

@testable import tributary

extension ProcessStories {
    /// A backup is older than what its neighbours hold: what it lacks comes back from them, however late.
    @Suite struct RestoreStories {
        @Test
        func `a township restored from an old backup has all eight cases again without anybody's doing`() async throws {
            try await withProvince { story in
                let (township, county) = (story.township, story.county)
                let kept = try await story.openCases(2, of: township.seat)
                let backup = "\(story.offices.path)/backup.sqlite"
                try township.backUp(to: backup)
                let saved = try await township.client().status().entries
                let tail = try await story.openCases(5, of: township.seat)
                try await story.agree(township, county)
                let later = try await Int(township.client().status().entries - saved)
                #expect(later >= tail.count)

                await township.kill()
                try township.destroyStore()
                try township.restore(from: backup)
                township.isolate()
                try await township.start()
                // What is missing is seen to be missing: before anybody looks, since views are entries themselves.
                #expect(try Agreement(township, county, in: story.offices.tree).behind == later)
                let proof = try Proof(story.offices, acknowledged: story.cast.acknowledged.names)
                #expect(proof.lost == later)
                #expect(!proof.isConverged)
                #expect(try await story.held(kept, at: township) == 2)
                #expect(try await story.held(tail, at: township) == 0)
                let offline = try await story.openCases(3, of: township.seat)

                township.reconnect()
                try await story.agree(township, county)
                for office in [township, county] {
                    #expect(try await story.held(tail + offline, at: office) == 8)
                    #expect(try await story.cases(at: office) == 10)
                }
                try await story.expectNothingLost()
            }
        }

        @Test
        func `a tail that only the grandparent holds arrives late, and still merges`() async throws {
            try await withProvince { story in
                let (township, county, city) = (story.township, story.county, story.city)
                let backup = "\(story.offices.path)/backup.sqlite"
                _ = try await story.openCases(1, of: township.seat)
                try township.backUp(to: backup)

                // The county is cut off, so that the tail goes past it to the city.
                county.isolate()
                township.line(to: county.seat)?.cut()
                try await story.link(township, to: city)
                let tail = try await story.openCases(5, of: township.seat)
                try await story.agree(township, city)
                #expect(try await story.held(tail, at: county) == 0)

                await township.kill()
                try township.destroyStore()
                try township.restore(from: backup)
                township.isolate()
                try await township.start()
                let offline = try await story.openCases(3, of: township.seat)

                // Township and county meet while neither reaches the city.
                township.line(to: county.seat)?.mend()
                try await story.agree(township, county)
                #expect(try await story.held(offline, at: county) == 3)
                #expect(try await story.held(tail, at: township) == 0)

                county.reconnect()
                try await story.agree(county, city)
                try await story.agree(township, county)
                for office in [township, county, city] {
                    #expect(try await story.held(tail + offline, at: office) == 8)
                    #expect(try await story.cases(at: office) == 9)
                }
                township.reconnect()
                try await story.expectNothingLost()
            }
        }
    }
}
