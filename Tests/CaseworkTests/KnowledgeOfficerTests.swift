import Casework
import Divisions
import Ledger
import Libraries
import Testing

/// Who may act, where, in what and when.
struct KnowledgeOfficerTests {
    private func check(
        _ scene: KnowledgeScene, _ certificates: [String] = ["1", "2"], needing: Int = 2, post: Post = .officer,
        body: String = "K", division: DivisionCode = "440781", place: DivisionCode = "440781114",
        field: String? = "水务", on day: String = "2026-03-02"
    ) -> CheckAnswer {
        OfficerCheck.check(
            certificates: certificates, needing: needing, post: post, body: body, division: division, place: place,
            field: field, on: KnowledgeScene.day(day), knowledge: scene)
    }

    @Test func `two officers of the body act in any town of their county`() throws {
        let answer = check(try KnowledgeScene())
        #expect(answer.answer == .met)
        #expect(answer.articles == ["行政处罚法第42条"])
    }

    @Test func `one officer is not two, and naming him twice changes nothing`() throws {
        let scene = try KnowledgeScene()
        for certificates in [["1"], ["1", "1"], []] {
            let answer = check(scene, certificates)
            #expect(answer.answer == .broken)
            #expect(answer.says.chinese == "须有两名持证执法人员，现有\(Set(certificates).count)名")
            #expect(answer.articles == ["行政处罚法第42条"])
        }
        #expect(check(scene, ["1"], needing: 1).answer == .met)
    }

    @Test func `a certificate that is not known here is never a pass`() throws {
        let answer = check(try KnowledgeScene(), ["1", "9"])
        #expect(answer.answer == .unknown)
        #expect(answer.says.english.contains("certificate 9"))
    }

    @Test func `what is broken is told before what is unknown`() throws {
        let answer = check(try KnowledgeScene(), ["9"])
        #expect(answer.answer == .broken)
        #expect(!answer.says.chinese.contains("查不到"))
    }

    @Test(arguments: [
        ("2022-12-31", GateAnswer.broken), ("2023-01-01", .met), ("2027-12-31", .met), ("2028-01-01", .broken),
    ])
    func `both ends of a certificate's validity count`(day: String, answer: GateAnswer) throws {
        #expect(check(try KnowledgeScene(), on: day).answer == answer)
    }

    @Test func `a suspension counts from its day, names its edit, and a valid status counts for nothing`() throws {
        var scene = try KnowledgeScene()
        let citation = KnowledgeScene.citation(7)
        scene.officers["1"]?.status = CertificateStatus(
            status: .suspended, since: KnowledgeScene.day("2026-03-02"), stamp: 0, citation: citation)
        #expect(check(scene, on: "2026-03-01").answer == .met)
        let answer = check(scene, on: "2026-03-02")
        #expect(answer.answer == .broken)
        #expect(answer.says.chinese.contains("暂扣"))
        let findings = OfficerCheck.findings(
            certificates: ["1", "2"], needing: 2, post: .officer, body: "K", division: "440781", place: "440781",
            field: nil, on: KnowledgeScene.day("2026-03-02"), knowledge: scene)
        #expect(findings.map(\.cause) == [.status(citation)])
        scene.officers["1"]?.status = CertificateStatus(status: .valid, since: nil, stamp: 0, citation: citation)
        #expect(check(scene).answer == .met)
    }

    @Test func `a status without a day counts from the day it was written, in Chinese time`() {
        // 2026-03-01T16:30Z is half past midnight of 2 March in China.
        let stamp = UInt64(KnowledgeScene.day("2026-03-01").daysSince1970) * 86_400_000 + 59_400_000
        let status = CertificateStatus(
            status: .revoked, since: nil, stamp: stamp, citation: KnowledgeScene.citation(1))
        #expect(!status.counts(on: KnowledgeScene.day("2026-03-01")))
        #expect(status.counts(on: KnowledgeScene.day("2026-03-02")))
    }

