import Casework
import Testing

@testable import Papers

@Suite struct ArchiveTests {
    @Test func `a volume stands in the order of its rule, and what no list names at the end`() throws {
        let volume = try PapersFixture.volume()
        let main = volume.pieces.filter { $0.volume == .main }.map(\.piece.name)
        let sub = volume.pieces.filter { $0.volume == .sub }.map(\.piece.name)
        #expect(main == ["penalty-decision/1", "filing-approval/1", "evidence/1", "note/1"])
        #expect(sub == ["complaint-form/1", "discussion-record/1"])
        #expect(volume.pieces.map(\.ordinal) == [1, 2, 3, 4, 1, 2])
        #expect(volume.years == 30)
    }

    @Test func `what was added, removed or altered is found`() throws {
        let volume = try PapersFixture.volume()
        var digests = Dictionary(uniqueKeysWithValues: volume.pieces.map { ($0.piece.name, $0.piece.digest) })
        #expect(volume.verify(having: digests).isSound)
        digests["evidence/2"] = PapersFixture.digest("new")
        digests["note/1"] = nil
        digests["penalty-decision/1"] = PapersFixture.digest("another decision")
        let findings = volume.verify(having: digests)
        #expect(findings.added == ["evidence/2"])
        #expect(findings.removed == ["note/1"])
        #expect(findings.altered == ["penalty-decision/1"])
        #expect(findings.isListIntact && !findings.isSound)
    }

    @Test func `a volume is read back as it was written, and a list that was tampered with shows`() throws {
        let volume = try PapersFixture.volume()
        #expect(ArchiveVolume(volume.text) == volume)
        let digests = Dictionary(uniqueKeysWithValues: volume.pieces.map { ($0.piece.name, $0.piece.digest) })
        for (from, to) in [
            ("现场照片", "另一照片"), ("共2张", "共3张"), ("2026-05-01", "2026-05-02"), ("\"years\":30", "\"years\":10"),
        ] {
            let tampered = try #require(ArchiveVolume(volume.text.replacing(from, with: to)), "\(from)")
            #expect(tampered.text != volume.text)
            #expect(!tampered.verify(having: digests).isListIntact, "\(from) was altered and nothing shows")
        }
        #expect(ArchiveVolume("{}") == nil)
    }

    @Test func `the digest depends on the order of the pieces`() throws {
        let pieces = try PapersFixture.pieces()
        func sealed(_ rule: ArchiveRule) throws -> String {
            ArchiveVolume(
                caseNumber: "1", title: "t", body: "b", sealedOn: try PapersFixture.day("2026-05-01"), rule: rule,
                pieces: pieces
            ).digest
        }
        #expect(
            try sealed(ArchiveRule(main: ["file", "evidence"])) != sealed(ArchiveRule(main: ["evidence", "file"])))
        #expect(try sealed(ArchiveRule()) == sealed(ArchiveRule()))
    }

    @Test func `a correction is a supplement that continues the volume`() throws {
        let volume = try PapersFixture.volume()
        let piece = ArchivePiece(
            name: "service-receipt/1", kind: "service-receipt", step: "serve", title: "送达回证",
            digest: PapersFixture.digest("receipt"))
        let day = try PapersFixture.day("2026-06-01")
        let first = volume.supplement([piece], reason: "补正送达回证", on: day)
        let second = volume.supplement([], reason: "说明", on: day, after: [first])
        #expect(volume.isContinued(by: [first, second]))
        #expect(!volume.isContinued(by: [second, first]))
        #expect(!volume.isContinued(by: [second]))
        #expect(ArchiveSupplement(first.text) == first)
        let tampered = try #require(ArchiveSupplement(first.text.replacing("补正", with: "更换")))
        #expect(!volume.isContinued(by: [tampered]))
    }

    @Test func `cover and contents show the volume`() throws {
        let templates = try PapersFixture.templates()
        let context = try PapersFixture.context(number: nil)
        let volume = try PapersFixture.volume()
        let cover = try templates.render("volume-cover", with: context).html
        #expect(cover.contains(volume.digest) && cover.contains("正卷4件　副卷2件　共6件") && cover.contains("30年"))
        let contents = try templates.render("volume-contents", with: context).html
        for placed in volume.pieces { #expect(contents.contains(String(placed.piece.digest.prefix(16)))) }
        #expect(contents.contains("<h2>副卷</h2>"))
    }
}