    @Test func `an officer of another body or county is refused without a grant`() throws {
        let scene = try KnowledgeScene()
        let answer = check(scene, ["1", "3"])
        #expect(answer.answer == .broken)
        #expect(answer.says.chinese.contains("不属于办案主体") && answer.says.chinese.contains("区440781114"))
        #expect(check(scene, ["1", "2"], place: "440703").answer == .broken, "his certificate ends at his county")
    }

    /// Joint duty for officer 3 of 440703 or 4 of 440981 in the county 440781.
    @Test(
        arguments: [
            ("3", "440700", "440781", "2026-03-02", GateAnswer.met), ("3", "440000", "440781", "2026-03-02", .met),
            ("3", "440781", "440781", "2026-03-02", .broken), ("3", "440703", "440781", "2026-03-02", .broken),
            ("4", "440700", "440781", "2026-03-02", .broken), ("4", "440000", "440781", "2026-03-02", .met),
            ("3", "440700", "440781001", "2026-03-02", .broken), ("3", "440700", "440781", "2026-03-05", .broken),
            ("3", "440700", "440781", "2026-02-28", .broken), ("3", "440700", "440700", "2026-03-04", .met),
        ] as [(String, DivisionCode, DivisionCode, String, GateAnswer)])
    func `joint duty holds by grant of a common superior, for its days and divisions`(
        certificate: String, grantedBy: DivisionCode, division: DivisionCode, day: String, expected: GateAnswer
    ) throws {
        var scene = try KnowledgeScene()
        scene.officers[certificate]?.duties = [
            JointDuty(
                divisions: [division], from: KnowledgeScene.day("2026-03-01"), to: KnowledgeScene.day("2026-03-04"),
                grantedBy: grantedBy, citation: KnowledgeScene.citation(1))
        ]
        #expect(check(scene, ["1", certificate], on: day).answer == expected)
    }

    @Test func `joint duty does not widen the field`() throws {
        var scene = try KnowledgeScene()
        scene.officers["3"]?.duties = [
            JointDuty(
                divisions: ["440781"], from: KnowledgeScene.day("2026-03-01"), to: KnowledgeScene.day("2026-03-04"),
                grantedBy: "440700", citation: KnowledgeScene.citation(1))
        ]
        scene.officers["3"]?.fields = ["卫生健康"]
        #expect(check(scene, ["1", "3"]).answer == .broken)
    }

    @Test func `without fields of his own an officer has those of his body`() throws {
        var scene = try KnowledgeScene()
        scene.officers["1"]?.fields = []
        #expect(check(scene, field: "水务").answer == .met)
        #expect(check(scene, field: "卫生健康").answer == .broken)
        #expect(check(scene, field: nil).answer == .met)
        scene.bodies["K"] = nil
        #expect(check(scene, field: "水务").answer == .unknown)
    }

    @Test func `people of an entrusted organisation act in the name of its organ`() throws {
        var scene = try KnowledgeScene()
        scene.add(body: "TE", at: "440781001", entrustedBy: "T", type: "受委托组织")
        scene.officers["5"]?.body = "TE"
        #expect(check(scene, ["5"], needing: 1, body: "T", division: "440781001", place: "440781001").answer == .met)
        #expect(check(scene, ["5"], needing: 1, body: "K", division: "440781", place: "440781001").answer == .broken)
    }

    @Test func `a post has to be held, and a step without certificates looks at nobody`() throws {
        var scene = try KnowledgeScene()
        #expect(check(scene, post: .reviewer).answer == .broken)
        #expect(check(scene, post: .reviewer).articles == ["行政处罚法第58条"])
        scene.officers["1"]?.posts = [.reviewer]
        #expect(check(scene, ["1"], needing: 1, post: .reviewer).answer == .met)
        #expect(check(scene, ["9"], needing: 0).answer == .met)
    }

    @Test func `a place that is in no tree is unknown`() throws {
        #expect(check(try KnowledgeScene(), place: "999999").answer == .unknown)
    }
}
